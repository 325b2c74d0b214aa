/// What the decoder's outputs mean: the distribution p(x|z), or an error that takes its place.
///
/// The reconstruction term of the loss is −log p(x|z), fully normalised, in nats per datum: summed over the data
/// dimensions, averaged over samples and data. `squaredError` and `difference` are no likelihoods: they are means over
/// dimensions, in the data's own unit, squared or not.
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

  /// (1/D) Σ_j (x_j − m_j), the mean difference, signs and all, for the D outputs m = f(o).
  ///
  /// It is there to be differentiated by hand and compared. It falls without end as m grows, so a trainer refuses it.
  case difference(output: Activation = .identity)

  /// The variance of a Gaussian likelihood.
  public enum Variance: Hashable, Sendable {
    /// One σ² > 0 for all dimensions.
    case fixed(Double)
    /// log σ_j² is an output of the decoder like the mean, held between −10 and 10.
    case learned
  }

  /// "bernoulli", "gaussian", "squared-error", "difference"
  public var name: String {
    switch self {
    case .bernoulli: "bernoulli"
    case .gaussian: "gaussian"
    case .squaredError: "squared-error"
    case .difference: "difference"
    }
  }

  /// Whether the reconstruction term is a negative log-likelihood, and the loss therefore a bound in nats.
  public var isNormalized: Bool {
    switch self {
    case .bernoulli, .gaussian: true
    case .squaredError, .difference: false
    }
  }

  /// The reconstruction term of one datum and sample, E, with x the data and OA the outputs after their activation.
  public var formula: String { model.formula }

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
    case .difference(let output): Difference(output: output)
    }
  }
}

/// What a likelihood must know. R = M·L rows, row r = i·L + l; the P outputs per data dimension lie in parts.
protocol LikelihoodModel: Sendable {
  /// See ``Likelihood/formula``.
  var formula: String { get }

  /// The parts of the decoder's last layer. The first holds what `activateMean` makes the mean.
  func outputParts(dataSize: Int) -> [DenseLayer.Part]

  /// losses `[R]` ← the reconstruction term of each row of `outputs` `[R, P·D]` for the data x `[M, D]`;
  /// delta `[R, P·D]`, unless nil, ← its derivatives by the outputs, times `scale`. delta may be outputs itself.
  func evaluate<S>(
    x: MatrixView<S>, outputs: MatrixView<S>, scale: Double, delta: MatrixView<S>?, losses: MatrixView<S>,
    math: VectorMath<S>)

  /// Turns the first part of the outputs into E[x|z], in place.
  func activateMean<S>(_ outputs: MatrixView<S>, math: VectorMath<S>)

  /// The reconstruction term of one datum and sample, x `[D]` from the pre-activations o `[P·D]`, with its local
  /// derivatives: in plain arithmetic, to be read and compared with.
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms
}

/// A reconstruction term E_l of one datum and sample, and the last links of the chain rule.
struct OutputTerms {
  /// E_l
  let loss: Double
  /// OA `[P·D]`
  let activations: [Double]
  /// ∂OA/∂O `[P·D]`
  let slopes: [Double]
  /// ∂E_l/∂OA `[P·D]`
  let derivatives: [Double]
}

extension LikelihoodModel {
  func activateMean<S>(_ outputs: MatrixView<S>, math: VectorMath<S>) {}
}

/// The names of the output layer's tensors, with and without a learned variance.
enum OutputName {
  static let mean = "output"
  static let logVariance = "output_logvar"
}
