/// Finds the schema of a table, or of several that are one set, from one pass over its rows and in bounded memory.
package struct TableSurvey {
  private let options: TableOptions
  private var columns: [ColumnSurvey] = []
  private var layout: TableColumns?
  private var style = TableStyle()
  private var path = ""
  private var rowCount = 0

  /// A survey by what options say of columns.
  package init(_ options: TableOptions) { self.options = options }

  /// Reads a table to its end.
  ///
  /// - Throws: where it cannot be read, has other columns than those before it, or a column is of several kinds.
  package mutating func add(_ stream: inout TableStream) throws(VAEError) {
    let (own, mark) = (stream.layout, stream.mark)
    if let layout {
      guard layout.isLike(own) else {
        throw VAEError(
          .data,
          "\(path) and \(stream.name) cannot be one set: they differ in their columns. Convert one, or leave it out.")
      }
    } else {
      (layout, path, style) = (own, stream.name, stream.style)
      let wishes = try ColumnSurvey.Wish.find(in: options, own, path)
      let capacity = ColumnSurvey.Capacity(ofColumns: own.chosen.count)
      columns = own.chosen.map {
        ColumnSurvey(
          wishes[$0], limit: options.maxCategories, words: options.missingWords,
          textsMayLack: options.missing.isForModel, capacity)
      }
    }
    try stream.forEachRecord { (records, place) throws(VAEError) in
      rowCount += 1
      let buffer = records.buffer
      for (index, column) in own.chosen.enumerated() {
        try columns[index].add(buffer, records.fields[column], mark) { place(column) }
      }
    }
  }

  /// The schema, and in sentences what was decided.
  ///
  /// - Throws: where a column is of several kinds, has too many categories, or none is left.
  package func schema() throws(VAEError) -> TableSchema {
    guard let layout else { preconditionFailure("a survey of nothing") }
    var found: [TableColumn] = []
    var identifiers: [String] = []
    for (index, column) in layout.chosen.enumerated() {
      let name = layout.names?[column]
      let place = CellPlace(file: path, column: column, columnName: name)
      if let data = try columns[index].column(name, place) {
        found.append(data)
      } else {
        identifiers.append(name.map { $0.isEmpty ? place.option : $0 } ?? "#\(column + 1)")
      }
    }
    guard !found.isEmpty else {
      throw VAEError(
        .data,
        "\(path) has no data: each of its columns is one of identifiers (\(CellPlace.list(identifiers))). Say which are categories or "
          + "numbers.", remedy: .takeForCategories(identifiers[0]))
    }
    var schema = TableSchema(columns: found, identifiers: identifiers, rowCount: rowCount, style: style)
    schema.missingTokens = options.missingTokens
    return schema
  }
}

extension ColumnSurvey.Wish {
  /// What options say of a table's columns, by their index.
  ///
  /// - Throws: where one is not there, or is to be of two kinds.
  static func find(
    in options: TableOptions, _ columns: TableColumns, _ path: String
  ) throws(VAEError) -> [Int: ColumnSurvey.Wish] {
    var wishes: [Int: ColumnSurvey.Wish] = [:]
    for kind in ColumnKind.allCases {
      for text in options.kinds[kind] ?? [] {
        let (name, format) = columns.names?.contains(text) ?? false ? (text, nil) : split(text, kind)
        let index = try columns.index(of: name, path)
        if let other = wishes[index], other.kind != kind {
          throw VAEError(
            .configuration,
            "\(columns.title(index)) of \(path) is to be of \(other.kind.title) and of \(kind.title): say one of them.")
        }
        wishes[index] = ColumnSurvey.Wish(kind: kind, dateFormat: format)
      }
    }
    return wishes
  }

  /// "when=DD/MM/YYYY" is a column and the format of its dates.
  private static func split(_ text: String, _ kind: ColumnKind) -> (String, DateFormat?) {
    guard kind == .date, let sign = text.lastIndex(of: "="),
      let format = DateFormat(String(text[text.index(after: sign)...]))
    else { return (text, nil) }
    return (String(text[..<sign]), format)
  }
}
