/// The columns of a table that a model is given as a condition, with the rows of them that its training data have and how
/// often each occurs: from it come the conditions of synthetic rows, of which nobody says them.
public struct ConditionTable: Sendable, Hashable {
  /// The most different rows that are kept; of more, those that the first data have.
  public static let rowLimit = 10_000

  /// The columns.
  public let columns: ConditionColumns
  /// Different rows, a number for each column, in ascending order.
  public let rows: [[Double]]
  /// How often each occurs.
  public let counts: [Int]

  /// Rows with how often they occur.
  init(_ columns: ConditionColumns, counts: [[Double]: Int]) {
    self.columns = columns
    let sorted = counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    rows = sorted.map(\.key)
    self.counts = sorted.map(\.value)
  }

  /// The rows of a condition; nil of one that is no columns of a table.
  package init?(of condition: Condition) {
    guard let columns = condition.columns else { return nil }
    var counts: [[Double]: Int] = [:]
    condition.forEachRow { row in
      if let count = counts[row] {
        counts[row] = count + 1
      } else if counts.count < ConditionTable.rowLimit {
        counts[row] = 1
      }
    }
    self.init(columns, counts: counts)
  }

  /// Why it cannot be; nil where it can.
  var objection: String? {
    let isWhole = rows.allSatisfy { $0.count == columns.columns.count && $0.allSatisfy(\.isFinite) }
    return rows.isEmpty || rows.count != counts.count || !isWhole || !counts.allSatisfy { $0 > 0 }
      ? "its conditions are not rows of \(columns.columns.count) numbers with how often each occurs" : nil
  }
}

extension ConditionTable {
  /// Draws the conditions of synthetic rows as often as they occur, some columns being given.
  public struct Draws: Sendable {
    private let table: ConditionTable
    /// What stands in place of what a row has.
    private let replaced: [Int: Double]
    /// The rows that may be drawn, and the sums of how often each and all before it occur.
    private let candidates: [Int]
    private let sums: [Int]
    private let seed: UInt64
    /// Whether a row has all that is given; else it takes the place of what any row has.
    public let isKnown: Bool

    fileprivate init(_ table: ConditionTable, _ given: [Int: ClosedRange<Double>], seed: UInt64) throws(VAEError) {
      (self.table, self.seed) = (table, seed)
      let agreeing = table.rows.indices.filter { row in given.allSatisfy { $1.contains(table.rows[row][$0]) } }
      isKnown = !agreeing.isEmpty
      if !isKnown, let (column, _) = given.first(where: { $1.lowerBound < $1.upperBound }) {
        throw VAEError(
          .configuration,
          "No row of the training data has all that is asked for, so that nothing says how often the column "
            + "\(table.columns.names[column]) has which of these values: name one of them.")
      }
      replaced = isKnown ? [:] : given.mapValues(\.lowerBound)
      candidates = isKnown ? agreeing : Array(table.rows.indices)
      var sum = 0
      sums = candidates.map { row in
        sum += table.counts[row]
        return sum
      }
    }

    /// The condition of some of the rows that a seed determines and that go on without end.
    public func rows(_ range: Range<Int>) -> Condition {
      let elements = range.flatMap { row -> [Double] in
        var generator = PhiloxGenerator(NoiseStream(seed: seed, purpose: .condition), position: UInt64(row))
        let place = generator.next(below: sums.last ?? 1)
        var values = table.rows[candidates[sums.firstIndex(greaterThan: place)]]
        for (column, value) in replaced { values[column] = value }
        return values
      }
      return Condition(
        name: "the condition", columns: table.columns,
        values: Matrix(rows: range.count, columns: table.columns.columns.count, elements: elements))
    }
  }

  /// Draws in which some columns, by their place among ``columns``, lie within bounds.
  ///
  /// - Throws: where no row has that, and the bounds are no single numbers.
  public func draws(given: [Int: ClosedRange<Double>] = [:], seed: UInt64 = 0) throws(VAEError) -> Draws {
    try Draws(self, given, seed: seed)
  }
}

extension ConditionTable: Codable {
  private enum CodingKeys: String, CodingKey { case columns, places, rows, counts }

  /// Reads the columns, where they stand, the rows and how often each occurs.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let columns = try values.decode([TableColumn].self, forKey: .columns)
    let places = try values.decode([Int].self, forKey: .places)
    guard columns.count == places.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .places, in: values, debugDescription: "There are \(columns.count) columns and \(places.count) places.")
    }
    self.columns = ConditionColumns(columns, places: places)
    rows = try values.decode([[Double]].self, forKey: .rows)
    counts = try values.decode([Int].self, forKey: .counts)
  }

  /// Writes the columns, where they stand, the rows and how often each occurs.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(columns.columns, forKey: .columns)
    try values.encode(columns.places, forKey: .places)
    try values.encode(rows, forKey: .rows)
    try values.encode(counts, forKey: .counts)
  }
}

extension [Int] {
  /// The first index of ascending numbers at which one is greater; their last where none is.
  fileprivate func firstIndex(greaterThan bound: Int) -> Int {
    var (low, high) = (0, count - 1)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] > bound { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
