import TestSupport
import Testing
import VAECore

/// Steps that leave out the data with the largest losses.
struct TrimmingTests {
  @Test func weightsOfATrimmedMean() {
    #expect(trimmedWeights([3, 1, 2, 4], by: 0.5) == [0, 2, 2, 0])
    #expect(trimmedWeights([3, 1, 2, 4], by: 0.3) == [4, 4, 4, 0].map { $0 / 3 })
    #expect(trimmedWeights([3, 1, 2, 4], by: 0.2) == [1, 1, 1, 1])
    // Of equal ones the last goes, and what is no number before all others.
    #expect(trimmedWeights([1, 1, 1, 1], by: 0.25) == [4, 4, 4, 0].map { $0 / 3 })
    #expect(trimmedWeights([.nan, 1, .infinity, 2], by: 0.5) == [0, 2, 0, 2])
    #expect(trimmedWeights([.nan, 1, 2, .nan], by: 0.25) == [4, 4, 4, 0].map { $0 / 3 })
    #expect(trimmedWeights([7], by: 0.5) == [1])
  }

  /// Of 40 data eight are far off, and a step that leaves out a fifth is, bit for bit, one in which those have the weight 0.
  @Test(arguments: [
    (Precision.full, GradientAccumulation.joint, Objective.evidenceLowerBound()),
    (.mixed, .joint, .evidenceLowerBound()),
    (.full, .accumulated(), .evidenceLowerBound()), (.full, .joint, .importanceWeightedBound()),
  ])
  func isAStepWithWeights(precision: Precision, gradient: GradientAccumulation, objective: Objective) throws {
    var random = TestRandom(5)
    let isFar = (0..<40).map { $0 % 5 == 2 }
    let data = Dataset(
      name: "some", floats: isFar.flatMap { far in (0..<30).map { _ in Float((far ? 6 : 1) * random.normal()) } },
      dataSize: 30)
    let weighted = try data.weighted(by: isFar.map { $0 ? 0 : 1 }, from: "weights")
    let start = try VariationalAutoencoder<Float>(
      ModelConfiguration(
        dataSize: 30, encoderHidden: [200, 70], latentSize: 8, likelihood: .gaussian(variance: .fixed(1))), seed: 2)
    func train(_ trim: Double, on data: some DataSource, threads: Int) throws -> Trainer<Float> {
      var configuration = TrainingConfiguration()
      (configuration.batchSize, configuration.samplesPerDatum, configuration.trim) = (40, 3, trim)
      (configuration.precision, configuration.gradient, configuration.objective) = (precision, gradient, objective)
      var trainer = try Trainer(start, configuration: configuration, execution: Execution(threads: threads))
      try trainer.train(steps: 3, on: data)
      return trainer
    }
    let trimmed = try train(0.2, on: data, threads: 1).model.parameters
    #expect(try train(0.2, on: data, threads: 3).model.parameters == trimmed)
    #expect(try train(0, on: weighted, threads: 2).model.parameters == trimmed)
    #expect(try train(0, on: data, threads: 2).model.parameters != trimmed)
    // The loss is that of the others.
    let losses = try [(0.2, data as any DataSource), (0, weighted)].map { trim, data in
      var trainer = try train(trim, on: data, threads: 1)
      return try trainer.train(steps: 1, on: data)
    }
    #expect(losses[0] == losses[1])
  }

  /// A line of data with a tenth elsewhere: the trimmed model explains the line better than the other, and tells the rest better.
  @Test func isNotDrawnToTheRest() throws {
    var random = TestRandom(6)
    func point(_ isOdd: Bool) -> [Float] {
      let t = random.normal()
      return isOdd
        ? (0..<6).map { Float(3 * ($0 % 2 == 0 ? t : -t) + random.normal()) }
        : (0..<6).map { Float(Double($0 - 2) * t + 0.2 * random.normal()) }
    }
    let isOdd = (0..<1000).map { $0 % 10 == 3 }
    let data = Dataset(name: "line", floats: isOdd.flatMap(point), dataSize: 6)
    let areas = try [0, 0.15].map { trim in
      var configuration = TrainingConfiguration()
      (configuration.learningRate, configuration.batchSize, configuration.trim) = (0.005, 50, trim)
      var trainer = try Trainer(
        VariationalAutoencoder<Float>(
          ModelConfiguration(
            dataSize: 6, encoderHidden: [20], latentSize: 2, likelihood: .gaussian(variance: .perFeature)), seed: 1),
        configuration: configuration)
      for _ in 0..<30 { try trainer.trainEpoch(on: data) }
      return try ROC.areaUnderCurve(trainer.model.score(data), isPositive: isOdd)
    }
    #expect(areas[1] > 0.97 && areas[1] > areas[0] + 0.02, "\(areas)")
  }

  @Test func refuses() {
    var configuration = TrainingConfiguration()
    for trim in [-0.1, 0.6, .nan] {
      configuration.trim = trim
      let error = #expect(throws: VAEError.self) { try configuration.validate() }
      #expect(error?.lacks("trim", "0.5") == [], "\(trim)")
    }
    configuration.trim = 0.1
    configuration.objective = .evidenceLowerBound(freeBits: 0.1)
    let error = #expect(throws: VAEError.self) { try configuration.validate() }
    #expect(error?.lacks("trim", "together") == [])
  }
}
