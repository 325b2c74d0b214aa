import Foundation
import TestSupport
import Testing
import VAECore

/// Output biases that start at the data's log-odds.
struct OutputBiasTests {
  private let data = Dataset(
    name: "four", bytes: [0, 255, 51, 255, 0, 255, 204, 255, 0, 255, 102, 0, 0, 255, 51, 0], dataSize: 4,
    whiteLevel: .value(255))

  private func bias(_ binarization: Binarization) throws -> [Double] {
    var training = TrainingConfiguration()
    training.binarization = binarization
    training.outputBias = .data
    return try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 2), training: training, data: data
    ).parameters["output.bias"]
  }

  @Test func logOdds() throws {
    let extreme = log(0.999 / 0.001)
    let grey = 0.4
    let expected = [-extreme, extreme, log(grey / (1 - grey)), 0]
    #expect(relativeDifference(try bias(.unchanged), expected) < 1e-7)
    #expect(try bias(.dynamic) == bias(.unchanged))
    #expect(relativeDifference(try bias(.threshold), [-extreme, extreme, log(1.0 / 3), 0]) < 1e-7)
  }

  /// Without a latent variable to see, the model then gives the data's means.
  @Test func theModelBeginsAtTheMeans() throws {
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 2, initializer: .normal(standardDeviation: 0)))
    try model.setOutputBias(toLogOddsOf: data)
    #expect(relativeDifference(model.sample(count: 1).row(0), [0.001, 0.999, 0.4, 0.5]) < 1e-6)
  }

  @Test func zeroIsAsFresh() throws {
    let configuration = ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 2)
    var training = TrainingConfiguration()
    training.seed = 9
    let start = try VariationalAutoencoder<Float>(configuration, training: training, data: data)
    #expect(start.parameters == (try VariationalAutoencoder<Float>(configuration, seed: 9)).parameters)
  }

  @Test func refusesOtherModels() throws {
    for likelihood in [Likelihood.gaussian(), .squaredError()] {
      var training = TrainingConfiguration()
      training.outputBias = .data
      let error = #expect(throws: VAEError.self) {
        _ = try VariationalAutoencoder<Float>(
          ModelConfiguration(dataSize: 4, likelihood: likelihood), training: training, data: data)
      }
      #expect(error?.kind == .configuration)
      #expect(error?.lacks("output_bias", "bernoulli", likelihood.name) == [])
    }
  }
}
