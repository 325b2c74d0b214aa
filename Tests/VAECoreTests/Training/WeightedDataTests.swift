import TestSupport
import Testing
import VAECore

/// Weighted data: each datum's part of the loss and of the gradient by its weight.
struct WeightedDataTests {
  private static let count = 5

  private let data: Dataset = {
    var random = TestRandom(3)
    return Dataset(name: "data", floats: (0..<count * 6).map { _ in Float(random.uniform()) }, dataSize: 6)
  }()

  private func configuration(_ change: (inout TrainingConfiguration) -> Void) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.batchSize = Self.count
    configuration.samplesPerDatum = 3
    configuration.optimizer = .sgd()
    configuration.learningRate = 1
    change(&configuration)
    return configuration
  }

  /// A step of plain gradient descent against the weighted mean of the data's own gradients, at the trainer's noise.
  @Test(
    arguments: [
      { _ in }, { $0.gradient = .accumulated(samplesPerPass: 2) }, { $0.objective = .importanceWeightedBound() },
      { $0.objective = .evidenceLowerBound(latentGradient: .stickingTheLanding) },
      { $0.objective = .evidenceLowerBound(beta: 0.3) },
      { $0.objective = .importanceWeightedBound(latentGradient: .doublyReparameterized) },
    ] as [@Sendable (inout TrainingConfiguration) -> Void], [false, true])
  func aStepIsTheWeightedMean(change: @Sendable (inout TrainingConfiguration) -> Void, isGated: Bool) throws {
    let configuration = configuration(change)
    let weights: [Float] = [0, 2, 0.5, 1, 4]
    let total = weights.reduce(0) { $0 + Double($1) }
    let model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 6, encoderHidden: [4, 3], latentSize: 2, isGated: isGated))
    var expected = model.parameters
    var loss = 0.0
    for position in 0..<Self.count {
      var noise = Matrix<Double>(rows: 3, columns: 2)
      [UInt64(position)].withUnsafeBufferPointer {
        VectorMath<Double>().normals(
          NoiseStream(seed: configuration.seed, purpose: .latent), positions: $0, firstSample: 0, samples: 3,
          into: noise.mutableView)
      }
      let (one, gradient) = try model.gradient(
        of: data.rows(position..<position + 1), noise: noise, objective: configuration.objective)
      let weight = Double(weights[position]) / total
      loss += weight * one.total
      for name in expected.names {
        expected[name] = zip(expected[name], gradient[name]).map { $0 - weight * $1 }
      }
    }
    for threads in 1...3 {
      var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: threads))
      let weighted = try data.weighted(by: weights, from: "weights")
      let mean = try trainer.train(steps: 1, on: weighted)
      #expect(relativeDifference([mean.total], [loss]) < 1e-6)
      let worst = worstTensor(expected) { trainer.model.parameters[$0] }
      #expect(worst.difference < 1e-6, "\(worst)")
    }
  }

  /// Weights that are all the same are none, to the bit.
  @Test func equalWeightsChangeNothing() throws {
    let model = try VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 6, encoderHidden: [4], latentSize: 2))
    func train(_ data: any DataSource) throws -> Parameters<Float> {
      var trainer = try Trainer(
        model, configuration: configuration { $0.batchSize = 2 }, execution: Execution(threads: 2))
      for _ in 0..<2 { try trainer.trainEpoch(on: data) }
      return trainer.model.parameters
    }
    let isEqual = try train(data) == train(data.weighted(by: Array(repeating: 7, count: Self.count), from: "weights"))
    #expect(isEqual)
    let differs = try train(data) != train(data.weighted(by: [1, 1, 1, 1, 2], from: "weights"))
    #expect(differs)
  }

  /// Each datum keeps its weight wherever it is read.
  @Test func weightsTravel() throws {
    let weighted = try data.weighted(by: [1, 2, 3, 4, 5], from: "weights")
    #expect(try weighted.read([3..<5, 0..<1]).weights == [4, 5, 1].map { $0 / 3 })
  }

  @Test(
    arguments: [
      ([1, 2], ["weights of 2 data", "5 data"]), ([1, 1, -1, 1, 1], ["datum 2", "-1"]),
      ([1, .nan, 1, 1, 1], ["datum 1", "nan"]), ([0, 0, 0, 0, 0], ["All weights are 0"]),
    ] as [([Float], [String])])
  func refuses(weights: [Float], words: [String]) {
    let error = #expect(throws: VAEError.self) { _ = try data.weighted(by: weights, from: "some file") }
    #expect(error?.lacks(words + ["some file"]) == [])
  }

  @Test func refusesFreeBits() throws {
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 6, encoderHidden: [4], latentSize: 2)),
      configuration: configuration { $0.objective = .evidenceLowerBound(freeBits: 0.1) })
    let weighted = try data.weighted(by: [1, 2, 3, 4, 5], from: "weights")
    let error = #expect(throws: VAEError.self) { try trainer.trainEpoch(on: weighted) }
    #expect(error?.lacks("KL of at least", "weights") == [])
  }
}
