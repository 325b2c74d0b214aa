import VAECore

/// How many of the synthetic rows are no copies of real ones: SDMetrics' NewRowSynthesis.
///
/// A real row matches a synthetic one where they are equal in all texts, lack the same values, and each number r of the real
/// row is near the synthetic row's s: |r − s| ≤ 0.01·|s|. A new row is one that no real row matches.
public struct NewRows: Sendable, Encodable {
  /// How far a number may be from a synthetic one, as a share of that.
  public static let tolerance = 0.01

  /// How many synthetic rows there are.
  public let rows: Int
  /// How many of them no real row matches.
  public let new: Int
  /// The share of the synthetic rows that no real row matches.
  public let share: Double

  init(_ tables: MatchedTables) {
    var groups = RowGroups(realCount: tables.rowCounts[0], syntheticCount: tables.rowCounts[1])
    var numbers: [[[Double]]] = []
    for column in tables.columns {
      switch column.values {
      case .numbers(let values):
        numbers.append(values)
        if (values[0] + values[1]).contains(where: \.isNaN) {
          groups.split(real: values[0].map { $0.isNaN ? 1 : 0 }, synthetic: values[1].map { $0.isNaN ? 1 : 0 })
        }
      case .texts(_, let values): groups.split(real: values[0], synthetic: values[1])
      }
    }
    let index = NumberIndex(groups, numbers.map { $0[0] })
    let synthetic = numbers.map { $0[1] }
    new = groups.synthetic.indices.count { row in
      let group = groups.synthetic[row]
      return group < 0 || !index.hasMatch(in: Int(group), of: synthetic.map { $0[row] })
    }
    rows = tables.rowCounts[1]
    share = Double(new) / Double(rows)
  }

  /// Looks for the synthetic rows among the real ones.
  ///
  /// - Throws: where the tables' columns are not the same.
  public init(real: ComparedTable, synthetic: ComparedTable) throws(VAEError) {
    self.init(try MatchedTables([("real rows", real), ("synthetic rows", synthetic)]))
  }
}

/// The numbers of real rows, sorted within each group by each column, to find the few that are near all of some numbers: by
/// the column of which the fewest are near, so that a search takes O(log n) and a look at those.
private struct NumberIndex {
  private struct Column {
    let values: [Double]
    /// Group by group the real rows, in rising order of their values.
    let rows: [Int32]
    let sorted: [Double]
  }

  private let columns: [Column]
  private let starts: [Int]

  init(_ groups: RowGroups, _ numbers: [[Double]]) {
    let (rows, starts) = groups.rowsByGroup
    self.starts = starts
    columns = numbers.map { values in
      var order = rows
      for group in 0..<groups.count where starts[group + 1] - starts[group] > 1 {
        // A group lacks the numbers of a column in all rows or in none.
        if values[Int(order[starts[group]])].isNaN { continue }
        order[starts[group]..<starts[group + 1]].sort { values[Int($0)] < values[Int($1)] }
      }
      return Column(values: values, rows: order, sorted: order.map { values[Int($0)] })
    }
  }

  /// Whether a real row of a group is near in all numbers.
  func hasMatch(in group: Int, of numbers: [Double]) -> Bool {
    var fewest = starts[group]..<starts[group + 1]
    var best: Int?
    for (index, number) in numbers.enumerated() where !number.isNaN {
      let tolerance = abs(NewRows.tolerance * number)
      let sorted = columns[index].sorted
      let first = boundary(in: starts[group]..<starts[group + 1]) { sorted[$0] - number >= -tolerance }
      let end = boundary(in: first..<starts[group + 1]) { sorted[$0] - number > tolerance }
      if first == end { return false }
      if best == nil || end - first < fewest.count { (fewest, best) = (first..<end, index) }
    }
    guard let best else { return true }
    return fewest.contains { place in
      let row = Int(columns[best].rows[place])
      return numbers.indices.allSatisfy { index in
        let number = numbers[index]
        return number.isNaN || abs(columns[index].values[row] - number) <= abs(NewRows.tolerance * number)
      }
    }
  }

  /// The first place of a range from which on a condition holds; its end where it holds nowhere.
  private func boundary(in range: Range<Int>, _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
