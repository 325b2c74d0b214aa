import TestSupport
import Testing
import VAECore

/// Clipping by the norm of the whole gradient, against a norm in plain loops.
struct ClippingTests {
  private let data: Dataset = {
    var random = TestRandom(12)
    return Dataset(name: "random", floats: (0..<60 * 150).map { _ in Float(random.uniform()) }, dataSize: 150)
  }()

  private func configuration(_ clipNorm: Double?) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.batchSize = 20
    configuration.samplesPerDatum = 2
    configuration.clipNorm = clipNorm
    return configuration
  }

  private func model<S: Scalar>(_ type: S.Type) throws -> VariationalAutoencoder<S> {
    try VariationalAutoencoder(ModelConfiguration(dataSize: 150, encoderHidden: [140], latentSize: 20), seed: 3)
  }

  private func norm<S: Scalar>(_ parameters: Parameters<S>, minus others: Parameters<S>) -> Double {
    var sum = 0.0
    for name in parameters.names {
      for (value, other) in zip(parameters[name], others[name]) {
        sum += (Double(value) - Double(other)) * (Double(value) - Double(other))
      }
    }
    return sum.squareRoot()
  }

  /// At a learning rate of 1, a step of SGD without momentum is the gradient itself.
  @Test(arguments: [GradientAccumulation.joint, .accumulated()]) func theStepHasTheNorm(gradient: GradientAccumulation)
    throws
  {
    let start = try model(Double.self)
    func step(_ clipNorm: Double?) throws -> (parameters: Parameters<Double>, isClipped: Bool) {
      var configuration = configuration(clipNorm)
      configuration.optimizer = .sgd()
      configuration.learningRate = 1
      configuration.gradient = gradient
      var trainer = try Trainer(start, configuration: configuration, execution: Execution(threads: 2))
      try trainer.train(steps: 1, on: data)
      return (trainer.model.parameters, trainer.statistics.clippedSteps == 1)
    }
    let free = try step(nil)
    let whole = norm(free.parameters, minus: start.parameters)
    #expect(!free.isClipped && whole > 1)
    for part in [0.999, 0.5, 1e-6] {
      let clipped = try step(part * whole)
      #expect(clipped.isClipped)
      #expect(relativeDifference([norm(clipped.parameters, minus: start.parameters)], [part * whole]) < 1e-9)
      // In the same direction.
      for name in start.parameters.names {
        let expected = zip(start.parameters[name], free.parameters[name]).map { $0 + part * ($1 - $0) }
        #expect(relativeDifference(clipped.parameters[name], expected) < 1e-14)
      }
    }
    // A limit that the gradient keeps changes no bit.
    let kept = try step(1.001 * whole)
    #expect(!kept.isClipped && kept.parameters == free.parameters)
  }

  @Test(arguments: Optimizer.names) func aLimitThatIsKeptChangesNoBit(optimizer: String) throws {
    func train(_ clipNorm: Double?) throws -> Parameters<Float> {
      var configuration = configuration(clipNorm)
      configuration.optimizer = try Optimizer(name: optimizer)
      configuration.weightDecay = 0.01
      var trainer = try Trainer(model(Float.self), configuration: configuration, execution: Execution(threads: 2))
      for _ in 0..<2 { try trainer.trainEpoch(on: data) }
      #expect(trainer.statistics.clippedSteps == 0)
      return trainer.model.parameters
    }
    let isEqual = try train(1e30) == train(nil)
    #expect(isEqual)
  }

  @Test func threadsChangeNothing() throws {
    func train<S: Scalar>(_ type: S.Type, threads: Int) throws -> (Parameters<S>, TrainingStatistics) {
      var trainer = try Trainer(model(S.self), configuration: configuration(5), execution: Execution(threads: threads))
      try trainer.trainEpoch(on: data)
      return (trainer.model.parameters, trainer.statistics)
    }
    func check<S: Scalar>(_ type: S.Type) throws {
      let one = try train(type, threads: 1)
      #expect(one.1.clippedSteps > 0 && one.1.steps == 3)
      for threads in 2...4 {
        let more = try train(type, threads: threads)
        let isEqual = more.0 == one.0
        #expect(isEqual && more.1 == one.1, "\(threads) threads")
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: [0, -1, .nan, .infinity]) func senselessNorms(clipNorm: Double) {
    let error = #expect(throws: VAEError.self) { try configuration(clipNorm).validate() }
    #expect(error?.kind == .configuration)
    #expect(error?.lacks("clip_norm", "positive", "\(clipNorm)") == [])
  }

  /// The sum of squares is taken in double precision whatever the type, and the memory of the gradient is counted.
  @Test(arguments: supportedLevels) func sumsOfSquares(level: VectorLevel) {
    var random = TestRandom(1)
    for count in 0...67 {
      let values = (0..<count).map { _ in Float(1e25 * random.normal()) }
      var x = Window(rows: 1, columns: count, elements: values)
      let math = VectorMath<Float>(level: level)
      let expected = values.reduce(0) { $0 + Double($1) * Double($1) }
      #expect(abs(math.sumOfSquares(x.view) - expected) <= 1e-14 * expected)
      math.scale(x.mutableView, by: 0.3)
      #expect(x.elements == values.map { 0.3 * $0 } && x.isIntactOutside)
    }
  }

  @Test func countsTheGradientsMemory() throws {
    let model = try model(Float.self)
    let difference =
      configuration(1).byteCount(training: model, threads: 1)
      - configuration(nil).byteCount(training: model, threads: 1)
    #expect(difference >= 4 * model.parameters.count && difference < 5 * model.parameters.count)
  }
}
