import VAECore

/// Whether synthetic rows are nearer to the rows that a model was trained on than to others of the same origin.
///
/// Of each synthetic row the nearest training row and the nearest held-out row are found, by the mean over the columns of
/// |x − y|/range, at most 1, of numbers (with the range of the real rows), and of 0 or 1 of equal and different texts. A value
/// that is missing in both rows makes no difference, one in one of them the largest. Of rows that know nothing of single
/// training rows, half are nearer to these; where copies were made, more are (Platzer and Reutterer 2021, "Holdout-based
/// empirical assessment of mixed-type synthetic data"; SDMetrics' DCROverfittingProtection, which scales by the range of
/// either set).
///
/// Among more rows the nearest one is nearer. So as many training rows as held-out ones take part: of the larger set, some
/// that a seed draws.
public struct ClosestRecords: Sendable, Encodable {
  enum CodingKeys: String, CodingKey {
    case share
    case nearerToTraining = "nearer_to_training"
    case nearerToHeldOut = "nearer_to_held_out"
    case equallyNear = "equally_near"
    case rows, records
    case trainingDistance = "median_distance_to_training"
    case heldOutDistance = "median_distance_to_held_out"
  }

  /// The share of the synthetic rows that are nearer to a training row than to any held-out one, of those that are as near
  /// to either the half. ½ is ideal; its standard error is about 1/(2·√rows).
  public let share: Double
  /// How many synthetic rows are nearer to a training row.
  public let nearerToTraining: Int
  /// How many are nearer to a held-out row.
  public let nearerToHeldOut: Int
  /// How many are as near to either, as where a row stands in both sets.
  public let equallyNear: Int
  /// How many synthetic rows took part: all, or as many as were to.
  public let rows: Int
  /// How many training rows took part, and how many held-out ones.
  public let records: Int
  /// The median distance of a synthetic row to the nearest training row.
  public let trainingDistance: Double
  /// The median distance of a synthetic row to the nearest held-out row.
  public let heldOutDistance: Double

  /// Of tables: training, synthetic and held-out rows.
  init(_ tables: MatchedTables, mostRows: Int, mostRecords: Int, seed: UInt64, execution: Execution) {
    rows = min(mostRows, tables.rowCounts[1])
    records = min(mostRecords, tables.rowCounts[0], tables.rowCounts[2])
    let distances = Self.distances(tables, rows: rows, records: records, seed: seed, execution: execution)
    nearerToTraining = distances.count { $0.training < $0.heldOut }
    nearerToHeldOut = distances.count { $0.training > $0.heldOut }
    equallyNear = rows - nearerToTraining - nearerToHeldOut
    share = (Double(nearerToTraining) + Double(equallyNear) / 2) / Double(rows)
    trainingDistance = Self.median(distances.map(\.training))
    heldOutDistance = Self.median(distances.map(\.heldOut))
  }

  /// Looks for the rows that are nearest to synthetic ones. The time is proportional to rows × records.
  ///
  /// - Parameters:
  ///   - training: the rows that the model was trained on.
  ///   - heldOut: others of the same origin.
  ///   - synthetic: the model's.
  ///   - mostRows: how many synthetic rows take part at most; drawn by the seed where there are more.
  ///   - mostRecords: how many training and how many held-out rows take part at most.
  ///   - seed: determines which rows take part.
  ///   - execution: on how many threads. No result depends on it.
  /// - Throws: where the tables' columns are not the same.
  public init(
    training: ComparedTable, heldOut: ComparedTable, synthetic: ComparedTable, mostRows: Int = 10_000,
    mostRecords: Int = 20_000, seed: UInt64 = 0, execution: Execution = Execution()
  ) throws(VAEError) {
    precondition(mostRows > 0 && mostRecords > 0, "\(mostRows) rows and \(mostRecords) records")
    self.init(
      try MatchedTables([("training rows", training), ("synthetic rows", synthetic), ("held-out rows", heldOut)]),
      mostRows: mostRows, mostRecords: mostRecords, seed: seed, execution: execution)
  }

  /// How far each of the synthetic rows that take part is from the nearest training and the nearest held-out row.
  private static func distances(
    _ tables: MatchedTables, rows: Int, records: Int, seed: UInt64, execution: Execution
  ) -> [(training: Double, heldOut: Double)] {
    func drawn(_ table: Int, _ count: Int) -> ScaledRecords {
      let rows = SelectionSampling.positions(
        tables.rowCounts[table], drawing: count, stream: NoiseStream(seed: seed, purpose: .subset, step: table))
      return ScaledRecords(tables, table: table, rows: rows, scaledBy: [0, 2])
    }
    let search = Search(synthetic: drawn(1, rows), training: drawn(0, records), heldOut: drawn(2, records))
    let team = ThreadTeam(threads: execution.threadCount())
    team.run((rows + Search.rows - 1) / Search.rows, search)
    return (0..<rows).map { search.distances[$0] }
  }

  /// The distances of all synthetic rows to sets of the same size.
  package static func distances(
    training: ComparedTable, heldOut: ComparedTable, synthetic: ComparedTable
  ) throws(VAEError) -> [(training: Double, heldOut: Double)] {
    let tables = try MatchedTables([
      ("training rows", training), ("synthetic rows", synthetic), ("held-out rows", heldOut),
    ])
    return distances(
      tables, rows: synthetic.rowCount, records: min(training.rowCount, heldOut.rowCount), seed: 0,
      execution: Execution())
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

/// Finds the nearest rows of some synthetic ones at a time.
private struct Search: TeamTask {
  static let rows = 64

  let synthetic: ScaledRecords
  let training: ScaledRecords
  let heldOut: ScaledRecords
  let distances: TaskResults<(training: Double, heldOut: Double)>

  init(synthetic: ScaledRecords, training: ScaledRecords, heldOut: ScaledRecords) {
    (self.synthetic, self.training, self.heldOut) = (synthetic, training, heldOut)
    distances = TaskResults(count: synthetic.count, (0, 0))
  }

  func run(worker: Int, index: Int) {
    for row in index * Self.rows..<min(synthetic.count, (index + 1) * Self.rows) {
      distances[row] = (
        training.nearestDistance(to: row, of: synthetic), heldOut.nearestDistance(to: row, of: synthetic)
      )
    }
  }
}
