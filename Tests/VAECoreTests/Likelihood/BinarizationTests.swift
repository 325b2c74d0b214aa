import TestSupport
import Testing
import VAECore
import VAEExplanation

/// Only grey values become 0 and 1, and only where the likelihood is of such data.
struct BinarizationTests {
  private let grey = Dataset(name: "grey", floats: (0..<40).map { Float($0) / 40 }, dataSize: 2)
  private let people = Dataset(name: "people", floats: (0..<40).map { 150 + Float($0) }, dataSize: 2)

  private func training(_ binarization: Binarization, standardizes: Bool = false) -> TrainingConfiguration {
    var training = TrainingConfiguration()
    (training.binarization, training.standardizes) = (binarization, standardizes)
    return training
  }

  private func configuration(_ likelihood: Likelihood) -> ModelConfiguration {
    ModelConfiguration(dataSize: 2, encoderHidden: [3], latentSize: 1, likelihood: likelihood)
  }

  private func expectRefusal(_ words: String..., of body: () throws -> Void) {
    let error = #expect(throws: VAEError.self) { try body() }
    #expect(error?.lacks(words) == [])
  }

  @Test(
    arguments: [
      .gaussian(), .gaussian(variance: .learned), .laplace(), .poisson, .negativeBinomial, .categorical(groups: [2]),
      .mixed([.init(1, .bernoulli), .init(1, .gaussian())]),
    ] as [Likelihood])
  func otherLikelihoods(likelihood: Likelihood) throws {
    let data = Dataset(name: "ones", floats: (0..<40).map { Float($0 % 2) }, dataSize: 2)
    let model = try VariationalAutoencoder<Float>(configuration(likelihood))
    for binarization in [Binarization.threshold, .dynamic] {
      let training = training(binarization)
      expectRefusal("inarisation", likelihood.name) {
        _ = try VariationalAutoencoder<Float>(configuration(likelihood), training: training, data: data)
      }
      expectRefusal("inarisation", likelihood.name) { _ = try Trainer(model, configuration: training) }
      expectRefusal("inarisation", likelihood.name) { _ = try model.evaluate(on: data, binarization: binarization) }
      expectRefusal("inarisation", likelihood.name) { _ = try model.score(data, binarization: binarization) }
      expectRefusal("inarisation", likelihood.name) {
        _ = try model.gradientVariance(on: data, binarization: binarization, draws: 2)
      }
    }
    _ = try model.evaluate(on: data, binarization: Binarization.unchanged)
  }

  @Test(arguments: [.bernoulli, .continuousBernoulli, .squaredError(), .mixed([.init(2, .bernoulli)])] as [Likelihood])
  func likelihoodsOfSuchData(likelihood: Likelihood) throws {
    let model = try VariationalAutoencoder<Float>(
      configuration(likelihood), training: training(.dynamic), data: grey)
    _ = try model.evaluate(on: grey)
    _ = try Trainer(model, configuration: training(.threshold))
  }

  /// An error is of any data; what becomes 0 and 1 lies between.
  @Test func valuesOutside() throws {
    let likelihood = Likelihood.squaredError()
    for binarization in [Binarization.threshold, .dynamic] {
      expectRefusal("people, datum 0, column 1", "150", "from 0 to 1") {
        _ = try VariationalAutoencoder<Float>(configuration(likelihood), training: training(binarization), data: people)
      }
      let model = try VariationalAutoencoder<Float>(configuration(likelihood))
      expectRefusal("people, datum 0", "from 0 to 1") { _ = try model.evaluate(on: people, binarization: binarization) }
      expectRefusal("people, datum 0", "from 0 to 1") {
        var trainer = try Trainer(model, configuration: training(binarization))
        try trainer.trainEpoch(on: people)
      }
      _ = try model.evaluate(on: people)
    }
  }

  @Test func standardizedValues() throws {
    let likelihood = Likelihood.squaredError()
    expectRefusal("inarisation", "standardise") { try training(.dynamic, standardizes: true).validate() }
    expectRefusal("inarisation", "standardise") {
      _ = try VariationalAutoencoder<Float>(
        configuration(likelihood), training: training(.dynamic, standardizes: true), data: grey)
    }
    let model = try VariationalAutoencoder<Float>(
      configuration(likelihood), training: training(.unchanged, standardizes: true), data: grey)
    expectRefusal("inarisation", "standardise") { _ = try model.evaluate(on: grey, binarization: .threshold) }
  }
}
