import TestSupport
import Testing
import VAECore

/// A reused ``Inference`` answers as the functions that make one for each question.
struct ReusedInferenceTests {
  private func model(likelihood: Likelihood = .bernoulli, hidden: Int = 20) throws -> VariationalAutoencoder<Float> {
    try VariationalAutoencoder(
      ModelConfiguration(dataSize: 256, encoderHidden: [hidden], latentSize: 5, likelihood: likelihood), seed: 3)
  }

  private func isEqual(_ a: Posterior<Float>, _ b: Posterior<Float>) -> Bool {
    a.mean == b.mean && a.logVariance == b.logVariance
  }

  /// In any order of sizes, so that memory grows and what is left in it from before does not matter. The wide model
  /// keeps several threads busy; the narrow one does not wake them for a few rows.
  @Test(arguments: [20, 400], [1, 2, 3]) func questionsInAnyOrder(hidden: Int, threads: Int) throws {
    let model = try model(hidden: hidden)
    let data = Dataset.synthetic(count: 700)
    let inference = Inference(model, execution: Execution(threads: threads))
    #expect(inference.threads == threads)
    for count in [1, 40, 3, 700, 1, 513, 2, 0] {
      let x = data.rows(0..<count, as: Float.self)
      let (asked, expected) = (inference.encode(x), model.encode(x))
      #expect(isEqual(asked, expected), "\(count) rows")
      #expect(inference.decode(expected.mean) == model.decode(expected.mean), "\(count) rows")
      #expect(inference.reconstruct(x) == model.reconstruct(x), "\(count) rows")
    }
  }

  @Test(arguments: [1, 2, 3]) func scores(threads: Int) throws {
    let model = try model()
    let inference = Inference(model, execution: Execution(threads: threads))
    for (count, samples) in [(1, 1), (30, 7), (2, 1), (600, 2), (5, 900)] {
      let data = Dataset.synthetic(count: count)
      for score in [Score.negativeELBO(samples: samples), .negativeLogLikelihood(importanceSamples: samples)] {
        let (asked, expected) = (
          try inference.score(data, by: score, seed: 4),
          try model.score(data, by: score, seed: 4, execution: Execution(threads: 1))
        )
        #expect(asked == expected, "\(count) data, \(samples) samples")
      }
    }
  }

  @Test func conditionsAndStandardizedData() throws {
    var random = TestRandom(9)
    let conditional = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 6, encoderHidden: [7], latentSize: 2, conditionSize: 3))
    let inference = Inference(conditional, execution: Execution(threads: 2))
    for rows in [3, 1, 20] {
      let (x, c): (Matrix<Double>, Matrix<Double>) = (random.unitMatrix(rows, 6), random.matrix(rows, 3))
      #expect(inference.reconstruct(x, condition: c) == conditional.reconstruct(x, condition: c))
    }
  }
}
