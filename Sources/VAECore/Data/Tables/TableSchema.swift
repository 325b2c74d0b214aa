/// What the columns of a table are and how it is written: what reads others of its kind for the same numbers, and writes
/// numbers as such a table.
///
/// Data have one number for each column: the number itself, of a category its index among ``TableColumn/categories``, of True and False 1
/// and 0, of dates the days since 1970 and of dates with a time of day the seconds since then. ``TableStream/discoverSchema(_:_:)``
/// finds the schema of a table; as JSON a person may edit it.
public struct TableSchema: Sendable, Hashable {
  /// The columns of the data, in their order.
  public var columns: [TableColumn]
  /// The columns that are left out as identifiers: by their names, or where no row names columns, by their numbers, as #3.
  public var identifiers: [String]
  /// The rows that were seen.
  public var rowCount: Int
  /// How the table is written.
  public var style: TableStyle
  /// The texts that stand for a missing value; the usual ones where nil (``TableOptions/missingTokens``).
  public var missingTokens: [String]?
  /// What gave the columns, where they take the place of others: see ``decoded``.
  public internal(set) var encoding: ModeEncoding?

  /// A schema.
  public init(
    columns: [TableColumn], identifiers: [String] = [], rowCount: Int = 0, style: TableStyle = TableStyle()
  ) {
    (self.columns, self.identifiers, self.rowCount, self.style) = (columns, identifiers, rowCount, style)
  }

  /// The columns' names; nil where not all have one.
  public var names: [String]? {
    let names = columns.compactMap(\.name)
    return names.count == columns.count ? names : nil
  }

  /// Whether the data are more than numbers: a column is of categories or dates.
  public var hasTexts: Bool { columns.contains { $0.kind.hasTexts } }

  /// Some of the columns, in an order of their own.
  public func selecting(_ indices: [Int]) -> TableSchema {
    var schema = self
    schema.columns = indices.map { columns[$0] }
    // Some columns stand for no whole row.
    if !indices.elementsEqual(columns.indices) { schema.encoding = nil }
    return schema
  }

  /// What contradicts itself in it; nil where nothing does.
  var objection: String? {
    if columns.isEmpty { return "it has no columns" }
    if rowCount < 0 { return "row_count is negative" }
    if let encoding {
      if let objection = encoding.objection { return objection }
      if encoding.encodedColumns.map(\.kind) != columns.map(\.kind) {
        return "its columns are not those of its encoding"
      }
    }
    for (index, column) in columns.enumerated() {
      if let objection = column.objection { return "\(CellPlace.column(index, column.name)): \(objection)" }
      if column.missingCount > rowCount {
        return "\(CellPlace.column(index, column.name)): more values are missing than there are rows"
      }
    }
    let names = columns.compactMap(\.name)
    if !names.isEmpty && names.count != columns.count { return "some columns have names, and some have none" }
    if names.isEmpty && style.hasHeader { return "a row names the columns, and these have no names" }
    return nil
  }

  /// Throws where data that were read by another schema are others than an owner's.
  func check(_ other: TableSchema, of name: String, against owner: String) throws(VAEError) {
    for (index, (own, others)) in zip(columns, other.columns).enumerated() {
      guard let difference = own.difference(to: others, owner) else { continue }
      throw VAEError(
        .data,
        "\(name), \(CellPlace.column(index, own.name)): \(difference). Read both by the same schema.")
    }
  }
}

extension DataSource {
  /// A table that was read by another schema as an owner's has it: its columns, by their names where they have some.
  ///
  /// - Throws: where one is not there, or is another.
  package func aligned(with schema: TableSchema, of owner: String) throws(VAEError) -> any DataSource {
    var same: any DataSource = self
    if let wanted = schema.names, let columnNames {
      same = selecting(try ColumnMatch(wanted, in: columnNames, of: name))
    }
    guard same.dataSize == schema.columns.count else {
      throw VAEError(
        .data, "The rows of \(name) have \(same.dataSize) values each, those of \(owner) \(schema.columns.count).")
    }
    if let other = same.columns?.schema { try schema.check(other, of: name, against: owner) }
    return same.joining(DataColumns(schema))
  }
}

/// How a table is written.
public struct TableStyle: Sendable, Hashable {
  /// What stands between values.
  public var separator = TableOptions.Separator.comma
  /// Whether numbers have decimal commas; else they have points.
  public var hasDecimalCommas = false
  /// Whether the first row names the columns.
  public var hasHeader = true
  /// Whether all names stand in quotes.
  public var quotesNames = false
  /// The blanks before each name but the first.
  public var blanksBeforeNames = 0
  /// Whether lines end in CR LF; else in LF.
  public var endsLinesInCRLF = false

  /// Commas between values, decimal points, a row of names.
  public init() {}
}

extension ColumnKind {
  /// Whether its values are written in another way than as numbers or True and False.
  var hasTexts: Bool {
    switch self {
    case .category, .date, .identifier: true
    case .number, .integer, .boolean: false
    }
  }
}

extension TableColumn {
  /// Why a number of another schema's column is not the same value in this one; nil where it is.
  fileprivate func difference(to other: TableColumn, _ owner: String) -> String? {
    guard kind.admits(other.kind) else {
      return "it is of \(other.kind.title), and in \(owner) of \(kind.title)"
    }
    switch kind {
    case .category:
      // Numbers may be the indices.
      if other.categories.isEmpty || kind != other.kind { return nil }
      let (own, others) = (categories.map(\.text), other.categories.map(\.text))
      if own == others { return nil }
      let (added, gone) = (Set(others).subtracting(own).sorted(), Set(own).subtracting(others).sorted())
      let parts = [
        added.isEmpty ? nil : "it has the categories \(CellPlace.list(added)), which \(owner) lacks",
        gone.isEmpty ? nil : "\(added.isEmpty ? "it" : "and") lacks \(CellPlace.list(gone)), which \(owner) has",
      ]
      return parts.compactMap(\.self).joined(separator: ", ")
    case .date:
      guard let own = dateFormat, let others = other.dateFormat, own.hasTime != others.hasTime else { return nil }
      return own.hasTime
        ? "its dates have no time of day, those of \(owner) have"
        : "its dates have a time of day, those of \(owner) have none"
    case .number, .integer, .boolean, .identifier: return nil
    }
  }
}
