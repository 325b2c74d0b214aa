/// What the decoder's outputs mean: the distribution p(x|z), or an error that takes its place.
///
/// The reconstruction term of the loss is −log p(x|z), fully normalised, in nats per datum: summed over the data
/// dimensions, averaged over samples and data. `squaredError` alone is not a likelihood; its unit is the data's own,
/// squared, and a mean over dimensions.
public enum Likelihood: Hashable, Sendable {
  /// −log p(x|z) = Σ_j softplus(o_j) − x_j·o_j with logits o: the cross-entropy for grey values x in [0, 1], the
  /// Bernoulli likelihood for x in {0, 1}.
  case bernoulli

  /// −log p(x|z) = ½ Σ_j (log 2πσ_j² + (x_j − m_j)² / σ_j²), with the mean m = f(o).
  case gaussian(variance: Variance = .fixed(1), mean: Activation = .identity)

  /// (1/D) Σ_j (x_j − m_j)², the mean over the D outputs m = f(o).
  ///
  /// Beside a KL divergence that is a sum over dimensions, this mean weighs the data D/2σ² times less than a
  /// Gaussian likelihood does; choose the KL weight accordingly.
  case squaredError(output: Activation = .identity)

  /// The variance of a Gaussian likelihood.
  public enum Variance: Hashable, Sendable {
    /// One σ² > 0 for all dimensions.
    case fixed(Double)
    /// log σ_j² is an output of the decoder like the mean, held between −10 and 10.
    case learned
  }

  /// "bernoulli", "gaussian", "squared-error"
  public var name: String {
    switch self {
    case .bernoulli: "bernoulli"
    case .gaussian: "gaussian"
    case .squaredError: "squared-error"
    }
  }

  /// Whether the reconstruction term is a negative log-likelihood, and the loss therefore a bound in nats.
  public var isNormalized: Bool {
    if case .squaredError = self { false } else { true }
  }

  /// The values that data may take.
  public var domain: ClosedRange<Double> {
    self == .bernoulli ? 0...1 : -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  }

  /// The registration of the likelihoods: each is one type in a file of its own.
  var model: any LikelihoodModel {
    switch self {
    case .bernoulli: BernoulliLikelihood()
    case .gaussian(.fixed(let variance), let mean): FixedGaussianLikelihood(variance: variance, mean: mean)
    case .gaussian(.learned, let mean): LearnedGaussianLikelihood(mean: mean)
    case .squaredError(let output): SquaredError(output: output)
    }
  }
}

/// What a likelihood must know. R = M·L rows, row r = i·L + l; the P outputs per data dimension lie in parts.
protocol LikelihoodModel: Sendable {
  /// The parts of the decoder's last layer. The first holds what `activateMean` makes the mean.
  func outputParts(dataSize: Int) -> [DenseLayer.Part]

  /// losses `[R]` ← the reconstruction term of each row of `outputs` `[R, P·D]` for the data x `[M, D]`;
  /// delta `[R, P·D]`, unless nil, ← its derivatives by the outputs, times `scale`. delta may be outputs itself.
  func evaluate<S>(
    x: MatrixView<S>, outputs: MatrixView<S>, scale: Double, delta: MatrixView<S>?, losses: MatrixView<S>,
    math: VectorMath<S>)

  /// Turns the first part of the outputs into E[x|z], in place.
  func activateMean<S>(_ outputs: MatrixView<S>, math: VectorMath<S>)
}

extension LikelihoodModel {
  func activateMean<S>(_ outputs: MatrixView<S>, math: VectorMath<S>) {}
}

/// The names of the output layer's tensors, with and without a learned variance.
enum OutputName {
  static let mean = "output"
  static let logVariance = "output_logvar"
}
