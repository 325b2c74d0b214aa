import Foundation
import TestSupport
import Testing
import VAECore

/// Scores are the terms of the mean, datum by datum, and tell what a model has not seen.
struct ScoreTests {
  /// Two classes of data, each on a curve of its own in eight dimensions.
  private func set(_ count: Int, unseen: Bool, seed: UInt64) -> [Float] {
    var random = TestRandom(seed)
    return (0..<count).flatMap { _ in
      let angle = random.uniform(0...(2 * .pi))
      return (0..<8).map { j in
        let phase = unseen ? Double(j * j) : Double(j)
        return Float(0.5 + 0.4 * sin(angle + phase) + 0.05 * random.normal())
      }
    }
  }

  private func model() throws -> VariationalAutoencoder<Float> {
    var configuration = TrainingConfiguration()
    configuration.learningRate = 0.003
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(
        ModelConfiguration(
          dataSize: 8, encoderHidden: [30], latentSize: 2, likelihood: .gaussian(variance: .fixed(0.01))), seed: 1),
      configuration: configuration)
    let data = Dataset(name: "seen", floats: set(1000, unseen: false, seed: 1), dataSize: 8)
    for _ in 0..<40 { try trainer.trainEpoch(on: data) }
    return trainer.model
  }

  @Test func findAHeldOutClass() throws {
    let model = try model()
    let data = Dataset(
      name: "both", floats: set(300, unseen: false, seed: 2) + set(100, unseen: true, seed: 3), dataSize: 8)
    let isUnseen = (0..<400).map { $0 >= 300 }
    for score in [Score.negativeELBO(samples: 4), .negativeLogLikelihood(importanceSamples: 100)] {
      let area = try ROC.areaUnderCurve(model.score(data, by: score), isPositive: isUnseen)
      #expect(area > 0.97, "\(score): \(area)")
    }
  }

  @Test func theirMeanIsTheEvaluation() throws {
    let model = try model()
    let data = Dataset(name: "seen", floats: set(700, unseen: false, seed: 2), dataSize: 8)
    let evaluation = try model.evaluate(on: data, samples: 3, importanceSamples: 6, seed: 4)
    let bounds = try model.score(data, by: .negativeELBO(samples: 3), seed: 4)
    let likelihoods = try model.score(data, by: .negativeLogLikelihood(importanceSamples: 6), seed: 4)
    #expect(abs(bounds.reduce(0, +) / 700 - evaluation.loss.total) < 1e-10)
    #expect(abs(likelihoods.reduce(0, +) / 700 - evaluation.importance!.negativeLogLikelihood) < 1e-10)
  }
}
