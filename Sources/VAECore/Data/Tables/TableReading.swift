/// How a table of separated values was read: what its reader decided, for people to see.
public struct TableReading: Sendable, Equatable {
  /// What separates values.
  public internal(set) var separator: TableOptions.Separator
  /// Whether numbers have decimal commas; else they have points.
  public internal(set) var hasDecimalCommas: Bool
  /// Whether a row names the columns.
  public internal(set) var hasHeader: Bool
  /// The columns that are read and have no name, by their numbers in the table, from 1 on; none where no column has one.
  public internal(set) var unnamedColumns: [Int]
  /// The columns beside those that ``TableOptions/matching`` names, by their names, or else their numbers.
  public internal(set) var unusedColumns: [String]
  /// What ``TableOptions/droppedColumns`` names and the table does not have.
  public internal(set) var absentColumns: [String]
  /// What was taken for the header, what was left out, and what has no name: a sentence each.
  public internal(set) var notes: [String]

  /// The separator and the decimal mark: "semicolons, decimal commas".
  public var dialect: String { "\(separator.title), decimal \(hasDecimalCommas ? "commas" : "points")" }
}

extension TableReading {
  /// What is said of a table that is read so.
  init(_ table: TableInterpretation, _ schema: TableSchema?) {
    let columns = table.columns
    separator = table.separator
    hasDecimalCommas = table.mark.isComma
    hasHeader = columns.names != nil
    absentColumns = columns.absent
    let names = columns.names ?? []
    unnamedColumns = names.isEmpty ? [] : columns.chosen.filter { names[$0].isEmpty }.map { $0 + 1 }
    unusedColumns = columns.unused.map { names[$0].isEmpty ? "#\($0 + 1)" : names[$0] }
    notes = []
    let list = names.isEmpty ? "" : CellPlace.list(columns.chosen.map { names[$0] })
    switch table.header {
    case .told, .names: notes.append("The first row names the columns: \(list).")
    case .wholeNumbers: notes.append("The first row is whole numbers, taken for the columns' names: \(list).")
    case .namesBesideRowNames:
      notes.append(
        "The first row names the columns: \(list). The first column has no name there: it is taken for the names "
          + "of rows, and left out.")
    case .comment: notes.append("The comment before the first row is taken for the columns' names: \(list).")
    case .none: notes.append("No row names the columns.")
    }
    if table.hasComment {
      if case .comment = table.header {} else { notes.append("The comment before the first row is skipped.") }
    }
    if table.omitsLast { notes.append("The last column has no name and no values, and is left out.") }
    if !unnamedColumns.isEmpty {
      let numbers = CellPlace.list(unnamedColumns.map(String.init))
      notes.append("Without a name, and read: column \(numbers).")
    }
    if !unusedColumns.isEmpty { notes.append("Not used: \(CellPlace.list(unusedColumns)).") }
    if let schema { notes += schema.notes }
    if !absentColumns.isEmpty { notes.append("To be left out, and not there: \(CellPlace.list(absentColumns)).") }
  }
}

extension TableSchema {
  /// What columns are taken for, what is left out, and which categories may be meant as missing: a sentence each.
  fileprivate var notes: [String] {
    var notes: [String] = []
    let kinds = ColumnKind.allCases.compactMap { kind in
      let count = columns.count { $0.kind == kind }
      return count == 0 ? nil : "\(count) of \(kind.title)"
    }
    notes.append("Columns by their kinds: \(kinds.joined(separator: ", ")).")
    if !identifiers.isEmpty {
      notes.append(
        "Left out as \(ColumnKind.identifier.title): \(CellPlace.list(identifiers)); to keep them, say that they hold categories or "
          + "numbers.")
    }
    let gaps = columns.indices.filter {
      columns[$0].kind == .category && columns[$0].categories.contains { MissingWords(missingTokens).contains($0.text) }
    }
    if !gaps.isEmpty {
      let names = gaps.map { columns[$0].name ?? "column \($0 + 1)" }
      notes.append("Missing values are a category of their own in \(CellPlace.list(names)).")
    }
    let joined = columns.indices.filter { columns[$0].joinsRare }
    if !joined.isEmpty {
      let names = joined.map { columns[$0].name ?? "column \($0 + 1)" }
      notes.append("Rare categories are one, \"\(TableColumn.otherText)\", in \(CellPlace.list(names)).")
    }
    for column in columns {
      if let format = column.dateFormat { notes.append("Dates in \(column.name ?? "a column"): \(format).") }
    }
    return notes
  }
}
