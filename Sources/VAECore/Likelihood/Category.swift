import Foundation

/// Columns that hold the numbers of their categories, from 0 on, with a logit l = o + log f for each category, f its share in
/// `counts`:
///
///     −log p(x|z) = Σ_j log Σ_k e^l_jk − l_j[x_j],   derivative softmax_j(l)_k − [k = x_j]
///
/// The encoder takes each column in its one-hot form. Where x is no number, it has no term.
struct CategoryLikelihood: LikelihoodKernel {
  static let name = "category"
  static let usual = Self()
  static let settings = [
    Setting(
      "category_sizes", \Self.sizes, "Numbers of categories of the category likelihood's columns, as 3,4,2.",
      placeholder: "sizes", usual: ""),
    Setting(
      "category_counts", \Self.counts,
      "How often each category is there, column after column; there the category likelihood begins.",
      placeholder: "counts", usual: "equally often"),
    Setting(
      "category_choice", \Self.choice,
      "What is drawn from the category likelihood: a category by its probability, or the most probable one."),
  ]
  static let refusals = [outputActivationSetting: "it takes logits and applies the softmax itself"]

  /// The most categories of all columns.
  private static let limit = 1 << 24

  /// How many categories each column has.
  var sizes: [Int] = [] { didSet { update() } }
  /// Of each category of each column; none where all are equally frequent.
  var counts: [Int] = [] { didSet { update() } }
  /// What is drawn.
  var choice = Likelihood.CategoryChoice.drawn
  /// log f, with one more of each category than there are, so that none is impossible.
  private(set) var logShares: [Double] = []

  init(sizes: [Int] = [], counts: [Int] = [], choice: Likelihood.CategoryChoice = .drawn) {
    (self.sizes, self.counts, self.choice) = (sizes, counts, choice)
    update()
  }

  /// Sizes that cannot be, as validating will say, have no outputs.
  private mutating func update() {
    var total = 0
    for size in sizes { total = size > 0 && size <= Self.limit - total ? total + size : Self.limit + 1 }
    guard total <= Self.limit else {
      logShares = []
      return
    }
    let counts = counts.count == total && counts.allSatisfy { $0 >= 0 } ? counts : Array(repeating: 0, count: total)
    logShares = Self.ranges(sizes).flatMap { range in
      let sum = counts[range].reduce(0) { $0 + Double($1) + 1 }
      return counts[range].map { log((Double($0) + 1) / sum) }
    }
  }

  private static func ranges(_ sizes: [Int]) -> [Range<Int>] {
    var first = 0
    return sizes.map { size in
      defer { first += size }
      return first..<first + size
    }
  }

  /// Where each column's outputs are, and its features.
  var ranges: [Range<Int>] { logShares.isEmpty ? [] : Self.ranges(sizes) }

  var formula: String { "−log p(x|z) = Σ_j [log Σ_k e^OA_jk − OA_j[x_j]]" }

  var domain: ValueDomain? { nil }
  var term: ReconstructionTerm { .probability }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }
  func takesCategories(dataSize: Int) -> [Bool] { Array(repeating: true, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] { [LayerOutput(name: OutputName.mean, size: logShares.count)] }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    math.category(rows, sizes: sizes, offsets: logShares)
  }

  var hasFeatures: Bool { true }
  func featureCount(dataSize: Int) -> Int { logShares.count }

  func writeFeatures<S>(of x: MatrixView<S>, into features: MutableMatrixView<S>, math: VectorMath<S>) {
    math.categoryFeatures(of: x, sizes: sizes, into: features)
  }

  func expectationCount(dataSize: Int) -> Int { logShares.count }

  /// The probabilities: the softmax of each column.
  func writeExpectations<S>(
    of outputs: MatrixView<S>, into expectations: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    let ranges = ranges
    forEachRow(outputs, into: expectations) { outputs, probabilities in
      for range in ranges {
        let logits = range.map { outputs[$0] + logShares[$0] }
        let highest = logits.max()!
        let sum = logits.reduce(0) { $0 + exp($1 - highest) }
        for (index, logit) in zip(range, logits) { probabilities[index] = exp(logit - highest) / sum }
      }
    }
  }

  func estimate(from expectations: [Double]) -> [Double] {
    ranges.map { range in
      Double(range.reduce(range.lowerBound) { expectations[$1] > expectations[$0] ? $1 : $0 } - range.lowerBound)
    }
  }

  /// The most probable category, in place of a mean that numbers of categories do not have.
  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    let ranges = ranges
    forEachRow(outputs, into: means) { outputs, means in
      for (column, range) in ranges.enumerated() {
        means[column] = mostProbable(range) { outputs[$0] }
      }
    }
  }

  /// The number of a column's category with the highest logit.
  private func mostProbable(_ range: Range<Int>, _ output: (Int) -> Double) -> Double {
    let best = range.reduce(range.lowerBound) { output($1) + logShares[$1] > output($0) + logShares[$0] ? $1 : $0 }
    return Double(best - range.lowerBound)
  }

  /// OA is l, the logits: a softmax would tie each to all of its column.
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let logits = zip(o, logShares).map { $0 + $1 }
    var (loss, derivatives): (Double, [Double]) = (0, [])
    for (column, range) in ranges.enumerated() {
      let highest = logits[range].max()!
      let sum = logits[range].reduce(0) { $0 + exp($1 - highest) }
      let own = range.lowerBound + Int(x[column])
      loss += highest + log(sum) - logits[own]
      derivatives += range.map { exp(logits[$0] - highest) / sum - ($0 == own ? 1 : 0) }
    }
    return OutputTerms(loss: loss, activations: logits, slopes: o.map { _ in 1 }, derivatives: derivatives)
  }

  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    for (column, range) in ranges.enumerated() {
      switch choice {
      case .drawn:
        var numbers = noise.numbers(column: column)
        x[column] = Double(
          numbers.index(count: range.count) { logShares[range.lowerBound + $0] + outputs[range.lowerBound + $0] })
      case .mostProbable: x[column] = mostProbable(range) { outputs[$0] }
      }
    }
  }

  func objection(to datum: ArraySlice<Float>) -> DataObjection? {
    for (column, size) in sizes.enumerated() {
      let value = datum[datum.startIndex + column]
      if !(value >= 0 && value < Float(size) && value == value.rounded()) {
        return DataObjection(
          column: column, demand: "takes the numbers of \(size) categories, whole numbers from 0 to \(size - 1)")
      }
    }
    return nil
  }

  func validate(dataSize: Int) throws(VAEError) {
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !condition { throw VAEError(.configuration, problem()) }
    }
    try check(
      !sizes.isEmpty,
      "The category likelihood needs its sizes (category_sizes), each column's number of categories, as 3,4,2.")
    try check(
      sizes.count == dataSize,
      "The category likelihood has sizes (category_sizes) of \(sizes.count) columns; the data have \(dataSize) values.")
    try check(
      !logShares.isEmpty,
      "The category likelihood's columns must have at least 1 category each, and at most \(Self.limit) together.")
    try check(
      counts.isEmpty || counts.count == logShares.count && counts.allSatisfy { $0 >= 0 },
      "The category likelihood's counts (category_counts) are \(counts.count), for \(logShares.count) categories; there must "
        + "be one for each, none below 0.")
  }

  func example(_ draws: ArraySlice<Double>) -> [Double] {
    zip(draws, sizes).map { draw, size in min((draw * Double(size)).rounded(.down), Double(size - 1)) }
  }
}

extension Likelihood {
  /// −log p(x|z) = Σ_j log Σ_k e^l_jk − l_j[x_j], for columns that hold the numbers of their categories, from 0 on: `sizes` are
  /// how many each column has. The encoder takes their one-hot form.
  ///
  /// The logits l are the outputs plus the logarithms of the shares in `counts`, how often each category of each column is
  /// there (one column after the other), so that a model begins at the frequencies of its data.
  ///
  /// Numbers of categories have no mean; the most probable category takes its place, and that of a draw where `choice` says so.
  public static func category(sizes: [Int], counts: [Int] = [], choice: CategoryChoice = .drawn) -> Likelihood {
    Likelihood(CategoryLikelihood(sizes: sizes, counts: counts, choice: choice))
  }

  /// What is drawn of categories.
  public enum CategoryChoice: String, Sendable, CaseIterable, SettingRepresentable {
    /// One by its probability.
    case drawn
    /// The most probable one, so that rare ones are never there.
    case mostProbable = "most-probable"
  }
}
