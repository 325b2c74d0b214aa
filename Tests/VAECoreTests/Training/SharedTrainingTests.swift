import Foundation
import TestSupport
import Testing
import VAECore

/// What several processes train together is what one does, to the last bit.
struct SharedTrainingTests {
  /// A training, by what is special about it.
  enum Feature: CaseIterable {
    case plain, momentum, adagrad, samples, iwae, accumulated, unevenPasses, clipped, clippedPasses, freeBits, weights,
      condition, standardized, trimmed, trimmedSamples, patterned, windows, mixed, mixedClipped, smallBatches, schedule,
      mixture, mixtureIWAE, mixturePasses, mixtureWeights, mixtureMixed

    func change(_ configuration: inout TrainingConfiguration) {
      switch self {
      case .plain, .weights, .condition, .patterned, .mixture, .mixtureWeights: break
      case .momentum: configuration.optimizer = .sgd(momentum: 0.9)
      case .adagrad: configuration.optimizer = .adagrad()
      case .samples: (configuration.batchSize, configuration.samplesPerDatum) = (301, 5)
      case .iwae, .mixtureIWAE:
        (configuration.objective, configuration.samplesPerDatum) = (.importanceWeightedBound(), 2)
      case .accumulated: (configuration.gradient, configuration.samplesPerDatum) = (.accumulated(samplesPerPass: 1), 2)
      case .unevenPasses, .mixturePasses:
        (configuration.gradient, configuration.samplesPerDatum) = (.accumulated(samplesPerPass: 2), 3)
      case .clipped: configuration.clipNorm = 0.01
      case .clippedPasses:
        (configuration.clipNorm, configuration.gradient, configuration.samplesPerDatum) =
          (0.01, .accumulated(samplesPerPass: 1), 2)
      case .freeBits: configuration.objective = .evidenceLowerBound(freeBits: 0.1)
      case .standardized: configuration.standardizes = true
      case .trimmed: configuration.trim = 0.1
      case .trimmedSamples: (configuration.trim, configuration.samplesPerDatum) = (0.1, 2)
      case .windows: configuration.shuffleWindow = 1500
      case .mixed, .mixtureMixed: configuration.precision = .mixed
      case .mixedClipped: (configuration.precision, configuration.clipNorm) = (.mixed, 0.01)
      case .smallBatches: (configuration.batchSize, configuration.samplesPerDatum) = (1003, 1)
      case .schedule: (configuration.schedule, configuration.weightDecay) = (.cosine(warmupSteps: 2), 0.1)
      }
    }
  }

  /// Two epochs, the second of which is interrupted, on so many ranks of so many threads each; none where it is one process.
  private func train(_ feature: Feature, ranks: Int?, threads: Int) throws -> [Checkpoint<Float>] {
    let data = try data(feature)
    var configuration = TrainingConfiguration()
    configuration.batchSize = 1100
    feature.change(&configuration)
    let training = configuration
    let start = try model(feature, data, training)
    @Sendable func run(_ communicator: (any Communicator)?) throws -> Checkpoint<Float> {
      let execution = Execution(threads: threads, communicator: communicator)
      var first = try Trainer(start, configuration: training, execution: execution)
      try first.trainEpoch(on: data)
      try first.continueEpoch(on: data) { $0.step == 1 }
      var second = try Trainer(resuming: first.checkpoint(), execution: execution)
      try second.trainEpoch(on: data)
      return try second.checkpoint()
    }
    guard let ranks else { return [try run(nil)] }
    return try ThreadCommunicator.run(on: ranks, run).map { try $0.get() }
  }

  /// Data of which an epoch has two minibatches and some more, too few for several leaves.
  private func data(_ feature: Feature) throws -> any DataSource {
    var random = TestRandom(3)
    let count = 2400
    func floats(_ size: Int, _ value: (inout TestRandom) -> Double) -> [Float] {
      (0..<count * size).map { _ in Float(value(&random)) }
    }
    switch feature {
    case .patterned:
      return Dataset(
        name: "some", floats: floats(24) { $0.uniform() < 0.2 ? .nan : $0.normal() }, dataSize: 24)
    case .standardized: return Dataset(name: "some", floats: floats(24) { 3 + 2 * $0.normal() }, dataSize: 24)
    case .weights, .mixtureWeights:
      return try Dataset.synthetic(count: count).weighted(by: (0..<count).map { Float($0 % 3) }, from: "weights")
    case .condition:
      return try Dataset.synthetic(count: count)
        .conditioned(on: Condition(name: "labels", labels: (0..<count).map { $0 % 4 }))
    default: return Dataset.synthetic(count: count)
    }
  }

  private func model(
    _ feature: Feature, _ data: any DataSource, _ training: TrainingConfiguration
  ) throws -> VariationalAutoencoder<Float> {
    let isReal = feature == .patterned || feature == .standardized
    var configuration = ModelConfiguration(
      dataSize: data.dataSize, encoderHidden: [70, 30], latentSize: 4,
      conditionSize: feature == .condition ? 4 : 0,
      likelihood: isReal ? .gaussian(variance: .perFeature) : .bernoulli)
    if "\(feature)".hasPrefix("mixture") { configuration.prior = .mixture(components: 5) }
    if feature == .patterned { configuration.gaps = try Gaps(of: data, .patterned) }
    return try VariationalAutoencoder(configuration, training: training, data: data)
  }

  /// The bits of one process, whatever the ranks and their threads.
  @Test(arguments: Feature.allCases) func isOneProcess(feature: Feature) throws {
    let alone = try train(feature, ranks: nil, threads: 1)[0]
    #expect(alone.step == (feature == .samples ? 16 : 6))
    for (ranks, threads) in [(1, 1), (2, 1), (3, 2), (4, 1)] {
      for (rank, checkpoint) in try train(feature, ranks: ranks, threads: threads).enumerated() {
        let place = "\(feature), rank \(rank) of \(ranks) with \(threads) threads"
        #expect(checkpoint.model.parameters == alone.model.parameters, "\(place)")
        #expect(checkpoint.state == alone.state, "\(place)")
      }
    }
  }

  /// Eight and more, of which each has one leaf, or two.
  @Test func manyRanks() throws {
    let data = Dataset.synthetic(count: 8000)
    var configuration = TrainingConfiguration()
    configuration.batchSize = 8000
    let training = configuration
    let start = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: data.dataSize, encoderHidden: [30], latentSize: 3))
    @Sendable func run(_ communicator: (any Communicator)?) throws -> TrainingState<Float>? {
      var trainer = try Trainer(
        start, configuration: training, execution: Execution(threads: 1, communicator: communicator))
      try trainer.train(steps: 2, on: data)
      return try trainer.checkpoint().state
    }
    let alone = try run(nil)
    for ranks in [5, 8, 13, 16] {
      for state in try ThreadCommunicator.run(on: ranks, run).map({ try $0.get() }) { #expect(state == alone) }
    }
    // More than there are leaves.
    let results = ThreadCommunicator.run(on: 17, run)
    for result in results {
      guard case .failure(let error as VAEError) = result else {
        Issue.record("17 ranks trained")
        continue
      }
      #expect(
        error.kind == .configuration && error.lacks("8000 data", "at most 16 processes", "17").isEmpty, "\(error)")
    }
  }

  /// A rank that fails ends the others.
  @Test func oneThatFailsEndsAll() throws {
    struct Failure: Error {}
    let data = Dataset.synthetic(count: 2000)
    var configuration = TrainingConfiguration()
    configuration.batchSize = 1000
    let training = configuration
    let start = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: data.dataSize, encoderHidden: [30], latentSize: 3))
    let results = ThreadCommunicator.run(on: 3) { communicator in
      let rank = communicator.rank
      var trainer = try Trainer(
        start, configuration: training, execution: Execution(threads: 1, communicator: communicator))
      try trainer.trainEpoch(on: data) { if rank == 1 && $0.step == 1 { throw Failure() } }
    }
    for (rank, result) in results.enumerated() {
      switch result {
      case .success: Issue.record("rank \(rank) went on")
      case .failure(let error): #expect((error as? VAEError)?.kind == (rank == 1 ? nil : .communication))
      }
    }
  }

  /// One that wants a pause gives all of them one, at the same step.
  @Test func pausesAreAgreedOn() throws {
    let data = Dataset.synthetic(count: 4000)
    var configuration = TrainingConfiguration()
    configuration.batchSize = 600
    let training = configuration
    let start = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: data.dataSize, encoderHidden: [30], latentSize: 3))
    let steps = try ThreadCommunicator.run(on: 2) { communicator in
      let rank = communicator.rank
      var trainer = try Trainer(
        start, configuration: training, execution: Execution(threads: 1, communicator: communicator))
      let loss = try trainer.continueEpoch(on: data) { rank == 1 && $0.step == 3 }
      return (loss == nil, trainer.step)
    }.map { try $0.get() }
    #expect(steps.allSatisfy { $0 == (true, 3) })
  }
}
