import TestSupport
import Testing
import VAECore

/// Training that was interrupted and went on from a file is training without an interruption, bit for bit.
struct TrainingStateTests {
  private static let data = Dataset.synthetic(count: 75, side: 5)

  private static func model<S: Scalar>(_ type: S.Type) throws -> VariationalAutoencoder<S> {
    try VariationalAutoencoder(ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 3), seed: 3)
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let configuration: TrainingConfiguration

    init(_ name: String, _ change: (inout TrainingConfiguration) -> Void) {
      testDescription = name
      var configuration = TrainingConfiguration()
      // 75 data in batches of 20: four steps an epoch, the last one smaller.
      configuration.batchSize = 20
      configuration.samplesPerDatum = 2
      configuration.binarization = .dynamic
      configuration.learningRate = 0.01
      configuration.epochs = 3
      configuration.seed = 5
      change(&configuration)
      self.configuration = configuration
    }
  }

  static let cases =
    [
      .sgd(), .sgd(momentum: 0.9), .adagrad(), .rmsprop(), .adam(), .adamW(),
    ].map { (optimizer: Optimizer) in
      Case(optimizer.name) {
        $0.optimizer = optimizer
        $0.weightDecay = 0.01
      }
    } + [
      Case("L = 5, accumulated") { ($0.samplesPerDatum, $0.gradient) = (5, .accumulated(samplesPerPass: 2)) },
      Case("importance-weighted") { $0.objective = .importanceWeightedBound() },
      Case("clipped") { $0.clipNorm = 1 },
      Case("a rate that falls, and warms up") { $0.schedule = .cosine(warmupSteps: 6) },
      Case("a rate in steps") { $0.schedule = .step(factor: 0.5, epochs: 1) },
      Case("plateau") { $0.schedule = .plateau(factor: 0.5, epochs: 1) },
      Case("the divergence warms up") { $0.klWarmUp = .linear(epochs: 2) },
      Case("early stopping") { $0.earlyStopping = 2 },
      Case("windows") { $0.shuffleWindow = 20 },
    ]

  /// Everything that a training leaves: parameters, state, and what it reported of each epoch.
  private struct Outcome<S: Scalar>: Equatable {
    var parameters: Parameters<S>
    var state: TrainingState<S>
    var losses: [Loss]
    var statistics: [TrainingStatistics]
  }

  /// Trains for three epochs. Where it is interrupted after some steps, a new trainer goes on from a file.
  private func train<S: Scalar>(
    _ configuration: TrainingConfiguration, _ type: S.Type, interruptedAfter interruptions: [Int] = [],
    threads: Int = 1
  ) throws -> Outcome<S> {
    try withTemporaryFolder { folder in
      var trainer = try Trainer(Self.model(type), configuration: configuration, execution: Execution(threads: threads))
      var (losses, statistics): ([Loss], [TrainingStatistics]) = ([], [])
      while trainer.epoch < 3 && !trainer.hasStoppedImproving {
        let loss = try trainer.continueEpoch(on: Self.data) { interruptions.contains($0.totalSteps) }
        if let loss {
          losses.append(loss)
          statistics.append(trainer.statistics)
          // Worse and worse, so that plateaus are reached.
          trainer.add(validationLoss: Double(trainer.epoch))
        }
        if interruptions.contains(trainer.step) {
          try trainer.checkpoint().write(to: folder.file("state"))
          trainer = try Trainer(
            resuming: Checkpoint(contentsOf: folder.file("state")), execution: Execution(threads: threads + 1))
        }
      }
      return Outcome(
        parameters: trainer.model.parameters, state: trainer.state, losses: losses, statistics: statistics)
    }
  }

  @Test(arguments: cases) func goesOnBitForBit(_ some: Case) throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      let straight = try train(some.configuration, type)
      #expect(straight.losses.count == 3)
      // At the ends of epochs, in the middle of one, several times, and after every step.
      for interruptions in [[4], [8], [3], [6], [1, 2, 5, 8, 11], Array(1...12)] {
        let resumed = try train(some.configuration, type, interruptedAfter: interruptions)
        let isEqual = resumed == straight
        #expect(isEqual, "\(some.testDescription), interrupted after \(interruptions)")
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// What a state holds is what training depends on: without any of it, another model comes out.
  @Test func theStateMatters() throws {
    let configuration = Self.cases[4].configuration
    var trainer = try Trainer(Self.model(Float.self), configuration: configuration, execution: Execution(threads: 1))
    try trainer.train(steps: 6, on: Self.data)
    let state = trainer.state
    #expect(state.epoch == 1 && state.step == 6 && state.position == 40 && state.dataCount == 75)
    var other = try Trainer(trainer.model, configuration: configuration, execution: Execution(threads: 1))
    try trainer.trainEpoch(on: Self.data)
    try other.trainEpoch(on: Self.data)
    #expect(trainer.epoch == 2 && other.epoch == 1)
    let isEqual = trainer.model.parameters == other.model.parameters
    #expect(!isEqual)
  }

  /// The mean of an epoch that began with single steps is over all of its data.
  @Test func anEpochsMeanIsWhole() throws {
    let configuration = Self.cases[0].configuration
    var whole = try Trainer(Self.model(Float.self), configuration: configuration, execution: Execution(threads: 1))
    var parted = try Trainer(Self.model(Float.self), configuration: configuration, execution: Execution(threads: 1))
    try parted.train(steps: 2, on: Self.data)
    let (mean, other) = (try whole.trainEpoch(on: Self.data), try parted.trainEpoch(on: Self.data))
    #expect(mean == other)
    #expect(parted.statistics == whole.statistics && parted.statistics.steps == 4)
  }

  @Test func earlyStoppingWaits() throws {
    let configuration = Case("patience") { $0.earlyStopping = 2 }.configuration
    var trainer = try Trainer(Self.model(Float.self), configuration: configuration, execution: Execution(threads: 1))
    for (loss, isBest, stops) in [
      (5.0, true, false), (6, false, false), (4, true, false), (4, false, false), (4.5, false, true),
    ] {
      #expect(trainer.add(validationLoss: loss) == isBest)
      #expect(trainer.hasStoppedImproving == stops)
    }
    #expect(trainer.state.validation.best == 4)
  }

  /// After two epochs without improvement the rate is multiplied by the factor, and the count begins anew.
  @Test func plateausReduceTheRate() throws {
    let configuration = Case("plateau") { $0.schedule = .plateau(factor: 0.5, epochs: 2) }.configuration
    var trainer = try Trainer(Self.model(Float.self), configuration: configuration, execution: Execution(threads: 1))
    for (loss, rate) in [(3.0, 0.01), (3, 0.01), (3, 0.005), (3, 0.005), (3, 0.0025), (2, 0.0025), (2, 0.0025)] {
      trainer.add(validationLoss: loss)
      try trainer.train(steps: 1, on: Self.data)
      #expect(abs(trainer.statistics.learningRate - rate) < 1e-15)
    }
  }

  /// Going back is going on from the checkpoint, with the rate halved for each time.
  @Test func goesBack() throws {
    let configuration = Self.cases[4].configuration
    var trainer = try Trainer(Self.model(Float.self), configuration: configuration, execution: Execution(threads: 1))
    try trainer.train(steps: 3, on: Self.data)
    let checkpoint = try trainer.checkpoint()
    let after = try trainer.train(steps: 1, on: Self.data)
    let parameters = trainer.model.parameters
    try trainer.restore(checkpoint)
    #expect(try trainer.train(steps: 1, on: Self.data) == after)
    let isEqual = trainer.model.parameters == parameters
    #expect(isEqual)
    #expect(trainer.state.lastRollback == nil)
    for rollbacks in 1...3 {
      try trainer.restore(checkpoint, rollbacks: rollbacks)
      #expect(trainer.step == 3 && trainer.state.rollbacks == rollbacks)
      #expect(trainer.state.lastRollback?.to == 3 && trainer.state.lastRollback?.from == [4, 5, 5][rollbacks - 1])
      try trainer.train(steps: [2, 1, 1][rollbacks - 1], on: Self.data)
      #expect(trainer.statistics.learningRate == [0.005, 0.0025, 0.00125][rollbacks - 1])
    }
  }

  @Test func goesBackToItsOwnCheckpointsAlone() throws {
    var trainer = try Trainer(
      Self.model(Float.self), configuration: Self.cases[0].configuration, execution: Execution(threads: 1))
    var other = Self.cases[0].configuration
    other.seed += 1
    let others = try Trainer(Self.model(Float.self), configuration: other, execution: Execution(threads: 1))
      .checkpoint()
    try trainer.train(steps: 1, on: Self.data)
    let state = trainer.state
    for checkpoint in [others, Checkpoint(model: trainer.model, training: trainer.configuration)] {
      let error = #expect(throws: VAEError.self) { try trainer.restore(checkpoint) }
      #expect(error?.lacks("another training") == [])
    }
    #expect(trainer.state == state)
  }

  /// The epochs that are given up have had their losses, the least of which stays the least; whether it gets better is
  /// counted anew.
  @Test func theBestStaysTheBest() throws {
    var trainer = try Trainer(
      Self.model(Float.self), configuration: Self.cases[0].configuration, execution: Execution(threads: 1))
    trainer.add(validationLoss: 5)
    trainer.add(validationLoss: 6)
    let checkpoint = try trainer.checkpoint()
    trainer.add(validationLoss: 4)
    try trainer.restore(checkpoint, rollbacks: 1)
    #expect(trainer.state.validation.best == 4 && trainer.state.validation.epochsWithoutImprovement == 1)
    var isBest = trainer.add(validationLoss: 4.5)
    #expect(!isBest)
    isBest = trainer.add(validationLoss: 3)
    #expect(isBest)
    try trainer.restore(checkpoint)
    #expect(trainer.state.validation.best == 5)
  }

  @Test func refusesOtherDataInTheMiddle() throws {
    var trainer = try Trainer(
      Self.model(Float.self), configuration: Self.cases[0].configuration, execution: Execution(threads: 1))
    try trainer.train(steps: 1, on: Self.data)
    let error = #expect(throws: VAEError.self) { try trainer.trainEpoch(on: Self.data.prefix(74)) }
    #expect(error?.kind == .data)
    #expect(error?.lacks("75 data", "74") == [])
  }

  @Test func refusesAModelAlone() throws {
    let checkpoint = Checkpoint(model: try Self.model(Float.self), training: TrainingConfiguration())
    let error = #expect(throws: VAEError.self) { _ = try Trainer(resuming: checkpoint) }
    #expect(error?.lacks("state") == [])
    let trainer = try Trainer(
      Self.model(Float.self), configuration: TrainingConfiguration(), execution: Execution(threads: 1))
    #expect(throws: VAEError.self) { _ = try Trainer(resuming: trainer.checkpoint().withoutState) }
  }
}
