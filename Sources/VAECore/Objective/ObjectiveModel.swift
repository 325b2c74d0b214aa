/// What an objective must know: the loss of one datum, from what its L samples and its posterior come to.
///
/// Evaluation averages that function over a set, and training takes its derivatives from it. It is in plain arithmetic; a type
/// of any program that conforms trains, evaluates, verifies and is saved as the library's own are, which have vectorised
/// kernels for training besides. A tempered bound, whose likelihood counts τ times:
///
/// ```swift
/// struct Tempered: ObjectiveModel {
///   static let name = "tempered"
///   static let usual = Tempered()
///   static let settings = [Setting("tau", \Tempered.tau, "What the likelihood counts.", .positive)]
///   var tau = 1.0
///
///   var description: String { "\(tau)·reconstruction + KL" }
///   var couplesSamples: Bool { false }
///   var usesImportanceWeights: Bool { false }
///   var boundName: String? { nil }
///
///   func loss(_ datum: DatumTerms, derivatives: inout LossDerivatives) -> Double {
///     let count = Double(datum.samples)
///     derivatives.kl = 1
///     for l in 0..<datum.samples { derivatives.reconstruction[l] = tau / count }
///     return tau * datum.reconstruction.reduce(0, +) / count + datum.kl
///   }
/// }
///
/// try Objective.register(Tempered.self)
/// training.objective = Objective(Tempered(tau: 0.5))
/// ```
///
/// Checkpoints and configurations name it; they are read by programs that have registered it.
public protocol ObjectiveModel: Choice, CustomStringConvertible {
  /// Whether the samples of a datum enter the loss together, other than as a mean; then they need one pass.
  var couplesSamples: Bool { get }

  /// Whether the loss is of importance weights w = p(x|z) p(z) / q(z|x), which takes a likelihood p(x|z).
  var usesImportanceWeights: Bool { get }

  /// What the loss is called where, of a likelihood, it is a bound on −log p(x): "−ELBO"; nil where it is none.
  var boundName: String? { get }

  /// The loss of one datum with all its samples, or, unless it ``couplesSamples``, with some of them, and its derivatives,
  /// which are 0 when the function is called.
  func loss(_ datum: DatumTerms, derivatives: inout LossDerivatives) -> Double

  /// β where the loss is the sum reconstruction + β·KL, whatever it counts as KL divergence; nil
  /// otherwise: the two are then reported beside the loss.
  var betaOfSum: Double? { get }

  /// The same with β times a factor, while the KL divergence warms up; nil where it has none.
  func scalingBeta(by factor: Double) -> Self?

  /// Throws where settings contradict each other. (What a setting may be by itself, its table says.)
  func validate() throws(VAEError)

  /// Some with different settings, whose gradients are worth being verified.
  static var examples: [Self] { get }
}

extension ObjectiveModel {
  /// It is no such sum.
  public var betaOfSum: Double? { nil }

  /// There is no β.
  public func scalingBeta(by factor: Double) -> Self? { nil }

  /// They do not.
  public func validate() throws(VAEError) {}

  /// The usual one.
  public static var examples: [Self] { [usual] }
}

/// What the samples and the posterior of one datum come to: all that its loss is made of.
public struct DatumTerms: Sendable {
  /// −log p(x|z_l) of each sample.
  public var reconstruction: [Double]
  /// log q(z_l|x) − log p(z_l) of each sample.
  public var logRatios: [Double]
  /// KL(q(z|x) ‖ p(z)), in closed form.
  public var kl: Double

  /// How many samples.
  public var samples: Int { reconstruction.count }

  /// log w_l = log p(x|z_l) + log p(z_l) − log q(z_l|x) of each sample.
  public var logWeights: [Double] { zip(reconstruction, logRatios).map { -$0 - $1 } }

  /// Of a datum with samples that are still to come.
  package init(samples: Int) {
    reconstruction = Array(repeating: 0, count: samples)
    logRatios = reconstruction
    kl = 0
  }
}

/// The derivatives of a datum's loss with respect to its ``DatumTerms``.
public struct LossDerivatives: Sendable {
  /// With respect to the reconstruction term of each sample.
  public var reconstruction: [Double]
  /// With respect to log q(z_l|x) − log p(z_l) of each sample.
  public var logRatios: [Double]
  /// With respect to the KL divergence in closed form.
  public var kl = 0.0

  package init(samples: Int) {
    reconstruction = Array(repeating: 0, count: samples)
    logRatios = reconstruction
  }

  mutating func setToZero() {
    for index in reconstruction.indices { (reconstruction[index], logRatios[index]) = (0, 0) }
    kl = 0
  }
}
