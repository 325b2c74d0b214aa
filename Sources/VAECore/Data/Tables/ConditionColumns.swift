import Foundation

/// Columns of a table that a model is given beside each datum, and the numbers that it sees of them: of a category, and of
/// True and False, its one-hot form, of other numbers (x − mean)/standard deviation.
public struct ConditionColumns: Sendable, Hashable {
  /// The columns, in the table's order; all have names.
  public let columns: [TableColumn]
  /// Where they stand in the whole table, ascending.
  public let places: [Int]

  /// Columns that stand at some places of a whole table.
  init(_ columns: [TableColumn], places: [Int]) {
    precondition(columns.count == places.count, "\(columns.count) columns at \(places.count) places")
    (self.columns, self.places) = (columns, places)
  }

  /// Why they cannot be beside so many other columns; nil where they can.
  func objection(besides others: Int) -> String? {
    if columns.contains(where: { $0.name == nil }) { return "a column of the condition has no name" }
    let isAscending = zip(places, places.dropFirst()).allSatisfy { $0 < $1 }
    let isWithin = places.allSatisfy { (0..<others + columns.count).contains($0) }
    return columns.isEmpty || !isAscending || !isWithin ? "the condition's columns stand at places that are none" : nil
  }

  /// Their names.
  public var names: [String] { columns.map { $0.name ?? "" } }

  /// C, the numbers that a model sees.
  public var size: Int { columns.reduce(0) { $0 + $1.conditionSize } }

  /// Writes what a model sees of a row's numbers `[K]` into c `[1, C]`.
  func write<S>(_ row: some Collection<Double>, into condition: MutableMatrixView<S>) {
    var place = 0
    for (column, value) in zip(columns, row) {
      let size = column.conditionSize
      if column.kind.hasCategories {
        for index in 0..<size { condition[0, place + index] = Double(index) == value ? 1 : 0 }
      } else {
        condition[0, place] = S((value - (column.mean ?? 0)) / column.unit)
      }
      place += size
    }
  }
}

extension TableSchema {
  /// The whole table, of which these are the other columns.
  public func inserting(_ condition: ConditionColumns) -> TableSchema {
    var whole = self
    for (column, place) in zip(condition.columns, condition.places) { whole.columns.insert(column, at: place) }
    return whole
  }
}

extension TableColumn {
  /// The numbers that a model sees of it as a condition.
  fileprivate var conditionSize: Int { kind.hasCategories ? categories.count : 1 }

  /// What its numbers are measured in as a condition: their standard deviation, where they have one.
  fileprivate var unit: Double {
    guard let standardDeviation, standardDeviation > 0 else { return 1 }
    return standardDeviation
  }
}
