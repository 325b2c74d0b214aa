/// A column of the real rows beside that of the synthetic ones.
public struct ColumnComparison: Sendable, Encodable {
  enum CodingKeys: String, CodingKey {
    case name, measure, similarity
    case realMissing = "real_missing"
    case syntheticMissing = "synthetic_missing"
    case marginal
  }

  /// By what a column's similarity is measured.
  public enum Measure: String, Sendable, Encodable {
    /// Of numbers: ``ColumnSimilarity/kolmogorovSmirnov(real:synthetic:)``.
    case kolmogorovSmirnov = "ks_complement"
    /// Of texts: ``ColumnSimilarity/totalVariation(real:synthetic:)``.
    case totalVariation = "tv_complement"
  }

  /// The column's name.
  public let name: String
  /// By what the similarity is measured.
  public let measure: Measure
  /// From 0 to 1; nil where a table has no value in this column.
  public let similarity: Double?
  /// The share of the real rows that have no value.
  public let realMissing: Double
  /// The share of the synthetic rows that have no value.
  public let syntheticMissing: Double
  /// How the values are distributed, to be drawn.
  public let marginal: Marginal

  init(_ column: MatchedTables.Column) {
    name = column.name
    switch column.values {
    case .numbers(let tables):
      measure = .kolmogorovSmirnov
      similarity = ColumnSimilarity.kolmogorovSmirnov(real: tables[0], synthetic: tables[1])
      realMissing = Double(tables[0].count(where: \.isNaN)) / Double(tables[0].count)
      syntheticMissing = Double(tables[1].count(where: \.isNaN)) / Double(tables[1].count)
      marginal = Marginal(real: tables[0], synthetic: tables[1])
    case .texts(let levels, let tables):
      measure = .totalVariation
      similarity = ColumnSimilarity.totalVariation(real: tables[0], synthetic: tables[1], levels: levels.count)
      realMissing = Double(tables[0].count { $0 < 0 }) / Double(tables[0].count)
      syntheticMissing = Double(tables[1].count { $0 < 0 }) / Double(tables[1].count)
      marginal = Marginal(levels: levels, real: tables[0], synthetic: tables[1])
    }
  }
}

extension Sequence<Double?> {
  /// The mean of what is there; nil where nothing is.
  var meanOfPresent: Double? {
    let present = compactMap { $0 }
    return present.isEmpty ? nil : present.reduce(0, +) / Double(present.count)
  }
}
