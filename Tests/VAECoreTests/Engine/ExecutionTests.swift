import Testing
import VAECore

/// Long work tells how far it has come, and ends where it is told to.
@Suite struct ExecutionTests {
  private func model() throws -> VariationalAutoencoder<Double> {
    try VariationalAutoencoder(
      ModelConfiguration(dataSize: 5, encoderHidden: [4], latentSize: 2, likelihood: .gaussian(variance: .fixed(1))),
      seed: 4)
  }

  private func data(_ count: Int) -> Dataset {
    Dataset(name: "numbers", floats: (0..<5 * count).map { Float($0 % 17) / 17 }, dataSize: 5)
  }

  private func configuration() -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.batchSize = 8
    return configuration
  }

  @Test func everyMeasureIsToldOfToItsEnd() throws {
    let reports = Reports()
    _ = try model().evaluate(
      on: data(600), samples: 9, importanceSamples: 9, withDetails: true, execution: reports.execution)
    for work in [Execution.Work.loss, .logLikelihood, .mutualInformation] {
      let fractions = reports.all.filter { $0.work == work }.compactMap(\.fraction)
      #expect(fractions == fractions.sorted() && fractions.last == 1, "\(work)")
    }
    #expect(reports.all.count { $0.work == .logLikelihood } > 2)
  }

  /// Whatever goes through a set ends at the first, or at a later, report, with the error that it was told to end with.
  @Test(arguments: Execution.Work.allCases.filter { $0 != .gradientVariance && $0 != .training })
  func evaluationEnds(at work: Execution.Work) throws {
    let model = try model()
    let questions: [(Execution) throws -> Void] = [
      { _ = try model.evaluate(on: data(600), importanceSamples: 9, withDetails: true, execution: $0) },
      { _ = try model.score(data(600), execution: $0) },
      { _ = try model.score(data(600), by: .negativeLogLikelihood(importanceSamples: 9), execution: $0) },
      { _ = try Inference(model, execution: $0).score(data(600)) },
      { _ = try model.aggregatePosterior(of: data(600), execution: $0) },
      { execution in
        var gapped = model.configuration
        gapped.gaps = Gaps(.masked)
        let some = Dataset(name: "gaps", floats: (0..<1000).map { $0 % 5 == 3 ? .nan : Float($0 % 7) }, dataSize: 5)
        _ = try VariationalAutoencoder<Double>(gapped).impute(some, samples: 9, execution: execution)
      },
    ]
    var ended = 0
    for question in questions {
      let reports = Reports()
      do { try question(reports.execution { progress, _ in progress.work == work }) } catch is CancellationError {
        ended += 1
        #expect(reports.all.last?.work == work && reports.all.count { $0.work == work } == 1)
      }
    }
    #expect(ended > 0)
  }

  /// A trainer that was interrupted, in whatever way it is asked to train, stands after the step that was under way and
  /// comes to the same parameters as one that was not.
  @Test(arguments: 1...4) func trainingEnds(way: Int) throws {
    var whole = try Trainer(model(), configuration: configuration())
    let loss = try whole.trainEpoch(on: data(60))
    let reports = Reports()
    var trainer = try Trainer(
      model(), configuration: configuration(), execution: reports.execution { _, count in count == 3 })
    #expect(throws: CancellationError.self) {
      switch way {
      case 1: try trainer.trainEpoch(on: data(60))
      case 2: try trainer.continueEpoch(on: data(60)) { _ in false }
      case 3: try trainer.train(steps: 8, on: data(60))
      default: try trainer.trainEpoch(on: DataPass(of: SourceStream(data(60)), windowSize: 60))
      }
    }
    #expect(trainer.step == 3 && reports.all.map(\.fraction) == [0.125, 0.25, 0.375])
    guard way < 4 else { return }
    #expect(try trainer.trainEpoch(on: data(60)) == loss && trainer.model.parameters == whole.model.parameters)
    #expect(reports.all.last?.fraction == 1 && reports.all.allSatisfy { $0.work == .training })
  }

  @Test func aCancelledTaskEnds() async throws {
    let model = try model()
    let data = data(600)
    let evaluation = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try model.evaluate(on: data, execution: Execution { _ in try Task.checkCancellation() })
    }
    await #expect(throws: CancellationError.self) { try await evaluation.value }
  }

  @Test func partsMakeAWhole() throws {
    let reports = Reports()
    for part in 0..<2 {
      for fraction in [0.5, 1, nil] { try reports.execution.part(part, of: 2).report(.loss, fraction) }
    }
    #expect(reports.all.map(\.fraction) == [0.25, 0.5, nil, 0.75, 1, nil])
    #expect(Execution(threads: 3).part(1, of: 2).threads == 3)
  }

  @Test func noThreadsAreAMistake() async {
    await #expect(processExitsWith: .failure) { _ = Execution(threads: 0) }
  }
}
