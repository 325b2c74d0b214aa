/// What a likelihood must know. R = M·L rows, row r = i·L + l; the P outputs per data dimension lie in parts.
protocol LikelihoodModel: Sendable {
  /// See ``Likelihood/formula``.
  var formula: String { get }

  /// The values that data may take, each by itself.
  var domain: ValueDomain { get }

  // What has no default below would be a wrong number somewhere if it were forgotten.

  /// What the reconstruction term is the negative logarithm of, if of anything.
  var term: ReconstructionTerm { get }

  /// Whether the reconstruction term has a least value over all outputs, to be trained for.
  var hasMinimum: Bool { get }

  /// Of each of D columns, whether it is of real numbers, which another origin and unit change nothing about but numbers.
  func isReal(dataSize: Int) -> [Bool]

  /// Whether values binarised to 0 and 1 are this likelihood's kind of data.
  var takesBinarized: Bool { get }

  /// The biases of the first part of the outputs that, where z says nothing, make the best of data with these means `[D]`;
  /// nil where they do not follow from means.
  var outputBias: ((_ means: [Double]) -> [Double])? { get }

  /// The parts of the decoder's last layer.
  func outputParts(dataSize: Int) -> [DenseLayer.Part]

  /// The losses `[R]` ← the reconstruction term of each row; delta `[R, P·D]`, unless nil, ← its derivatives by the
  /// outputs, times the scale.
  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>)

  /// means `[R, D]` ← E[x|z] from the outputs `[R, P·D]`.
  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>)

  /// The reconstruction term of one datum and sample, x `[D]` from the pre-activations o `[P·D]`, with its local
  /// derivatives: in plain arithmetic, to be read and compared with.
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms

  /// What is wrong with a datum `[D]`, or nil.
  func objection(to datum: ArraySlice<Float>) -> DataObjection?

  /// Whether data whose values all lie in a range need not be looked at one by one.
  func takesAll(in range: ClosedRange<Float>) -> Bool

  /// A datum that the likelihood takes, from as many draws of U(0, 1).
  func example(_ draws: ArraySlice<Double>) -> [Double]
}

extension LikelihoodModel {
  func objection(to datum: ArraySlice<Float>) -> DataObjection? {
    guard let index = datum.firstIndex(where: { !domain.contains($0) }) else { return nil }
    return DataObjection(column: index - datum.startIndex, demand: domain.demand)
  }

  func takesAll(in range: ClosedRange<Float>) -> Bool { domain.containsAll(in: range) }

  func example(_ draws: ArraySlice<Double>) -> [Double] { draws.map(domain.example) }

  func evaluate<S>(
    x: MatrixView<S>, outputs: MatrixView<S>, scale: Double, delta: MutableMatrixView<S>?, losses: MutableMatrixView<S>,
    math: VectorMath<S>
  ) {
    evaluate(LikelihoodRows(x: x, outputs: outputs, scale: scale, delta: delta, losses: losses), math: math)
  }

  /// E[x|z] where the first D outputs are that.
  func firstOutputs<S>(_ outputs: MatrixView<S>, into means: MutableMatrixView<S>) {
    means.copy(from: outputs.columns(0..<means.columns))
  }

  /// E[x|z] of an exponential family in its natural parameters o, −log p(x|z) = A(o) − x·o − log h(x): it is ∂A/∂o, the
  /// derivative at x = 0.
  func derivativeAtZero<S>(_ outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    let zero = Matrix<S>(rows: outputs.rows, columns: means.columns)
    var losses = Buffer<S>(count: outputs.rows)
    let view = losses.mutableView
    withExtendedLifetime((zero, losses)) {
      evaluate(x: zero.view, outputs: outputs, scale: 1, delta: means, losses: view, math: math)
    }
  }
}

/// What a reconstruction term is the negative logarithm of.
enum ReconstructionTerm {
  case probability, density
  /// A density of some columns and a probability of others.
  case densityAndProbability
  /// Of nothing: it is an error, a mean over dimensions.
  case error

  var isLogarithm: Bool {
    switch self {
    case .probability, .density, .densityAndProbability: true
    case .error: false
    }
  }

  /// What the sum of two of them is; an error and a logarithm have none.
  static func + (a: ReconstructionTerm, b: ReconstructionTerm) -> ReconstructionTerm {
    switch (a, b) {
    case (.error, _), (_, .error): .error
    case (.probability, .probability): .probability
    case (.density, .density): .density
    case (.densityAndProbability, _), (_, .densityAndProbability), (.probability, .density), (.density, .probability):
      .densityAndProbability
    }
  }
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

/// The names of the output layer's tensors, and of those with what a likelihood has besides.
enum OutputName {
  static let mean = "output"
  static let logVariance = "output_logvar"
  static let logScale = "output_logscale"
  static let logDispersion = "output_logdispersion"
}

/// A value of a datum that a likelihood does not take.
struct DataObjection {
  let column: Int
  /// What the likelihood takes instead, to follow its name.
  let demand: String

  /// Whether the value that is refused may be a grey level that has not been scaled: if all of the datum are bytes.
  func looksLikeGreyLevels(_ datum: ArraySlice<Float>) -> Bool {
    datum[datum.startIndex + column] > 1 && datum.allSatisfy { $0 == $0.rounded() && (0...255).contains($0) }
  }
}

/// The values that data may take.
enum ValueDomain {
  case finite
  /// [0, 1]
  case unit
  /// 0, 1, 2, …
  case counts

  func contains(_ value: Float) -> Bool {
    switch self {
    case .finite: value.isFinite
    case .unit: value >= 0 && value <= 1
    case .counts: value >= 0 && value.isFinite && value == value.rounded()
    }
  }

  func containsAll(in range: ClosedRange<Float>) -> Bool {
    self != .counts && contains(range.lowerBound) && contains(range.upperBound)
  }

  var demand: String {
    switch self {
    case .finite: "takes finite numbers"
    case .unit: "takes values from 0 to 1: scale the data, grey levels by what is white, or choose gaussian"
    case .counts: "takes counts, whole numbers from 0 on: choose gaussian or laplace for other numbers"
    }
  }

  /// A value from a draw of U(0, 1); a count from 0 to 6.
  func example(_ draw: Double) -> Double { self == .counts ? (7 * draw).rounded(.down) : draw }
}
