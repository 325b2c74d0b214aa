import TestSupport
import Testing
import VAECore

/// Training is determined by its settings alone, sees each datum once an epoch, and learns.
struct TrainerTests {
  private let data: Dataset = {
    var random = TestRandom(12)
    return Dataset(name: "random", floats: (0..<75 * 9).map { _ in Float(random.uniform()) }, dataSize: 9)
  }()

  private func model<S: Scalar>(
    _ type: S.Type = S.self, _ likelihood: Likelihood = .bernoulli, size: Int = 9
  ) throws -> VariationalAutoencoder<S> {
    try VariationalAutoencoder(
      ModelConfiguration(dataSize: size, encoderHidden: [20], latentSize: 4, likelihood: likelihood), seed: 3)
  }

  private func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    // 75 data in batches of 20: the last one is smaller.
    configuration.batchSize = 20
    configuration.samplesPerDatum = 2
    configuration.seed = 5
    change(&configuration)
    return configuration
  }

  private func train<S: Scalar>(
    _ model: VariationalAutoencoder<S>, _ configuration: TrainingConfiguration, on data: Dataset? = nil,
    epochs: Int = 2, threads: Int = 2
  ) throws -> (model: VariationalAutoencoder<S>, losses: [Loss]) {
    var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: threads))
    let losses = try (0..<epochs).map { _ in try trainer.trainEpoch(on: data ?? self.data) }
    return (trainer.model, losses)
  }

  // MARK: Binarisation

  /// Without steps and without a way from z to the outputs, the loss is of the binary data alone: the same in each epoch where these are
  /// drawn once.
  @Test(arguments: [Binarization.dynamic, .fixed]) func binaryDataAreDrawnAnewOrOnce(binarization: Binarization) throws
  {
    var model = try model(Double.self)
    model.parameters["output.weight"] = Array(repeating: 0, count: 9 * 20)
    model.parameters["output.bias"] = (0..<9).map { 0.5 * Double($0) }
    let training = configuration {
      $0.learningRate = 0
      $0.binarization = binarization
    }
    let losses = try train(model, training, epochs: 3).losses.map(\.reconstruction)
    let isSame = losses.dropFirst().allSatisfy { abs($0 - losses[0]) < 1e-9 }
    #expect(isSame == (binarization == .fixed), "\(losses)")
  }

  // MARK: Determinism

  @Test(arguments: [Likelihood.bernoulli, .squaredError(output: .sigmoid)], Binarization.allCases)
  func neitherRunsNorThreadsDiffer(likelihood: Likelihood, binarization: Binarization) throws {
    let configuration = configuration { $0.binarization = binarization }
    let one = try train(model(Float.self, likelihood), configuration, threads: 1)
    for threads in 1...3 {
      let other = try train(model(Float.self, likelihood), configuration, threads: threads)
      #expect(other.model.parameters == one.model.parameters)
      #expect(other.losses == one.losses)
    }
  }

  /// The update from a gradient that stays in cache, tile by tile, is the one from the whole gradient in memory.
  @Test(arguments: Optimizer.names) func tilesUpdateAsTheWholeGradientDoes(optimizer: String) throws {
    let configuration = configuration { $0.optimizer = try! Optimizer(name: optimizer) }
    func train(holdsGradient: Bool) throws -> Parameters<Float> {
      var trainer = try Trainer(
        model(Float.self), configuration: configuration, execution: Execution(threads: 2), holdsGradient: holdsGradient)
      for _ in 0..<2 { try trainer.trainEpoch(on: data) }
      return trainer.model.parameters
    }
    let isEqual = try train(holdsGradient: true) == train(holdsGradient: false)
    #expect(isEqual)
  }

  /// Steps counted by themselves are those of whole epochs.
  @Test func stepsGoThroughEpochs() throws {
    let model = try model(Float.self)
    var epochs = try Trainer(model, configuration: configuration(), execution: Execution(threads: 1))
    for _ in 0..<3 { try epochs.trainEpoch(on: data) }
    // Four steps an epoch.
    var steps = try Trainer(model, configuration: configuration(), execution: Execution(threads: 1))
    for count in [1, 5, 3] { try steps.train(steps: count, on: data) }
    #expect(steps.epoch == 2 && steps.step == 9)
    // The rest of the third.
    try steps.trainEpoch(on: data)
    #expect(steps.epoch == 3 && steps.step == 12)
    let isEqual = steps.model.parameters == epochs.model.parameters
    #expect(isEqual)
  }

  /// Nothing to find a minimum of.
  @Test func refusesTheDifference() throws {
    let model = try model(Float.self, .difference())
    let error = #expect(throws: VAEError.self) { _ = try Trainer(model, configuration: configuration()) }
    #expect(error?.lacks("difference", "squared-error") == [])
  }

  @Test func theSeedDetermines() throws {
    let one = try train(model(Float.self), configuration())
    let other = try train(model(Float.self), configuration { $0.seed = 6 })
    #expect(other.model.parameters != one.model.parameters)
  }

  /// A copy of the model is not trained with it.
  @Test func modelsAreValues() throws {
    let start = try model(Float.self)
    let before = start.parameters["encoder.0.weight"]
    let trained = try train(start, configuration())
    #expect(start.parameters["encoder.0.weight"] == before)
    #expect(trained.model.parameters["encoder.0.weight"] != before)
  }

  // MARK: An epoch

  /// With a learning rate of 0 the epoch's KL divergence is that of the set, if each datum came once.
  @Test func anEpochSeesEachDatumOnce() throws {
    let start = try model(Double.self)
    let (end, losses) = try train(start, configuration { $0.learningRate = 0 }, epochs: 3)
    #expect(end.parameters == start.parameters)
    let kl = try start.evaluate(on: data).loss.kl
    for loss in losses { #expect(relativeDifference([loss.kl], [kl]) < 1e-12) }
    // Without the last datum it would be another.
    let fewer = try start.evaluate(on: data.prefix(74)).loss.kl
    #expect(relativeDifference([fewer], [kl]) > 1e-9)
  }

  /// Each epoch has an order of its own: the first step's loss differs where nothing else does.
  @Test func epochsAreShuffled() throws {
    var trainer = try Trainer(model(Double.self), configuration: configuration { $0.learningRate = 0 })
    var first: [Double] = []
    for _ in 0..<3 {
      try trainer.trainEpoch(on: data) { if $0.step == 1 { first.append($0.loss.kl) } }
    }
    #expect(Set(first).count == 3)
  }

  @Test func reportsProgress() throws {
    var trainer = try Trainer(model(Float.self), configuration: configuration())
    var reports: [Trainer<Float>.Progress] = []
    for _ in 0..<2 { try trainer.trainEpoch(on: data) { reports.append($0) } }
    #expect(reports.map(\.epoch) == [1, 1, 1, 1, 2, 2, 2, 2])
    #expect(reports.map(\.step) == [1, 2, 3, 4, 1, 2, 3, 4])
    #expect(reports.allSatisfy { $0.steps == 4 })
    #expect(reports.map(\.count) == [20, 40, 60, 75, 20, 40, 60, 75])
    #expect(trainer.epoch == 2 && trainer.step == 8)
  }

  @Test func progressMayStopAnEpoch() throws {
    struct Stop: Error {}
    var trainer = try Trainer(model(Float.self), configuration: configuration())
    #expect(throws: Stop.self) { try trainer.trainEpoch(on: data) { if $0.step == 2 { throw Stop() } } }
    #expect(trainer.epoch == 0 && trainer.step == 2)
  }

  // MARK: Learning

  static let optimizers: [(Optimizer, Double)] = [
    (.sgd(), 0.01), (.sgd(momentum: 0.9), 0.002), (.adagrad(), 0.02), (.rmsprop(), 0.002), (.adam(), 0.003),
    (.adamW(), 0.003),
  ]

  @Test(arguments: optimizers) func theLossDecreases(optimizer: Optimizer, learningRate: Double) throws {
    let data = Dataset.synthetic(count: 200, side: 8)
    let configuration = configuration {
      $0.optimizer = optimizer
      $0.learningRate = learningRate
    }
    let start = try model(Float.self, size: 64)
    let (end, losses) = try train(start, configuration, on: data, epochs: 20)
    let (before, after) = (try start.evaluate(on: data).loss.total, try end.evaluate(on: data).loss.total)
    #expect(after < 0.8 * before)
    #expect(losses.last!.total < losses.first!.total)
    #expect(relativeDifference([losses.last!.total], [after]) < 0.05)
  }

  /// Options 1 and 2 take the same steps, to rounding.
  @Test(arguments: optimizers) func jointEqualsAccumulated(optimizer: Optimizer, learningRate: Double) throws {
    let configuration = configuration {
      $0.optimizer = optimizer
      $0.learningRate = learningRate
      $0.samplesPerDatum = 5
      $0.weightDecay = 0.01
    }
    let joint = try train(model(Double.self), configuration)
    for width in [1, 2, 5] {
      var accumulated = configuration
      accumulated.gradient = .accumulated(samplesPerPass: width)
      let other = try train(model(Double.self), accumulated)
      let worst = worstTensor(joint.model.parameters) { other.model.parameters[$0] }
      #expect(worst.difference < 1e-9, "\(worst)")
      #expect(relativeDifference(joint.losses.map(\.total), other.losses.map(\.total)) < 1e-9)
    }
  }

  /// A step that fails is not taken: with one step an epoch, the model stays as the epoch before left it.
  @Test(arguments: [GradientAccumulation.joint, .accumulated()]) func divergenceStops(gradient: GradientAccumulation)
    throws
  {
    let configuration = configuration {
      $0.batchSize = 75
      $0.optimizer = .sgd()
      $0.learningRate = 1e10
      $0.gradient = gradient
    }
    var trainer = try Trainer(model(Float.self, .gaussian()), configuration: configuration)
    var before = trainer.model.parameters
    var error: (any Error)?
    for _ in 0..<20 where error == nil {
      before = trainer.model.parameters
      do { try trainer.trainEpoch(on: data) } catch let caught { error = caught }
    }
    #expect((error as? VAEError)?.kind == .numerics)
    #expect((error as? VAEError)?.lacks("not finite", "learning rate") == [])
    #expect(trainer.epoch >= 1 && trainer.step == trainer.epoch)
    #expect(
      trainer.model.parameters.names.allSatisfy {
        trainer.model.parameters[$0].map(\.bitPattern) == before[$0].map(\.bitPattern)
      })
  }

  @Test func refusesOtherData() throws {
    var trainer = try Trainer(model(Float.self), configuration: configuration())
    for data in [Dataset(name: "narrow", floats: [0, 1], dataSize: 2), try data.prefix(0)] {
      let error = #expect(throws: VAEError.self) { try trainer.trainEpoch(on: data) }
      #expect(error?.kind == .data)
    }
    #expect(trainer.step == 0 && trainer.epoch == 0)
  }
}
