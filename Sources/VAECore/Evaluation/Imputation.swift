import Foundation

/// Data whose missing values have been filled in, from p(x_missing | x_there) by importance sampling (Mattei and Frellsen 2019):
///
///     E[x_missing | x_there] ≈ Σ_k w_k E[x_missing | z_k],   w_k ∝ p(x_there|z_k) p(z_k) / q(z_k|x_there),   z_k ~ q(z|x_there)
///
/// Of what follows from p(x_missing | x_there), means are nearest to the truth; the draws of several analyses tell how much of their
/// results is owed to not knowing (Rubin 1987, "Multiple imputation for nonresponse in surveys").
public struct Imputation: Sendable {
  /// Where a value was missing.
  public struct Cell: Hashable, Sendable {
    /// The datum's position in its set.
    public let datum: Int
    /// The column.
    public let column: Int

    /// A value's place.
    public init(datum: Int, column: Int) { (self.datum, self.column) = (datum, column) }
  }

  /// What was missing, datum by datum.
  public internal(set) var cells: [Cell] = []
  /// Of each of the cells the mean, in the data's unit; of categories the most probable one.
  public internal(set) var values: [Double] = []
  /// As often as they were asked for, of each of the cells a draw, those of a datum together.
  public internal(set) var draws: [[Double]]
  /// (Σ w)² / Σ w² of the importance weights, averaged over the data with missing values: from 1 to K. Of few, an estimate is that of a few
  /// samples. Nil where nothing was missing.
  public internal(set) var effectiveSamples: Double?

  init(draws: Int) { self.draws = Array(repeating: [], count: draws) }

  /// The data `[N, D]` with some values in place of what is missing: ``values``, or one of ``draws``.
  ///
  /// - Throws: where the data are too many for the memory, or cannot be read.
  public func filling(_ data: some DataSource, with values: [Double]) throws(VAEError) -> Matrix<Double> {
    precondition(values.count == cells.count, "\(values.count) values for \(cells.count) cells")
    let set = try data.inMemory()
    var x = set.rows(0..<set.count, as: Double.self)
    for (cell, value) in zip(cells, values) { x[cell.datum, cell.column] = value }
    return x
  }
}

extension VariationalAutoencoder {
  /// Fills in the missing values of data; see ``Inference/impute(_:samples:draws:seed:)``.
  ///
  /// - Parameters:
  ///   - data: a set of the model's data, NaN where a value is missing.
  ///   - samples: K.
  ///   - draws: how many draws to take.
  ///   - seed: determines the samples, with what a datum's values are.
  ///   - execution: how it is done.
  /// - Throws: as ``Inference/impute(_:samples:draws:seed:)`` does.
  public func impute(
    _ data: some DataSource, samples: Int = 1000, draws: Int = 0, seed: UInt64 = 0, execution: Execution = Execution()
  ) throws -> Imputation {
    try Inference(self, execution: execution).impute(data, samples: samples, draws: draws, seed: seed)
  }
}

extension Inference {
  /// Fills in the missing values of data. What a datum's become depends on its own values, the seed and K, and on nothing beside it.
  ///
  /// - Parameters:
  ///   - data: a set of the model's data, NaN where a value is missing.
  ///   - samples: K, from 1 to 2²⁴.
  ///   - draws: how many draws to take, each in the company of one of the K samples that is drawn by the weights.
  ///   - seed: determines the samples, with what a datum's values are.
  /// - Throws: where the model takes no missing values or has an error in place of a p(x|z), the data are not the model's, or a weight is
  ///   not finite; and what the execution's `progress` does.
  public func impute(
    _ data: some DataSource, samples: Int = 1000, draws: Int = 0, seed: UInt64 = 0
  ) throws -> Imputation {
    precondition(draws >= 0, "\(draws) draws")
    try Self.check(samples: samples)
    let configuration = model.configuration
    guard configuration.gaps.areTaken else {
      throw VAEError(
        .configuration,
        "The model knows nothing of missing values: train one that takes them for what they are.", remedy: .trainOnGaps)
    }
    guard configuration.likelihood.isNormalized else {
      throw VAEError(
        .configuration,
        "A model with the error \(configuration.likelihood.name) has no p(x|z), and so no weights: train one with a likelihood."
      )
    }
    let set = try model.matching(data)
    var result = Imputation(draws: draws)
    var effective = 0.0
    var incompleteCount = 0
    for first in stride(from: 0, to: set.count, by: Self.dataPerImputation) {
      let chunk = try set.read(first..<min(first + Self.dataPerImputation, set.count))
      var incomplete: [(datum: Int, columns: [Int])] = []
      chunk.forEachDatum(as: Double.self) { index, values in
        let missing = values.indices.filter { values[$0].isNaN }.map { $0 - values.startIndex }
        if !missing.isEmpty { incomplete.append((index, missing)) }
      }
      if incomplete.isEmpty { continue }
      incompleteCount += incomplete.count
      try impute(
        chunk.read(incomplete.map { $0.datum..<$0.datum + 1 }), samples: samples, draws: draws, seed: seed
      ) { index, datum in
        effective += datum.weights.effectiveCount
        let (row, columns) = incomplete[index]
        result.cells += columns.map { Imputation.Cell(datum: first + row, column: $0) }
        let means = restored(datum.mean(configuration))
        result.values += columns.map { means[$0] }
        for draw in 0..<draws {
          let drawn = restored(datum.drawn[draw])
          result.draws[draw] += columns.map { drawn[$0] }
        }
      }
    }
    if incompleteCount > 0 { result.effectiveSamples = effective / Double(incompleteCount) }
    return result
  }

  /// The data that are looked through at a time.
  private static var dataPerImputation: Int { 8192 }

  /// Hands out what samples say of data each of which lacks something, in order.
  private func impute(
    _ data: Dataset, samples: Int, draws: Int, seed: UInt64, _ body: (_ index: Int, ImputedDatum) -> Void
  ) throws {
    var sums: [ImputedDatum] = []
    try forEachPass(
      over: data, samples: samples, binarization: try model.binarization(nil), seed: seed, noise: .byContent,
      work: .imputation
    ) { pass in
      if pass.firstSample == 0 {
        sums = pass.noisePlaces.map { ImputedDatum(model.configuration, draws: draws, seed: seed, place: $0) }
      }
      add(pass, to: &sums)
      guard pass.isLast else { return }
      for (datum, position) in zip(sums, pass.positions) {
        guard datum.weights.value.isFinite else { throw VAEError.notFinite("weight", of: position, in: data) }
        body(position, datum)
      }
    }
  }

  /// Adds what a pass's samples say of each of its data.
  private func add(_ pass: EvaluationPass<Element>, to sums: inout [ImputedDatum]) {
    let kernel = model.configuration.kernelOfValues
    let math = VectorMath<Element>()
    let count = kernel.expectationCount(dataSize: model.configuration.dataSize)
    var ratios = Buffer<Element>(count: pass.losses.count)
    var expectations = Matrix<Element>(rows: pass.losses.count, columns: count)
    let (ratioView, view) = (ratios.mutableView, expectations.mutableView)
    defer { withExtendedLifetime((ratios, expectations)) {} }
    pass.logRatio(into: ratioView)
    kernel.writeExpectations(of: pass.outputs, into: view, math: math)
    for index in sums.indices {
      for row in index * pass.samples..<(index + 1) * pass.samples {
        let logWeight = -Double(pass.losses[0, row]) - Double(ratioView[0, row])
        sums[index].add(logWeight, view.view.rows(row..<row + 1))
        sums[index].draw(logWeight, kernel, pass.outputs.rows(row..<row + 1))
      }
    }
  }

  /// Values in the data's units.
  private func restored(_ y: [Double]) -> [Double] { model.standardization?.restored(y) ?? y }
}

/// What the samples of one datum have come to.
private struct ImputedDatum {
  private(set) var weights = LogSumExp()
  /// The largest log w so far, and Σ w E, relative to it.
  private var (largest, sums): (Double, [Double])
  /// What was drawn.
  private(set) var drawn: [[Double]]
  /// Of each draw, the largest log w + g so far, and what the g come from: the sample of the largest is one that is drawn by the weights
  /// (Gumbel 1954), and nobody has to know them all before.
  private var highest: [Double]
  private var gumbel: [RandomNumbers]
  private let noises: [ObservationNoise]

  init(_ configuration: ModelConfiguration, draws: Int, seed: UInt64, place: UInt64) {
    let size = configuration.dataSize
    (largest, sums) = (
      -.infinity, Array(repeating: 0, count: configuration.kernelOfValues.expectationCount(dataSize: size))
    )
    drawn = Array(repeating: Array(repeating: 0, count: size), count: draws)
    highest = Array(repeating: -.infinity, count: draws)
    noises = (0..<draws).map { ObservationNoise(seed: seed, row: place, draw: $0) }
    gumbel = noises.map { $0.numbers(column: size) }
  }

  mutating func add<S>(_ logWeight: Double, _ expectations: MatrixView<S>) {
    weights.add(logWeight)
    if logWeight > largest {
      let factor = exp(largest - logWeight)
      for index in sums.indices { sums[index] *= factor }
      largest = logWeight
    }
    let weight = exp(logWeight - largest)
    if weight == 0 { return }
    for index in sums.indices { sums[index] += weight * Double(expectations[0, index]) }
  }

  mutating func draw<S>(_ logWeight: Double, _ kernel: any LikelihoodKernel, _ outputs: MatrixView<S>) {
    for draw in drawn.indices {
      let key = logWeight - log(-log(gumbel[draw].uniform()))
      guard key > highest[draw] else { continue }
      highest[draw] = key
      let row = (0..<outputs.columns).map { Double(outputs[0, $0]) }
      var x = drawn[draw].mutableSpan
      kernel.draw(from: row.span, noise: noises[draw], into: &x)
    }
  }

  /// Σ w E / Σ w as values.
  func mean(_ configuration: ModelConfiguration) -> [Double] {
    let sum = exp(weights.value - largest)
    return configuration.kernelOfValues.estimate(from: sums.map { $0 / sum })
  }
}
