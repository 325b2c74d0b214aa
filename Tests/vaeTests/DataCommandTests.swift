import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// `vae data`: looking at data, converting them, making some up.
struct DataCommandTests {
  private let table = "height,weight,name\n1.5,10,\"a, b\"\n2.5,,c\n3.5,NA,d\n4.5,16,\"e\n\"\n"

  // MARK: inspect

  @Test func inspectsATable() throws {
    try withTemporaryFolder { folder in
      try folder.write(table, "table.csv")
      let text = try folder.vae("data inspect table.csv --drop-columns name --rows 3").output
      let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
      #expect(
        lines == [
          "format CSV or TSV: commas, decimal points", "shape 4 data of 2 values", "values numbers (double precision)",
          "The first row names the columns: height, weight.",
          "column min max mean deviation missing infinite", "height 1.5 4.5 3 1.118 0 0", "weight 10 16 13 3 2 0",
          "all 1.5 16 6.333 5.104 2 0", "row height weight", "0 1.5 10", "1 2.5 –", "2 3.5 –",
        ], "\(text)")
      let json = try folder.vae("data inspect table.csv --drop-columns 3 --json").json()
      #expect(json["count"] as? Int == 4 && json["data_size"] as? Int == 2 && json["stored_type"] as? String == "F64")
      let columns = try #require(json["columns"] as? [[String: Any]])
      #expect(columns.map { $0["name"] as? String } == ["height", "weight"])
      #expect(columns.map { $0["missing"] as? Int } == [0, 2] && columns.map { $0["mean"] as? Double } == [3, 13])
      #expect((json["first_rows"] as? [[Any]])?.count == 4)
    }
  }

  @Test func inspectsImages() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 10), "images")
      let text = try folder.vae("data inspect images --sheet sheet.png --count 6 --columns 3").output
      for words in ["IDX", "10 data of 6 × 6 pixels", "values  grey levels from 0 to 255", "(bytes)"] {
        #expect(text.contains(words), "\(text)")
      }
      #expect(!text.contains("missing  0  0"))
      #expect(try folder.bytes("sheet.png").starts(with: [0x89, 0x50, 0x4e, 0x47]))
      #expect(folder.names == ["images", "sheet.png"])
      try folder.write("1,2\n", "table.csv")
      try folder.expectFailure(["data", "inspect", "table.csv", "--sheet", "s.png"], ["table.csv", "no images"])
    }
  }

  @Test func inspectsTheTrainingPartOfASet() throws {
    try withTemporaryFolder { folder in
      try folder.write("1,2\n3,4\n", "train.csv")
      try folder.write("5,6\n", "test.csv")
      #expect(try folder.vae("data inspect . --json").json()["count"] as? Int == 2)
      #expect(try folder.vae("data inspect test.csv --json").json()["count"] as? Int == 1)
      #expect(try folder.vae("data inspect synthetic --json").json()["count"] as? Int == 10_000)
      // Whatever the other parts are.
      try folder.write("label,a\n1,2\n", "train.csv")
      try folder.write("a\n5\n", "test.csv")
      let text = try folder.vae("data inspect .").output
      #expect(text.contains("CSV or TSV, the training part of .: commas") && text.contains("label, a"), "\(text)")
      try folder.expectFailure(["train", "--data", ".", "--out", "run"], ["test.csv", "no column \"label\""])
    }
  }

  /// One number for each datum, as a file of labels or weights has.
  @Test func inspectsLabels() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxFile(dimensions: [5], elements: [0, 3, 9, 3, 1]), "labels-idx1-ubyte")
      let text = try folder.vae("data inspect labels-idx1-ubyte").output
      for words in ["5 data of 1 value", "numbers (bytes)"] { #expect(text.contains(words), "\(text)") }
    }
  }

  @Test(arguments: ["idx", "npy", "csv", "csv.gz"]) func readsStandardInput(name: String) throws {
    try withTemporaryFolder { folder in
      let bytes: [UInt8] =
        switch name {
        case "idx": idxImages(count: 5)
        case "npy": try formatFixtureBytes("vectors-f8-big.npy")
        case "csv": Array("1,2\n3,4\n5,6\n7,8\n9,0\n".utf8)
        default: try gzip(Array("1,2\n3,4\n5,6\n7,8\n9,0\n".utf8))
        }
      try folder.write(bytes, "data")
      // In two pieces, with time between them.
      let call = "(head -c 7 data; sleep 0.2; tail -c +8 data) | \"$0\" data inspect - --json"
      let result = try Tool.run("/bin/bash", ["-c", call, Tool.path], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.json()["count"] as? Int == 5)
    }
  }

  // MARK: convert

  @Test func convertsATable() throws {
    try withTemporaryFolder { folder in
      try folder.write(gzip(Array(table.utf8)), "table.csv.gz")
      let call = "data convert table.csv.gz --columns-used weight,height --missing mean --out x.npy"
      #expect(try folder.vae(call).output == "4 data of 2 values: x.npy\n")
      let matrix: Matrix<Float> = try NPY.read(folder.file("x.npy"))
      #expect(matrix.elements == [10, 1.5, 13, 2.5, 13, 3.5, 16, 4.5])
      try folder.expectFailure(
        ["data", "convert", "table.csv.gz", "--out", "y.npy", "--drop-columns", "name"],
        ["table.csv.gz, line 3", "column 2 (weight)", "missing"])
    }
  }

  @Test func convertsToShardsAndBack() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 10), "images")
      #expect(
        try folder.vae("data convert images --out shards --shard-size 4").output
          == "10 data of 36 values in 3 files: shards\n")
      try folder.vae("data convert shards --out back.npy")
      try folder.vae("data convert images --out direct.npy")
      #expect(try folder.bytes("back.npy") == folder.bytes("direct.npy"))
      #expect(try folder.bytes("back.npy").suffix(360) == idxImages(count: 10).suffix(360))
      try folder.expectFailure(
        ["data", "convert", "images", "--out", "shards", "--shard-size", "4"], ["shards", "already there"])
      try folder.expectFailure(["data", "convert", "images", "--out", "x.csv"], ["x.csv", ".npy"])
    }
  }

  @Test(.enabled(if: Tool.canLimitFiles)) func aFullDiskLeavesNothing() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 1000), "images")
      try folder.write("before", "x.npy")
      try folder.expectFailure(["data", "convert", "images", "--out", "x.npy"], ["x.npy", "too large"], fileLimit: 20)
      try folder.expectFailure(
        ["data", "convert", "images", "--out", "s", "--shard-size", "900"], ["s/part-00000.npy cannot be written"],
        fileLimit: 20)
    }
  }

  // MARK: Many files

  /// A set may have more files than a process may have open, whatever they are.
  @Test(arguments: ["npy", "npz", "deflated.npz", "csv", "csv.gz"]) func moreFilesThanMayBeOpen(ending: String) throws {
    try withTemporaryFolder { folder in
      let array = try formatFixtureBytes("vectors-f4-little.npy")
      let bytes: [UInt8] =
        switch ending {
        case "npy": array
        case "csv": Array("1,2\n3,4\n".utf8)
        case "csv.gz": try gzip(Array("1,2\n3,4\n".utf8))
        default: ZipFile([.init("x.npy", array, isCompressed: ending != "npz")]).bytes
        }
      try FileManager.default.createDirectory(atPath: folder.file("set"), withIntermediateDirectories: false)
      for index in 0..<200 { try folder.write(bytes, "set/\(index).\(ending)") }
      func run(_ arguments: String) throws -> Tool.Result {
        let result = try Tool.run(arguments.split(separator: " ").map(String.init), in: folder, openFileLimit: 40)
        #expect(result.status == 0, "\(result.errors)")
        return result
      }
      let count = ending.hasPrefix("csv") ? 400 : 1000
      #expect(try run("data inspect set --json").json()["count"] as? Int == count)
      let windows = ending.hasPrefix("np") ? "--memory 10kB --batch-size 10" : ""
      _ = try run("train --data set --out run --likelihood gaussian --hidden none --latent 1 --epochs 1 \(windows)")
    }
  }

  // MARK: synthesize

  @Test func makesUpImagesAndNoise() throws {
    try withTemporaryFolder { folder in
      #expect(
        try folder.vae("data synthesize --count 20 --side 8 --seed 3 --out images.npy").output
          == "20 data of 64 values: images.npy\n")
      let images = try DataFile.open(folder.file("images.npy")).data.source()
      #expect(images.imageShape == ImageShape(height: 8, width: 8) && images.storedType == .uint8)
      let expected = Dataset.synthetic(count: 20, side: 8, seed: 3)
      #expect(try images.inMemory().rows(0..<20, as: Float.self) == expected.rows(0..<20, as: Float.self))
      try folder.vae("data synthesize --count 1000 --size 7 --out noise --shard-size 300")
      #expect(folder.names.filter { $0.hasPrefix("noise/") }.count == 4)
      for (arguments, word) in [
        ("--count 1 --out x.npy", "--side"), ("--count 1 --side 2 --size 4 --out x.npy", "--side"),
        ("--count=-1 --side 2 --out x.npy", "-1"), ("--count 1 --size 4 --pattern images --out x.npy", "side"),
        ("--count 1 --size 0 --out x.npy", "0 values"),
      ] {
        try folder.expectFailure(["data", "synthesize"] + arguments.split(separator: " ").map(String.init), [word])
      }
    }
  }

  /// What the commands write, the others read.
  @Test func trainsOnATable() throws {
    try withTemporaryFolder { folder in
      let rows = (0..<200).map { "\(Double($0 % 7) / 7),\(Double($0 % 5) / 5),1\n" }.joined()
      try folder.write("a,b,c\n" + rows, "table.csv")
      try folder.vae("train --data table.csv --out run --likelihood gaussian --hidden 4 --latent 1 --epochs 1")
      #expect(folder.names.contains("run/model.safetensors"))
    }
  }
}
