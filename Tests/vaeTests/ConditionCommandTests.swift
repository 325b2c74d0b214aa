import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Conditional models by their options: labels beside images, labels and numbers in files.
struct ConditionCommandTests {
  private static func labels(_ count: Int, of classes: Int = 3) -> [UInt8] {
    idxFile(dimensions: [UInt32(count)], elements: (0..<count).map { UInt8($0 * $0 % 7 % classes) })
  }

  /// A folder with images and labels in `data`, and a run of a model of three labels.
  private func withRun(_ options: String = "", _ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
      for (part, count) in [("train", 50), ("t10k", 21)] {
        try folder.write(idxImages(count: count), "data/\(part)-images-idx3-ubyte")
        try folder.write(gzip(Self.labels(count)), "data/\(part)-labels-idx1-ubyte.gz")
      }
      try folder.vae("train --data data --condition labels --out run --hidden 8 --latent 2 --epochs 2 \(options)")
      try body(folder)
    }
  }

  private func size(_ folder: TemporaryFolder, _ name: String) throws -> [Int] {
    let bytes = try folder.bytes(name)[16..<24].map { Int($0) }
    return [bytes[0..<4], bytes[4..<8]].map { ($0.reduce(0) { $0 << 8 | $1 } - 2) / 56 }
  }

  @Test func trainsAndIsUsed() throws {
    try withRun { folder in
      let checkpoint = try Checkpoint<Float>(contentsOf: folder.file("run/model.safetensors"))
      let model = checkpoint.model
      #expect(model.configuration.conditionSize == 3)
      let settings = try JSONSerialization.jsonObject(with: Data(folder.bytes("run/config.json"))) as? [String: Any]
      #expect(settings?["condition"] as? String == "labels" && settings?["condition_size"] as? Int == 3)
      #expect(try size(folder, "run/samples.png") == [8, 3])
      try folder.vae("train --config run/config.json --out again")
      #expect(try folder.bytes("again/model.safetensors") == folder.bytes("run/model.safetensors"))

      let line = String(decoding: try folder.bytes("run/metrics.jsonl"), as: UTF8.self).split(separator: "\n").last!
      let metrics = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let object = try folder.vae("evaluate run --data data --json").json()
      #expect(object["loss"] as? [String: Double] == metrics["test"] as? [String: Double])
      try folder.vae("score run --data data --out scores.npy --importance-samples 3")
      try folder.vae("encode run --data data --out codes.npy")
      let codes = try NPY.read(folder.file("codes.npy"), as: Float.self)
      var reader = BytesReader(idxImages(count: 21))
      let x = try IDX.read(&reader).rows(0..<21, as: Float.self)
      try folder.write(Self.labels(21), "labels")
      let condition = try ConditionLocation.open(folder.file("labels")).rows(0..<21, as: Float.self)
      #expect(codes == model.encode(x, condition: condition).mean)
      try NPY.write(condition, to: folder.file("labels.npy"))
      for file in ["labels", "labels.npy"] {
        try folder.vae("decode run --codes codes.npy --condition \(file) --out images.npy")
        #expect(try NPY.read(folder.file("images.npy"), as: Float.self) == model.decode(codes, condition: condition))
        let one = try folder.vae(
          "evaluate run --data data/t10k-images-idx3-ubyte --condition \(file) --json")
        #expect(try one.json()["loss"] as? [String: Double] == object["loss"] as? [String: Double])
      }
      try folder.vae("reconstruct run --data data --out pairs.png --count 5")
      #expect(try folder.vae("verify --model run --quotients 5").output.contains("All gradients are right"))
      // Without data or settings, some condition.
      try folder.write(folder.bytes("run/model.safetensors"), "model")
      #expect(try folder.vae("verify --model model --quotients 2").output.contains("All gradients are right"))
      let explanation = try folder.vae(
        "explain --model run --datum 4 --tensor decoder.0.weight --index 1,3 --json"
      ).json()
      #expect(explanation["from"] as? String == "c2")
      try folder.vae("variance --model run --batch-sizes 5 --sample-counts 1 --draws 4 --pairs 2")
      try folder.vae(
        "variance train --data data --condition labels --hidden 4 --latent 2 --runs 10x1 --steps 3 --seconds 0.01")
    }
  }

  @Test func samples() throws {
    try withRun { folder in
      try folder.vae("sample run --out all.png")
      try folder.vae("sample run --out rows.png --columns 5 --seed 1")
      try folder.vae("sample run --out one.png --label 2 --count 5 --columns 5 --seed 1")
      try folder.vae("sample run --out grid.png --label 1 --latent-grid 4")
      try folder.vae("sample run --out aggregate.png --from aggregate --data data --columns 5")
      try folder.write(Self.labels(4), "labels")
      try folder.vae("sample run --out given.png --condition labels --columns 4")
      #expect(try size(folder, "all.png") == [8, 3] && size(folder, "rows.png") == [5, 3])
      #expect(try size(folder, "one.png") == [5, 1] && size(folder, "grid.png") == [4, 4])
      #expect(try size(folder, "aggregate.png") == [5, 3] && size(folder, "given.png") == [4, 1])
      // The run's picture is the command's.
      #expect(try folder.bytes("all.png") == folder.bytes("run/samples.png"))
    }
  }

  /// Numbers are a condition of data in one file.
  @Test func numbers() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 30), "images")
      try NPY.write(Matrix<Double>.standardNormal(rows: 30, columns: 2), to: folder.file("c.npy"))
      try folder.vae("train --data images --condition c.npy --out run --hidden 8 --latent 2 --epochs 1")
      try folder.vae("evaluate run --data images --condition c.npy")
      #expect(try folder.vae("verify --model run --quotients 2").output.contains("All gradients are right"))
      try NPY.write(Matrix<Float>(rows: 3, columns: 2), to: folder.file("three.npy"))
      try folder.vae("sample run --condition three.npy --out three.png --columns 3")
      #expect(try size(folder, "three.png") == [3, 1])
      for (arguments, words) in [
        ("evaluate run --data images", ["c.npy", "--condition"]), ("sample run --out x.png", ["c.npy", "--condition"]),
        ("evaluate run --data images --condition three.npy", ["three.npy", "3 data", "30 data"]),
      ] { try folder.expectFailure(arguments.split(separator: " ").map(String.init), words) }
    }
  }

  /// The kind of shape is a label of synthetic images; a condition goes when it is not wanted.
  @Test func synthetic() throws {
    try withTemporaryFolder { folder in
      try folder.vae("train --data synthetic --condition labels --out run --hidden 8 --latent 2 --epochs 1")
      try folder.vae("evaluate run --data synthetic --limit 20")
      try folder.vae("train --config run/config.json --condition none --epochs 0 --out plain")
      #expect(!String(decoding: try folder.bytes("plain/config.json"), as: UTF8.self).contains("condition"))
    }
  }

  @Test(arguments: [
    ("sample run --out x.png --label 12", ["label 12", "0 to 2", "run"]),
    ("sample run --out x.png --label=-1", ["label -1", "0 to 2"]),
    ("sample run --out x.png --label two", ["label", "two"]),
    ("sample run --out x.png --label 1 --condition labels", ["--label", "--condition"]),
    ("sample run --out x.png --count 5", ["--label", "--count", "3 labels"]),
    ("sample run --out x.png --condition labels --count 5", ["labels", "4 data", "5"]),
    ("sample plain --out x.png --label 1", ["no condition", "--label", "plain"]),
    ("sample plain --out x.png --condition labels", ["no condition", "--condition"]),
    ("evaluate plain --data data --condition labels", ["no condition", "--condition"]),
    ("decode plain --codes codes.npy --condition labels --out x.npy", ["no condition", "--condition"]),
    ("decode run --codes codes.npy --out x.npy", ["condition of size 3", "codes.npy", "--condition"]),
    ("decode run --codes codes.npy --condition labels --out x.npy", ["labels", "4 data", "2 data", "codes.npy"]),
    ("decode run --codes codes.npy --condition large --out x.npy", ["Datum 1", "label 9", "0 to 2", "large"]),
    ("evaluate run --data digits", ["digits", "images", "labels"]),
    ("evaluate run --data digits --condition labels.gz", ["labels.gz"]),
    ("evaluate run --data digits --condition large", ["large", "2 data", "4 data", "digits"]),
    ("evaluate run --data data --condition large", ["large", "test part"]),
    ("evaluate run --data digits --condition wrong.npy", ["2 numbers", "0 to 2", "wrong.npy"]),
    ("evaluate run --data digits --condition nan.npy", ["nan.npy, datum 2, column 2", "nan"]),
    ("explain --model run --weight w1 --x 0.5,0.5", ["--x"]),
    ("verify --condition labels", ["--condition", "--model"]),
    ("train --data digits --condition labels.gz --out new", ["labels.gz"]),
    ("train --data data --config sized.json --out new", ["condition of size 3", "labels"]),
    ("train --data digits --condition four --config sized.json --out new", ["Datum 3", "label 3", "0 to 2"]),
    ("train --data digits --condition wrong.npy --config sized.json --out new", ["condition_size 3", "2"]),
  ])
  func refuses(arguments: String, words: [String]) throws {
    try withRun { folder in
      try folder.vae("train --data data --out plain --hidden 8 --latent 2 --epochs 0")
      try folder.write(idxImages(count: 4), "digits")
      try folder.write(idxFile(dimensions: [4], elements: [0, 1, 2, 0]), "labels")
      try folder.write(idxFile(dimensions: [4], elements: [0, 1, 2, 3]), "four")
      try folder.write(idxFile(dimensions: [2], elements: [0, 9]), "large")
      try NPY.write(Matrix<Float>(rows: 4, columns: 2), to: folder.file("wrong.npy"))
      var numbers = Matrix<Float>(rows: 4, columns: 3)
      numbers[2, 1] = .nan
      try NPY.write(numbers, to: folder.file("nan.npy"))
      try NPY.write(Matrix<Float>(rows: 2, columns: 2), to: folder.file("codes.npy"))
      try folder.write(#"{"condition_size": 3}"#, "sized.json")
      try folder.expectFailure(arguments.split(separator: " ").map(String.init), words)
    }
  }
}
