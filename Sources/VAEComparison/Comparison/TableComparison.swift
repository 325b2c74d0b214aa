import VAECore

/// Synthetic rows beside real ones: how like each other their columns and pairs of columns are, whether rows were copied, and
/// what the synthetic ones are worth for training.
///
/// ```swift
/// let comparison = try TableComparison(
///   real: training, synthetic: synthetic, heldOut: heldOut, target: "income")
/// print(comparison.columnShapes ?? 0, comparison.newRows.share)
/// let page = ComparisonPage(comparison).html
/// ```
///
/// It can be encoded as JSON. The similarities are SDMetrics', and its numbers to 10⁻⁹, where it does not draw rows at random
/// (its report does among more than 50,000).
public struct TableComparison: Sendable, Encodable {
  enum CodingKeys: String, CodingKey {
    case realRows = "real_rows"
    case syntheticRows = "synthetic_rows"
    case heldOutRows = "held_out_rows"
    case columnShapes = "column_shapes"
    case qualityReport = "quality_report"
    case newRows = "new_rows"
    case closestRecords = "closest_records"
    case prediction
    case columns
    case pairTrends = "pair_trends"
  }

  /// How many real rows there are, without those held out.
  public let realRows: Int
  /// How many synthetic rows there are.
  public let syntheticRows: Int
  /// How many held-out rows there are.
  public let heldOutRows: Int?
  /// The mean of the columns' similarities; nil where no column has one.
  public let columnShapes: Double?
  /// What SDMetrics' QualityReport says of the same tables.
  public let qualityReport: QualityReport
  /// How many synthetic rows are no copies.
  public let newRows: NewRows
  /// Whether synthetic rows are nearer to training rows than to held-out ones, where there are such.
  public let closestRecords: ClosestRecords?
  /// What the synthetic rows are worth for training, where there are held-out rows and a target.
  public let prediction: TargetPrediction?
  /// Each column, in the real table's order.
  public let columns: [ColumnComparison]
  /// Each two columns.
  public let pairTrends: PairTrends

  /// The properties of SDMetrics' QualityReport (0.32), to stand beside numbers that others published.
  public struct QualityReport: Sendable, Encodable {
    enum CodingKeys: String, CodingKey {
      case columnShapes = "column_shapes"
      case columnPairTrends = "column_pair_trends"
      case score
    }

    /// The mean of the columns' similarities.
    public let columnShapes: Double?
    /// The mean of the pairs that have something to do with each other among the real rows, with each table's numbers cut at
    /// its own bins (``PairTrends/Binning/eachTable``).
    public let columnPairTrends: Double?
    /// The mean of both.
    public let score: Double?
  }

  /// Compares synthetic rows with real ones.
  ///
  /// - Parameters:
  ///   - real: the real rows; where a model was trained, the rows that it was trained on.
  ///   - synthetic: the synthetic rows.
  ///   - heldOut: real rows of the same origin that no model was trained on.
  ///   - target: the column of texts to predict; with held-out rows only.
  ///   - seed: determines which rows take part where not all do (``ClosestRecords``).
  ///   - execution: on how many threads. No result depends on it.
  /// - Throws: where the tables' columns are not the same, or the target cannot be predicted (``TargetPrediction``).
  public init(
    real: ComparedTable, synthetic: ComparedTable, heldOut: ComparedTable? = nil, target: String? = nil,
    seed: UInt64 = 0, execution: Execution = Execution()
  ) throws(VAEError) {
    if target != nil && heldOut == nil {
      throw VAEError(.configuration, "To predict column \(target!), there must be held-out rows to test on.")
    }
    var all = [("real rows", real), ("synthetic rows", synthetic)]
    if let heldOut { all.append(("held-out rows", heldOut)) }
    let tables = try MatchedTables(all)
    (realRows, syntheticRows, heldOutRows) = (real.rowCount, synthetic.rowCount, heldOut?.rowCount)
    // The target first: it is what can be refused.
    prediction = try target.map { name throws(VAEError) in try TargetPrediction(tables, target: name) }
    columns = tables.columns.map { ColumnComparison($0) }
    columnShapes = columns.map(\.similarity).meanOfPresent
    pairTrends = PairTrends(tables)
    let trends = PairTrends(tables, .eachTable).associatedMean
    qualityReport = QualityReport(
      columnShapes: columnShapes, columnPairTrends: trends, score: [columnShapes, trends].meanOfPresent)
    newRows = NewRows(tables)
    closestRecords =
      heldOut == nil
      ? nil : ClosestRecords(tables, mostRows: 10_000, mostRecords: 20_000, seed: seed, execution: execution)
  }
}
