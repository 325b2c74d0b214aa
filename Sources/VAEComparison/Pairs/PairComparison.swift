/// What two columns have to do with each other, among the real rows and among the synthetic ones.
public struct PairComparison: Sendable, Encodable {
  enum CodingKeys: String, CodingKey {
    case first, second, measure, similarity
    case realCorrelation = "real_correlation"
    case syntheticCorrelation = "synthetic_correlation"
    case realAssociation = "real_association"
    case isAssociated = "is_associated"
  }

  /// By what a pair's similarity is measured.
  public enum Measure: String, Sendable, Encodable {
    /// Of two columns of numbers, SDMetrics' CorrelationSimilarity: 1 − |ρ_real − ρ_synthetic|/2 by Pearson's ρ of the rows
    /// that have both. (SDMetrics has none where ρ_real is exactly 0; here it is a correlation like others.)
    case correlation = "correlation_similarity"
    /// Of others, SDMetrics' ContingencySimilarity: 1 − ½ ΣΣ|R − S| with the shares of all combinations of values among the
    /// real and the synthetic rows. Numbers are cut into ten bins (``PairTrends/Binning``); a missing text is a value.
    case contingency = "contingency_similarity"
  }

  /// The first column's name.
  public let first: String
  /// The second column's name.
  public let second: String
  /// By what the similarity is measured.
  public let measure: Measure
  /// From 0 to 1; nil where there is no correlation: a column of one number, or fewer than two rows that have both.
  public let similarity: Double?
  /// ρ of the real rows, where both columns have numbers.
  public let realCorrelation: Double?
  /// ρ of the synthetic rows.
  public let syntheticCorrelation: Double?
  /// Cramér's V of the real rows, where one of the columns has texts and both have more than one value.
  public let realAssociation: Double?
  /// Whether the real columns have anything to do with each other: |ρ| above ``PairTrends/correlationThreshold``, or V above
  /// ``PairTrends/associationThreshold``. Of two that have not, synthetic ones are similar for nothing.
  public let isAssociated: Bool

  init(_ first: PairColumn, _ second: PairColumn) {
    (self.first, self.second) = (first.name, second.name)
    if let x = first.numbers, let y = second.numbers {
      measure = .correlation
      let isConstant = (x + y).contains(where: Correlation.isConstant)
      let real = isConstant ? nil : Correlation.pearson(x[0], y[0])
      let synthetic = isConstant ? nil : Correlation.pearson(x[1], y[1])
      if let real, let synthetic { similarity = 1 - abs(real - synthetic) / 2 } else { similarity = nil }
      (realCorrelation, syntheticCorrelation, realAssociation) = (real, synthetic, nil)
      isAssociated = similarity != nil && abs(real ?? 0) > PairTrends.correlationThreshold
    } else {
      measure = .contingency
      let tables = (0..<2).map { table in
        ContingencyTable(
          first.groups[table], groups: first.groupCount, by: second.groups[table], groups: second.groupCount)
      }
      similarity = tables[0].similarity(to: tables[1])
      (realCorrelation, syntheticCorrelation, realAssociation) = (nil, nil, tables[0].association)
      isAssociated = (realAssociation ?? 0) > PairTrends.associationThreshold
    }
  }
}

/// A column of the real and of the synthetic rows, made ready to be paired with others.
struct PairColumn {
  let name: String
  /// Of both tables, where the column has numbers.
  let numbers: [[Double]]?
  /// Of both tables, each row's group, from 0; all of one table's missing values are one group.
  let groups: [[Int32]]
  let groupCount: Int

  init(_ column: MatchedTables.Column, _ binning: PairTrends.Binning) {
    name = column.name
    switch column.values {
    case .numbers(let tables):
      numbers = Array(tables.prefix(2))
      groupCount = EqualWidthBins.groups
      switch binning {
      case .real:
        let bins = EqualWidthBins(of: tables[0], open: true)
        groups = tables.prefix(2).map(bins.groups)
      case .eachTable:
        groups = tables.prefix(2).map { EqualWidthBins(of: $0, open: false).groups($0) }
      }
    case .texts(let levels, let tables):
      numbers = nil
      groupCount = levels.count + 1
      groups = tables.prefix(2).map { $0.map { $0 + 1 } }
    }
  }
}
