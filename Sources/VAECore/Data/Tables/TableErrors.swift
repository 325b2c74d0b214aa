/// What is wrong with a value of a table.
extension VAEError {
  /// A value that is no number where numbers have some decimal mark, in a column that options call so.
  static func notNumber(_ place: CellPlace, _ text: String, _ mark: DecimalMark, option: String) -> VAEError {
    let bytes = Array(text.utf8)
    if case .number = TableField(bytes, bytes.indices, mark.other) {
      return VAEError(
        .data,
        "\(place) is \"\(CellPlace.short(text))\", not a number where the decimal mark is the \(mark.title). Write all numbers "
          + "with one mark, and thousands without, or say which mark it is.", remedy: .sayDecimal)
    }
    return VAEError(
      .data,
      "\(place) is \"\(CellPlace.short(text))\", not a number. Leave the column out, make numbers of it, or have it taken for "
        + "categories.", remedy: .takeForCategories(option))
  }

  /// A value that is none of its column's kind, as far as that is known.
  static func contradiction(_ place: CellPlace, _ text: String, _ kind: ColumnKind) -> VAEError {
    VAEError(
      .data,
      "\(place) is \"\(CellPlace.short(text))\", in a column of \(kind.title). Put it right, leave the column out, or have it "
        + "taken for categories.", remedy: .takeForCategories(place.option))
  }

  /// A value that is none of the kind that a schema says.
  static func contradiction(_ place: CellPlace, _ text: String, _ column: TableColumn) -> VAEError {
    let format = column.dateFormat.map { " (\($0))" } ?? ""
    return VAEError(
      .data,
      "\(place) is \"\(CellPlace.short(text))\", and by the schema the column is of \(column.kind.title)\(format). Put the value "
        + "right, or find a schema anew.")
  }

  /// A text that is none of a schema's categories.
  static func unknownCategory(_ place: CellPlace, _ text: String, _ column: TableColumn) -> VAEError {
    let known = CellPlace.list(column.categories.map(\.text))
    return VAEError(
      .data,
      "\(place) is \"\(CellPlace.short(text))\", which is none of the schema's \(column.categories.count) categories: \(known). Put it "
        + "right, leave the row out, or take it for missing.", remedy: .takeUnknownForMissing)
  }
}

extension CellPlace {
  /// What an option calls the column: its name where that is a plain word, else its number.
  var option: String {
    guard let columnName, !columnName.isEmpty, Int(columnName) == nil,
      columnName.utf8.allSatisfy({ $0 > 0x7f || CellPlace.plainBytes.contains($0) })
    else { return "#\(column + 1)" }
    return columnName
  }

  private static let plainBytes = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-".utf8)
}
