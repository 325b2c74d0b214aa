import Foundation
import TestSupport
import Testing
import VAECore

/// Priors that are learned, beside N(0, I). (Their gradients are in FiniteDifferenceTests and ObjectiveReferenceTests.)
struct PriorTests {
  private static let objectives: [Objective] = [
    .evidenceLowerBound(beta: 0.7), .evidenceLowerBound(latentGradient: .stickingTheLanding),
    .importanceWeightedBound(), .importanceWeightedBound(latentGradient: .doublyReparameterized),
  ]

  private func model<S: Scalar>(_ prior: Prior, as type: S.Type = S.self, latentSize: Int = 5, seed: UInt64 = 3) throws
    -> VariationalAutoencoder<S>
  {
    try VariationalAutoencoder<S>(
      ModelConfiguration(dataSize: 7, encoderHidden: [6], latentSize: latentSize, prior: prior), seed: seed)
  }

  /// Sets all components to N(0, I).
  private func makeStandard<S>(_ model: inout VariationalAutoencoder<S>) {
    for name in ["prior.weight", "prior.bias"] {
      model.parameters[name] = Array(repeating: 0, count: model.parameters[name].count)
    }
  }

  // MARK: Beside N(0, I)

  /// One component that is N(0, I) is N(0, I): the same loss and gradients, to the last bit.
  @Test(arguments: objectives) func oneStandardComponentIsTheStandardPrior(objective: Objective) throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      let standard = try model(.standard, as: S.self)
      var learned = try model(.mixture(components: 1), as: S.self)
      makeStandard(&learned)
      var random = TestRandom(5)
      let (x, noise): (Matrix<S>, Matrix<S>) = (random.matrix(4, 7), random.matrix(12, 5))
      let bits = Matrix<S>(rows: 4, columns: 7, elements: x.elements.map { $0 > 0 ? 1 : 0 })
      let first = try standard.gradient(of: bits, noise: noise, objective: objective)
      let second = try learned.gradient(of: bits, noise: noise, objective: objective)
      #expect(first.loss == second.loss)
      for name in standard.parameters.names { #expect(first.gradient[name] == second.gradient[name], "\(name)") }
      // One weight is all there is.
      #expect(second.gradient["prior.bias"] == [0])
      #expect(second.gradient["prior.weight"].contains { $0 != 0 })
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func oneStandardComponentIsEvaluatedAndDrawnAlike() throws {
    let standard = try model(.standard, as: Float.self)
    var learned = try model(.mixture(components: 1), as: Float.self)
    makeStandard(&learned)
    let data = Dataset(
      name: "x", bytes: (0..<70).map { UInt8($0 % 3 == 0 ? 1 : 0) }, dataSize: 7, whiteLevel: .value(1))
    for samples in [1, 3] {
      #expect(
        try standard.evaluate(on: data, samples: samples, importanceSamples: 50)
          == learned.evaluate(on: data, samples: samples, importanceSamples: 50))
    }
    #expect(try standard.score(data) == learned.score(data))
    #expect(standard.sample(count: 9, seed: 4) == learned.sample(count: 9, seed: 4))
    #expect(standard.samplePrior(count: 9, seed: 4) == learned.samplePrior(count: 9, seed: 4))
  }

  // MARK: What is sampled

  /// The mean over noise of the sampled KL divergence is that from one normal distribution in closed form.
  @Test func sampledDivergenceIsTheClosedForm() throws {
    var learned = try model(.mixture(components: 1), as: Double.self, latentSize: 3)
    let (means, logVariances) = ([0.4, -0.7, 1.1], [0.3, -0.5, 0.2])
    learned.parameters["prior.weight"] = means + logVariances
    var random = TestRandom(6)
    let x: Matrix<Double> = random.matrix(1, 7)
    let posterior = learned.encode(x)
    let expected = (0..<3).reduce(0.0) {
      let (m, s) = (posterior.mean[0, $1], posterior.logVariance[0, $1])
      let difference = m - means[$1]
      return $0 + 0.5 * ((exp(s) + difference * difference) / exp(logVariances[$1]) - 1 - s + logVariances[$1])
    }
    let estimates = try (0..<400).map { _ in try learned.loss(of: x, noise: random.matrix(16, 3)).kl }
    let estimate = Estimate(estimates)
    #expect(abs(estimate.value - expected) < 3 * estimate.standardError, "\(estimate), \(expected)")
    #expect(estimate.standardError > 0 && estimate.standardError < 0.03 * expected, "\(estimate), \(expected)")
  }

  /// −log p(x) of a model with one latent dimension, against the integral over it.
  @Test(arguments: [Prior.standard, .mixture(components: 1), .mixture(components: 4)])
  func likelihoodIsTheIntegral(prior: Prior) throws {
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 1, prior: prior), seed: 2)
    var random = TestRandom(8)
    for name in model.parameters.names {
      model.parameters[name] = model.parameters[name].map { $0 + 0.6 * random.normal() }
    }
    let bits: [UInt8] = [1, 0, 1, 1, 0, 0, 0, 1]
    let data = Dataset(name: "x", bytes: bits, dataSize: 4, whiteLevel: .value(1))
    // The trapezoidal rule converges faster than any power where the function vanishes at both ends.
    let (step, points) = (0.01, Array(-1200...1200))
    let z = Matrix<Double>(rows: points.count, columns: 1, elements: points.map { step * Double($0) })
    let probabilities = model.decode(z)
    let expected = (0..<2).reduce(0.0) { sum, datum in
      var integral = 0.0
      for (row, point) in points.enumerated() {
        let place = step * Double(point)
        var log = model.priorComponents?.logDensity(at: [place]) ?? -0.5 * (place * place + Foundation.log(2 * .pi))
        for column in 0..<4 {
          let p = probabilities[row, column]
          log += Foundation.log(bits[datum * 4 + column] == 1 ? p : 1 - p)
        }
        integral += step * exp(log)
      }
      return sum - Foundation.log(integral) / 2
    }
    let estimate = try #require(model.evaluate(on: data, importanceSamples: 50_000).importance)
    // Of a mean of weights of which so many count, four standard errors.
    let tolerance = 4 / estimate.effectiveSamples.squareRoot()
    #expect(abs(estimate.negativeLogLikelihood - expected) < tolerance, "\(estimate), \(expected)")
    #expect(tolerance < 0.1)
  }

  @Test func drawsAreTheMixture() throws {
    var learned = try model(.mixture(components: 3), as: Double.self, latentSize: 1)
    learned.parameters["prior.bias"] = [log(0.5), log(0.3), log(0.2)]
    learned.parameters["prior.weight"] = [-3, log(0.25), 0, log(1), 4, log(0.04)]
    let draws = learned.samplePrior(count: 40_000, seed: 1).elements
    #expect(learned.samplePrior(count: 10, seed: 1).elements == Array(draws.prefix(10)))
    let mean = draws.reduce(0, +) / 40_000
    let square = draws.reduce(0) { $0 + $1 * $1 } / 40_000
    #expect(abs(mean - (-3 * 0.5 + 4 * 0.2)) < 0.05)
    #expect(abs(square - (0.5 * 9.25 + 0.3 * 1 + 0.2 * 16.04)) < 0.15)
    let components = try #require(learned.priorComponents)
    for probability in [0.001, 0.2, 0.5, 0.77, 0.999] {
      let quantile = components.quantile(probability, dimension: 0)
      let share = Double(draws.count { $0 < quantile }) / 40_000
      #expect(abs(share - probability) < 0.01, "\(probability): \(quantile)")
    }
  }

  // MARK: Training

  /// The prior finds two clusters that N(0, I) does not know of, and costs fewer nats.
  @Test func trainingLearnsThePrior() throws {
    var random = TestRandom(9)
    let rows = (0..<400).flatMap { row in (0..<7).map { _ in Float((row % 2 == 0 ? -1 : 1) + 0.2 * random.normal()) } }
    let data = Dataset(name: "two", floats: rows, dataSize: 7)
    func loss(_ prior: Prior) throws -> (Loss, PriorComponents?) {
      var training = TrainingConfiguration()
      (training.epochs, training.batchSize, training.learningRate) = (60, 50, 0.01)
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(
          dataSize: 7, encoderHidden: [8], latentSize: 1, prior: prior, likelihood: .gaussian(variance: .fixed(0.04))),
        seed: 1)
      var trainer = try Trainer(model, configuration: training, execution: Execution(threads: 1))
      for _ in 0..<60 { try trainer.trainEpoch(on: data) }
      return (try trainer.model.evaluate(on: data, samples: 8).loss, trainer.model.priorComponents)
    }
    let (standard, _) = try loss(.standard)
    let (learned, found) = try loss(.mixture(components: 2))
    #expect(learned.total < standard.total - 0.3, "\(learned), \(standard)")
    let components = try #require(found)
    #expect(abs(components.means[0, 0] - components.means[1, 0]) > 1)
    #expect(components.weights.allSatisfy { $0 > 0.3 })
  }

  /// Log-variances that lie outside the bounds are held to them, and get no gradient.
  @Test func boundsHold() throws {
    var learned = try model(.mixture(components: 2), as: Double.self, latentSize: 1)
    learned.parameters["prior.weight"] = [0, 25, 1, 0.5]
    var random = TestRandom(10)
    let gradient = try learned.gradient(of: random.matrix(3, 7), noise: random.matrix(3, 1)).gradient["prior.weight"]
    #expect(gradient[1] == 0 && gradient[3] != 0)
    #expect(try #require(learned.priorComponents).variances[0, 0] == exp(20))
  }

  /// Bounds of the posterior's log-variances are the prior's, too, and are flat outside.
  @Test func boundsMayBeSet() throws {
    var configuration = ModelConfiguration(
      dataSize: 4, encoderHidden: [], latentSize: 1, prior: .mixture(components: 1))
    (configuration.leastLogVariance, configuration.mostLogVariance) = (-6, 2)
    var model = try VariationalAutoencoder<Double>(configuration, seed: 1)
    var random = TestRandom(11)
    let (x, noise): (Matrix<Double>, Matrix<Double>) = (random.matrix(2, 4), random.matrix(2, 1))
    for (bias, expected) in [(-9.0, -6.0), (5, 2), (0.5, 0.5)] {
      model.parameters["logvar.weight"] = [0, 0, 0, 0]
      model.parameters["logvar.bias"] = [bias]
      model.parameters["prior.weight"] = [0, bias]
      #expect(model.encode(x).logVariance.elements == [expected, expected])
      #expect(try #require(model.priorComponents).variances[0, 0] == exp(expected))
      let gradient = try model.gradient(of: x, noise: noise).gradient
      for (name, index) in [("logvar.bias", 0), ("prior.weight", 1)] {
        #expect((gradient[name][index] == 0) == (bias != expected), "\(name) at \(bias)")
      }
    }
    for (least, most) in [(2.0, 2.0), (3, 2), (-31, 2), (0, 21), (.nan, 2)] {
      (configuration.leastLogVariance, configuration.mostLogVariance) = (least, most)
      #expect(throws: VAEError.self) { try configuration.validate() }
    }
  }

  // MARK: Settings

  @Test func settings() throws {
    let configuration = ModelConfiguration(dataSize: 3, prior: .mixture(components: 12))
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(ModelConfiguration.self, from: data) == configuration)
    #expect(String(decoding: data, as: UTF8.self).contains(#""components":12"#))
    // What was written before there were priors to choose from is N(0, I), and still written so.
    let standard = try JSONEncoder().encode(ModelConfiguration(dataSize: 3))
    #expect(!String(decoding: standard, as: UTF8.self).contains("prior"))
    #expect(try JSONDecoder().decode(ModelConfiguration.self, from: standard).prior == .standard)
    #expect(ModelConfiguration(dataSize: 3).prior.description == "N(0, I)")
    for (text, words) in [
      (#"{"data_size":3,"components":5}"#, ["standard", "components", "none"]),
      (#"{"data_size":3,"prior":"mixture","components":0}"#, ["components", "0"]),
      (#"{"data_size":3,"prior":"best"}"#, ["prior", "best", "mixture"]),
    ] {
      let error = #expect(throws: (any Error).self) {
        try JSONDecoder().decode(ModelConfiguration.self, from: Data(text.utf8)).validate()
      }
      let message = "\(error!)"
      #expect(words.allSatisfy(message.contains), "\(message)")
    }
  }

  /// Free bits are of each dimension's KL divergence, which a mixture's is not the sum of.
  @Test func freeBitsAreRefused() throws {
    var training = TrainingConfiguration()
    training.objective = .evidenceLowerBound(freeBits: 0.1)
    let model = try model(.mixture(components: 2), as: Float.self)
    let error = #expect(throws: VAEError.self) { _ = try Trainer(model, configuration: training) }
    #expect(error!.description.contains("free_bits"))
  }
}
