/// How a model is trained: with the model it begins with and the data, everything that determines the result, bit for
/// bit on one machine.
public struct TrainingConfiguration: Hashable, Sendable {
  /// M, the data per minibatch.
  public var batchSize = 100
  /// L, the latent samples per datum.
  public var samplesPerDatum = 1
  /// How the gradient of the mean over the samples is computed.
  public var gradient = GradientAccumulation.joint
  /// In which precision matrices are multiplied.
  public var precision = Precision.full
  /// What is minimised.
  public var objective = Objective.evidenceLowerBound()
  /// The part of each minibatch that a step leaves out, up to a half: the data with the largest −ELBO, for sets some of whose data are none
  /// of those to be learnt. The training loss is then that of the others.
  public var trim = 0.0
  /// How the weight of the KL divergence grows at the beginning.
  public var klWarmUp = KLWarmUp.none
  /// What becomes of grey values.
  public var binarization = Binarization.unchanged
  /// How the gradient changes the parameters.
  public var optimizer = Optimizer.adam()
  /// η, see ``Optimizer``.
  public var learningRate = 0.001
  /// How the learning rate changes in the course of the training.
  public var schedule = LearningRateSchedule.constant()
  /// The greatest Euclidean norm of the gradient with respect to all parameters, before weight decay; a longer gradient is
  /// scaled down to it. nil for none.
  public var clipNorm: Double?
  /// λ, see ``Optimizer``.
  public var weightDecay = 0.0
  /// Whether the model sees its data with their columns' means at 0 and their standard deviations 1; see
  /// ``Standardization``.
  public var standardizes = false
  /// Where the biases of the decoder's outputs start.
  public var outputBias = OutputBias.zero
  /// The data of the windows in which a set is shuffled that is larger than memory; nil for the whole set, which then is
  /// in memory and shuffled uniformly. Two windows are in memory at a time.
  public var shuffleWindow: Int?
  /// After how many epochs in a row without an improvement of the validation loss training is to end; nil for never.
  /// See ``Trainer/hasStoppedImproving``.
  public var earlyStopping: Int?
  /// How often each datum is to be seen; for whoever calls ``Trainer/trainEpoch(on:progress:)-(DataSource,_)``.
  public var epochs = 20
  /// Determines the data's order and the noise. (Initial weights have a seed of their own, given to
  /// ``VariationalAutoencoder/init(_:seed:)``; the tool uses this one for both.)
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}

  /// The samples per datum that the objective is evaluated with: those of an importance-weighted bound are part of it; of
  /// a mean over samples one is enough where there are many data.
  public var evaluationSamples: Int { objective.couplesSamples ? samplesPerDatum : 1 }

  /// The objective after so many epochs, fractions included: while the KL divergence warms up, its weight is smaller.
  public func objective(at epochs: Double) -> Objective {
    klWarmUp.isNone ? objective : objective.scalingBeta(by: klWarmUp.factor(after: epochs))
  }

  /// The learning rate of the step after `step` others, `epoch` epochs being completed and a plateau having reduced it
  /// `reductions` times.
  public func learningRate(step: Int, epoch: Double, reductions: Int = 0) -> Double {
    learningRate * schedule.factor(step: step, epoch: epoch, epochs: epochs, reductions: reductions)
  }

  /// Whether the training needs a validation loss after each epoch.
  public var needsValidation: Bool { earlyStopping != nil || schedule.patience != nil }

  /// Whether a step needs the whole gradient in memory; else it only exists tile by tile.
  var holdsGradient: Bool { clipNorm != nil || gradient.samplesPerPass(of: samplesPerDatum) < samplesPerDatum }

  /// The bytes that a trainer takes besides its model: activations and deltas of one pass, optimizer state, and a
  /// gradient where there are several passes or it is clipped. `Int.max` where they are beyond counting.
  public func byteCount<Element: Scalar>(training model: VariationalAutoencoder<Element>, threads: Int) -> Int {
    let width = gradient.samplesPerPass(of: samplesPerDatum)
    let plan = EnginePlan(model.network, for: .training, precision: precision, threads: threads)
    guard let layout = EngineLayout(plan, data: batchSize, of: batchSize, samples: width, threads: threads) else {
      return .max
    }
    guard let passes = layout.elementCount(threads: threads) else { return .max }
    // Passes add to the gradient of each leaf.
    let leaves = width < samplesPerDatum ? Leaves(data: batchSize, samples: width).count : 1
    let vectors = optimizer.stateCount + (holdsGradient ? leaves : 0)
    let (total, overflow) = passes.addingReportingOverflow(model.parameters.buffer.count * vectors)
    let (bytes, overflowed) = total.multipliedReportingOverflow(by: Element.elementType.size)
    if overflow || overflowed { return .max }
    let packed = precision.packedByteCount(model.network, for: .training, data: batchSize, samples: width)
    return bytes.addingReportingOverflow(packed).overflow ? .max : bytes + packed
  }

  /// The leaves of a minibatch's gradient; see ``Leaves``.
  var leaves: Leaves { Leaves(data: batchSize, samples: gradient.samplesPerPass(of: samplesPerDatum)) }

  /// The most processes that a step has work for.
  public var mostRanks: Int { leaves.count }

  /// Throws where a minibatch is too small for so many processes.
  func check(_ communicator: (any Communicator)?) throws(VAEError) {
    guard let communicator, communicator.count > mostRanks else { return }
    let rows = batchSize * gradient.samplesPerPass(of: samplesPerDatum)
    throw VAEError(
      .configuration,
      "A minibatch of \(batchSize) data, \(rows) rows at a time, is work for \(mostRanks == 1 ? "one process" : "at most \(mostRanks) processes"), and there are "
        + "\(communicator.count): take fewer processes, or a larger minibatch.")
  }

  /// Throws where a setting makes no sense, by itself or beside the others.
  public func validate() throws(VAEError) {
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !condition { throw VAEError(.configuration, problem()) }
    }
    try checkSettings()
    try objective.validate()
    if let shuffleWindow {
      try check(
        shuffleWindow >= batchSize,
        "The shuffle window (shuffle_window) must hold a minibatch of \(batchSize); it is \(shuffleWindow).")
    }
    try check(
      !(standardizes && binarization.makesBinary),
      "Binarisation (binarize) is of grey values from 0 to 1, which standardised data (standardize) are not: choose one of "
        + "the two.")
    try check(
      trim == 0 || !objective.couplesData,
      "The \(objective) is of what a minibatch's data have together, of which none can be left out (trim): choose one of the two."
    )
    try check(
      klWarmUp.isNone || objective.beta != nil,
      "The \(objective) has no KL divergence whose weight could warm up: set kl_warmup to 0.")
    try check(
      gradient.samplesPerPass == nil || !objective.couplesSamples,
      "The \(objective) couples a datum's samples, so that their gradients cannot be accumulated one by one: choose the "
        + "joint gradient.")
  }
}
