import TestSupport
import Testing
import VAECore

/// A step that leaves what is not finite names it, and nothing goes on from there.
struct DivergenceTests {
  private let data = Dataset.synthetic(count: 40, side: 5)

  private func model() throws -> VariationalAutoencoder<Float> {
    try VariationalAutoencoder(
      ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 3, likelihood: .gaussian()), seed: 3)
  }

  private func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.batchSize = 20
    change(&configuration)
    return configuration
  }

  /// A rate beyond the type's range: the loss is finite, the parameters are not.
  @Test(arguments: Optimizer.names, [1, 2, 3]) func namesTheTensorAndTheStep(optimizer: String, threads: Int) throws {
    let configuration = configuration {
      $0.optimizer = try! Optimizer(name: optimizer)
      $0.learningRate = 1e39
    }
    var trainer = try Trainer(model(), configuration: configuration, threads: threads)
    let caught = #expect(throws: VAEError.self) { try trainer.trainEpoch(on: data) }
    let error = try #require(caught)
    #expect(error.kind == .numerics)
    #expect(error.lacks("encoder.0.weight", "step 1", "no longer finite", "learning rate") == [])
    // What it left is nobody's start.
    #expect(throws: error) { try trainer.trainEpoch(on: data) }
    #expect(throws: error) { try trainer.train(steps: 1, on: data) }
    #expect(throws: error) { _ = try trainer.checkpoint() }
    #expect(trainer.step == 0)
  }

  /// From a checkpoint it goes on.
  @Test func goesBackFromThere() throws {
    let configuration = configuration { $0.learningRate = 3.5e38 }
    var trainer = try Trainer(model(), configuration: configuration, threads: 1)
    let checkpoint = try trainer.checkpoint()
    #expect(throws: VAEError.self) { try trainer.train(steps: 1, on: data) }
    trainer.restore(checkpoint, rollbacks: 10)
    try trainer.train(steps: 1, on: data)
    #expect(trainer.step == 1)
  }

  /// The hidden units are 0 and so are the outputs, whatever the weights between them: the loss is finite. These weights
  /// are so large that the derivatives by the hidden units add up to more than Float holds.
  @Test(arguments: [nil, 1.0]) func namesTheGradientsTensor(clipNorm: Double?) throws {
    var model = try model()
    for name in model.parameters.names {
      let value: Float = name == "output.weight" ? 3e38 : 0
      model.parameters[name] = model.parameters[name].map { _ in value }
    }
    let configuration = configuration { $0.clipNorm = clipNorm }
    #expect(try model.evaluate(on: data).loss.total.isFinite)
    var trainer = try Trainer(model, configuration: configuration, threads: 2)
    let error = #expect(throws: VAEError.self) { try trainer.train(steps: 1, on: data) }
    #expect(error?.kind == .numerics)
    #expect(error?.lacks("gradient of decoder.0.", "step 1", "not finite") == [], "\(error?.description ?? "")")
    // A norm is known before the update.
    let isUnchanged = trainer.model.parameters == model.parameters
    #expect(isUnchanged == (clipNorm != nil))
  }
}
