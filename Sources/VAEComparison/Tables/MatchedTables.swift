import VAECore

/// Tables whose columns belong together: in the first one's order, and with one numbering of each column's texts.
struct MatchedTables: Sendable {
  /// A column of all tables.
  struct Column: Sendable {
    let name: String
    let values: Values
  }

  /// The values of a column, of one table after the other.
  enum Values: Sendable {
    case numbers([[Double]])
    case texts(levels: [String], [[Int32]])
  }

  let columns: [Column]
  let rowCounts: [Int]

  /// Tables under the names that messages call them by.
  ///
  /// - Throws: where a column of one table is not in another, or of another kind there.
  init(_ tables: [(name: String, table: ComparedTable)]) throws(VAEError) {
    let first = tables[0]
    var places: [[String: Int]] = []
    for (name, table) in tables {
      let place = Dictionary(uniqueKeysWithValues: table.columns.enumerated().map { ($1.name, $0) })
      try Self.check(first.table, first.name, table, name, place)
      places.append(place)
    }
    columns = first.table.columns.map { column in
      let all = tables.indices.map { tables[$0].table.columns[places[$0][column.name]!].values }
      switch column.values {
      case .numbers:
        return Column(name: column.name, values: .numbers(all.map(\.numbers)))
      case .texts:
        var levels: [String] = []
        var known: [String: Int32] = [:]
        let indices = all.map { $0.texts.indices(addingTo: &known, &levels) }
        return Column(name: column.name, values: .texts(levels: levels, indices))
      }
    }
    rowCounts = tables.map(\.table.rowCount)
  }

  private static func check(
    _ first: ComparedTable, _ firstName: String, _ other: ComparedTable, _ otherName: String, _ places: [String: Int]
  ) throws(VAEError) {
    let names = Set(first.columns.map(\.name))
    let missing = first.columns.map(\.name).filter { places[$0] == nil }
    let extra = other.columns.map(\.name).filter { !names.contains($0) }
    guard missing.isEmpty && extra.isEmpty else {
      let differences = [
        missing.isEmpty ? nil : "only the \(firstName) have \(missing.joined(separator: ", "))",
        extra.isEmpty ? nil : "only the \(otherName) have \(extra.joined(separator: ", "))",
      ].compactMap { $0 }
      throw VAEError(
        .data, "The columns of the tables must have the same names: \(differences.joined(separator: "; ")).")
    }
    let kinds = first.columns.compactMap { column in
      let kind = other.columns[places[column.name]!].kind
      return kind == column.kind
        ? nil : "\(column.name) has \(column.kind) in the \(firstName) and \(kind) in the \(otherName)"
    }
    guard kinds.isEmpty else {
      throw VAEError(.data, "The columns of the tables must be of the same kinds: \(kinds.joined(separator: "; ")).")
    }
  }
}

extension ComparedTable.Values {
  fileprivate var numbers: [Double] {
    guard case .numbers(let numbers) = self else { preconditionFailure("a column of texts for numbers") }
    return numbers
  }

  fileprivate var texts: TextValues {
    guard case .texts(let texts) = self else { preconditionFailure("a column of numbers for texts") }
    return texts
  }
}
