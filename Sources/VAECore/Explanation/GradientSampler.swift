/// Gradients of random minibatches: data drawn uniformly and independently, with replacement, and fresh noise.
struct GradientSampler<S: Scalar> {
  private let model: VariationalAutoencoder<S>
  private let dataset: Dataset
  private let binarization: Binarization
  private let batch: Engine<S>.Batch
  private let engine: Engine<S>
  private let seed: UInt64

  init(
    _ model: VariationalAutoencoder<S>, _ dataset: Dataset, _ objective: Objective, _ binarization: Binarization,
    batchSize: Int, samples: Int,
    estimator: GradientEstimator = .joint, seed: UInt64, threads: Int?
  ) {
    precondition(batchSize > 0 && samples > 0, "minibatches of \(batchSize) data with \(samples) samples")
    self.model = model
    self.dataset = dataset
    self.binarization = binarization
    self.seed = seed
    batch = .init(count: batchSize, samples: samples, objective: objective, estimator: estimator)
    engine = Engine(
      model, data: batchSize, samples: estimator.samplesPerPass(of: samples),
      threads: threads ?? availableCores, purpose: .training)
  }

  /// The gradient of the minibatch that is determined by the seed and two numbers, one for the choice of its data and
  /// one for its noise.
  func draw(data: Int, noise: Int, into gradient: inout Parameters<S>) throws(VAEError) {
    try run(data: data, noise: noise, parameters: model.parameters.buffer.view, gradient: gradient.buffer.mutableView)
  }

  /// The median time of a step of Adam, from at least five steps that take at least a fifth of a second together.
  func secondsPerStep() throws(VAEError) -> Double {
    let optimizer = Optimizer.adam()
    var parameters = model.parameters
    let view = parameters.buffer.mutableView
    var state = OptimizerState<S>(optimizer, parameterCount: parameters.buffer.count)
    let (first, second) = (state.first?.mutableView, state.second?.mutableView)
    var gradient = isOnePass ? nil : Parameters<S>(model.network)
    defer { withExtendedLifetime((parameters, state)) {} }
    var times: [Double] = []
    while times.count < 6 || times.reduce(0, +) < 0.2 && times.count < 200 {
      // At a learning rate of 0 it is the same work, and every step finds the same parameters.
      let update = ParameterUpdate(
        kind: optimizer.kernel,
        constants: optimizer.update(learningRate: 0, weightDecay: 0, step: times.count + 1), first: first,
        second: second, step: times.count + 1)
      let start = ContinuousClock.now
      try run(
        data: times.count, noise: times.count, parameters: view, gradient: gradient?.buffer.mutableView, update: update)
      let elapsed = (ContinuousClock.now - start).components
      times.append(Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    }
    // The first one warms up.
    return times.dropFirst().sorted()[(times.count - 1) / 2]
  }

  private var isOnePass: Bool { batch.estimator.samplesPerPass(of: batch.samples) == batch.samples }

  private func run(
    data: Int, noise: Int, parameters: MatrixView<S>, gradient: MatrixView<S>?, update: ParameterUpdate<S>? = nil
  ) throws(VAEError) {
    var generator = PhiloxGenerator(NoiseStream(seed: seed, purpose: .gradientVariance), position: UInt64(data))
    let source = RandomSource<S>(
      dataset: dataset, positions: (0..<batch.count).map { _ in generator.next(below: dataset.count) },
      binarization: binarization, seed: seed, draw: noise)
    defer { withExtendedLifetime(model) {} }
    _ = try engine.run(batch, parameters, source, gradient: gradient, update: update)
  }
}

/// Data drawn with replacement: a datum that comes twice has noise of its own each time.
private struct RandomSource<S: Scalar>: BatchSource {
  let dataset: Dataset
  let positions: [Int]
  let binarization: Binarization
  let seed: UInt64
  let draw: Int

  func load(_ range: Range<Int>, into x: MatrixView<S>) {
    for (row, index) in range.enumerated() {
      dataset.load(positions[index], into: x.rows(row..<row + 1), math: VectorMath())
    }
    switch binarization {
    case .none: break
    case .threshold: VectorMath().binarizeByThreshold(x)
    case .dynamic:
      withRows(range) { VectorMath().binarizeBySampling(stream(2 + 2 * draw), positions: $0, x: x) }
    }
  }

  func loadCondition(_ range: Range<Int>, into condition: MatrixView<S>) {
    for (row, index) in range.enumerated() {
      dataset.loadCondition(positions[index], into: condition.rows(row..<row + 1))
    }
  }

  func drawNoise(_ range: Range<Int>, firstSample: Int, samples: Int, into noise: MatrixView<S>) {
    withRows(range) {
      VectorMath().normals(
        stream(1 + 2 * draw), positions: $0, firstSample: firstSample, samples: samples, into: noise)
    }
  }

  /// Step 0 of the stream chooses the data.
  private func stream(_ step: Int) -> NoiseStream {
    NoiseStream(seed: seed, purpose: .gradientVariance, step: step)
  }

  /// The rows of the minibatch stand for the data's positions.
  private func withRows(_ range: Range<Int>, _ body: (UnsafeBufferPointer<UInt64>) -> Void) {
    range.map { UInt64($0) }.withUnsafeBufferPointer(body)
  }
}
