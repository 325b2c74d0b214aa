import Foundation
import TestSupport
import Testing
import VAECore

/// What several processes find out about a set together is what one does, to the last bit, and all of them know it.
struct SharedEvaluationTests {
  private let data = Dataset.synthetic(count: 1100)

  private func model(_ likelihood: Likelihood = .bernoulli) throws -> VariationalAutoencoder<Float> {
    try VariationalAutoencoder(
      ModelConfiguration(dataSize: data.dataSize, encoderHidden: [20], latentSize: 3, likelihood: likelihood))
  }

  /// The same of one process, and of all of several, some of which may have nothing to do.
  private func expectSame<Value: Equatable & Sendable>(
    _ body: @escaping @Sendable (Execution) throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let alone = try body(Execution(threads: 1))
    for ranks in [1, 2, 3, 5] {
      for result in ThreadCommunicator.run(on: ranks, { try body(Execution(threads: 1, communicator: $0)) }) {
        let isSame = try result.get() == alone
        #expect(isSame, "\(ranks) ranks", sourceLocation: sourceLocation)
      }
    }
  }

  @Test func evaluations() throws {
    let (model, data) = (try model(), data)
    try expectSame { execution in
      try model.evaluate(on: data, samples: 2, importanceSamples: 3, withDetails: true, execution: execution)
    }
    try expectSame { execution in
      try model.evaluate(
        on: data, samples: 2, objective: .importanceWeightedBound(), binarization: .dynamic, execution: execution)
    }
    try expectSame { try model.evaluate(on: data, objective: .evidenceLowerBound(freeBits: 0.5), execution: $0) }
  }

  @Test(arguments: [
    Score.negativeELBO(samples: 2), .reconstruction(), .negativeLogLikelihood(importanceSamples: 5),
  ]) func scores(score: Score) throws {
    let (model, data) = (try model(), data)
    try expectSame { try model.score(data, by: score, execution: $0) }
  }

  @Test func scoresOfColumns() throws {
    let mixed = Likelihood.mixed([.init(128, .gaussian(variance: .perFeature)), .init(128, .bernoulli)])
    let (model, data) = (try model(mixed), data)
    try expectSame { try model.scoreByColumn(data, samples: 2, execution: $0).scores }
  }

  @Test func codes() throws {
    let (model, data) = (try model(), data)
    try expectSame { execution in
      let posterior = try Inference(model, execution: execution).encode(data)
      return posterior.mean.elements + posterior.logVariance.elements
    }
  }

  /// Where one cannot go on, all say why, and none waits.
  @Test func oneFailureIsAll() throws {
    var values = [Float](repeating: 0.5, count: 1100 * 4)
    values[1000 * 4] = 3e38
    let bad = Dataset(name: "bad", floats: values, dataSize: 4)
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 4, encoderHidden: [5], latentSize: 2, likelihood: .gaussian()))
    @Sendable func problem(_ execution: Execution) -> VAEError? {
      do { _ = try model.score(bad, execution: execution) } catch { return error as? VAEError }
      return nil
    }
    let alone = try #require(problem(Execution()))
    #expect(alone.kind == .numerics && alone.description.contains("1000"))
    for result in ThreadCommunicator.run(on: 3, { problem(Execution(threads: 1, communicator: $0)) }) {
      #expect(try result.get() == alone)
    }
  }
}
