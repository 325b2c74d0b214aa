/// How a model is trained: with the model it begins with and the data, everything that determines the result, bit for
/// bit on one machine.
public struct TrainingConfiguration: Hashable, Sendable {
  /// M, the data per minibatch.
  public var batchSize = 100
  /// L, the latent samples per datum.
  public var samplesPerDatum = 1
  /// How the gradient of the mean over the samples is computed.
  public var gradient = GradientEstimator.joint
  /// The bound to maximise.
  public var bound = Objective.Bound.evidence
  /// β, the weight of the KL divergence.
  public var klWeight = 1.0
  /// How that weight grows at the beginning.
  public var klWarmUp = KLWarmUp.none
  /// λ, the nats that each latent dimension costs at least; see ``Objective/freeBits``.
  public var freeBits = 0.0
  /// How the gradient reaches the encoder.
  public var latentGradient = Objective.LatentGradient.total
  /// What becomes of grey values.
  public var binarization = Binarization.unchanged
  /// How the gradient changes the parameters.
  public var optimizer = Optimizer.adam()
  /// η, see ``Optimizer``.
  public var learningRate = 0.001
  /// How the learning rate changes in the course of the training.
  public var schedule = LearningRateSchedule()
  /// The greatest Euclidean norm of the gradient by all parameters, before weight decay; a longer gradient is scaled
  /// down to it. nil for none.
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

  /// The objective to minimise.
  public var objective: Objective {
    Objective(klWeight: klWeight, bound: bound, freeBits: freeBits, latentGradient: latentGradient)
  }

  /// The samples per datum that the objective is evaluated with: those of an importance-weighted bound are part of it; of
  /// a mean over samples one is enough where there are many data.
  public var evaluationSamples: Int { objective.couplesSamples ? samplesPerDatum : 1 }

  /// The objective after so many epochs, fractions included: while the KL divergence warms up, its weight is smaller.
  public func objective(at epochs: Double) -> Objective {
    var objective = objective
    objective.klWeight *= klWarmUp.factor(after: epochs)
    return objective
  }

  /// The learning rate of the step after `step` others, `epoch` epochs being completed and a plateau having reduced it
  /// `reductions` times.
  public func learningRate(step: Int, epoch: Double, reductions: Int = 0) -> Double {
    learningRate * schedule.factor(step: step, epoch: epoch, epochs: epochs, reductions: reductions)
  }

  /// Whether the training needs a validation loss after each epoch.
  public var needsValidation: Bool { earlyStopping != nil || schedule.plateau != nil }

  /// Whether a step needs the whole gradient in memory; else it only exists tile by tile.
  var holdsGradient: Bool { clipNorm != nil || gradient.samplesPerPass(of: samplesPerDatum) < samplesPerDatum }

  /// The bytes that a trainer takes besides its model: activations and deltas of one pass, optimizer state, and a
  /// gradient where there are several passes or it is clipped. `Int.max` where they are beyond counting.
  public func byteCount<Element: Scalar>(training model: VariationalAutoencoder<Element>, threads: Int) -> Int {
    let width = gradient.samplesPerPass(of: samplesPerDatum)
    let layout = EngineLayout(model.network, data: batchSize, samples: width, purpose: .training)
    guard let passes = layout?.elementCount(threads: threads) else { return .max }
    let vectors = optimizer.stateCount + (holdsGradient ? 1 : 0)
    let (total, overflow) = passes.addingReportingOverflow(model.parameters.buffer.count * vectors)
    let (bytes, overflowed) = total.multipliedReportingOverflow(by: Element.elementType.size)
    return overflow || overflowed ? .max : bytes
  }

  /// Throws where a setting makes no sense.
  public func validate() throws(VAEError) {
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !condition { throw VAEError(.configuration, problem()) }
    }
    try check(batchSize > 0, "The batch size must be at least 1; it is \(batchSize).")
    try check(samplesPerDatum > 0, "The number of samples must be at least 1; it is \(samplesPerDatum).")
    try check(samplesPerDatum <= 1 << 24, "At most 16777216 samples are possible; asked for \(samplesPerDatum).")
    try check(epochs >= 0, "The number of epochs must not be negative; it is \(epochs).")
    try check(epochs <= 1 << 30, "At most 1073741824 epochs are possible; asked for \(epochs).")
    try check(
      learningRate >= 0 && learningRate.isFinite,
      "The learning rate must be finite and not negative; it is \(learningRate).")
    try check(
      weightDecay >= 0 && weightDecay.isFinite,
      "The weight decay must be finite and not negative; it is \(weightDecay).")
    if let clipNorm {
      try check(
        clipNorm > 0 && clipNorm.isFinite, "The clip norm (clip_norm) must be finite and positive; it is \(clipNorm).")
    }
    if let shuffleWindow {
      try check(
        shuffleWindow >= batchSize,
        "The shuffle window (shuffle_window) must hold a minibatch of \(batchSize); it is \(shuffleWindow).")
    }
    if let earlyStopping {
      try check(
        earlyStopping >= 1,
        "The epochs before early stopping (early_stopping) must be at least 1; asked for \(earlyStopping).")
    }
    try check(
      !(standardizes && binarization.makesBinary),
      "Binarisation (binarize) is of grey values from 0 to 1, which standardised data (standardize) are not: choose one of "
        + "the two.")
    try schedule.validate()
    try objective.validate()
    try klWarmUp.validate()
    try check(
      klWarmUp == .none || objective.isSumOfTerms, "The \(objective) has no KL divergence whose weight could warm up.")
    try check(
      gradient == .joint || !objective.couplesSamples,
      "The \(objective) couples a datum's samples, so that their gradients cannot be accumulated one by one: choose the "
        + "joint gradient.")
    if case .accumulated(let width) = gradient {
      try check(width > 0, "The samples per pass must be at least 1; they are \(width).")
    }
    try optimizer.validate()
  }
}
