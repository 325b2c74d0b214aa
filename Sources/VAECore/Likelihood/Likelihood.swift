/// What the decoder's outputs mean: the distribution p(x|z), or an error that takes its place.
///
/// The reconstruction term of the loss is −log p(x|z), fully normalised, in nats per datum: summed over the data
/// dimensions, averaged over samples and data. `squaredError` and `difference` are no likelihoods: they are means over
/// dimensions, in the data's own unit (standardised, in their columns' standard deviations), squared or not.
public enum Likelihood: Hashable, Sendable {
  /// −log p(x|z) = Σ_j softplus(o_j) − x_j·o_j with logits o: the cross-entropy for grey values x in [0, 1], the
  /// Bernoulli likelihood for x in {0, 1}.
  case bernoulli

  /// −log p(x|z) = Σ_j log((e^o_j − 1)/o_j) − x_j·o_j with logits o, a density on [0, 1]: Loaiza-Ganem and Cunningham
  /// (2019), "The continuous Bernoulli: fixing a pervasive error in variational autoencoders".
  ///
  /// E[x|z] is not σ(o): it is 1/(1 − e^−o) − 1/o.
  case continuousBernoulli

  /// −log p(x|z) = ½ Σ_j (log 2πσ_j² + (x_j − m_j)² / σ_j²), with the mean m = f(o).
  case gaussian(variance: Variance = .fixed(1), mean: Activation = .identity)

  /// −log p(x|z) = Σ_j log 2b_j + |x_j − m_j| / b_j, with the location m = f(o), which is mean and median.
  case laplace(scale: Scale = .fixed(1), location: Activation = .identity)

  /// −log p(x|z) = Σ_j e^o_j − x_j·o_j + log x_j! with log-rates o, for counts.
  case poisson

  /// −log p(x|z) = Σ_j log Γ(r_j) − log Γ(x_j + r_j) + log x_j! + r_j log(1 + m_j/r_j) + x_j log(1 + r_j/m_j), for counts
  /// of mean m and variance m + m²/r: log m is an output, and so is the log-dispersion s = −log r, held between −20 and 20.
  /// Where s falls, it becomes the Poisson likelihood.
  case negativeBinomial

  /// −log p(x|z) = Σ_g [log Σ_k e^o_gk − Σ_k x_gk·o_gk] with logits o, for groups g of columns that are each one-hot, in
  /// order: `groups` are their sizes.
  case categorical(groups: [Int])

  /// The sum of the −log p(x|z) of groups of columns, in order, each with a likelihood of its own: for tables.
  case mixed([Columns])

  /// (1/D) Σ_j (x_j − m_j)², the mean over the D outputs m = f(o).
  ///
  /// Beside a KL divergence that is a sum over dimensions, this mean weighs the data D/2σ² times less than a
  /// Gaussian likelihood does; choose the KL weight accordingly.
  case squaredError(output: Activation = .identity)

  /// (1/D) Σ_j (x_j − m_j), the mean difference, signs and all, for the D outputs m = f(o).
  ///
  /// It is there to be differentiated by hand and compared. It falls without end as m grows, so a trainer refuses it.
  case difference(output: Activation = .identity)

  /// How wide a density is: the variance σ² of a Gaussian, the scale b of a Laplace likelihood.
  public enum Spread: Hashable, Sendable {
    /// One positive number for all dimensions.
    case fixed(Double)
    /// A parameter for each dimension, its logarithm, the same for all z.
    case perFeature
    /// The logarithm is an output of the decoder like the mean.
    ///
    /// Both logarithms are held to bounds, log σ² between −10 and 10, log b between −5 and 10.
    case learned
  }

  /// The variance of a Gaussian likelihood.
  public typealias Variance = Spread
  /// The scale of a Laplace likelihood.
  public typealias Scale = Spread

  /// Adjacent columns of a table, and their likelihood.
  public struct Columns: Hashable, Sendable {
    /// How many columns.
    public let count: Int
    /// Their likelihood, not `mixed` itself.
    public let likelihood: Likelihood

    /// A number of columns and their likelihood.
    public init(_ count: Int, _ likelihood: Likelihood) {
      self.count = count
      self.likelihood = likelihood
    }
  }

  /// The name in settings, such as "bernoulli" or "squared-error".
  public var name: String { kind.rawValue }

  /// Whether the reconstruction term is a negative log-likelihood, and the loss therefore a bound in nats.
  public var isNormalized: Bool { model.term.isLogarithm }

  /// Whether values binarised to 0 and 1 are data of its kind (``Binarization``): of those of a Bernoulli or a continuous
  /// Bernoulli likelihood, and of the errors, which take any; of a mix where all its columns take them.
  public var takesBinarized: Bool { model.takesBinarized }

  /// Of each column, whether it is of real numbers, which another origin and unit change nothing about but numbers: those
  /// of a Gaussian or a Laplace likelihood, or of the squared error, whose outputs have the activation identity.
  public func standardizes(dataSize: Int) -> [Bool] { model.isReal(dataSize: dataSize) }

  /// The reconstruction term of one datum and sample, E, with x the data and OA the outputs after their activation.
  public var formula: String { model.formula }

  /// The registration of the likelihoods: each is one type in a file of its own.
  var model: any LikelihoodModel {
    switch self {
    case .bernoulli: BernoulliLikelihood()
    case .continuousBernoulli: ContinuousBernoulliLikelihood()
    case .gaussian(.fixed(let variance), let mean): FixedGaussianLikelihood(variance: variance, mean: mean)
    case .gaussian(let variance, let mean):
      LearnedGaussianLikelihood(mean: mean, isPerFeature: variance == .perFeature)
    case .laplace(let scale, let location): LaplaceLikelihood(scale: scale, location: location)
    case .poisson: PoissonLikelihood()
    case .negativeBinomial: NegativeBinomialLikelihood()
    case .categorical(let groups): CategoricalLikelihood(groups: groups)
    case .mixed(let columns): MixedLikelihood(columns)
    case .squaredError(let output): SquaredError(output: output)
    case .difference(let output): Difference(output: output)
    }
  }
}

extension Likelihood {
  /// Throws where a datum is none that the likelihood takes: a value is not a number or outside [0, 1], a count is
  /// negative or fractional, a group is not one-hot.
  public func check(_ data: Dataset) throws(VAEError) {
    let model = model
    if let bounds = data.bounds, model.takesAll(in: bounds) { return }
    try data.forEachDatum(as: Float.self) { (index, values) throws(VAEError) in
      guard let objection = model.objection(to: values) else { return }
      let value = data.text(of: index, column: objection.column)
      throw VAEError(
        .data,
        "\(data.place(of: index, column: objection.column)): the value is \(value); the \(name) likelihood "
          + "\(objection.demand).", remedy: objection.looksLikeGreyLevels(values) ? .sayWhiteLevel : nil)
    }
  }

  /// Data `[rows, columns]` that the likelihood takes, determined by the seed: to try a model on.
  public func exampleData<Element: Scalar>(rows: Int, columns: Int, seed: UInt64 = 0) -> Matrix<Element> {
    let draws = Matrix<Double>.uniform(rows: rows, columns: columns, seed: seed)
    let model = model
    let elements = (0..<rows).flatMap { model.example(draws.row($0)[...]) }
    return Matrix(rows: rows, columns: columns, elements: elements.map { Element($0) })
  }

  /// −log p(x|z) of data x `[M, D]` for each row of the decoder's outputs `[R, P·D]`, after their activation, and its
  /// derivatives by them.
  package func evaluate<Element: Scalar>(
    x: Matrix<Element>, outputs: Matrix<Element>, level: VectorLevel = .current
  ) -> (losses: [Element], derivatives: Matrix<Element>) {
    var losses = Buffer<Element>(count: outputs.rows)
    var delta = Matrix<Element>(rows: outputs.rows, columns: outputs.columns)
    let views = (losses.mutableView, delta.mutableView)
    withExtendedLifetime((x, outputs)) {
      model.evaluate(
        x: x.view, outputs: outputs.view, scale: 1, delta: views.1, losses: views.0, math: VectorMath(level: level))
    }
    return (losses.elements(0..<losses.count), delta)
  }
}
