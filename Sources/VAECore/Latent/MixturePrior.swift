/// A mixture of K normal distributions whose weights, means and variances are learned:
///
///     p(z) = Σ_k π_k Π_j N(z_j; m_kj, e^t_kj),   π = softmax(a)
///
/// Its tensors are `prior.weight` `[K, 2Z]`, the means m beside the log-variances t as the encoder's head has them, and
/// `prior.bias` `[K]`, the logits a. The log-variances are held to the posterior's bounds.
struct MixturePrior: PriorKernel {
  static let name = "mixture"
  static let usual = Self()
  static let settings = [
    Setting("components", \Self.components, "Components of the prior, K.", .between(1, Double(mostComponents)))
  ]
  static let refusals: [String: String] = [:]

  /// Each row of a minibatch has a number for each.
  private static let mostComponents = 1 << 20

  var components = 100

  var isLearned: Bool { true }

  func layer(latentSize: Int, offset: Int) -> DenseLayer? {
    DenseLayer(inputs: 2 * latentSize, parts: [LayerOutput(name: "prior", size: components)], offset: offset)
  }

  /// Means from N(0, 0.1²), variances of 1, equal weights: close to N(0, I), but no two components alike.
  func fill<S>(_ layer: DenseLayer, in parameters: MutableMatrixView<S>, stream: NoiseStream) {
    var means = Matrix<S>(rows: components, columns: layer.inputs / 2)
    Initializer.normal(standardDeviation: 0.1).fill(means.mutableView, stream: stream)
    layer.weight(in: parameters).columns(0..<means.columns).copy(from: means.view)
  }

  var description: String {
    components == 1 ? "a normal distribution" : "a mixture of \(components) normal distributions"
  }
}

extension Prior {
  /// A mixture of K normal distributions with diagonal covariances, whose weights, means and variances are learned.
  public static func mixture(components: Int = 100) -> Prior { Prior(MixturePrior(components: components)) }
}
