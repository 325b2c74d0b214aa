/// p(z): what is known of a datum's latent variable before the datum is seen.
///
/// ```swift
/// configuration.prior = .mixture(components: 100)
/// ```
///
/// The encoder's posterior is compared with it: a prior that learns where the data's posteriors lie costs fewer nats, and what is
/// drawn from it lies where the decoder has seen something.
public struct Prior: Chosen, CustomStringConvertible {
  /// What it is and can do.
  package let kernel: any PriorKernel

  /// The priors that settings can name: each is one type in a file of its own.
  public static let choices = Choices("prior", [StandardPrior.self, MixturePrior.self])

  init(_ kernel: some PriorKernel) { self.kernel = kernel }

  /// One of the ``choices``; nil of anything else.
  public init?(choice: any Choice) {
    guard let kernel = choice as? any PriorKernel else { return nil }
    self.kernel = kernel
  }

  /// What was chosen.
  public var choice: any Choice { kernel }

  /// Whether it has parameters, which are trained with all others.
  public var isLearned: Bool { kernel.isLearned }

  /// "N(0, I)", "a mixture of 100 normal distributions"
  public var description: String { kernel.description }
}

/// A prior as a network has it.
///
/// Z are the latent dimensions. Everything is relative to N(0, I), log p(z) − log N(z; 0, I): what the library has in closed form
/// for that, such as the KL divergence, stays so, and only the rest is sampled.
package protocol PriorKernel: Choice, CustomStringConvertible {
  /// Whether it has parameters.
  var isLearned: Bool { get }

  /// Its tensors, which lie behind all others from an offset on; none where it learns nothing.
  func layer(latentSize: Int, offset: Int) -> DenseLayer?

  /// Fills its tensors as training begins with them: the stream determines the numbers.
  func fill<S>(_ layer: DenseLayer, in parameters: MutableMatrixView<S>, stream: NoiseStream)
}

/// N(0, I), the prior of Kingma and Welling (2013).
struct StandardPrior: PriorKernel {
  static let name = "standard"
  static let usual = Self()
  static let settings: [Setting<Self>] = []
  static let refusals = ["components": "it is N(0, I), which has none"]

  var isLearned: Bool { false }
  func layer(latentSize: Int, offset: Int) -> DenseLayer? { nil }
  func fill<S>(_ layer: DenseLayer, in parameters: MutableMatrixView<S>, stream: NoiseStream) {}

  var description: String { "N(0, I)" }
}

extension Prior {
  /// N(0, I), the prior of Kingma and Welling (2013).
  public static var standard: Prior { Prior(StandardPrior()) }
}
