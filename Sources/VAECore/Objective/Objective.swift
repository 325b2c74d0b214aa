/// What training minimises: a negative bound on the log-likelihood, and how its gradient reaches the encoder.
///
///     −ELBO:  E = (1/M) Σ_i [ (1/L) Σ_l −log p(x_i | z_il) + β·KL(q(z|x_i) ‖ p(z)) ]            nats per datum
///     −IWAE:  E = (1/M) Σ_i −log (1/L) Σ_l w_il,   w_il = p(x_i | z_il) p(z_il) / q(z_il | x_i)    nats per datum
///
/// β = 1 is the bound of Kingma and Welling (2013); other weights, Higgins et al. (2017), "β-VAE". The second is the
/// importance-weighted bound of Burda et al. (2015) with K = L samples; it never lies below the first in expectation,
/// and equals it for L = 1.
public struct Objective: Hashable, Sendable {
  /// A bound on the log-likelihood.
  public enum Bound: String, Codable, CaseIterable, Sendable {
    /// The evidence lower bound, a mean over samples.
    case evidence = "elbo"
    /// The importance-weighted bound, the logarithm of a mean over samples.
    case importanceWeighted = "iwae"
  }

  /// How the gradient reaches the encoder's parameters φ through z = μ + σ ⊙ ε and through the density q(z|x).
  public enum LatentGradient: String, Codable, CaseIterable, Sendable {
    /// The derivative of the loss as it stands. For ``Bound/evidence`` the KL divergence is differentiated in closed
    /// form.
    case total
    /// "Sticking the landing", Roeder et al. (2017): the derivative of log q(z|x) through z alone. What it leaves out
    /// has expectation 0 for ``Bound/evidence``, and the variance vanishes as q approaches the true posterior. For
    /// ``Bound/importanceWeighted`` it is biased.
    case stickingTheLanding = "stl"
    /// Doubly reparameterized, Tucker et al. (2018): through z alone, with squared weights; without bias for
    /// ``Bound/importanceWeighted``, and the same as sticking the landing for ``Bound/evidence``. The decoder's
    /// gradient is the usual one.
    case doublyReparameterized = "dreg"
  }

  /// The bound.
  public var bound: Bound
  /// β, the weight of the KL divergence.
  public var klWeight: Double
  /// λ ≥ 0: with "free bits" (Kingma et al. 2016) a latent dimension costs at least λ nats, KL_k being its KL
  /// divergence's mean over the minibatch, Σ_k max(λ, KL_k) instead of Σ_k KL_k.
  public var freeBits: Double
  /// How the gradient reaches the encoder.
  public var latentGradient: LatentGradient

  /// The negative evidence lower bound with a KL weight β ≥ 0, or another objective. What computes with one that
  /// ``validate()`` refuses, traps.
  public init(
    klWeight: Double = 1, bound: Bound = .evidence, freeBits: Double = 0, latentGradient: LatentGradient = .total
  ) {
    self.klWeight = klWeight
    self.bound = bound
    self.freeBits = freeBits
    self.latentGradient = latentGradient
  }

  /// Throws where a number makes no sense or settings contradict each other.
  public func validate() throws(VAEError) {
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !condition { throw VAEError(.configuration, problem()) }
    }
    try check(klWeight >= 0 && klWeight.isFinite, "Beta must be finite and not negative; it is \(klWeight).")
    try check(
      freeBits >= 0 && freeBits.isFinite, "The free bits must be finite and not negative; they are \(freeBits).")
    if bound == .importanceWeighted {
      try check(
        klWeight == 1,
        "The importance-weighted bound has no KL divergence to weigh with beta \(klWeight): it is within the weights.")
      try check(freeBits == 0, "The importance-weighted bound has no KL divergence whose bits could be free.")
    }
    try check(
      freeBits == 0 || latentGradient == .total,
      "Free bits bound the KL divergence in closed form; \(latentGradient.rawValue) samples it: choose one of them.")
  }

  /// The registration of the objectives: each is one type in a file of its own.
  var model: any ObjectiveModel {
    do { try validate() } catch { preconditionFailure(error.description) }
    return switch bound {
    case .evidence:
      EvidenceLowerBound(klWeight: klWeight, freeBits: freeBits, followsPath: latentGradient != .total)
    case .importanceWeighted: ImportanceWeightedBound(latentGradient: latentGradient)
    }
  }

  /// Whether the loss is something else than the mean of the losses of single samples.
  public var couplesSamples: Bool { model.couplesSamples }

  /// Whether the loss is something else than the mean of the losses of single data.
  public var couplesData: Bool { model.couplesData }

  /// Whether the loss is the mean of the losses of single data with single samples.
  public var isMean: Bool { !couplesSamples && !couplesData }

  /// Whether the loss is reconstruction + β·KL, where KL may count more than the KL divergence (``freeBits``); else the
  /// two terms stand beside it.
  public var isSumOfTerms: Bool { model.isSumOfTerms }

  /// "−ELBO" or "−IWAE" where the loss is that negative bound on the log-likelihood, given a likelihood
  /// (``Likelihood/isNormalized``); nil where it is none, and only trains like one.
  public var boundName: String? { model.boundName }

  /// Whether the gradient is the loss's derivative at given noise: with ``LatentGradient/total``. Else it is another
  /// estimate of the encoder's.
  public var differentiatesLoss: Bool { model.differentiatesLoss }

  /// Whether the gradient is a sum over the paths from a parameter through single samples to the error and the KL
  /// divergence, as in ``VariationalAutoencoder/explain(_:x:noise:condition:objective:largest:)``.
  public var isSumOverPaths: Bool { isMean && isSumOfTerms && differentiatesLoss }

  /// Throws where the objective needs importance weights, and the likelihood has no p(x|z) to make them of.
  func check(_ likelihood: Likelihood) throws(VAEError) {
    if model.usesImportanceWeights && !likelihood.isNormalized {
      throw VAEError(
        .configuration,
        "The objective, \(self), is of p(x|z), and \(likelihood.name) is a mean error: choose a likelihood, or the "
          + "evidence lower bound.")
    }
  }
}

extension Objective: CustomStringConvertible {
  /// Every kind of objective there is, to be verified.
  public static let all = [
    Objective(), Objective(klWeight: 4), Objective(klWeight: 0), Objective(freeBits: 0.1),
    Objective(latentGradient: .stickingTheLanding), Objective(bound: .importanceWeighted),
    Objective(bound: .importanceWeighted, latentGradient: .stickingTheLanding),
    Objective(bound: .importanceWeighted, latentGradient: .doublyReparameterized),
  ]

  /// "reconstruction + 4.0·KL", "importance-weighted bound, dreg gradient"
  public var description: String {
    let gradient = latentGradient == .total ? "" : ", \(latentGradient.rawValue) gradient"
    if bound == .importanceWeighted { return "importance-weighted bound" + gradient }
    let kl = freeBits > 0 ? "KL of at least \(freeBits) per dimension" : "KL"
    let sum =
      switch klWeight {
      case 0: "reconstruction alone"
      case 1: "reconstruction + \(kl)"
      default: "reconstruction + \(klWeight)·\(kl)"
      }
    return sum + gradient
  }
}
