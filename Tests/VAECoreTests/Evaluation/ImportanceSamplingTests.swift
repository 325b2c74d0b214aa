import Foundation
import TestSupport
import Testing
import VAECore

/// The importance-sampled log-likelihood against the sum written out, against quadrature, and by its laws.
struct ImportanceSamplingTests {
  private func data(_ count: Int) -> Dataset {
    var random = TestRandom(4)
    return Dataset(name: "random", floats: (0..<count * 5).map { _ in Float(random.uniform()) }, dataSize: 5)
  }

  private func model(_ likelihood: Likelihood = .bernoulli, latentSize: Int = 3) throws
    -> VariationalAutoencoder<Double>
  {
    var random = TestRandom(8)
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 5, encoderHidden: [7], latentSize: latentSize, likelihood: likelihood), seed: 2)
    for name in model.parameters.names {
      model.parameters[name] = model.parameters[name].map { $0 + 0.5 * random.normal() }
    }
    return model
  }

  private static let likelihoods = [Likelihood.bernoulli, .gaussian(variance: .fixed(0.3), mean: .sigmoid)]

  /// −log p(x|z) for a mean m = E[x|z].
  private func reconstruction(_ likelihood: Likelihood, _ x: [Double], _ m: [Double]) -> Double {
    zip(x, m).reduce(0) { sum, pair in
      let (x, m) = pair
      return likelihood == .bernoulli
        ? sum - x * log(m) - (1 - x) * log(1 - m) : sum + 0.5 * log(2 * .pi * 0.3) + (x - m) * (x - m) / 0.6
    }
  }

  /// −½ Σ (log 2π + s + (z − μ)²/e^s)
  private func logNormal(_ z: [Double], mean: [Double], logVariance: [Double]) -> Double {
    z.indices.reduce(0) {
      $0 - 0.5 * (log(2 * .pi) + logVariance[$1] + pow(z[$1] - mean[$1], 2) * exp(-logVariance[$1]))
    }
  }

  /// More data than go through at once, and samples in several passes, the last one smaller.
  @Test(arguments: likelihoods) func isTheSumWrittenOut(likelihood: Likelihood) throws {
    let (model, data) = (try model(likelihood), data(601))
    let naive = NaiveModel(model)
    for samples in [1, 7] {
      let scores = try model.score(data, by: .negativeLogLikelihood(importanceSamples: samples), seed: 5)
      #expect(scores.count == 601)
      for position in [0, 1, 255, 511, 512, 600] {
        let x = data.rows(position..<position + 1, as: Double.self).elements
        let q = naive.encode(x)
        let noise = VectorMath<Double>().normals(
          NoiseStream(seed: 5, purpose: .evaluation), positions: [data.contentPlaces[position]], samples: samples,
          columns: 3)
        let weights = (0..<samples).map { k in
          let z = (0..<3).map { q.mean[$0] + exp(0.5 * q.logVariance[$0]) * noise[k, $0] }
          return exp(
            -reconstruction(likelihood, x, naive.decode(z))
              + logNormal(z, mean: [0, 0, 0], logVariance: [0, 0, 0])
              - logNormal(z, mean: q.mean, logVariance: q.logVariance))
        }
        let expected = -log(weights.reduce(0, +) / Double(samples))
        #expect(abs(scores[position] - expected) < 1e-11 * max(1, abs(expected)), "\(position), K = \(samples)")
      }
    }
  }

  /// (1/K) Σ w estimates p(x) without bias: over many seeds, it is ∫ p(x|z) p(z) dz, on a fine grid, within its
  /// standard error.
  @Test(arguments: likelihoods) func agreesWithQuadrature(likelihood: Likelihood) throws {
    let data = data(6)
    var model = try model(likelihood, latentSize: 1)
    // A posterior wider than the prior, so that no weight is far above the others.
    model.parameters["mean.weight"] = model.parameters["mean.weight"].map { 0.3 * $0 }
    model.parameters["logvar.weight"] = model.parameters["logvar.weight"].map { 0.1 * $0 }
    model.parameters["logvar.bias"] = [0.5]
    let naive = NaiveModel(model)
    // Trapezoids on a smooth, decaying integrand: exact to rounding.
    let step = 0.01
    let grid = (-1000...1000).map { Double($0) * step }
    let means = grid.map { naive.decode([$0]) }
    let seeds = 0..<60 as Range<UInt64>
    let scores = try seeds.map {
      try model.score(data, by: .negativeLogLikelihood(importanceSamples: 300), seed: $0)
    }
    for position in 0..<data.count {
      let x = data.rows(position..<position + 1, as: Double.self).elements
      let exact = zip(grid, means).reduce(0.0) { sum, point in
        let (z, m) = point
        return sum + step * exp(-reconstruction(likelihood, x, m) + logNormal([z], mean: [0], logVariance: [0]))
      }
      let ratios = scores.map { exp(-$0[position]) / exact }
      let mean = ratios.reduce(0, +) / Double(ratios.count)
      let variance = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ratios.count - 1)
      let error = (variance / Double(ratios.count)).squareRoot()
      #expect(error < 0.02, "too wide to tell: \(error)")
      #expect(abs(mean - 1) < 4 * error, "datum \(position): \(mean) ± \(error)")
    }
  }

  /// One sample's −log w is −ELBO with that sample, but for log q − log p in place of its mean, the KL divergence.
  @Test func oneSampleIsTheBoundInExpectation() throws {
    let (model, data) = (try model(), data(40))
    let differences = try (0..<50 as Range<UInt64>).flatMap { seed in
      zip(
        try model.score(data, by: .negativeLogLikelihood(importanceSamples: 1), seed: seed),
        try model.score(data, by: .negativeELBO(), seed: seed)
      ).map { $0 - $1 }
    }
    let mean = differences.reduce(0, +) / Double(differences.count)
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(differences.count - 1)
    let error = (variance / Double(differences.count)).squareRoot()
    #expect(error < 0.1 && error > 0)
    #expect(abs(mean) < 4 * error, "\(mean) ± \(error)")
  }

  /// On a trained model the bound rises with K, by more than chance.
  @Test func theBoundTightensWithSamples() throws {
    let data = Dataset.synthetic(count: 1000, side: 8)
    var configuration = TrainingConfiguration()
    configuration.learningRate = 0.003
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 64, encoderHidden: [40], latentSize: 4), seed: 1), configuration: configuration)
    for _ in 0..<20 { try trainer.trainEpoch(on: data) }
    var last = try trainer.model.score(data, by: .negativeELBO())
    for samples in [4, 16, 64] {
      let scores = try trainer.model.score(data, by: .negativeLogLikelihood(importanceSamples: samples), seed: 1)
      let gains = zip(last, scores).map { $0 - $1 }
      let mean = gains.reduce(0, +) / Double(gains.count)
      let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gains.count - 1)
      #expect(mean > 2 * (variance / Double(gains.count)).squareRoot(), "K = \(samples): \(mean)")
      last = scores
    }
    // More samples carry more, but fewer than there are.
    let evaluation = try trainer.model.evaluate(on: data, importanceSamples: 64, seed: 1)
    let importance = try #require(evaluation.importance)
    #expect(importance.effectiveSamples > 2 && importance.effectiveSamples < 64)
    #expect(importance.samples == 64)
    // (By other noise.)
    #expect(abs(importance.negativeLogLikelihood - last.reduce(0, +) / 1000) < 0.1)
  }

  /// One datum or many, one pass or several.
  @Test(arguments: [(1, 5000), (3, 700), (600, 9)]) func threadsChangeNothing(count: Int, samples: Int) throws {
    let (model, data) = (try model().converted(to: Float.self), data(count))
    let score = Score.negativeLogLikelihood(importanceSamples: samples)
    let one = try model.score(data, by: score, execution: Execution(threads: 1))
    for threads in 2...4 { #expect(try model.score(data, by: score, execution: Execution(threads: threads)) == one) }
  }

  /// Weights that no double holds: their logarithms do not overflow, nor vanish.
  @Test func weightsBeyondTheExponent() throws {
    var model = try model(.gaussian(variance: .fixed(1e-4)))
    model.parameters["output.bias"] = [4, 4, 4, 4, 4]
    let scores = try model.score(data(3), by: .negativeLogLikelihood(importanceSamples: 50))
    #expect(scores.allSatisfy { $0.isFinite && $0 > 10_000 })
    let likely = try self.model(.gaussian(variance: .fixed(1e-30), mean: .sigmoid))
    #expect(try likely.score(data(3), by: .negativeLogLikelihood(importanceSamples: 5)).allSatisfy(\.isFinite))
  }

  /// The importance-weighted bound comes from the same passes as its terms, and equals the estimate of as many samples.
  @Test func theBoundTakesOnePass() throws {
    let reports = Reports()
    let bound = try model().evaluate(
      on: data(600), samples: 9, objective: .importanceWeightedBound(), execution: reports.execution)
    #expect(Set(reports.all.map(\.work)) == [.loss])
    let importance = try #require(try model().evaluate(on: data(600), importanceSamples: 9).importance)
    #expect(bound.loss.total == importance.negativeLogLikelihood && bound.standardError == importance.standardError)
  }

  @Test func refusesWhatMakesNoSense() throws {
    let model = try model()
    func expectError(_ words: [String], _ body: () throws -> Void) {
      let error = #expect(throws: VAEError.self) { try body() }
      #expect(error?.lacks(words) == [])
    }
    for samples in [Int.min, -1, 0, 1 << 24 + 1, .max] {
      expectError(["16777216", "\(samples)"]) {
        _ = try model.score(data(2), by: .negativeLogLikelihood(importanceSamples: samples))
      }
      expectError(["16777216", "\(samples)"]) { _ = try model.score(data(2), by: .negativeELBO(samples: samples)) }
      expectError(["16777216", "\(samples)"]) { _ = try model.evaluate(on: data(2), importanceSamples: samples) }
    }
    let narrow = Dataset(name: "narrow", floats: [0, 1], dataSize: 2)
    expectError(["narrow", "2 values", "takes 5"]) {
      _ = try model.score(narrow, by: .negativeLogLikelihood(importanceSamples: 2))
    }
    expectError(["empty"]) { _ = try model.score(data(0)) }
    expectError(["squared-error", "no likelihood"]) {
      _ = try self.model(.squaredError()).score(data(2), by: .negativeLogLikelihood(importanceSamples: 2))
    }
    var overflowing = model
    overflowing.parameters["mean.bias"][0] = 1e200
    expectError(["datum 0", "not finite"]) {
      _ = try overflowing.score(data(2), by: .negativeLogLikelihood(importanceSamples: 2))
    }
  }
}
