import Foundation

/// A likelihood of data some of whose values are missing (``Gaps``), and are NaN:
///
///     −log p(x|z) = Σ over the values that are there,
///
/// which every kernel leaves to x, and, where patterns are modelled and counted, + Σ_j softplus(l_j) − m_j l_j over the columns j that
/// lack values, l = o + the log-odds of their rates, m_j = 1 where value j is missing.
///
/// The encoder takes what it takes of the other likelihood with 0 where that is NaN, and m beside it. Where patterns are modelled, m says that
/// a value is missing from the datum; who asks for what is missing, and does not count it, has it hidden (``Hiding``): −1.
struct GappedLikelihood: LikelihoodKernel {
  private var values: any LikelihoodKernel
  private let dataSize: Int
  /// The columns that have an m.
  private let columns: [Int]
  /// Of each of them.
  private let logOdds: [Double]
  private let isPatterned, countsPatterns: Bool
  /// How many of the outputs are the values'.
  private let valueOutputs: Int

  init(_ values: any LikelihoodKernel, dataSize: Int, _ gaps: Gaps, countsPatterns: Bool) {
    (self.values, self.dataSize, self.countsPatterns) = (values, dataSize, countsPatterns)
    // Rates that cannot be, as validating will say, are of no column.
    columns = gaps.rates.count == dataSize ? gaps.columns : []
    logOdds = columns.map { log(gaps.rates[$0] / (1 - gaps.rates[$0])) }
    isPatterned = gaps.arePatterned
    valueOutputs = values.outputs(dataSize: dataSize).reduce(0) { $0 + $1.size }
  }

  static var name: String { "gapped" }
  static var usual: Self { Self(BernoulliLikelihood(), dataSize: 1, Gaps(), countsPatterns: false) }
  static var settings: [Setting<Self>] { [] }

  static func == (a: Self, b: Self) -> Bool {
    a.values.equals(b.values) && a.columns == b.columns && a.logOdds == b.logOdds && a.isPatterned == b.isPatterned
      && a.countsPatterns == b.countsPatterns
  }

  func hash(into hasher: inout Hasher) {
    values.hash(into: &hasher)
    logOdds.hash(into: &hasher)
  }

  var formula: String { values.formula + " over what is there" }
  var title: String { values.title }
  var domain: ValueDomain? { nil }
  var term: ReconstructionTerm { values.term }
  var hasMinimum: Bool { values.hasMinimum }
  var takesBinarized: Bool { values.takesBinarized }
  func isReal(dataSize: Int) -> [Bool] { values.isReal(dataSize: dataSize) }
  func takesCategories(dataSize: Int) -> [Bool] { values.takesCategories(dataSize: dataSize) }
  func validate(dataSize: Int) throws(VAEError) { try values.validate(dataSize: dataSize) }
  func outputBias(means: [Double]) -> [Double]? { values.outputBias(means: means) }
  func example(_ draws: ArraySlice<Double>) -> [Double] { values.example(draws) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    let pattern = LayerOutput(name: OutputName.gap, size: columns.count)
    return values.outputs(dataSize: dataSize) + (isPatterned && !columns.isEmpty ? [pattern] : [])
  }

  /// What is wrong with the values that are there, in the company of others that are right.
  func objection(to datum: ArraySlice<Float>) -> DataObjection? {
    guard datum.contains(where: \.isNaN) else { return values.objection(to: datum) }
    let others = values.example(Array(repeating: 0.5, count: datum.count)[...])
    let whole = zip(datum, others).map { $0.isNaN ? Float($1) : $0 }
    return values.objection(to: whole[...])
  }

  // MARK: The encoder's

  /// What stands beside a value that may be there, and is not shown.
  static let hiddenMark = -1.0

  var hasFeatures: Bool { true }
  func featureCount(dataSize: Int) -> Int { values.featureCount(dataSize: dataSize) + columns.count }

  func writeFeatures<S>(of x: MatrixView<S>, into features: MutableMatrixView<S>, math: VectorMath<S>) {
    let count = values.featureCount(dataSize: dataSize)
    let taken = features.columns(0..<count)
    values.writeFeatures(of: x, into: taken, math: math)
    let mark = S(isPatterned && !countsPatterns ? Self.hiddenMark : 1)
    for row in 0..<x.rows {
      for column in 0..<count where taken[row, column].isNaN { taken[row, column] = 0 }
      for (index, column) in columns.enumerated() { features[row, count + index] = x[row, column].isNaN ? mark : 0 }
    }
  }

  // MARK: The decoder's

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    values.evaluate(rows.columns(0..<dataSize, outputs: 0..<valueOutputs, adds: rows.adds), math: math)
    guard isPatterned, countsPatterns, !columns.isEmpty else { return }
    let patterns = valueOutputs..<valueOutputs + columns.count
    // A few rows at a time: m and l.
    let most = 32
    withUnsafeTemporaryAllocation(of: S.self, capacity: 2 * most * rows.samples * columns.count) { memory in
      memory.initialize(repeating: 0)
      for first in stride(from: 0, to: rows.x.rows, by: most) {
        let data = first..<min(first + most, rows.x.rows)
        let samples = data.lowerBound * rows.samples..<data.upperBound * rows.samples
        func matrix(_ offset: Int, rows: Int) -> MutableMatrixView<S> {
          MutableMatrixView(
            UnsafeMutableBufferPointer(rebasing: memory[offset..<offset + rows * columns.count]), rows: rows,
            columns: columns.count)
        }
        let (m, l) = (matrix(0, rows: data.count), matrix(most * columns.count, rows: samples.count))
        for (row, datum) in data.enumerated() {
          for (index, column) in columns.enumerated() { m[row, index] = rows.x[datum, column].isNaN ? 1 : 0 }
        }
        for (row, sample) in samples.enumerated() {
          for (index, offset) in logOdds.enumerated() {
            l[row, index] = rows.outputs[sample, valueOutputs + index] + S(offset)
          }
        }
        math.bernoulli(
          LikelihoodRows(
            x: m.view, outputs: l.view, scale: rows.scale, delta: rows.delta?.rows(samples).columns(patterns),
            losses: rows.losses.columns(samples), adds: true))
      }
    }
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    values.mean(of: outputs.columns(0..<valueOutputs), into: means, math: math)
  }

  func writeTerms<S>(
    of x: MatrixView<S>, outputs: MatrixView<S>, into terms: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    values.writeTerms(of: x, outputs: outputs.columns(0..<valueOutputs), into: terms, math: math)
  }

  func part(of column: Int, dataSize: Int) -> LikelihoodPart { values.part(of: column, dataSize: dataSize) }

  func within(_ deviations: Double) -> (any LikelihoodKernel)? {
    guard let blurred = values.within(deviations) else { return nil }
    var gapped = self
    gapped.values = blurred
    return gapped
  }

  func expectationCount(dataSize: Int) -> Int { values.expectationCount(dataSize: dataSize) }

  func writeExpectations<S>(
    of outputs: MatrixView<S>, into expectations: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    values.writeExpectations(of: outputs.columns(0..<valueOutputs), into: expectations, math: math)
  }

  func estimate(from expectations: [Double]) -> [Double] { values.estimate(from: expectations) }

  /// With NaN where a value is drawn to be missing.
  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    values.draw(from: outputs.extracting(0..<valueOutputs), noise: noise, into: &x)
    guard isPatterned, countsPatterns else { return }
    let rates = columns.indices.map { Activation.sigmoid.value(outputs[valueOutputs + $0] + logOdds[$0]) }
    var missing = columns.indices.filter { index in
      var numbers = noise.numbers(column: dataSize + index)
      return numbers.uniform() < rates[index]
    }
    // No datum lacks everything.
    if missing.count == dataSize, let likeliest = missing.min(by: { rates[$0] < rates[$1] }) {
      missing.removeAll { $0 == likeliest }
    }
    for index in missing { x[columns[index]] = .nan }
  }

  /// Of a datum without gaps.
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    precondition(!x.contains(where: \.isNaN), "the terms of a datum with missing values")
    let terms = values.terms(x: x, preActivations: Array(o[..<valueOutputs]))
    let l = zip(o[valueOutputs...], logOdds).map { $0 + $1 }
    return OutputTerms(
      loss: l.reduce(terms.loss) { $0 + max($1, 0) + log1p(exp(-abs($1))) },
      activations: terms.activations + l.map(Activation.sigmoid.value),
      slopes: terms.slopes + l.map(Activation.sigmoid.slope),
      derivatives: terms.derivatives + l.map { 1 / Activation.sigmoid.value(-$0) })
  }
}
