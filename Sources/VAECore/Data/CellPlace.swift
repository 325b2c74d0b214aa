/// Where one value stands, for messages: "people.csv, line 3, column 2 (weight)" in a table, "x.npy, datum 17, column 3" in
/// an array.
///
/// Lines and columns count from 1, as editors and spreadsheets do, and data from 0, as arrays do.
package struct CellPlace: Sendable, Equatable, CustomStringConvertible {
  /// The file, or whatever the data come from.
  package let file: String
  /// The line at which the row begins, from 1 on, where the data come from a table.
  package let line: Int?
  /// The datum's position in its file, from 0 on, where it is known.
  package let datum: Int?
  /// The column, from 0 on.
  package let column: Int
  /// The column's name, where it has one.
  package let columnName: String?

  /// A place.
  package init(file: String, line: Int? = nil, datum: Int? = nil, column: Int, columnName: String? = nil) {
    self.file = file
    self.line = line
    self.datum = datum
    self.column = column
    self.columnName = columnName
  }

  /// File, line or datum, and column, by number and by name.
  package var description: String { row + ", " + CellPlace.column(column, columnName) }

  /// File, and line or datum.
  package var row: String { file + (line.map { ", line \($0)" } ?? datum.map { ", datum \($0)" } ?? "") }

  /// A column, from 0 on, by its number and by its name, where it has one: "column 2 (weight)".
  package static func column(_ index: Int, _ name: String?) -> String {
    "column \(index + 1)" + (name.map { $0.isEmpty ? "" : " (\(short($0)))" } ?? "")
  }

  /// A text from a file in one line, with at most 40 characters of it.
  package static func short(_ text: String) -> String {
    let line = String(text.map { $0.isNewline ? "⏎" : $0 })
    return line.count <= 40 ? line : line.prefix(39) + "…"
  }

  /// Names of columns in one line, eight at most; in quotes where one could not be told from the next.
  package static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map { name in
      let needsQuotes = name.isEmpty || name.contains(",")
      return needsQuotes ? "\"\(short(name))\"" : short(name)
    }
    return shown.joined(separator: ", ") + (names.count > 8 ? ", … (\(names.count) in all)" : "")
  }
}
