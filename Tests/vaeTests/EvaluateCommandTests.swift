import Foundation
import TestSupport
import Testing
import VAECore

/// What the tool says about a model and its data is what the library says.
struct EvaluateCommandTests {
  /// A folder with a run on bytes, and with its data in `data`.
  private func withRun(_ options: String = "", _ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
      try folder.write(idxImages(count: 50), "data/train-images")
      try folder.write(idxImages(count: 71), "data/t10k-images")
      try folder.vae("train --data data --out run --hidden 8 --latent 2 --epochs 2 \(options)")
      try body(folder)
    }
  }

  private func model(_ folder: TemporaryFolder) throws -> VariationalAutoencoder<Float> {
    try Checkpoint(contentsOf: folder.file("run/model.safetensors")).model
  }

  private func data(_ count: Int) throws -> Dataset {
    var reader = BytesReader(idxImages(count: count))
    return try IDX.read(&reader)
  }

  private func decode<T: Decodable>(_ output: String, as type: T.Type = T.self) throws -> T {
    try JSONDecoder().decode(type, from: Data(output.utf8))
  }

  @Test func jsonIsTheEvaluation() throws {
    try withRun { folder in
      let output = try folder.vae("evaluate run --data data --samples 3 --importance-samples 20 --seed 4 --json").output
      let expected = try model(folder).evaluate(
        on: data(71), samples: 3, importanceSamples: 20, seed: 4, withDetails: true)
      #expect(try decode(output, as: Evaluation.self) == expected)
      #expect(expected.importance != nil && expected.details != nil && expected.bitsPerDimension != nil)
      #expect(try folder.vae("evaluate run --data data --json").json()["importance"] == nil)
    }
  }

  @Test func tablesHoldTheNumbers() throws {
    try withRun("--likelihood gaussian --variance 0.1") { folder in
      let text = try folder.vae("evaluate run --data data --importance-samples 20 --baseline ppca").output
      let evaluation = try model(folder).evaluate(on: data(71), importanceSamples: 20, withDetails: true)
      let ppca = try ProbabilisticPCA.fit(data(50), latentSize: 2).evaluate(on: data(71))
      func digits(_ value: Double?, _ count: Int) -> String { String(format: "%.\(count)f", value ?? .nan) }
      for number in [
        digits(evaluation.loss.total, 3), digits(evaluation.standardError, 3),
        digits(evaluation.importance?.negativeLogLikelihood, 3), digits(evaluation.importance?.effectiveSamples, 1),
        digits(evaluation.bitsPerDimension?.value, 4), digits(evaluation.details?.mutualInformation, 3),
        digits(log(71.0), 3), digits(evaluation.details?.reconstructionError, 5), digits(ppca.negativeLogLikelihood, 3),
        digits(ppca.bitsPerDimension?.value, 4), "no dequantisation", "fitted to 50 data of data/train-images",
      ] { #expect(text.contains(number), "\(number) in \(text)") }
      #expect(!text.split(separator: "\n").contains { $0.count > 150 })
    }
  }

  /// On the training part where there is one, on the same data otherwise, on as many dimensions as are asked for.
  /// Of a prior that is learned, and of one that is not.
  @Test(arguments: ["", "--prior mixture --components 3"]) func priors(options: String) throws {
    try withRun(options) { folder in
      let model = try model(folder)
      let text = try folder.vae("evaluate run --data data --importance-samples 20").output
      #expect(text.contains("KL from N(0, 1)") == model.configuration.prior.isLearned)
      let evaluation: Evaluation = try decode(
        folder.vae("evaluate run --data data --importance-samples 20 --json").output)
      #expect(try evaluation == model.evaluate(on: data(71), importanceSamples: 20, withDetails: true))
      try folder.vae("sample run --out grid.png --latent-grid 3")
      try folder.vae("train --resume run --epochs 3")
    }
  }

  @Test func baselines() throws {
    try withRun { folder in
      struct Result: Decodable { let ppca: ProbabilisticPCA.Evaluation? }
      func result(_ options: String) throws -> ProbabilisticPCA.Evaluation? {
        let output = try folder.vae("evaluate run --json \(options)").output
        return try decode(output, as: Result.self).ppca
      }
      let (train, test) = (try data(50), try data(71))
      #expect(try result("--data data") == nil)
      #expect(
        try result("--data data --baseline ppca") == ProbabilisticPCA.fit(train, latentSize: 2).evaluate(on: test))
      #expect(
        try result("--data data/t10k-images --baseline ppca --baseline-latent 5")
          == ProbabilisticPCA.fit(test, latentSize: 5).evaluate(on: test))
    }
  }

  @Test func subsets() throws {
    try withRun { folder in
      let drawn = try data(71).subset(count: 30, seed: 9)
      let output = try folder.vae("evaluate run --data data --limit 30 --limit-seed 9 --json").output
      #expect(try decode(output, as: Evaluation.self) == model(folder).evaluate(on: drawn, withDetails: true))
    }
  }

  @Test func scores() throws {
    try withRun("--binarize threshold") { folder in
      let model = try model(folder)
      #expect(try folder.vae("score run --data data --out scores.csv --samples 2").output.contains("71 data"))
      let expected = try model.score(data(71), by: .negativeELBO(samples: 2), binarization: .threshold)
      let lines = String(decoding: try folder.bytes("scores.csv"), as: UTF8.self).split(separator: "\n")
      #expect(lines == ["datum,neg_elbo"] + expected.enumerated().map { "\($0),\($1)" })
      try folder.vae("score run --data data --out scores.npy --importance-samples 9 --binarize none --seed 3")
      let likelihoods = try model.score(
        data(71), by: .negativeLogLikelihood(importanceSamples: 9), binarization: Binarization.unchanged, seed: 3)
      #expect(
        try folder.bytes("scores.npy").suffix(71 * 8) == likelihoods.flatMap { $0.bitPattern.littleEndianBytes }[...])
    }
  }

  @Test func samplesFromTheAggregatePosterior() throws {
    try withRun { folder in
      try folder.vae("sample run --out prior.png --count 4 --seed 1")
      try folder.vae("sample run --out train.png --count 4 --seed 1 --from aggregate --data data")
      try folder.vae("sample run --out again.png --count 4 --seed 1 --from aggregate --data data --split train")
      try folder.vae("sample run --out test.png --count 4 --seed 1 --from aggregate --data data --split test")
      #expect(try folder.bytes("train.png") == folder.bytes("again.png"))
      #expect(try folder.bytes("train.png") != folder.bytes("prior.png"))
      #expect(try folder.bytes("train.png") != folder.bytes("test.png"))
    }
  }

  static let calls: [BadInputTests.Call] = [
    ("evaluate run --data data --importance-samples 0", ["--importance-samples", "0"]),
    ("evaluate run --data data --importance-samples 16777217", ["--importance-samples", "16777217"]),
    ("evaluate run --data data --samples 0", ["--samples", "0"]),
    ("evaluate run --data data --limit 72", ["--limit", "72", "71"]),
    ("evaluate run --data data --limit 72 --limit-seed 1", ["--limit", "72", "71"]),
    ("evaluate run --data data --limit-seed 1", ["--limit-seed", "--limit"]),
    ("evaluate run --data wide", ["49 values", "takes 36"]),
    ("evaluate run --data data --baseline lda", ["lda", "ppca"]),
    ("evaluate run --data data --baseline-latent 3", ["--baseline-latent", "--baseline"]),
    ("evaluate run --data data --baseline ppca --baseline-latent 36", ["36", "1 to 35"]),
    ("score run --data data --out scores.txt", [".npy", ".csv", "scores.txt"]),
    ("score run --data data --out no/scores.npy", ["no/scores.npy", "written"]),
    ("score run --data wide --out scores.npy", ["49 values", "takes 36"]),
    ("score run --data data --out scores.npy --samples 2 --importance-samples 2", ["--samples", "−ELBO"]),
    ("sample run --out s.png --from aggregate", ["--from aggregate", "--data"]),
    ("sample run --out s.png --data data", ["--data", "--from aggregate"]),
    ("sample run --out s.png --from aggregate --data data --latent-grid 3", ["--latent-grid", "--from"]),
    ("sample run --out s.png --from aggregate --data wide", ["49 values", "takes 36"]),
  ]

  @Test func badInput() throws {
    try withRun { folder in
      try folder.write(idxImages(count: 5, side: 7), "wide")
      for call in Self.calls {
        try folder.expectFailure(call.arguments.split(separator: " ").map(String.init), call.words)
      }
    }
  }
}
