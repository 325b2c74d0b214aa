import Foundation
import TestSupport
import Testing
import VAECore

/// What is advised where training diverges: to standardise the data, where it is their unit that does not suit the model.
struct DivergenceTests {
  private func error(
    _ scales: [Float], likelihood: Likelihood, learningRate: Double, standardizes: Bool = false, clipNorm: Double? = nil
  ) throws -> VAEError? {
    var random = TestRandom(2)
    let floats = (0..<40).flatMap { _ in scales.map { $0 * Float(random.normal()) } }
    let data = Dataset(name: "numbers", floats: floats, dataSize: scales.count)
    var training = TrainingConfiguration()
    (training.learningRate, training.standardizes, training.clipNorm) = (learningRate, standardizes, clipNorm)
    training.optimizer = .sgd()
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: scales.count, encoderHidden: [6], latentSize: 2, likelihood: likelihood),
      training: training, data: data)
    var trainer = try Trainer(model, configuration: training, execution: Execution(threads: 1))
    do {
      for _ in 0..<200 { try trainer.trainEpoch(on: data) }
      return nil
    } catch let error as VAEError { return error }
  }

  @Test(arguments: [nil, 1.0] as [Double?]) func ofTheDatasUnit(clipNorm: Double?) throws {
    let error = try error(
      [1, 1e20, 1e-13], likelihood: .gaussian(variance: .learned), learningRate: 0.001, clipNorm: clipNorm)
    #expect(error?.kind == .numerics && error?.remedy == .standardize)
    #expect(error?.lacks("not finite", "column 2", "1e+20", "tandardise") == [])
    #expect(error?.description.contains("learning rate") == false)
  }

  @Test func ofTheRate() throws {
    // Of data whose unit suits, of standardised ones, and of others than real numbers.
    for (scales, likelihood, standardizes) in [
      ([1, 2], Likelihood.gaussian(), false), ([1, 1e10], .gaussian(), true),
      ([1, 1e10], .gaussian(mean: .softplus), false),
    ] as [([Float], Likelihood, Bool)] {
      let error = try error(scales, likelihood: likelihood, learningRate: 1e30, standardizes: standardizes)
      #expect(error?.kind == .numerics && error?.remedy == nil)
      #expect(error?.lacks("learning rate") == [], "\(scales)")
    }
  }
}
