/// What a likelihood must know: p(x|z) of one datum x `[D]` given the decoder's outputs `[P·D]`, P of them per dimension.
///
/// Everything is in plain arithmetic, one row at a time in double precision. A type of any program that conforms trains,
/// evaluates, verifies, explains and saves as the library's own do, which have vectorised kernels besides:
///
/// ```swift
/// struct Logistic: LikelihoodModel {
///   static let name = "logistic"
///   static let usual = Logistic()
///   static let settings: [Setting<Logistic>] = []
///
///   var formula: String { "−log p(x|z) = Σ_j [r_j + 2 log(1 + e^−r_j)], r_j = |x_j − OA_j|" }
///   var domain: ValueDomain? { .finite }
///   var term: ReconstructionTerm { .density }
///   var hasMinimum: Bool { true }
///   var takesBinarized: Bool { false }
///   func isReal(dataSize: Int) -> [Bool] { Array(repeating: true, count: dataSize) }
///   func outputs(dataSize: Int) -> [LayerOutput] { [LayerOutput(name: "output", size: dataSize)] }
///
///   func evaluate(x: Span<Double>, outputs: Span<Double>, derivatives: inout MutableSpan<Double>) -> Double {
///     var loss = 0.0
///     for j in x.indices {
///       let residual = x[j] - outputs[j]
///       loss += abs(residual) + 2 * log1p(exp(-abs(residual)))
///       derivatives[j] = -tanh(residual / 2)
///     }
///     return loss
///   }
///
///   func mean(of outputs: Span<Double>, into mean: inout MutableSpan<Double>) {
///     for j in mean.indices { mean[j] = outputs[j] }
///   }
///
///   func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
///     for j in x.indices {
///       var numbers = noise.numbers(column: j)
///       let u = numbers.uniform()
///       x[j] = outputs[j] + log(u / (1 - u))
///     }
///   }
/// }
///
/// try Likelihood.register(Logistic.self)
/// let likelihood = Likelihood(Logistic())
/// ```
///
/// Checkpoints and configurations name it; they are read by programs that have registered it.
public protocol LikelihoodModel: Choice {
  /// See ``Likelihood/formula``.
  var formula: String { get }

  /// What it is, in a few words for people.
  var title: String { get }

  // What has no default here would be a wrong number somewhere if it were forgotten.

  /// The values that data may take, each by itself; nil where ``objection(to:)`` decides.
  var domain: ValueDomain? { get }

  /// What the reconstruction term is the negative logarithm of, if of anything.
  var term: ReconstructionTerm { get }

  /// Whether the reconstruction term has a least value over all outputs, to be trained for.
  var hasMinimum: Bool { get }

  /// Of each of D columns, whether it is of real numbers, which another origin and unit only write differently.
  func isReal(dataSize: Int) -> [Bool]

  /// Whether values binarised to 0 and 1 are this likelihood's kind of data.
  var takesBinarized: Bool { get }

  /// The outputs of the decoder's last layer, in order.
  func outputs(dataSize: Int) -> [LayerOutput]

  /// The reconstruction term of a datum x `[D]` from the outputs `[P·D]`, after their activation, and, into `derivatives`
  /// `[P·D]`, its derivatives with respect to them. The density is normalised: constants are left out nowhere.
  func evaluate(x: Span<Double>, outputs: Span<Double>, derivatives: inout MutableSpan<Double>) -> Double

  /// mean `[D]` ← E[x|z] from the outputs `[P·D]`, after their activation.
  func mean(of outputs: Span<Double>, into mean: inout MutableSpan<Double>)

  /// x `[D]` ← a draw from p(x|z), given the outputs `[P·D]`, after their activation; of an error, of which there is no
  /// p(x|z), the mean. Column j takes its random numbers from `noise.numbers(column: j)` and no others.
  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>)

  /// Throws where the settings are not for data of that size. (What a setting may be by itself, its table says.)
  func validate(dataSize: Int) throws(VAEError)

  /// Of each of D columns, whether its numbers may be the indices of categories, which stand in no order.
  func takesCategories(dataSize: Int) -> [Bool]

  /// The biases of the first outputs that, where z says nothing, make the best of data with these means `[D]`; nil where
  /// they do not follow from means.
  func outputBias(means: [Double]) -> [Double]?

  /// Whether a value may be missing, which is a NaN: it has then no term in ``evaluate(x:outputs:derivatives:)`` and no derivative. Needed for
  /// ``Gaps`` and for the terms of single columns.
  var takesGaps: Bool { get }

  /// What is wrong with a datum `[D]`, or nil.
  func objection(to datum: ArraySlice<Float>) -> DataObjection?

  /// Whether data whose values all lie in a range need not be looked at one by one.
  func takesAll(in range: ClosedRange<Float>) -> Bool

  /// A datum that the likelihood takes, from as many draws of U(0, 1).
  func example(_ draws: ArraySlice<Double>) -> [Double]

  /// The same for so many columns, where settings that nobody gave follow from their number.
  func spanning(_ columns: Int) -> Self
}

extension LikelihoodModel {
  /// Its name.
  public var title: String { Self.name }

  /// Any size will do.
  public func validate(dataSize: Int) throws(VAEError) {}

  /// They are numbers.
  public func takesCategories(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  /// They do not follow.
  public func outputBias(means: [Double]) -> [Double]? { nil }

  /// No value may be.
  public var takesGaps: Bool { false }

  /// The first value outside the domain.
  public func objection(to datum: ArraySlice<Float>) -> DataObjection? {
    guard let domain, let index = datum.firstIndex(where: { !domain.contains($0) }) else { return nil }
    return DataObjection(column: index - datum.startIndex, demand: domain.demand)
  }

  /// Where the domain holds all of the range.
  public func takesAll(in range: ClosedRange<Float>) -> Bool { domain?.containsAll(in: range) ?? false }

  /// Values of the domain, each by itself.
  public func example(_ draws: ArraySlice<Double>) -> [Double] { draws.map { (domain ?? .finite).example($0) } }

  /// The same.
  public func spanning(_ columns: Int) -> Self { self }
}

/// What a reconstruction term is the negative logarithm of.
public enum ReconstructionTerm: Sendable {
  /// A probability.
  case probability
  /// A density.
  case density
  /// A density of some columns and a probability of others.
  case densityAndProbability
  /// Of nothing: it is an error, a mean over dimensions.
  case error

  /// Whether it is a logarithm at all.
  public var isLogarithm: Bool {
    switch self {
    case .probability, .density, .densityAndProbability: true
    case .error: false
    }
  }

  /// What the sum of two of them is; an error where either is one.
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

/// A value of a datum that a likelihood does not take.
public struct DataObjection: Sendable {
  /// Where it is in the datum.
  public let column: Int
  /// What the likelihood takes instead, to follow its name: "takes values from 0 to 1".
  public let demand: String

  /// An objection to the value in a column.
  public init(column: Int, demand: String) { (self.column, self.demand) = (column, demand) }

  /// Whether the value that is refused may be a grey level that has not been scaled: if all of the datum are bytes.
  func looksLikeGreyLevels(_ datum: ArraySlice<Float>) -> Bool {
    datum[datum.startIndex + column] > 1 && datum.allSatisfy { $0 == $0.rounded() && (0...255).contains($0) }
  }
}

/// The values that data may take.
public enum ValueDomain: Sendable {
  /// All finite numbers.
  case finite
  /// [0, 1]
  case unit
  /// 0, 1, 2, …
  case counts

  /// Whether it holds a value.
  public func contains(_ value: Float) -> Bool {
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
