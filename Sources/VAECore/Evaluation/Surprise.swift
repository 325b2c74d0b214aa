/// A value that a model did not expect beside a datum's others, and what it expected.
public struct Surprise: Sendable, Hashable {
  /// What is expected in a value's place.
  public struct Expectation: Sendable, Hashable {
    /// The mean of what the model draws there; of categories the most frequent one.
    public let value: Double
    /// The standard deviation of what the model draws there; nil of categories.
    public let deviation: Double?
    /// The part of the draws that are meant.
    public let share: Double
  }

  /// Its column.
  public let column: Int
  /// The value.
  public let value: Double
  /// −log p(x_j | x_−j), above what the model draws there has (Rényi's entropy of order ½), in nats: of a Gaussian, half the square of the
  /// deviations from the mean, less 0.7.
  public let excess: Double
  /// What the model expects there: one, or, of a number between two peaks, those below it and those above.
  public let expected: [Expectation]
}

extension Inference {
  /// Of each datum of a set the columns whose values are the least expected beside its others, x_−j, by a nat at least, the worst first: those
  /// with the largest
  ///
  ///     −log p(x_j | x_−j) − 2 log E[p(x'_j | x_−j)^−½],   x'_j ~ p(x_j | x_−j)
  ///
  /// What is taken off is Rényi's entropy of order ½: of a column with many rare values one is expected, whichever it is. A value that
  /// contradicts another is found even where q(z|x) has made room for both. Looked at are the columns whose terms −log p(x_j|z), z ~ q(z|x),
  /// lie the highest above what the model draws, sixteen of them, which are all of most tables.
  ///
  /// - Parameters:
  ///   - data: a set of the model's data.
  ///   - count: how many columns of each datum, at most.
  ///   - binarization: what becomes of grey values; what became of them in training where nil.
  ///   - seed: determines the draws, with what a datum's values are.
  /// - Throws: as ``scoreByColumn(_:samples:within:binarization:seed:)`` does, and where the model has an error in place of a p(x|z).
  public func surprises(
    in data: some DataSource, count: Int, binarization: Binarization? = nil, seed: UInt64 = 0
  ) throws -> [[Surprise]] {
    precondition(count > 0, "\(count) columns")
    let kernel = try model.kernelOfColumns()
    guard model.configuration.likelihood.isNormalized else {
      throw VAEError(
        .configuration,
        "A model with the error \(model.configuration.likelihood.name) has no p(x|z), and expects nothing that could be drawn."
      )
    }
    let set = try model.matching(data)
    var result: [[Surprise]] = []
    result.reserveCapacity(set.count)
    for first in stride(from: 0, to: set.count, by: TaskShape.dataPerInference) {
      let chunk = try set.read(first..<min(first + TaskShape.dataPerInference, set.count))
      var screened: [ScreenedDatum<Element>] = []
      try forEachPass(
        over: chunk, samples: ScreenedDatum<Element>.samples, binarization: try model.binarization(binarization),
        seed: seed, noise: .byContent, work: .loss
      ) { pass in
        for index in pass.positions.indices {
          screened.append(ScreenedDatum(pass, index - pass.positions.startIndex, kernel, seed: seed))
        }
      }
      for datum in screened {
        let conditional = LeaveOneOut(datum, self, kernel, seed: seed)
        result.append(conditional.surprises(count: count, unit: model.standardization))
      }
    }
    return result
  }
}

extension Surprise {
  /// By what was drawn in its place, in the model's unit.
  init(
    _ column: Int, _ value: Double, excess: Double, _ draws: WeightedDraws, areCategories: Bool,
    _ unit: Standardization?
  ) {
    let draws = draws.all
    let (shift, factor) = unit.map { ($0.means[column], $0.deviations[column]) } ?? (0, 1)
    func expectation(_ some: [(value: Double, weight: Double)]) -> Expectation {
      let share = some.reduce(0) { $0 + $1.weight }
      let mean = some.reduce(0) { $0 + $1.value * $1.weight } / share
      let variance = some.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) * $1.weight } / share
      return Expectation(value: shift + factor * mean, deviation: factor * variance.squareRoot(), share: share)
    }
    var expected = [expectation(draws)]
    if areCategories {
      let shares = Dictionary(draws.map { ($0.value, $0.weight) }, uniquingKeysWith: +)
      // Of equally frequent ones the first.
      let best = shares.max { ($0.value, $1.key) < ($1.value, $0.key) }!
      expected = [Expectation(value: shift + factor * best.key, deviation: nil, share: best.value)]
    } else if abs(shift + factor * value - expected[0].value) < expected[0].deviation ?? 0 {
      // A mean that the value is near to would explain nothing.
      let parts = [draws.filter { $0.value < value }, draws.filter { $0.value > value }].map(expectation)
      if parts.allSatisfy({ $0.share > 0.01 }) { expected = parts }
    }
    self.init(
      column: column, value: shift + factor * value, excess: excess, expected: expected)
  }
}
