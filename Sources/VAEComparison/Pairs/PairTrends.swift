import VAECore

/// What each two columns have to do with each other, among the real rows and among the synthetic ones.
public struct PairTrends: Sendable, Encodable {
  enum CodingKeys: String, CodingKey {
    case pairs, mean
    case associatedMean = "associated_mean"
    case associatedCount = "associated_count"
  }

  /// Where a column of numbers is cut that is paired with one of texts: at ten bins of equal width, either way.
  public enum Binning: Sendable {
    /// Both tables at the bins of the real one; what lies outside is in the outer ones. So does SDMetrics' metric,
    /// ContingencySimilarity, where it is told which columns have numbers.
    case real
    /// Each table at bins of its own, so that a column whose synthetic values are all shifted looks the same. So does
    /// SDMetrics' QualityReport (0.32), to stand beside whose numbers this is for.
    case eachTable
  }

  /// Above which |ρ| of the real rows a pair of numbers is one that QualityReport counts (since 0.20).
  public static let correlationThreshold = 0.5
  /// Above which Cramér's V of the real rows another pair is one that it counts.
  public static let associationThreshold = 0.3

  /// Each two columns, in the real table's order.
  public let pairs: [PairComparison]
  /// The mean of all pairs' similarities; nil where no pair has one.
  public let mean: Double?
  /// The mean of those whose real columns have something to do with each other; nil where none have.
  public let associatedMean: Double?
  /// How many these are.
  public let associatedCount: Int

  init(_ tables: MatchedTables, _ binning: Binning = .real) {
    let columns = tables.columns.map { PairColumn($0, binning) }
    pairs = columns.indices.flatMap { first in
      columns[(first + 1)...].map { PairComparison(columns[first], $0) }
    }
    mean = pairs.map(\.similarity).meanOfPresent
    let associated = pairs.filter(\.isAssociated)
    (associatedMean, associatedCount) = (associated.map(\.similarity).meanOfPresent, associated.count)
  }

  /// Compares the columns of two tables.
  ///
  /// - Throws: where their columns are not the same.
  public init(real: ComparedTable, synthetic: ComparedTable, binning: Binning = .real) throws(VAEError) {
    self.init(try MatchedTables([("real rows", real), ("synthetic rows", synthetic)]), binning)
  }
}
