/// What training minimises: as a rule a negative bound on the log-likelihood, and how its gradient reaches the encoder.
///
/// ```swift
/// training.objective = .evidenceLowerBound(beta: 4)
/// training.objective = .importanceWeightedBound(latentGradient: .doublyReparameterized)
/// ```
public struct Objective: Chosen, CustomStringConvertible {
  /// What it is and can do.
  public let model: any ObjectiveModel

  /// The objectives that settings can name: each is one type in a file of its own.
  public static let choices = Choices("bound", [EvidenceLowerBound.self, ImportanceWeightedBound.self])

  /// An objective of the library or of another program.
  public init(_ model: some ObjectiveModel) { self.model = model }

  /// One of the ``choices``; nil of anything else.
  public init?(choice: any Choice) {
    guard let model = choice as? any ObjectiveModel else { return nil }
    self.model = model
  }

  /// What was chosen.
  public var choice: any Choice { model }

  /// Lets configurations and checkpoints name an objective of another program.
  ///
  /// - Throws: where another has its name.
  public static func register(_ type: any ObjectiveModel.Type) throws(VAEError) { try choices.register(type) }

  /// Some of every kind that a model of a prior can have, to be verified.
  package static func examples(under prior: Prior) -> [Objective] {
    examples.filter { !$0.kernel.dividesKL || !prior.isLearned }
  }

  /// Some of every kind that there is, to be verified.
  public static var examples: [Objective] {
    choices.types.compactMap { $0 as? any ObjectiveModel.Type }.flatMap { $0.exampleObjectives }
  }

  /// As the engine runs it.
  package var kernel: any ObjectiveKernel { model.kernel }

  /// Throws where a number makes no sense or settings contradict each other.
  public func validate() throws(VAEError) {
    try checkSettings()
    try model.validate()
  }

  /// Whether the loss is something other than the mean of the losses of single samples.
  public var couplesSamples: Bool { model.couplesSamples }

  /// Whether the loss is something other than the mean of the losses of single data.
  public var couplesData: Bool { kernel.couplesData }

  /// Whether the loss is the mean of the losses of single data with single samples.
  public var isMean: Bool { !couplesSamples && !couplesData }

  /// β where the loss is reconstruction + β·KL, where KL may count more than the KL divergence (free bits); nil where the
  /// two terms stand beside it.
  public var beta: Double? { model.betaOfSum }

  /// "−ELBO" or "−IWAE" where the loss is that negative bound on the log-likelihood, given a likelihood
  /// (``Likelihood/isNormalized``); nil where it is none, and only trains like one.
  public var boundName: String? { model.boundName }

  /// Whether the gradient is the loss's derivative at given noise: with ``LatentGradient/total``. Else it is another
  /// estimate of the encoder's.
  public var differentiatesLoss: Bool { kernel.differentiatesLoss }

  /// Whether the gradient is a sum over the paths from a parameter through single samples to the error and the KL
  /// divergence, as VAEExplanation spells it out.
  public var isSumOverPaths: Bool { isMean && beta != nil && differentiatesLoss }

  /// The same with β times a factor; itself where it has none.
  func scalingBeta(by factor: Double) -> Objective {
    func scaled<Model: ObjectiveModel>(_ model: Model) -> Objective {
      Objective(model.scalingBeta(by: factor) ?? model)
    }
    return scaled(model)
  }

  /// Throws where the objective needs a KL divergence that the prior does not give it.
  package func check(_ prior: Prior) throws(VAEError) {
    if kernel.dividesKL && prior.isLearned {
      throw VAEError(
        .configuration,
        "The objective, \(self), is of each latent dimension's KL divergence, and that from \(prior) is of all of them together: "
          + "set free_bits to 0, or take the standard prior.")
    }
  }

  /// Throws where the objective needs importance weights, and the likelihood has no p(x|z) to make them of.
  package func check(_ likelihood: Likelihood) throws(VAEError) {
    if model.usesImportanceWeights && !likelihood.isNormalized {
      throw VAEError(
        .configuration,
        "The objective, \(self), is of p(x|z), and \(likelihood.name) is a mean error: choose a likelihood, or the "
          + "evidence lower bound.")
    }
  }

  /// "reconstruction + 4.0·KL", "importance-weighted bound, dreg gradient"
  public var description: String { model.description }
}

extension ObjectiveModel {
  fileprivate static var exampleObjectives: [Objective] { examples.map { Objective($0) } }
}
