import TestSupport
import Testing
import VAECore

/// Training tells how often the bounds on log σ² acted.
struct BoundedLogVarianceTests {
  private func statistics(bias: [Double], gradient: GradientAccumulation = .joint) throws -> TrainingStatistics {
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 64, encoderHidden: [5], latentSize: 3, initializer: .normal(standardDeviation: 0)))
    model.parameters["logvar.bias"] = bias
    var configuration = TrainingConfiguration()
    configuration.batchSize = 30
    configuration.samplesPerDatum = 3
    configuration.gradient = gradient
    configuration.learningRate = 0
    var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 2))
    try trainer.trainEpoch(on: Dataset.synthetic(count: 100, side: 8))
    return trainer.statistics
  }

  @Test(arguments: [GradientAccumulation.joint, .accumulated()]) func countsElements(gradient: GradientAccumulation)
    throws
  {
    #expect(try statistics(bias: [-30, 20, 0], gradient: gradient).boundedLogVariances == 0)
    #expect(try statistics(bias: [-30.1, 20, 0], gradient: gradient).boundedLogVariances == 100)
    #expect(try statistics(bias: [-31, 20.1, 0], gradient: gradient).boundedLogVariances == 200)
  }

  @Test(arguments: supportedLevels) func kernel(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(1)
      for columns in 0...67 {
        let values = (0..<3 * columns).map { _ in S(random.normal()) }
        let x = Window(rows: 3, columns: columns, elements: values)
        let count = VectorMath<S>(level: level).count(x.view, outside: -0.5...1)
        #expect(count == values.filter { $0 < -0.5 || $0 > 1 }.count)
      }
    }
    check(Float.self)
    check(Double.self)
  }
}
