import CommandSupport
import Foundation
import VAECore

/// What the columns of a table are, in lines for a person, their numbers as the table writes them.
enum SchemaText {
  /// The texts of categories, and the points, that a line has.
  private static let shown = 3

  /// A line for each column.
  static func table(_ schema: TableSchema) -> String {
    var table = Table(["column", "kind", "min", "max", "mean", "deviation", "missing", "more"])
    let writer = RowWriter(schema)
    for (index, column) in schema.columns.enumerated() {
      let range = column.kind.isOrdered ? column.range : nil
      table.add([
        column.name ?? String(index + 1), column.kind.rawValue,
        range.map { writer.text($0.lowerBound, column: index) } ?? "–",
        range.map { writer.text($0.upperBound, column: index) } ?? "–",
        column.mean.map { mean($0, column, writer, index) } ?? "–",
        column.standardDeviation.map { rounded($0, column) } ?? "–", String(column.missingCount),
        details(column, writer, index),
      ])
    }
    for name in schema.identifiers {
      table.add([name, ColumnKind.identifier.rawValue] + Array(repeating: "–", count: 5) + ["left out"])
    }
    return table.text
  }

  /// A value as the table writes it, without what quotes and blanks it needs there.
  static func value(_ value: Double, _ schema: TableSchema, _ column: Int) -> String {
    CellPlace.short(RowWriter(schema).text(value, column: column))
  }

  private static func mean(_ mean: Double, _ column: TableColumn, _ writer: RowWriter, _ index: Int) -> String {
    column.dateFormat == nil ? rounded(mean, column) : writer.text(mean, column: index)
  }

  /// With two decimals more than the numbers have, and never as 1.5e+06.
  private static func rounded(_ number: Double, _ column: TableColumn) -> String {
    abs(number) < 1e15 && (number == 0 || abs(number) > 1e-4)
      ? String(format: "%.*f", min(column.decimals + 2, 6), number) : number.short
  }

  /// How many categories and points there are, and the most frequent; what the numbers are multiples of, their decimals, the format
  /// of dates.
  private static func details(_ column: TableColumn, _ writer: RowWriter, _ index: Int) -> String {
    var parts: [String] = []
    if column.kind.hasCategories {
      let frequent = column.categories.sorted { $0.count > $1.count }.prefix(shown)
        .map { "\(CellPlace.list([$0.text])) \($0.count)" }
      let count = column.categories.count
      parts.append((count == 1 ? "1 category: " : "\(count) categories: ") + list(frequent, of: count))
    }
    if let format = column.dateFormat { parts.append("\(format)") }
    if column.decimals > 0 && column.dateFormat == nil {
      parts.append(column.decimals == 1 ? "1 decimal" : "\(column.decimals) decimals")
    }
    if let spacing = column.spacing, column.dateFormat == nil { parts.append("multiples of \(text(spacing))") }
    if !column.points.isEmpty {
      let frequent = column.points.sorted { $0.count > $1.count }.prefix(shown)
        .map { "\(writer.text($0.value, column: index)) \($0.count)" }
      let count = column.points.count == 1 ? "1 frequent number" : "\(column.points.count) frequent numbers"
      parts.append("\(count): " + list(frequent, of: column.points.count))
    }
    return parts.joined(separator: "; ")
  }

  private static func list(_ texts: [String], of count: Int) -> String {
    texts.joined(separator: ", ") + (count > texts.count ? ", …" : "")
  }

  private static func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
