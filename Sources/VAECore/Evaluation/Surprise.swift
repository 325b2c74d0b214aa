import Foundation

/// A value that a model did not expect, and what it expected.
public struct Surprise: Sendable, Hashable {
  /// Its column.
  public let column: Int
  /// The value.
  public let value: Double
  /// By how many nats its term −log p(x_j|z) lies above the mean of what the model draws there: whatever the column's unit, 0 is as
  /// expected.
  public let excess: Double
  /// What the model expects there: the mean of what it draws, of categories the most frequent one.
  public let expected: Double
  /// The standard deviation of what the model draws there; nil of categories.
  public let deviation: Double?
  /// The share of draws that are the expected category; nil of numbers.
  public let share: Double?
}

extension Inference {
  /// Of each datum of a set the columns that raise its score the most beyond what the model expects, by a nat at least, the worst first.
  ///
  /// The model is asked for draws x' from p(x|z), z from q(z|x), and a column's value is as surprising as its term lies above the mean of the
  /// draws' terms.
  ///
  /// - Parameters:
  ///   - data: a set of the model's data.
  ///   - count: how many columns of each datum, at most.
  ///   - binarization: what becomes of grey values; what became of them in training where nil.
  ///   - seed: determines the draws, with what a datum's values are.
  /// - Throws: as ``scoreByColumn(_:samples:binarization:seed:)`` does, and where the model has an error in place of a p(x|z).
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
    var result: [[Surprise]] = []
    result.reserveCapacity(data.count)
    try forEachPass(
      over: data, samples: Self.samplesPerSurprise, binarization: try model.binarization(binarization), seed: seed,
      noise: .byContent, work: .loss
    ) { pass in
      // (All samples of a datum are in one pass, or its columns are judged by the first of them.)
      guard pass.firstSample == 0 else { return }
      for index in pass.positions.indices {
        result.append(surprises(pass, index - pass.positions.startIndex, kernel, count: count, seed: seed))
      }
    }
    return result
  }

  private static var samplesPerSurprise: Int { 4 }
  private static var drawsPerSample: Int { 32 }
  /// Less is what anything differs by from a mean.
  private static var leastExcess: Double { 1 }

  private func surprises(
    _ pass: EvaluationPass<Element>, _ index: Int, _ kernel: any LikelihoodKernel, count: Int, seed: UInt64
  ) -> [Surprise] {
    let size = model.configuration.dataSize
    let rows = index * pass.samples..<(index + 1) * pass.samples
    let draws = pass.samples * Self.drawsPerSample
    var outputs = Matrix<Element>(rows: draws, columns: pass.outputs.columns)
    var drawn = Matrix<Element>(rows: draws, columns: size)
    var terms = Matrix<Element>(rows: draws, columns: size)
    var own = Matrix<Element>(rows: pass.samples, columns: size)
    let views = (outputs.mutableView, drawn.mutableView, terms.mutableView, own.mutableView)
    defer { withExtendedLifetime((outputs, drawn, terms, own)) {} }
    var x = [Double](repeating: 0, count: size)
    for draw in 0..<draws {
      let row = rows.lowerBound + draw / Self.drawsPerSample
      views.0.rows(draw..<draw + 1).copy(from: pass.outputs.rows(row..<row + 1))
      let values = (0..<pass.outputs.columns).map { Double(pass.outputs[row, $0]) }
      var span = x.mutableSpan
      let noise = ObservationNoise(seed: seed, row: pass.noisePlaces[index], draw: draw)
      kernel.draw(from: values.span, noise: noise, into: &span)
      x.withUnsafeBufferPointer { views.1.setRow(draw, to: $0, times: 1) }
    }
    kernel.writeTerms(of: views.1.view, outputs: views.0.view, into: views.2, math: VectorMath())
    kernel.writeTerms(
      of: pass.x.rows(index..<index + 1), outputs: pass.outputs.rows(rows), into: views.3, math: VectorMath())
    let isCategory = model.configuration.likelihood.model.takesCategories(dataSize: size)
    let surprises = (0..<size).compactMap { column -> Surprise? in
      let value = Double(pass.x[index, column])
      if value.isNaN { return nil }
      let term = (0..<pass.samples).reduce(0) { $0 + Double(own[$1, column]) } / Double(pass.samples)
      let usual = (0..<draws).reduce(0) { $0 + Double(terms[$1, column]) } / Double(draws)
      let values = (0..<draws).map { Double(drawn[$0, column]) }
      return Surprise(
        column, value, excess: term - usual, draws: values, areCategories: isCategory[column], model.standardization)
    }
    return Array(surprises.filter { $0.excess >= Self.leastExcess }.sorted { $0.excess > $1.excess }.prefix(count))
  }
}

extension Surprise {
  /// By what was drawn in its place, in the model's unit.
  fileprivate init(
    _ column: Int, _ value: Double, excess: Double, draws: [Double], areCategories: Bool, _ unit: Standardization?
  ) {
    let (shift, factor) = unit.map { ($0.means[column], $0.deviations[column]) } ?? (0, 1)
    let moments = draws.reduce(into: RunningMoments()) { $0.add($1) }
    let counts = areCategories ? Dictionary(draws.map { ($0, 1) }, uniquingKeysWith: +) : [:]
    // Of equally frequent ones the first.
    let best = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
    self.init(
      column: column, value: shift + factor * value, excess: excess,
      expected: shift + factor * (best?.key ?? moments.mean),
      deviation: areCategories ? nil : factor * moments.variance.squareRoot(),
      share: best.map { Double($0.value) / Double(draws.count) })
  }
}
