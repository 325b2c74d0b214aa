import Foundation

/// What is asked of a table's rows: that a column has a value, "sex=Female", or one within bounds, "age=30..40".
public struct RowFilter: Sendable, Hashable {
  /// The column's place in the schema.
  public let column: Int
  /// The numbers that it may have.
  public let range: ClosedRange<Double>

  /// A filter as a person writes it: a column's name, "=", and a value as the table has it, or two with ".." between them.
  ///
  /// - Throws: where there is no such column or no such value, listing those that there are.
  public init(_ text: String, _ schema: TableSchema) throws(VAEError) {
    let found = schema.columns.enumerated()
      .filter { text.hasPrefix(($1.name ?? "\($0 + 1)") + "=") }
      .max { ($0.element.name ?? "").count < ($1.element.name ?? "").count }
    guard let (index, column) = found else {
      throw VAEError(
        .configuration,
        "\"\(CellPlace.short(text))\" does not say what a column is to be, as \(schema.example): the table has the columns "
          + "\(CellPlace.list(schema.titles)).")
    }
    self.column = index
    let value = String(text.dropFirst((column.name ?? "\(index + 1)").count + 1))
    range = try column.range(of: value, schema.titles[index])
  }

  /// Whether it holds of a row `[D]`.
  public func holds(of row: some RandomAccessCollection<Double>) -> Bool {
    range.contains(row[row.index(row.startIndex, offsetBy: column)])
  }
}

extension TableSchema {
  /// What the columns are called, or else their numbers.
  public var titles: [String] { columns.enumerated().map { $1.name ?? "\($0 + 1)" } }

  /// A filter that holds of some row.
  fileprivate var example: String {
    let value = columns[0].categories.first?.text ?? columns[0].range.map { columns[0].text(of: $0.lowerBound) } ?? "1"
    return "\"\(titles[0])=\(CellPlace.short(value))\""
  }
}

extension TableColumn {
  /// The numbers that a text stands for.
  fileprivate func range(of text: String, _ title: String) throws(VAEError) -> ClosedRange<Double> {
    if kind.hasCategories {
      guard let index = categories.firstIndex(where: { $0.text == text }) else {
        throw VAEError(
          .configuration,
          "The column \(title) has no value \"\(CellPlace.short(text))\": it has \(CellPlace.list(categories.map(\.text)))."
        )
      }
      return Double(index)...Double(index)
    }
    let ends = text.components(separatedBy: "..")
    let numbers = ends.compactMap { number(of: $0) }
    guard numbers.count == ends.count, numbers.count <= 2, numbers[0] <= numbers[numbers.count - 1] else {
      throw VAEError(
        .configuration,
        "\"\(CellPlace.short(text))\" is no value of the column \(title), of \(kind.title), nor two with \"..\" between them, the "
          + "lesser first.")
    }
    let wanted = numbers[0]...numbers[numbers.count - 1]
    if numbers.count == 1, let step = spacing ?? (kind.isWhole && dateFormat == nil ? 1 : nil),
      !points.contains(where: { $0.value == numbers[0] }),
      abs(numbers[0] / step - (numbers[0] / step).rounded()) > 1e-9
    {
      throw VAEError(
        .configuration,
        "The column \(title) has multiples of \(SettingValue.number(step).exactText), and nothing else is drawn: \(CellPlace.short(text)) "
          + "never is. Say between which two it is to lie, as 1..2.")
    }
    if let seen = range, !seen.overlaps(wanted) {
      throw VAEError(
        .configuration,
        "The column \(title) is \(self.text(of: seen.lowerBound)) to \(self.text(of: seen.upperBound)) in the training data, and "
          + "nothing else is drawn: \(CellPlace.short(text)) never is.")
    }
    return wanted
  }

  private func number(of text: String) -> Double? {
    let bytes = Array(text.utf8)
    if let dateFormat { return dateFormat.number(bytes[...]) }
    guard case .number(let number) = TableField(bytes, bytes.indices), number.isFinite else { return nil }
    return number
  }

  /// A number of the column as a person reads it.
  func text(of number: Double) -> String {
    if let dateFormat { return dateFormat.text(number) }
    return SettingValue.number(number).exactText
  }
}
