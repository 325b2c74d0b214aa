import TestSupport
import Testing
import VAECore

struct EngineTests {
  /// Option 1 equals option 2, whatever the samples per pass.
  @Test(arguments: Likelihood.ofSixColumns)
  func jointEqualsAccumulated(likelihood: Likelihood) throws {
    try checkEstimators(
      ModelConfiguration(dataSize: 6, encoderHidden: [20, 10], latentSize: 5, likelihood: likelihood))
  }

  /// The slopes that a layer keeps outlive the passes after the first.
  @Test(arguments: [(Activation.gelu, false), (.silu, true), (.tanh, true)])
  func jointEqualsAccumulatedWithSlopes(activation: Activation, isGated: Bool) throws {
    try checkEstimators(
      ModelConfiguration(
        dataSize: 30, encoderHidden: [20, 10], latentSize: 5, activation: activation, isGated: isGated))
  }

  private func checkEstimators(_ configuration: ModelConfiguration) throws {
    var random = TestRandom(1)
    let model = try VariationalAutoencoder<Double>(configuration, seed: 1)
    let x: Matrix<Double> = configuration.likelihood.exampleData(rows: 11, columns: configuration.dataSize)
    let noise: Matrix<Double> = random.matrix(11 * 7, 5)
    let joint = try model.gradient(of: x, noise: noise)
    for width in [1, 2, 3, 7, 100] {
      let accumulated = try model.gradient(of: x, noise: noise, accumulation: .accumulated(samplesPerPass: width))
      #expect(relativeDifference([joint.loss.total], [accumulated.loss.total]) < 1e-12)
      let worst = worstTensor(joint.gradient) { accumulated.gradient[$0] }
      #expect(worst.difference < 1e-12, "\(worst)")
    }
  }

  /// The gradient of the mean is the mean of the gradients of single data with single samples, whatever the blocks:
  /// one shared by all threads, or several, of equal and of unequal sizes, with few and many samples.
  @Test(
    arguments: [(5, 4), (129, 1), (65, 2), (13, 10), (5, 50), (520, 1), (601, 1), (290, 3), (1, 600), (3, 200)], [1, 3])
  func batchEqualsLoop(shape: (data: Int, samples: Int), threads: Int) throws {
    let (data, samples) = shape
    var random = TestRandom(2)
    let configuration = ModelConfiguration(
      dataSize: 12, encoderHidden: [7], latentSize: 3, likelihood: .gaussian(variance: .learned, mean: .sigmoid))
    let model = try VariationalAutoencoder<Double>(configuration, seed: 1)
    let x: Matrix<Double> = random.unitMatrix(data, 12)
    let noise: Matrix<Double> = random.matrix(data * samples, 3)
    let batch = try model.gradient(of: x, noise: noise, execution: Execution(threads: threads))
    var mean = Dictionary(
      uniqueKeysWithValues: batch.gradient.names.map {
        ($0, [Double](repeating: 0, count: batch.gradient[$0].count))
      })
    var loss = 0.0
    for row in 0..<data * samples {
      let single = try model.gradient(
        of: Matrix(rows: 1, columns: 12, elements: x.row(row / samples)),
        noise: Matrix(rows: 1, columns: 3, elements: noise.row(row)))
      loss += single.loss.total / Double(data * samples)
      for name in batch.gradient.names {
        for (index, value) in single.gradient[name].enumerated() {
          mean[name]![index] += value / Double(data * samples)
        }
      }
    }
    #expect(relativeDifference([batch.loss.total], [loss]) < 1e-13)
    let worst = worstTensor(batch.gradient) { mean[$0]! }
    #expect(worst.difference < 1e-12, "\(worst)")
  }

  /// One shared block, several blocks, wide layers in pieces, in both precisions: the number of threads changes no bit.
  @Test(arguments: [(130, 2), (130, 5), (700, 1)], [(450, false), (140, false), (450, true)])
  func threadsChangeNothing(shape: (data: Int, samples: Int), hidden: (size: Int, isGated: Bool)) throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      var random = TestRandom(3)
      let configuration = ModelConfiguration(
        dataSize: 150, encoderHidden: [hidden.size], latentSize: 20, activation: hidden.isGated ? .gelu : .tanh,
        isGated: hidden.isGated)
      let model = try VariationalAutoencoder<S>(configuration, seed: 1)
      let x: Matrix<S> = random.unitMatrix(shape.data, 150)
      let noise: Matrix<S> = random.matrix(shape.data * shape.samples, 20)
      let one = try model.gradient(of: x, noise: noise, execution: Execution(threads: 1))
      for threads in [2, 3, 4, 7, 16, 64] {
        let more = try model.gradient(of: x, noise: noise, execution: Execution(threads: threads))
        #expect(one.loss == more.loss)
        let isSame = one.gradient == more.gradient
        #expect(isSame, "\(threads) threads")
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// The usual network, whose products are cut finer for more threads where OpenBLAS has the same sums for that: in steps with
  /// clipping, too, whose norm is a sum over all weights.
  @Test(arguments: [(100, 500, 0), (100, 500, 3), (640, 300, 0)])
  func stepsOfTheUsualNetwork(batch: Int, hidden: Int, conditionSize: Int) throws {
    func train(threads: Int) throws -> [Float] {
      var configuration = TrainingConfiguration()
      (configuration.batchSize, configuration.clipNorm) = (batch, 1)
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(
          dataSize: 784, encoderHidden: [hidden], latentSize: 20, conditionSize: conditionSize), seed: 1)
      var data = Dataset.synthetic(count: batch + 37, side: 28, seed: 1)
      if conditionSize > 0 {
        let labels = (0..<data.count).map { $0 % conditionSize }
        data = try data.conditioned(on: Condition(name: "thirds", labels: labels))
      }
      var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: threads))
      for _ in 0..<2 { try trainer.trainEpoch(on: data) }
      return trainer.model.parameters.names.flatMap { trainer.model.parameters[$0] }
    }
    let one = try train(threads: 1)
    for threads in [2, 3, 7, 16, 64] {
      let isSame = try train(threads: threads) == one
      #expect(isSame, "\(threads) threads")
    }
  }

  /// Small products, of which a cut may change the bits of a single element, and of that not always: some shapes, each with
  /// several numbers.
  @Test func smallProducts() throws {
    var generator = PhiloxGenerator(NoiseStream(seed: 5, purpose: .synthesis))
    func size(_ most: Int) -> Int { 1 + generator.next(below: most) }
    // The first was found to depend on the threads when each product was compared once.
    let shapes =
      [(data: 5, samples: 3, size: 37, hidden: 65, latent: 50)]
      + (0..<40).map { _ in (data: size(20), samples: size(4), size: size(70), hidden: size(100), latent: size(60)) }
    for shape in shapes {
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(
          dataSize: shape.size, encoderHidden: [shape.hidden], latentSize: shape.latent, likelihood: .gaussian()),
        seed: 1)
      for seed in 0..<4 {
        var random = TestRandom(UInt64(seed))
        let x: Matrix<Float> = random.matrix(shape.data, shape.size)
        let noise: Matrix<Float> = random.matrix(shape.data * shape.samples, shape.latent)
        let one = try model.gradient(of: x, noise: noise, execution: Execution(threads: 1)).gradient
        for threads in [3, 5, 16] {
          let isSame = try model.gradient(of: x, noise: noise, execution: Execution(threads: threads)).gradient == one
          #expect(isSame, "\(shape), \(threads) threads")
        }
      }
    }
  }
}
