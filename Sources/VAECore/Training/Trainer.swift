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
  public internal(set) var model: VariationalAutoencoder<Element>
  /// How it is trained.
  public let configuration: TrainingConfiguration
  /// Its threads, and the function that is told of each step and may end training.
  public let execution: Execution
  /// Where training stands.
  public internal(set) var state: TrainingState<Element>
  /// The epochs completed.
  public var epoch: Int { state.epoch }
  /// The optimizer steps taken.
  public var step: Int { state.step }
  /// What happened in the steps that the last loss is the mean of: all of the epoch's after ``trainEpoch(on:progress:)-(DataSource,_)``,
  /// its own after ``train(steps:on:)``.
  public private(set) var statistics = TrainingStatistics()

  let engine: Engine<Element>
  /// Holds the gradient where it takes several passes or is clipped; otherwise it only exists tile by tile.
  private var gradient: Buffer<Element>?
  private let feed: EpochFeed
  /// The data that were given last, and what the model takes them for.
  private var given: (identity: DataIdentity, fit: any DataSource)?
  /// Why training cannot go on from what the last step left; nil where it can.
  var fault: VAEError?

  /// A trainer for a model.
  ///
  /// - Throws: where the configuration makes no sense or needs more memory than the machine has.
  public init(
    _ model: VariationalAutoencoder<Element>, configuration: TrainingConfiguration, execution: Execution = Execution()
  ) throws(VAEError) {
    try self.init(model, configuration: configuration, execution: execution, holdsGradient: false)
  }

  /// A trainer that, where it `holdsGradient`, writes the whole gradient to memory even where tiles would do.
  package init(
    _ model: VariationalAutoencoder<Element>, configuration: TrainingConfiguration, execution: Execution,
    holdsGradient: Bool
  ) throws(VAEError) {
    try configuration.validate()
    let likelihood = model.configuration.likelihood
    guard likelihood.model.hasMinimum else {
      throw VAEError(
        .configuration,
        "The \(likelihood.name) falls without end, so there is nothing to train: choose squared-error.")
    }
    guard !configuration.standardizes || model.standardization != nil else {
      throw VAEError(
        .configuration,
        "The data are to be standardised, and the model does not know their means and deviations: make it of the training and "
          + "its data, VariationalAutoencoder(_:training:data:).")
    }
    try configuration.objective.check(likelihood)
    try configuration.objective.check(model.configuration.prior)
    try configuration.precision.check(Element.self)
    try configuration.check(execution.communicator)
    _ = try model.binarization(configuration.binarization)
    let threads = execution.threads ?? execution.threadCount()
    try BLAS.checkMemory(threads: threads)
    let width = configuration.gradient.samplesPerPass(of: configuration.samplesPerDatum)
    let parameterCount = model.parameters.buffer.count
    try MemoryLimit.check(
      "Batches of \(configuration.batchSize) data with \(width) samples at once",
      configuration.byteCount(training: model, threads: threads),
      remedy: "choose a smaller batch, fewer samples, or the accumulated gradient")
    self.model = model
    self.configuration = configuration
    self.execution = execution
    engine = Engine(
      model, data: configuration.batchSize, samples: width, team: ThreadTeam(threads: threads, width: execution.width),
      purpose: .training, precision: configuration.precision, communicator: execution.communicator)
    // What this process updates alone.
    let remembered = engine.exchange?.shares.own.reduce(0) { $0 + $1.count } ?? parameterCount
    state = TrainingState(configuration.optimizer, parameterCount: remembered)
    feed = EpochFeed(seed: configuration.seed, windowSize: configuration.shuffleWindow) {
      [model = model.configuration, binarization = configuration.binarization] data throws(VAEError) in
      try model.check(data, binarization: binarization)
    }
    gradient =
      engine.exchange == nil && (holdsGradient || configuration.holdsGradient) ? Buffer(count: parameterCount) : nil
  }

  /// What is to be said of how this trainer multiplies on this processor.
  package var remarks: [String] {
    let size = BatchCounts(
      data: configuration.batchSize, samples: configuration.samplesPerDatum,
      samplesInPass: configuration.gradient.samplesPerPass(of: configuration.samplesPerDatum))
    let plan = engine.passPlan(
      for: .init(
        size: size, objective: configuration.objective.kernel, firstSample: 0,
        leaves: Leaves(data: size.data, samples: size.samplesInPass)))
    let fallback =
      plan.fallbackCount == 0
      ? nil
      : "\(plan.fallbackCount) of a step's \(plan.productCount) matrix products are cut as for two threads: OpenBLAS sums "
        + "smaller pieces of them in another order"
    return [configuration.precision.remark, fallback].compactMap(\.self)
  }

  /// The precision that would take about half the time of this training on this processor, if one does, and lose nothing: of dense
  /// data, and of layers and batches that are large enough for products to take most of the time. A density of real numbers may be
  /// so narrow that their means are wanted to more than 8 bits.
  package func fasterPrecision(on data: some DataSource) -> Precision? {
    let rows = configuration.batchSize * configuration.gradient.samplesPerPass(of: configuration.samplesPerDatum)
    let likelihood = model.configuration.likelihood.model
    let isNarrow = likelihood.isReal(dataSize: model.configuration.dataSize).contains(true) || model.network.hasFeatures
    let isLarge = data.storedPart == nil && rows >= 64 && model.network.parameterVectorCount >= 100_000
    return isLarge && !isNarrow ? configuration.precision.faster(for: Element.self) : nil
  }

  /// Takes the times of all work, where somebody wants to know them.
  package var profile: StepProfile? {
    get { engine.profile }
    nonmutating set { engine.profile = newValue }
  }

  /// Takes the time of each task, where somebody wants to know them.
  package var taskTimes: TaskTimes? {
    get { engine.team.times }
    nonmutating set { engine.team.times = newValue }
  }

  /// Trains on each datum once, in an order determined by seed, epoch and shuffle window; the last minibatch may be smaller. Where an
  /// epoch has begun, it is completed.
  ///
  /// A set that is not in memory is read into it where ``TrainingConfiguration/shuffleWindow`` is nil; else two windows
  /// are in memory at a time, the second being read while the first is in use. What was read serves for as long as it is
  /// the same source that is handed in (``DataSource/identity``); another is checked and read for itself.
  ///
  /// In a task that may be cancelled, an ``Execution`` whose `progress` looks for that ends the epoch after the step that is
  /// under way.
  ///
  /// - Parameters:
  ///   - data: what to train on, the same set every epoch.
  ///   - progress: called after each step. What it or the execution's throws interrupts the epoch,
  ///     which the next call completes; after the last step there is nothing left to complete.
  /// - Returns: the mean loss over all data of the epoch, each at the step that saw it, in nats per datum.
  /// - Throws: where the data are not the model's or cannot be read; where the loss or, if it is clipped, the gradient is
  ///   no longer finite, the model then being as the step before left it; and where a step leaves something that is not
  ///   finite, after which only ``restore(_:rollbacks:)`` lets training go on.
  @discardableResult
  public mutating func trainEpoch(
    on data: some DataSource, progress: ((Progress) throws -> Void)? = nil
  ) throws -> Loss {
    let loss = try continueEpoch(on: data) { report in
      try progress?(report)
      return false
    }
    return loss!
  }

  /// Trains like ``trainEpoch(on:progress:)-(DataSource,_)``, but pauses before the epoch's end where `pauses` says so after a step.
  ///
  /// - Returns: the epoch's mean loss, or nil where there was a pause: what follows goes on from there.
  @discardableResult
  public mutating func continueEpoch(on data: some DataSource, pausing pauses: (Progress) throws -> Bool) throws
    -> Loss?
  {
    try prepare(data)
    while true {
      _ = try trainStep()
      let report = progress
      try execution.report(.training, report.fraction)
      let pauses = try agreed(pauses(report))
      if state.position == 0 { return report.loss }
      if pauses { return nil }
    }
  }

  /// Whether any of the processes that train together says so.
  func agreed(_ pauses: Bool) throws(VAEError) -> Bool {
    guard let exchange = engine.exchange else { return pauses }
    return try exchange.communicator.all(pauses).contains(true)
  }

  /// Takes some optimizer steps, going on where the last call ended and through as many epochs as that takes; see
  /// ``trainEpoch(on:progress:)-(DataSource,_)``.
  ///
  /// - Returns: the mean loss over the data of these steps.
  @discardableResult
  public mutating func train(steps: Int, on data: some DataSource) throws -> Loss {
    try prepare(data)
    var sums = Loss.Mean()
    var taken = TrainingStatistics()
    for _ in 0..<steps {
      let step = try trainStep()
      sums.add(step.result.loss, count: step.count)
      taken.add(step)
      try execution.report(.training, progress.fraction)
    }
    statistics = taken
    return sums.value
  }

  /// Throws where there is no going on, or not with these data.
  private mutating func prepare(_ data: some DataSource) throws(VAEError) {
    if let fault { throw fault }
    let data = try fit(data)
    if data.weights != nil && configuration.objective.couplesData {
      throw VAEError(
        .configuration,
        "The objective, \(configuration.objective), is of what a minibatch's data have together, which weights of data "
          + "would change: choose one.")
    }
    guard state.position == 0 || state.dataCount == data.count else {
      throw VAEError(
        .data,
        "The epoch began with \(state.dataCount) data; there are \(data.count) now: give the same data, \(data.name).")
    }
    try feed.open(data)
    state.dataCount = data.count
  }

  /// The data as the model takes them, but for the values, which the feed checks. A model that has seen none is of these
  /// from now on.
  mutating func fit(_ data: some DataSource) throws(VAEError) -> any DataSource {
    if let given, let identity = data.identity, given.identity == identity { return given.fit }
    if model.schema == nil {
      let decided = try data.decidingWhiteLevel()
      model.schema = try DataSchema(
        of: decided, conditionSize: model.configuration.conditionSize, binarization: configuration.binarization)
    }
    let fit = try model.matcher.aligned(data)
    given = data.identity.map { ($0, fit) }
    return fit
  }

  /// Takes the epoch's next step.
  private mutating func trainStep() throws(VAEError) -> TrainingStep {
    let range = state.position..<min(state.position + configuration.batchSize, state.dataCount)
    return try trainStep(on: feed.minibatch(range, epoch: state.epoch))
  }

  /// Takes a step on the epoch's next data.
  mutating func trainStep(on data: Minibatch) throws(VAEError) -> TrainingStep {
    if state.position == 0 { (state.losses, state.statistics) = (Loss.Mean(), TrainingStatistics()) }
    let (result, learningRate) = try update(by: data)
    state.step += 1
    let taken = TrainingStep(count: data.count, learningRate: learningRate, result: result)
    state.statistics.add(taken)
    state.losses.add(result.loss, count: data.count)
    state.position += data.count
    if state.position == state.dataCount { endEpoch() }
    statistics = state.statistics
    return taken
  }

  mutating func endEpoch() { (state.position, state.epoch) = (0, state.epoch + 1) }

  /// One optimizer step: its result and its learning rate.
  private mutating func update(by data: Minibatch) throws(VAEError) -> (StepResult, learningRate: Double) {
    let (epoch, step) = (state.epoch, state.step)
    // Where nobody knows how many data there are, nothing may depend on it: `prepare` sees to that.
    let part = state.dataCount > 0 ? Double(state.position) / Double(state.dataCount) : 0
    let epochs = Double(epoch) + part
    let learningRate =
      state.rateFactor
      * configuration.learningRate(step: step, epoch: epochs, reductions: state.validation.reductions)
    let constants = configuration.optimizer.step(
      step + 1, learningRate: learningRate, weightDecay: configuration.weightDecay)
    let parameters = model.parameters.buffer.mutableView
    let update = ParameterUpdate(
      constants: constants, parameters: parameters,
      first: state.optimizer.first?.mutableView, second: state.optimizer.second?.mutableView, step: step + 1,
      clipNorm: configuration.clipNorm)
    let batch = Engine<Element>.Batch(
      count: data.count, samples: configuration.samplesPerDatum,
      objective: configuration.objective(at: epochs),
      accumulation: configuration.gradient, trim: configuration.trim)
    let seed = configuration.seed
    let noise = NoiseStream(seed: seed, purpose: .latent, step: step)
    let binarizationNoise = configuration.binarization.noise(seed: seed, epoch: epoch)
    let gradientView = gradient?.mutableView
    do throws(StepFailure) {
      let result = try data.rows.withUnsafeBufferPointer { rows throws(StepFailure) in
        try data.positions.withUnsafeBufferPointer { positions throws(StepFailure) in
          let source = DatasetSource<Element>(
            data.data, rows: rows[...], positions: positions[...], binarization: configuration.binarization,
            latentNoise: noise,
            binarizationNoise: binarizationNoise,
            hidingNoise: NoiseStream(seed: seed, purpose: .hiding, step: step))
          return try engine.run(batch, parameters.view, source, gradient: gradientView, update: update)
        }
      }
      return (result, learningRate)
    } catch {
      if error.hasUpdated { fault = error.error }
      throw error.error
    }
  }
}
