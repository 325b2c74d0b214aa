/// Reads the values of a column as a schema says.
struct ColumnReader {
  /// What a value is.
  enum Value {
    case number(Double)
    case missing
    /// A text that is none of the categories.
    case unknown
    /// Not of the column's kind.
    case contradiction
  }

  let column: TableColumn
  /// The index of each category, by its bytes.
  private let indices: [ArraySlice<UInt8>: Double]
  private let other: Double?
  private let words: MissingWords

  init(_ column: TableColumn, _ words: MissingWords) {
    (self.column, self.words) = (column, words)
    let texts = column.categories.enumerated().map { (Array($1.text.utf8)[...], Double($0)) }
    indices = Dictionary(texts) { first, _ in first }
    other = column.otherIndex.map { Double($0) }
  }

  /// Reads a field.
  func value(_ bytes: [UInt8], _ field: Range<Int>, _ mark: DecimalMark) -> Value {
    switch column.kind {
    case .number: number(bytes, field, mark) { _ in true }
    case .integer: number(bytes, field, mark) { $0 == $0.rounded() && $0.isFinite }
    case .boolean: boolean(bytes, field, mark)
    case .category: category(bytes, field)
    case .date: date(bytes, field)
    case .identifier: .missing
    }
  }

  private func number(
    _ bytes: [UInt8], _ field: Range<Int>, _ mark: DecimalMark, _ isOfKind: (Double) -> Bool
  ) -> Value {
    switch TableField(bytes, field, mark, words) {
    case .number(let number): isOfKind(number) ? .number(number) : .contradiction
    case .missing: .missing
    case .boolean, .rounded, .overflow, .text: .contradiction
    }
  }

  private func boolean(_ bytes: [UInt8], _ field: Range<Int>, _ mark: DecimalMark) -> Value {
    let text = SeparatedRecords.textBytes(bytes, field)
    if let index = indices[text] { return .number(index) }
    return switch TableField(bytes, field, mark, words) {
    case .number(let number): number == 0 || number == 1 ? .number(number) : .contradiction
    case .boolean(let isTrue): .number(isTrue ? 1 : 0)
    case .missing: .missing
    case .rounded, .overflow, .text: .contradiction
    }
  }

  private func category(_ bytes: [UInt8], _ field: Range<Int>) -> Value {
    let text = SeparatedRecords.textBytes(bytes, field)
    if let index = indices[text] { return .number(index) }
    // Bytes that are no UTF-8 were repaired.
    if let index = indices[Array(String(decoding: text, as: UTF8.self).utf8)[...]] { return .number(index) }
    // Where it is no category of its own.
    if words.contains(String(decoding: text, as: UTF8.self)) { return .missing }
    return other.map { .number($0) } ?? .unknown
  }

  private func date(_ bytes: [UInt8], _ field: Range<Int>) -> Value {
    let text = bytes[TableField.trimmed(bytes, field)]
    if let number = column.dateFormat?.number(text) { return .number(number) }
    return TableField(bytes, field, .point, words) == .missing ? .missing : .contradiction
  }
}
