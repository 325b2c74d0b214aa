import Foundation

/// Writes rows of numbers as a table of a schema: texts as they were spelled, numbers with as many decimals, dates in their
/// format, a header and separators as there were.
///
/// A number that is none of its column's becomes the nearest that is: an index below 0 the first category, a fraction in a column of whole
/// numbers the nearest whole one, and one between two multiples of ``TableColumn/spacing`` the nearest of them. NaN
/// is written as what is missing.
public struct RowWriter: Sendable {
  /// The schema.
  public let schema: TableSchema
  private let columns: [CellWriter]
  private let separator: [UInt8]
  private let lineEnd: [UInt8]

  /// A writer of tables of a schema.
  public init(_ schema: TableSchema) {
    if let objection = schema.objection { preconditionFailure("a schema in which \(objection)") }
    self.schema = schema
    let style = schema.style
    separator = [style.separator.bytes.0]
    lineEnd = Array((style.endsLinesInCRLF ? "\r\n" : "\n").utf8)
    let words = MissingWords(schema.missingTokens)
    columns = schema.columns.map { CellWriter($0, style, words) }
  }

  /// The row of names; nothing where the table has none.
  public var header: [UInt8] {
    guard schema.style.hasHeader, let names = schema.names else { return [] }
    var bytes: [UInt8] = []
    for (index, name) in names.enumerated() {
      let text = CellWriter.spelled(
        Array(name.utf8), schema.style, isQuoted: schema.style.quotesNames,
        blanks: index == 0 ? 0 : schema.style.blanksBeforeNames)
      append(text, index, &bytes)
    }
    return bytes + lineEnd
  }

  /// Rows of values `[N, D]`, one behind the other.
  public func rows(_ values: some Collection<Double>) -> [UInt8] {
    precondition(values.count % columns.count == 0, "\(values.count) values for rows of \(columns.count)")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 8)
    for (index, value) in values.enumerated() {
      let column = index % columns.count
      append(columns[column].text(value), column, &bytes)
      if column == columns.count - 1 {
        // A line of nothing would be no row.
        if columns.count == 1, bytes.isEmpty || bytes.suffix(lineEnd.count) == lineEnd[...] {
          bytes += Array("\"\"".utf8)
        }
        bytes += lineEnd
      }
    }
    return bytes
  }

  /// A value of a column as it is spelled, without quotes and blanks around it.
  public func text(_ value: Double, column: Int) -> String {
    String(decoding: columns[column].plain(value), as: UTF8.self)
  }

  /// A value of a column as a field of the table.
  public func field(_ value: Double, column: Int) -> [UInt8] { columns[column].text(value) }

  private func append(_ text: [UInt8], _ column: Int, _ bytes: inout [UInt8]) {
    if column > 0 { bytes += separator }
    bytes += text
  }
}

/// Writes the values of a column.
private struct CellWriter: Sendable {
  private let column: TableColumn
  private let style: TableStyle
  /// The texts of categories, ready to be written.
  private let texts: [[UInt8]]
  private let missing: [UInt8]

  init(_ column: TableColumn, _ style: TableStyle, _ words: MissingWords) {
    (self.column, self.style) = (column, style)
    texts = column.categories.map {
      CellWriter.spelled(
        Array($0.text.utf8), style, isQuoted: column.isQuoted && !words.contains($0.text), blanks: column.blanks)
    }
    missing = CellWriter.spelled(
      Array(column.missingText.utf8), style, isQuoted: false, blanks: column.missingText.isEmpty ? 0 : column.blanks)
  }

  /// As a field.
  func text(_ value: Double) -> [UInt8] {
    if value.isNaN { return missing }
    if column.kind.hasCategories { return texts[index(value)] }
    return CellWriter.spelled(plain(value), style, isQuoted: column.isQuoted, blanks: column.blanks)
  }

  private func index(_ value: Double) -> Int { Int(min(max(value.rounded(), 0), Double(texts.count - 1))) }

  /// Without what a field needs around it.
  func plain(_ value: Double) -> [UInt8] {
    if value.isNaN { return Array(column.missingText.utf8) }
    let text: String
    switch column.kind {
    case .boolean, .category: text = column.categories[index(value)].text
    case .integer: text = number(value.rounded())
    case .number: text = number(value)
    case .date: text = column.dateFormat?.text(value) ?? ""
    case .identifier: text = ""
    }
    return Array(text.utf8)
  }

  private func number(_ value: Double) -> String {
    guard value.isFinite else { return value < 0 ? "-inf" : "inf" }
    var number = value
    // Points and what is on the grid already stay as they are.
    if let spacing = column.spacing, let step = Optional((value / spacing).rounded()),
      abs(value / spacing - step) > 1e-9
    {
      number = step * spacing
    }
    let text = decimalText(number)
    return style.hasDecimalCommas ? text.replacing(".", with: ",") : text
  }

  /// The fewest digits that tell the number from all others, or where these have more decimals than the column the number with as
  /// many.
  private func decimalText(_ number: Double) -> String {
    if number == 0 { return padded("0") }
    let shortest = "\(number)"
    if shortest.contains("e") && column.hasExponents { return shortest }
    var text = shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
    if shortest.contains("e") || CellWriter.decimals(text) > column.decimals {
      text = String(format: "%.*f", column.decimals, number)
      if text.contains(".") {
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
      }
      if text == "-0" { text = "0" }
    }
    return padded(text)
  }

  /// With zeros up to the fewest decimals that the column's numbers have.
  private func padded(_ text: String) -> String {
    let lacking = column.leastDecimals - CellWriter.decimals(text)
    guard lacking > 0 else { return text }
    return text + (text.contains(".") ? "" : ".") + String(repeating: "0", count: lacking)
  }

  private static func decimals(_ text: String) -> Int {
    text.utf8.firstIndex(of: UInt8(ascii: ".")).map { text.utf8.distance(from: $0, to: text.utf8.endIndex) - 1 } ?? 0
  }

  /// A text as a field: behind blanks, or in quotes where it could not be told from several or from less.
  static func spelled(_ text: [UInt8], _ style: TableStyle, isQuoted: Bool, blanks: Int) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    let (one, other) = style.separator.bytes
    let splits = text.contains { $0 == one || $0 == other || TableText.endsLine($0) }
    let isTrimmed = TableField.trimmed(text, text.indices).count == text.count
    let isBlankText = text.isEmpty && style.separator == .space
    let needsQuotes =
      splits || !isTrimmed || isBlankText || (text.first == UInt8(ascii: "#") && !style.hasHeader)
      || (blanks == 0 && text.contains(quote))
    guard needsQuotes || isQuoted else { return Array(repeating: UInt8(ascii: " "), count: blanks) + text }
    return [quote] + text.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }
}
