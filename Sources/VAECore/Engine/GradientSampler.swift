/// Gradients of random minibatches: data drawn uniformly and independently, with replacement, and fresh noise.
package struct GradientSampler<S: Scalar> {
  private let model: VariationalAutoencoder<S>
  private let dataset: Dataset
  private let binarization: Binarization
  private let batch: Engine<S>.Batch
  private let engine: Engine<S>
  private let seed: UInt64

  package init(
    _ model: VariationalAutoencoder<S>, _ dataset: Dataset, _ objective: Objective, _ binarization: Binarization,
    batchSize: Int, samples: Int,
    accumulation: GradientAccumulation = .joint, seed: UInt64, execution: Execution
  ) {
    precondition(batchSize > 0 && samples > 0, "minibatches of \(batchSize) data with \(samples) samples")
    self.model = model
    self.dataset = dataset
    self.binarization = binarization
    self.seed = seed
    batch = .init(count: batchSize, samples: samples, objective: objective, accumulation: accumulation)
    engine = Engine(
      model, data: batchSize, samples: accumulation.samplesPerPass(of: samples),
      team: ThreadTeam(threads: execution.threadCount()), purpose: .training)
  }

  /// The gradient of the minibatch that is determined by the seed and two numbers, one for the choice of its data and
  /// one for its noise.
  package func draw(data: Int, noise: Int, into gradient: inout Parameters<S>) throws(VAEError) {
    try run(data: data, noise: noise, parameters: model.parameters.buffer.view, gradient: gradient.buffer.mutableView)
  }

  /// The median time of a step of Adam, from at least five steps that take at least a fifth of a second together.
  package func secondsPerStep() throws(VAEError) -> Double {
    let optimizer = Optimizer.adam()
    var parameters = model.parameters
    let vector = parameters.buffer.mutableView
    var state = OptimizerState<S>(optimizer, parameterCount: parameters.buffer.count)
    let (first, second) = (state.first?.mutableView, state.second?.mutableView)
    var gradient = isOnePass ? nil : Parameters<S>(model.network)
    defer { withExtendedLifetime((parameters, state)) {} }
    var times: [Double] = []
    while times.count < 6 || times.reduce(0, +) < 0.2 && times.count < 200 {
      // At a learning rate of 0 it is the same work, and every step finds the same parameters.
      let update = ParameterUpdate(
        constants: optimizer.step(times.count + 1, learningRate: 0, weightDecay: 0), parameters: vector,
        first: first, second: second, step: times.count + 1)
      let start = ContinuousClock.now
      try run(
        data: times.count, noise: times.count, parameters: vector.view, gradient: gradient?.buffer.mutableView,
        update: update)
      times.append(start.secondsAgo)
    }
    // The first one warms up.
    return times.dropFirst().sorted()[(times.count - 1) / 2]
  }

  private var isOnePass: Bool { batch.accumulation.samplesPerPass(of: batch.samples) == batch.samples }

  private func run(
    data: Int, noise: Int, parameters: MatrixView<S>, gradient: MutableMatrixView<S>?, update: ParameterUpdate<S>? = nil
  ) throws(VAEError) {
    func stream(_ step: Int) -> NoiseStream { NoiseStream(seed: seed, purpose: .gradientVariance, step: step) }
    // Step 0 of the stream chooses the data.
    var generator = PhiloxGenerator(stream(0), position: UInt64(data))
    let rows = (0..<batch.count).map { _ in UInt64(generator.next(below: dataset.count)) }
    // A datum that comes twice has noise of its own each time.
    let positions = (0..<UInt64(batch.count)).map { $0 }
    defer { withExtendedLifetime(model) {} }
    try rows.withUnsafeBufferPointer { rows throws(VAEError) in
      try positions.withUnsafeBufferPointer { positions throws(VAEError) in
        let source = DatasetSource<S>(
          dataset, rows: rows[...], positions: positions[...], binarization: binarization,
          latentNoise: stream(1 + 2 * noise), binarizationNoise: stream(2 + 2 * noise))
        _ = try engine.loss(batch, parameters, source, gradient: gradient, update: update)
      }
    }
  }
}
