/// Rows of a table as vectors whose distance is Gower's (1971): the mean over the columns of min(|a − b|, 1).
///
/// A number is scaled by the range of the real ones, so that it differs from another by |x − y|/range; a text is its place
/// among all texts, so that two differ by 0 or 1; and what is missing is like what is missing, and differs from all else by 1.
struct ScaledRecords: Sendable {
  /// Row by row.
  let cells: [Double]
  let columns: Int
  var count: Int { cells.count / columns }

  /// Some rows of one of some tables, scaled by the range of what several of them hold.
  init(_ tables: MatchedTables, table: Int, rows: [Int], scaledBy real: [Int]) {
    // Texts first: they tell most rows apart, so that a search is soon done with a row (`nearestDistance`).
    let ordered = tables.columns.filter(\.hasTexts) + tables.columns.filter { !$0.hasTexts }
    columns = ordered.count
    var cells = [Double](repeating: 0, count: rows.count * ordered.count)
    for (place, column) in ordered.enumerated() {
      let values = Self.scaled(column, table: table, by: real)
      for (index, row) in rows.enumerated() { cells[index * ordered.count + place] = values(row) }
    }
    self.cells = cells
  }

  private static func scaled(_ column: MatchedTables.Column, table: Int, by real: [Int]) -> (Int) -> Double {
    switch column.values {
    case .texts(_, let tables):
      let places = tables[table]
      return { Double(places[$0]) }
    case .numbers(let tables):
      let numbers = tables[table]
      var (least, most) = (Double.infinity, -Double.infinity)
      for table in real {
        for number in tables[table] where !number.isNaN { (least, most) = (min(least, number), max(most, number)) }
      }
      let range = most - least
      return { row in
        let number = numbers[row]
        // 1 and more from any other number.
        if number.isNaN { return 4 }
        if least > most { return 0 }
        if range == 0 { return number == least ? 0 : 2 }
        // Real numbers are in [0, 1]: what is farther from them than 1 is so at −1 and 2, too.
        return max(-1, min(2, (number - least) / range))
      }
    }
  }

  /// The distance of the row of another table's records that is nearest to one of these.
  ///
  /// A row is left as soon as its sum is no longer below the smallest so far.
  func nearestDistance(to row: Int, of other: ScaledRecords) -> Double {
    precondition(columns == other.columns, "records of \(columns) and \(other.columns) columns")
    var least = Double.infinity
    let start = row * columns
    var record = 0
    while record < cells.count {
      var sum = 0.0
      for column in 0..<columns {
        sum += min(abs(cells[record + column] - other.cells[start + column]), 1)
        if sum >= least { break }
      }
      if sum < least { least = sum }
      record += columns
    }
    return least / Double(columns)
  }
}

extension MatchedTables.Column {
  fileprivate var hasTexts: Bool {
    if case .texts = values { true } else { false }
  }
}
