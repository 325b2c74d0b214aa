import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Files and sets of files in every format, by whatever name.
struct DataFileTests {
  private func values(_ location: String, _ options: TableOptions = TableOptions()) throws -> [Float] {
    let data = try DataFile.open(location, options: options).data.source().inMemory()
    return data.rows(0..<data.count, as: Float.self).elements
  }

  private func expectRefusal(_ location: String, _ options: TableOptions = TableOptions(), _ words: String...) {
    let error = #expect(throws: VAEError.self, "\(location)") {
      try drain(DataFile.open(location, options: options).data.stream)
    }
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }

  /// The content decides, whatever the name says.
  @Test func everyFormatByItsContent() throws {
    let table = Array("a,b\n1,2\n".utf8)
    let cases: [(String, [UInt8], Int)] = try [
      ("IDX", idxImages(count: 2), 72), ("IDX, gzip-compressed", gzip(idxImages(count: 2)), 72),
      ("NPY", formatFixtureBytes("vectors-f8-big.npy"), 15),
      ("NPY, gzip-compressed", gzip(formatFixtureBytes("vectors-f8-big.npy")), 15),
      ("NPZ", formatFixtureBytes("single.npz"), 15), ("CSV or TSV", table, 2),
      ("CSV or TSV, gzip-compressed", gzip(table), 2),
    ]
    for (format, bytes, count) in cases {
      for name in ["data", "data.npy", "data.csv"] {
        try withTemporaryFolder { folder in
          let path = try folder.write(bytes, name)
          #expect(try DataFile.open(path).format == format)
          #expect(try values(path).count == count, "\(format) as \(name)")
        }
      }
    }
    let tensors = formatFixture("tensors.safetensors")
    #expect(try DataFile.open(tensors + ":half").format == "safetensors")
    #expect(try values(tensors + ":half") == fixtureNumbers)
    #expect(try DataFile.open(tensors + ":half").data.stream.name == tensors + ":half")
    #expect(try values(formatFixture("stored.npz") + ":x") == fixtureNumbers)
  }

  @Test func arraysAreSourcesAndTablesStreams() throws {
    try withTemporaryFolder { folder in
      guard case .source = try DataFile.open(formatFixture("images-u1.npy")).data,
        case .stream = try DataFile.open(folder.write("1,2\n", "t.csv")).data,
        case .stream = try DataFile.open(folder.write(gzip(idxImages(count: 1)), "i.gz")).data
      else { return #expect(Bool(false)) }
    }
  }

  @Test func tablesAsTold() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(gzip(Array("a,b\n1,\n3,4\n".utf8)), "t.csv.gz")
      var options = TableOptions()
      options.missing = .mean
      #expect(try values(path, options) == [1, 4, 3, 4])
      options.columns = ["b"]
      #expect(try values(path, options) == [4, 4])
      #expect(try DataFile.open(path, options: options).data.source().columnNames == ["b"])
      expectRefusal(formatFixture("images-u1.npy"), options, "images-u1.npy is NPY", "tables")
    }
  }

  /// Means are those of the whole set, and NaN is what is missing in an array.
  @Test func missingValuesOfSets() throws {
    try withTemporaryFolder { folder in
      try folder.write("x\n1\n\nNA\n", "a.csv")
      try folder.write("x\n2\n6\n", "b.csv")
      var options = TableOptions()
      options.missing = .mean
      #expect(try values(folder.path, options) == [1, 3, 2, 6])
      options.missing = .zero
      #expect(try values(folder.path, options) == [1, 0, 2, 6])
      let path = folder.file("x.npy")
      try NPY.write(Matrix<Float>(rows: 2, columns: 2, elements: [1, .nan, 3, 4]), to: path)
      #expect(try values(path, options) == [1, 0, 3, 4])
      options.missing = .mean
      #expect(try values(path, options) == [1, 4, 3, 4])
      #expect(try DataFile.open(formatFixture("images-u1.npy"), options: options).data.source().count == 4)
      // Of no data, whose size may be any, nothing is missing.
      let empty = try folder.write(idxFile(type: 13, dimensions: [0, 1 << 31, 1 << 25], elements: []), "empty.idx")
      for missing in [TableOptions.MissingValues.zero, .mean] {
        options.missing = missing
        let file = try DataFile.open(empty, options: options)
        #expect(try file.substitutes == nil && file.data.source().count == 0)
      }
    }
  }

  @Test func severalFilesAsOne() throws {
    try withTemporaryFolder { folder in
      let parts = try ["b": [3, 4], "a": [1, 2], "c": [5]].map { name, numbers in
        (name, try folder.write("x\n" + numbers.map { "\($0)\n" }.joined(), "\(name).csv"))
      }
      let path = Dictionary(uniqueKeysWithValues: parts)
      // By name in a folder, where other files do not matter, and as given in a list.
      try folder.write("about", "README")
      try folder.write("7\n", ".hidden.csv")
      #expect(try values(folder.path) == [1, 2, 3, 4, 5])
      #expect(try DataFile.open(folder.path).format == "CSV or TSV, 3 files")
      #expect(try values("\(path["c"]!),\(path["a"]!)") == [5, 1, 2])
      try folder.write("x\n6\ny\n", "d.csv")
      expectRefusal(folder.path, TableOptions(), "d.csv, line 3", "\"y\"")
      try folder.write("y\n6\n", "d.csv")
      expectRefusal(folder.path, TableOptions(), "a.csv", "d.csv", "columns")
      try folder.write("x,y\n6,7\n", "d.csv")
      expectRefusal(folder.path, TableOptions(), "a.csv", "d.csv", "1 and 2 values")
      try folder.write(formatFixtureBytes("vector.npy"), "e.npy")
      expectRefusal(folder.path, TableOptions(), "several formats", "a.csv", "e.npy")
      expectRefusal("\(path["c"]!),\(folder.file("none.csv"))", TableOptions(), "There is no", "none.csv")
      expectRefusal("\(path["c"]!),", TableOptions(), "empty name")
      expectRefusal("\(folder.path),\(path["c"]!)", TableOptions(), "is no file")
    }
  }

  @Test func shardsOfArrays() throws {
    try withTemporaryFolder { folder in
      let source = Dataset(name: "x", floats: fixtureNumbers, dataSize: 3)
      _ = try NPY.writeShards(SourceStream(source), of: 2, to: folder.file("shards"))
      guard case .source(let data) = try DataFile.open(folder.file("shards")).data else { return #expect(Bool(false)) }
      #expect(data.count == 5 && data.name == folder.file("shards"))
      #expect(try data.read(1..<5).rows(0..<4, as: Float.self).elements == Array(fixtureNumbers[3...]))
      try folder.write(formatFixtureBytes("vectors-f8-big.npy"), "shards/part-9.npy")
      expectRefusal(folder.file("shards"), TableOptions(), "part-00000.npy", "part-9.npy", "type", "F32 and F64")
    }
  }

  @Test func saysWhatIsWrong() throws {
    try withTemporaryFolder { folder in
      expectRefusal(folder.file("none"), TableOptions(), folder.file("none"), "There is no")
      expectRefusal(try folder.write([], "empty.npy"), TableOptions(), "empty.npy", "is empty")
      expectRefusal(
        try folder.write([7, 0, 1, 200], "unknown"), TableOptions(), "unknown", "none of the formats",
        "NPY, NPZ, safetensors, IDX, CSV or TSV")
      expectRefusal(try folder.write([7, 0, 1, 200], "wrong.npy"), TableOptions(), "wrong.npy", "magic number")
      expectRefusal(try folder.write("1,2\n", "t.csv") + ":x", TableOptions(), "t.csv", "leave \":x\" out")
      expectRefusal(try folder.write(gzip(formatFixtureBytes("single.npz")), "x.npz.gz"), TableOptions(), "compressed")
      expectRefusal(try folder.write("", "folder"), TableOptions(), "is empty")
      try FileManager.default.createDirectory(atPath: folder.file("f"), withIntermediateDirectories: false)
      expectRefusal(folder.file("f"), TableOptions(), "it is empty")
      expectRefusal(folder.file("f") + ":x", TableOptions(), "There is no")
    }
  }

  /// A stream stays within the memory that it may take.
  /// Columns by a model's names, and means, are asked of arrays, too, which have neither.
  @Test func whatIsToldOfTablesDoesArraysNoHarm() throws {
    try withTemporaryFolder { folder in
      try NPY.write(Matrix<Float>(rows: 3, columns: 2), to: folder.file("x.npy"))
      var options = TableOptions()
      (options.matching, options.missing) = (["a", "b"], .mean)
      #expect(try DataFile.open(folder.file("x.npy"), options: options).data.source().count == 3)
    }
  }

  @Test func boundedMemory() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write((0..<1000).map { "\($0),1\n" }.joined(), "t.csv")
      #expect(try DataFile.open(path).data.source(limit: 16_000).count == 1000)
      let error = #expect(throws: VAEError.self) { _ = try DataFile.open(path).data.source(limit: 15_999) }
      #expect(error?.lacks(path, "15999 bytes", "NPY") == [] && error?.remedy == .convert)
    }
  }
}
