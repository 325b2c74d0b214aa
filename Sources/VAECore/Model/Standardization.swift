import Foundation

/// How a model sees its data: y = (x − m) / s, with the mean m and the standard deviation s that each column has in the
/// training set.
///
/// A part of the model: wherever data go in or come out, they are in their own units, and −log p(x|z) = −log p(y|z) +
/// Σ log s is the density of the data as they are.
public struct Standardization: Sendable, Hashable, Codable {
  /// m `[D]`; 0 of columns that stay as they are.
  public let means: [Double]
  /// s `[D]`; 1 of columns that stay as they are.
  public let deviations: [Double]

  /// Whether these can be of data of that size.
  func isPossible(dataSize: Int) -> Bool {
    means.count == dataSize && deviations.count == dataSize && means.allSatisfy(\.isFinite)
      && deviations.allSatisfy { $0 > 0 && $0.isFinite }
  }

  /// Columns' means and standard deviations `[D]`, which must be positive.
  public init(means: [Double], deviations: [Double]) {
    precondition(
      means.count == deviations.count && deviations.allSatisfy { $0 > 0 },
      "\(means.count) means and \(deviations.count) deviations")
    self.means = means
    self.deviations = deviations
  }

  /// Of a data set, read once from the beginning to the end, for the columns that the likelihood takes for real numbers
  /// (``Likelihood/standardizes(dataSize:)``). A column that never changes is only moved to 0.
  ///
  /// - Parameters:
  ///   - data: the set.
  ///   - likelihood: the model's.
  ///   - gaps: whether values may be missing; means and deviations are then of those that are there.
  /// - Throws: where the likelihood has no such column, or the data are not its own or cannot be read.
  public init(of data: some DataSource, likelihood: Likelihood, gaps: Gaps = Gaps()) throws(VAEError) {
    let isReal = likelihood.standardizes(dataSize: data.dataSize)
    guard isReal.contains(true) else {
      throw VAEError(
        .configuration,
        "Standardising is for columns of real numbers, with a gaussian or a laplace likelihood whose mean has the "
          + "activation identity; the likelihood is \(likelihood.name).")
    }
    var moments = isReal.map { _ in RunningMoments() }
    try data.forEachChunk { _, chunk throws(VAEError) in
      try likelihood.check(chunk, gaps: gaps)
      chunk.forEachDatum(as: Double.self) { (_, values) throws(Never) in
        for (column, value) in values.enumerated() where isReal[column] && !value.isNaN { moments[column].add(value) }
      }
    }
    self.init(
      means: moments.map(\.mean), deviations: moments.map { $0.variance > 0 ? $0.variance.squareRoot() : 1 })
  }

  /// Σ log s, in nats: by how much −log p(x|z) lies above −log p(y|z).
  public var logVolume: Double { deviations.reduce(0) { $0 + log($1) } }

  /// x `[D]` of one y.
  package func restored(_ y: [Double]) -> [Double] { y.indices.map { y[$0] * deviations[$0] + means[$0] } }

  /// y of one datum x `[D]`.
  package func standardized(_ x: [Double]) -> [Double] {
    x.indices.map { (x[$0] - means[$0]) / deviations[$0] }
  }
}

extension VariationalAutoencoder {
  /// The model's standardisation, ready to be applied.
  var scaling: Scaling? {
    standardization.map {
      Scaling(
        means: $0.means, deviations: $0.deviations,
        isDensity: configuration.likelihood.isNormalized,
        takesGaps: configuration.gaps.areTaken)
    }
  }
}
