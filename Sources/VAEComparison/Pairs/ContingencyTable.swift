/// How many rows have which groups of two columns.
struct ContingencyTable {
  /// A pair of groups that rows have, by its number: the first group times the groups of the second column, plus the second.
  struct Cell {
    let number: Int
    let count: Int
  }

  /// Those that some row has, in rising order of their numbers.
  let cells: [Cell]
  private let secondGroups: Int
  private let total: Double

  /// Rows by their groups of two columns, each from 0 and below a number of groups.
  init(_ first: [Int32], groups firstGroups: Int, by second: [Int32], groups secondGroups: Int) {
    precondition(first.count == second.count, "\(first.count) and \(second.count) groups")
    self.secondGroups = secondGroups
    total = Double(first.count)
    // Two columns of names make more pairs than there is memory for, of which most have no row.
    if firstGroups * secondGroups <= 4 * first.count + 1 << 16 {
      var counts = [Int](repeating: 0, count: firstGroups * secondGroups)
      for row in first.indices { counts[Int(first[row]) * secondGroups + Int(second[row])] += 1 }
      cells = counts.indices.compactMap { counts[$0] > 0 ? Cell(number: $0, count: counts[$0]) : nil }
    } else {
      var counts: [Int: Int] = [:]
      for row in first.indices { counts[Int(first[row]) * secondGroups + Int(second[row]), default: 0] += 1 }
      cells = counts.map { Cell(number: $0, count: $1) }.sorted { $0.number < $1.number }
    }
  }

  /// 1 − ½ ΣΣ|R − S|, with the shares R and S of each pair of groups in two tables.
  func similarity(to other: ContingencyTable) -> Double {
    var (i, j) = (0, 0)
    var sum = 0.0
    while i < cells.count || j < other.cells.count {
      let (a, b) = (i < cells.count ? cells[i].number : .max, j < other.cells.count ? other.cells[j].number : .max)
      let (mine, others) = (a <= b ? Double(cells[i].count) : 0, b <= a ? Double(other.cells[j].count) : 0)
      sum += abs(mine / total - others / other.total)
      if a <= b { i += 1 }
      if b <= a { j += 1 }
    }
    return 1 - sum / 2
  }

  /// Cramér's V (1946), √(χ²/n / (k − 1)), where k is the smaller number of groups that occur; nil where one column has but
  /// one. With O rows in a cell, and R and C in its groups, χ²/n = ΣΣ O²/(R·C) − 1.
  var association: Double? {
    var (first, second): ([Int: Int], [Int: Int]) = ([:], [:])
    for cell in cells {
      first[cell.number / secondGroups, default: 0] += cell.count
      second[cell.number % secondGroups, default: 0] += cell.count
    }
    let smaller = min(first.count, second.count)
    if smaller < 2 { return nil }
    let sum = cells.reduce(0.0) { sum, cell in
      let expected = Double(first[cell.number / secondGroups]!) * Double(second[cell.number % secondGroups]!)
      return sum + Double(cell.count) * Double(cell.count) / expected
    }
    return (max(0, sum - 1) / Double(smaller - 1)).squareRoot()
  }
}
