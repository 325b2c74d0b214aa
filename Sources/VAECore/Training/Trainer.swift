import Foundation

/// Trains a model on a data set, epoch by epoch.
///
///     let configuration = TrainingConfiguration()
///     var trainer = try Trainer(model, configuration: configuration)
///     for _ in 1...configuration.epochs { print(try trainer.trainEpoch(on: data)) }
///     let trained = trainer.model
///
/// The same model, configuration and data give the same result, bit for bit, on the same machine, whatever the number
/// of threads. A trainer owns large buffers and cannot be copied; its model can.
public struct Trainer<Element: Scalar>: ~Copyable {
  /// The model as trained so far.
  public private(set) var model: VariationalAutoencoder<Element>
  /// How it is trained.
  public let configuration: TrainingConfiguration
  /// The epochs completed.
  public private(set) var epoch = 0
  /// The optimizer steps taken.
  public private(set) var step = 0
  /// What happened in the steps of the last call of ``trainEpoch(on:progress:)`` or ``train(steps:on:)``.
  public private(set) var statistics = TrainingStatistics()

  private let engine: Engine<Element>
  private var optimizerState: OptimizerState<Element>
  /// Holds the gradient where it takes several passes or is clipped; otherwise it only exists tile by tile.
  private var gradient: Buffer<Element>?
  private let feed: EpochFeed
  /// How many data of the current epoch's order have been seen.
  private var position = 0
  private var dataCount = 0

  /// A trainer for a model, on `threads` threads (all cores where nil).
  ///
  /// - Throws: where the configuration makes no sense or needs more memory than the machine has.
  public init(
    _ model: VariationalAutoencoder<Element>, configuration: TrainingConfiguration, threads: Int? = nil
  ) throws(VAEError) {
    try self.init(model, configuration: configuration, threads: threads, holdsGradient: false)
  }

  /// A trainer that, where it `holdsGradient`, writes the whole gradient to memory even where tiles would do.
  package init(
    _ model: VariationalAutoencoder<Element>, configuration: TrainingConfiguration, threads: Int?, holdsGradient: Bool
  ) throws(VAEError) {
    try configuration.validate()
    if case .difference = model.configuration.likelihood {
      throw VAEError(
        .configuration, "The difference falls without end, so there is nothing to train: choose squared-error.")
    }
    if configuration.bound == .importanceWeighted && !model.configuration.likelihood.isNormalized {
      throw VAEError(
        .configuration,
        "The importance-weighted bound needs a likelihood; \(model.configuration.likelihood.name) is a mean error.")
    }
    let threads = threads ?? availableCores
    let width = configuration.gradient.samplesPerPass(of: configuration.samplesPerDatum)
    let parameterCount = model.parameters.buffer.count
    try MemoryLimit.check(
      "Batches of \(configuration.batchSize) data with \(width) samples at once",
      configuration.byteCount(training: model, threads: threads),
      remedy: "choose a smaller batch, fewer samples, or the accumulated gradient")
    self.model = model
    self.configuration = configuration
    engine = Engine(
      model, data: configuration.batchSize, samples: width, threads: threads, purpose: .training)
    optimizerState = OptimizerState(configuration.optimizer, parameterCount: parameterCount)
    feed = EpochFeed(seed: configuration.seed, windowSize: configuration.shuffleWindow) {
      [likelihood = model.configuration.likelihood] data throws(VAEError) in try likelihood.check(data)
    }
    gradient = holdsGradient || configuration.holdsGradient ? Buffer(count: parameterCount) : nil
  }

  /// Takes the times of all work, where somebody wants to know them.
  package var profile: StepProfile? {
    get { engine.profile }
    nonmutating set { engine.profile = newValue }
  }

  /// How far an epoch has come.
  public struct Progress: Sendable {
    /// The epoch that runs, from 1.
    public let epoch: Int
    /// The steps done in this epoch.
    public let step: Int
    /// The steps of the whole epoch.
    public let steps: Int
    /// The data seen in this epoch.
    public let count: Int
    /// The mean loss over the data seen in this epoch, in nats per datum.
    public let loss: Loss
  }

  /// Trains on each datum once, in an order determined by seed and epoch; the last minibatch may be smaller. Where an
  /// epoch has begun with ``train(steps:on:)``, it is completed.
  ///
  /// A set that is not in memory is read into it where ``TrainingConfiguration/shuffleWindow`` is nil; else two windows
  /// are in memory at a time, the second being read while the first is in use.
  ///
  /// - Parameters:
  ///   - data: what to train on, the same set every epoch.
  ///   - progress: called after each step. What it throws ends the epoch.
  /// - Returns: the mean loss over the data of these steps, each at the step that saw it, in nats per datum.
  /// - Throws: where the data are not the model's or cannot be read, or the loss is no longer finite; the model is then as the step
  ///   before left it.
  @discardableResult
  public mutating func trainEpoch(on data: some DataSource, progress: ((Progress) throws -> Void)? = nil) throws -> Loss
  {
    let steps = (data.count - position + configuration.batchSize - 1) / configuration.batchSize
    return try train(steps: max(steps, 1), on: data, progress: progress)
  }

  /// Takes some optimizer steps, going on where the last call ended and through as many epochs as that takes; see
  /// ``trainEpoch(on:progress:)``.
  @discardableResult
  public mutating func train(steps: Int, on data: some DataSource) throws -> Loss {
    try train(steps: steps, on: data, progress: nil)
  }

  private mutating func train(steps: Int, on data: some DataSource, progress: ((Progress) throws -> Void)?) throws
    -> Loss
  {
    try model.check(data)
    precondition(
      position == 0 || dataCount == data.count, "\(data.count) data in an epoch that began with \(dataCount)")
    if data.weights != nil && configuration.objective.couplesData {
      throw VAEError(
        .configuration,
        "Free bits are of a minibatch's mean KL divergence, which weights of data would change: choose one.")
    }
    dataCount = data.count
    try feed.open(data)
    statistics = TrainingStatistics()
    var mean = Loss.Mean()
    for index in 0..<steps {
      let range = position..<min(position + configuration.batchSize, data.count)
      let loss = try trainStep(on: range)
      mean.add(loss, count: range.count)
      // What is reported belongs to the epoch that the step was in.
      let current = epoch + 1
      position = range.upperBound
      if position == data.count { (position, epoch) = (0, current) }
      try progress?(Progress(epoch: current, step: index + 1, steps: steps, count: mean.count, loss: mean.value))
    }
    return mean.value
  }

  /// One optimizer step on a minibatch, given by where it is in the epoch's order.
  private mutating func trainStep(on range: Range<Int>) throws(VAEError) -> Loss {
    let data = try feed.batch(range, epoch: epoch)
    let epochs = Double(epoch) + Double(range.lowerBound) / Double(dataCount)
    let learningRate = configuration.learningRate(step: step, epoch: epochs)
    let constants = configuration.optimizer.update(
      learningRate: learningRate, weightDecay: configuration.weightDecay, step: step + 1)
    let update = ParameterUpdate(
      kind: configuration.optimizer.kernel, constants: constants, first: optimizerState.first?.mutableView,
      second: optimizerState.second?.mutableView, clipNorm: configuration.clipNorm)
    let batch = Engine<Element>.Batch(
      count: range.count, samples: configuration.samplesPerDatum,
      objective: configuration.objective(at: epochs),
      estimator: configuration.gradient)
    let seed = configuration.seed
    let noise = NoiseStream(seed: seed, purpose: .latent, step: step)
    let binarizationNoise = NoiseStream(seed: seed, purpose: .binarization, step: epoch)
    let parameters = model.parameters.buffer.mutableView
    let gradientView = gradient?.mutableView
    let loss = try data.rows.withUnsafeBufferPointer { rows throws(VAEError) in
      try data.positions.withUnsafeBufferPointer { positions throws(VAEError) in
        let source = DatasetSource<Element>(
          data.data, rows: rows[...], positions: positions[...], binarization: configuration.binarization,
          latentNoise: noise,
          binarizationNoise: binarizationNoise)
        return try engine.run(batch, parameters, source, gradient: gradientView, update: update)
      }
    }
    step += 1
    statistics.add(
      learningRate: learningRate, isClipped: configuration.clipNorm != nil && engine.isClipped,
      boundedLogVariances: engine.boundedLogVariances)
    return loss
  }
}
