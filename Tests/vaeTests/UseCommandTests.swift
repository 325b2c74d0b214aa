import Foundation
import TestSupport
import Testing
import VAECore

/// The commands that use a trained model.
struct UseCommandTests {
  /// A folder with a run, and with the training and test data in `data`.
  private func withRun(_ options: String = "--latent 2", _ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
      try folder.write(idxImages(count: 50), "data/train-images")
      try folder.write(idxImages(count: 21), "data/t10k-images")
      try folder.vae("train --data data --out run --hidden 8 --epochs 2 \(options)")
      try body(folder)
    }
  }

  private func model(_ folder: TemporaryFolder) throws -> VariationalAutoencoder<Float> {
    try Checkpoint(contentsOf: folder.file("run/model.safetensors")).model
  }

  private func testRows() throws -> Matrix<Float> {
    var reader = BytesReader(idxImages(count: 21))
    return try IDX.read(&reader).rows(0..<21)
  }

  @Test func evaluateAgreesWithTheMetrics() throws {
    try withRun("--latent 2 --binarize dynamic") { folder in
      let line = String(decoding: try folder.bytes("run/metrics.jsonl"), as: UTF8.self).split(separator: "\n").last!
      let metrics = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let object = try folder.vae("evaluate run --data data --json").json()
      #expect(object["loss"] as? [String: Double] == metrics["test"] as? [String: Double])
      #expect(object["count"] as? Int == 21 && object["samples"] as? Int == 1)
      let kl = try #require(object["kl_per_dimension"] as? [Double])
      let loss = try #require(object["loss"] as? [String: Double])
      #expect(kl.count == 2 && abs(kl.reduce(0, +) - loss["kl"]!) < 1e-5)
    }
  }

  @Test func evaluateChoosesItsData() throws {
    try withRun { folder in
      func count(_ options: String) throws -> Int? {
        try folder.vae("evaluate run --json \(options)").json()["count"] as? Int
      }
      #expect(try count("--data data") == 21)
      #expect(try count("--data data --split train") == 50)
      #expect(try count("--data data --split test --limit 5") == 5)
      #expect(try count("--data data/train-images") == 50)
      let text = try folder.vae("evaluate run/model.safetensors --data data --samples 3").output
      #expect(text.contains("21 data, 3 latent samples each") && text.contains("−ELBO"))
    }
  }

  /// A latent dimension far from the prior costs much; the bar for it stays on the screen.
  @Test func evaluateDrawsLargeDivergences() throws {
    try withRun { folder in
      var model = try model(folder)
      model.parameters["mean.bias"][0] = 1e15
      model.parameters["decoder.0.weight"] = Array(repeating: 0, count: 16)
      try Checkpoint(model: model).write(to: folder.file("far"))
      let output = try folder.vae("evaluate far --data data").output
      #expect(output.split(separator: "\n").allSatisfy { $0.count < 120 })
    }
  }

  @Test func inspectShowsTheModel() throws {
    try withRun { folder in
      let object = try folder.vae("inspect run --json").json()
      #expect(object["epoch"] as? Int == 2 && object["step"] as? Int == 2)
      #expect(object["parameters"] as? Int == 36 * 8 + 8 + 2 * (8 * 2 + 2) + 2 * 8 + 8 + 8 * 36 + 36)
      #expect((object["tensors"] as? [[String: Any]])?.count == 10)
      #expect((object["configuration"] as? [String: Any])?["latent"] as? Int == 2)
      #expect((object["training"] as? [String: Any])?["epochs"] as? Int == 2)
      let text = try folder.vae("inspect run").output
      #expect(text.contains("encoder.0.weight") && text.contains("8 × 36"))
    }
  }

  @Test func encodeAndDecode() throws {
    try withRun("--latent 3") { folder in
      try folder.vae("encode run --data data --out codes.npy --variance variances.npy")
      let codes = try NPY.read(folder.file("codes.npy"), as: Float.self)
      let variances = try NPY.read(folder.file("variances.npy"), as: Float.self)
      let model = try model(folder)
      let posterior = model.encode(try testRows())
      #expect(codes == posterior.mean && variances == posterior.logVariance)
      #expect(codes.rows == 21 && codes.columns == 3)
      try folder.vae("decode run --codes codes.npy --out images.npy")
      #expect(try NPY.read(folder.file("images.npy"), as: Float.self) == model.decode(codes))
    }
  }

  /// More rows than go through at once.
  @Test func encodeInPieces() throws {
    try withRun { folder in
      try folder.write(idxImages(count: 5000), "many")
      try folder.vae("encode run --data many --out codes.npy --threads 1")
      try folder.vae("encode run --data many --out again.npy --threads 2")
      let codes = try NPY.read(folder.file("codes.npy"), as: Float.self)
      #expect(codes.rows == 5000)
      // In the same pieces: a product's bits may depend on how many rows it has.
      var reader = BytesReader(idxImages(count: 5000))
      let many = try IDX.read(&reader).rows(0..<5000, as: Float.self)
      #expect(codes == (try model(folder)).encode(many).mean)
      #expect(try folder.bytes("codes.npy") == folder.bytes("again.npy"))
    }
  }

  @Test func pictures() throws {
    try withRun { folder in
      try folder.vae("reconstruct run --data data --out pairs.png --count 5 --columns 3")
      try folder.vae("sample run --out samples.png --count 6 --columns 3 --seed 1")
      try folder.vae("sample run --out again.png --count 6 --columns 3 --seed 1 --threads 1")
      try folder.vae("sample run --out other.png --count 6 --columns 3 --seed 2")
      try folder.vae("sample run --out grid.png --latent-grid 4")
      // Images of 6 × 6 are drawn 54 pixels wide, with gaps of 2.
      func size(_ name: String) throws -> [UInt8] { Array(try folder.bytes(name)[16..<24]) }
      func pixels(_ columns: Int, _ rows: Int) -> [UInt8] {
        UInt32(56 * columns + 2).bigEndianBytes + UInt32(56 * rows + 2).bigEndianBytes
      }
      #expect(try size("pairs.png") == pixels(3, 4))
      #expect(try size("samples.png") == pixels(3, 2))
      #expect(try size("grid.png") == pixels(4, 4))
      #expect(try folder.bytes("samples.png") == folder.bytes("again.png"))
      #expect(try folder.bytes("samples.png") != folder.bytes("other.png"))
    }
  }

  /// A model whose parameters are finite, but whose images are not.
  @Test func picturesOfAnOverflowingModel() throws {
    try withRun { folder in
      var model = try model(folder)
      for name in model.parameters.names { model.parameters[name] = model.parameters[name].map { $0 * 1e38 } }
      try Checkpoint(model: model).write(to: folder.file("overflowing"))
      try folder.vae("sample overflowing --out samples.png --count 4")
      try folder.expectFailure(["evaluate", "overflowing", "--data", "data"], ["not finite"])
    }
  }

  @Test(arguments: ["train", "evaluate", "score", "reconstruct", "sample", "encode", "decode", "inspect"])
  func helpNamesEveryOption(command: String) throws {
    let options: [String: String] = [
      "train": """
      --data --config --hidden --decoder-hidden --latent --batch-size --samples --gradient --samples-per-pass \
      --beta --likelihood --variance --output-activation --binarize --activation --init --optimizer --momentum \
      --learning-rate --weight-decay --epochs --seed --out --overwrite --threads --json
      """,
      "evaluate": """
      --data --split --limit --limit-seed --samples --importance-samples --seed --binarize --baseline \
      --baseline-latent --threads --json
      """,
      "score": "--data --split --limit --limit-seed --out --samples --importance-samples --seed --binarize --threads",
      "reconstruct": "--data --split --limit --limit-seed --out --count --columns --threads",
      "sample": "--out --count --columns --seed --from --data --split --latent-grid --threads",
      "encode": "--data --split --limit --limit-seed --out --variance --threads", "decode": "--codes --out --threads",
      "inspect": "--json",
    ]
    try withTemporaryFolder { folder in
      let help = try folder.vae("\(command) --help").output
      for option in options[command]!.split(separator: " ") { #expect(help.contains("  \(option) ")) }
      #expect(try folder.vae("--help").output.contains("  \(command) "))
    }
  }
}
