import Foundation
import TestSupport
import Testing
import VAECore

/// A linear VAE has the optimum of probabilistic PCA, which is known in closed form (Lucas et al. 2019): training must
/// find it, and evaluation must see that it has.
struct LinearModelTests {
  /// Data with a known spectrum: three directions of variances 4, 2 and 1 in a space of eight, and noise of 0.25.
  private static let data: Dataset = {
    var random = TestRandom(11)
    var directions: Matrix<Double> = random.matrix(8, 3)
    LAPACK.orthonormalize(directions.mutableView)
    let deviations = [4.0, 2, 1].map { ($0 - 0.25).squareRoot() }
    let values = (0..<1000).flatMap { _ in
      let z = deviations.map { $0 * random.normal() }
      return (0..<8).map { j in
        Float((0..<3).reduce(1 + 0.5 * random.normal()) { $0 + directions[j, $1] * z[$1] })
      }
    }
    return Dataset(name: "linear", floats: values, dataSize: 8)
  }()

  @Test func reachesTheOptimumOfPCA() throws {
    let optimum = try ProbabilisticPCA.fit(Self.data, latentSize: 3)
    // The sample's spectrum is about the distribution's.
    for (found, drawn) in zip(optimum.variances, [4.0, 2, 1]) { #expect(abs(found / drawn - 1) < 0.15) }
    #expect(abs(optimum.noiseVariance / 0.25 - 1) < 0.05)
    let best = try optimum.evaluate(on: Self.data).negativeLogLikelihood

    var model = try VariationalAutoencoder<Float>(
      ModelConfiguration(
        dataSize: 8, encoderHidden: [], latentSize: 3, decoderHidden: [],
        likelihood: .gaussian(variance: .fixed(optimum.noiseVariance))), seed: 1)
    let start = try model.evaluate(on: Self.data).loss.total
    for rate in [0.01, 0.001, 0.0001] {
      var configuration = TrainingConfiguration()
      configuration.learningRate = rate
      configuration.samplesPerDatum = 8
      var trainer = try Trainer(model, configuration: configuration)
      for _ in 0..<150 { try trainer.trainEpoch(on: Self.data) }
      model = trainer.model
    }
    let evaluation = try model.evaluate(on: Self.data, samples: 200, importanceSamples: 200)
    let importance = try #require(evaluation.importance)
    #expect(start > 1.1 * best)
    #expect(abs(evaluation.loss.total / best - 1) < 0.001, "−ELBO \(evaluation.loss.total), optimum \(best)")
    // The encoder reaches the posterior, so the bound is tight and the weights are all but equal.
    #expect(abs(importance.negativeLogLikelihood / best - 1) < 0.0005)
    #expect(importance.effectiveSamples > 0.95 * 200)
  }
}
