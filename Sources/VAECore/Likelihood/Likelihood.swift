/// What the decoder's outputs mean: the distribution p(x|z), or an error that takes its place.
///
/// The reconstruction term of the loss is −log p(x|z), fully normalised, in nats per datum: summed over the data
/// dimensions, averaged over samples and data. `squaredError` and `difference` are no likelihoods: they are means over
/// dimensions, in the data's own unit (standardised, in their columns' standard deviations), squared or not.
public struct Likelihood: Chosen {
  /// What it is and can do.
  public let model: any LikelihoodModel

  /// The likelihoods that settings can name: each is one type in a file of its own.
  public static let choices = Choices(
    "likelihood",
    [
      BernoulliLikelihood.self, ContinuousBernoulliLikelihood.self, GaussianLikelihood.self, LaplaceLikelihood.self,
      PoissonLikelihood.self, NegativeBinomialLikelihood.self, CategoricalLikelihood.self, CategoryLikelihood.self,
      MixtureLikelihood.self, ModeLikelihood.self, MixedLikelihood.self, SquaredError.self, Difference.self,
    ])

  /// A likelihood of the library or of another program.
  public init(_ model: some LikelihoodModel) { self.model = model }

  /// One of the ``choices``; nil of anything else.
  public init?(choice: any Choice) {
    guard let model = choice as? any LikelihoodModel else { return nil }
    self.model = model
  }

  /// What was chosen.
  public var choice: any Choice { model }

  /// Lets configurations and checkpoints name a likelihood of another program.
  ///
  /// - Throws: where another has its name.
  public static func register(_ type: any LikelihoodModel.Type) throws(VAEError) { try choices.register(type) }

  /// Whether the reconstruction term is a negative log-likelihood, and the loss therefore a bound in nats.
  public var isNormalized: Bool { model.term.isLogarithm }

  /// Whether values binarised to 0 and 1 are data of its kind (``Binarization``): of those of a Bernoulli or a continuous
  /// Bernoulli likelihood, and of the errors, which take any; of a mix where all its columns take them.
  public var takesBinarized: Bool { model.takesBinarized }

  /// Of each column, whether it is of real numbers, which another origin and unit only write differently: those
  /// of a Gaussian or a Laplace likelihood, or of the squared error, whose outputs have the activation identity.
  public func standardizes(dataSize: Int) -> [Bool] { model.isReal(dataSize: dataSize) }

  /// What it is, in a few words for people.
  public var title: String { model.title }

  /// The reconstruction term of one datum and sample, E, with x the data and OA the outputs after their activation.
  public var formula: String { model.formula }

  /// Throws where a setting makes no sense, by itself or for data of that size.
  func validate(dataSize: Int) throws(VAEError) {
    try checkSettings()
    try model.validate(dataSize: dataSize)
  }
}

/// The names of the output layer's tensors, and of those with what a likelihood has besides.
enum OutputName {
  static let mean = "output"
  static let componentMean = "output_mean"
  static let logVariance = "output_logvar"
  static let deviation = "output_deviation"
  static let logScale = "output_logscale"
  static let logDispersion = "output_logdispersion"
  static let gap = "output_gap"
}

extension Likelihood {
  /// Throws where a datum is none that the likelihood takes: a value is not a number or outside [0, 1], a count is
  /// negative or fractional, a group is not one-hot.
  public func check(_ data: Dataset) throws(VAEError) { try check(data, gaps: Gaps()) }

  /// The same of data whose values may be missing, where they may.
  func check(_ data: Dataset, gaps: Gaps) throws(VAEError) {
    let model: any LikelihoodModel =
      gaps.areTaken
      ? GappedLikelihood(self.model.kernel, dataSize: data.dataSize, gaps, countsPatterns: false) : self.model
    if let bounds = data.bounds, model.takesAll(in: bounds) { return }
    try data.forEachDatum(as: Float.self) { (index, values) throws(VAEError) in
      if gaps.areTaken && values.count > 1 && values.allSatisfy(\.isNaN) {
        throw VAEError(.data, "\(data.place(of: index, column: 0).row): \(Gaps.nothingKnown)")
      }
      guard let objection = model.objection(to: values) else { return }
      let value = data.text(of: index, column: objection.column)
      let isMissing = values[values.startIndex + objection.column].isNaN
      let isPlainTable = !isMissing && data.columnNames != nil && data.columns?.schema == nil
      throw VAEError(
        .data,
        "\(data.place(of: index, column: objection.column)): the value is \(value); the \(name) likelihood "
          + objection.demand
          + (isMissing
            ? "; leave the datum out, or have missing values replaced."
            : isPlainTable ? "; a table whose schema is found has a likelihood for each of its columns." : "."),
        remedy: isMissing
          ? .replaceMissingValues
          : isPlainTable ? .findSchema : objection.looksLikeGreyLevels(values) ? .sayWhiteLevel : nil)
    }
  }

  /// Data `[rows, columns]` that the likelihood takes, determined by the seed: to try a model on.
  public func exampleData<Element: Scalar>(rows: Int, columns: Int, seed: UInt64 = 0) -> Matrix<Element> {
    let draws = Matrix<Double>.uniform(rows: rows, columns: columns, seed: seed)
    let elements = (0..<rows).flatMap { model.example(draws.row($0)[...]) }
    return Matrix(rows: rows, columns: columns, elements: elements.map { Element($0) })
  }

  /// −log p(x|z) of data x `[M, D]` for each row of the decoder's outputs `[R, P·D]`, after their activation, and its
  /// derivatives with respect to them.
  package func evaluate<Element: Scalar>(
    x: Matrix<Element>, outputs: Matrix<Element>, level: VectorLevel = .current
  ) -> (losses: [Element], derivatives: Matrix<Element>) {
    var losses = Buffer<Element>(count: outputs.rows)
    var delta = Matrix<Element>(rows: outputs.rows, columns: outputs.columns)
    let views = (losses.mutableView, delta.mutableView)
    withExtendedLifetime((x, outputs)) {
      model.kernel.evaluate(
        LikelihoodRows(x: x.view, outputs: outputs.view, scale: 1, delta: views.1, losses: views.0),
        math: VectorMath(level: level))
    }
    return (losses.elements(0..<losses.count), delta)
  }
}
