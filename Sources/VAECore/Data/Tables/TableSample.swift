/// The first rows of a table under some separator, by which its dialect and its header are decided before any is read.
struct TableSample {
  /// What a field looks like before it is known which decimal mark the table has.
  enum Cell: Equatable {
    case missing
    case boolean
    /// A number without a decimal mark or an exponent.
    case whole(Double)
    /// A number with a decimal point or an exponent, or an infinity.
    case fraction(Double)
    /// A number with a decimal comma.
    case commaFraction(Double)
    case text

    /// The value, where it is a number.
    var number: Double? {
      switch self {
      case .whole(let number), .fraction(let number), .commaFraction(let number): number
      case .missing, .boolean, .text: nil
      }
    }

    var isMissing: Bool { self == .missing }

    var isText: Bool { self == .text }

    /// Whether it is a number with a decimal comma.
    var hasComma: Bool { if case .commaFraction = self { true } else { false } }

    /// Whether it is a number with a decimal mark or an exponent.
    var hasFraction: Bool {
      switch self {
      case .fraction, .commaFraction: true
      case .missing, .boolean, .whole, .text: false
      }
    }
  }

  /// The fields of a row, and what they look like.
  typealias Row = [(field: Range<Int>, cell: Cell)]

  /// The rows that are looked at.
  static let limit = 100

  let separator: TableOptions.Separator
  let rows: [Row]
  /// Whether what follows cannot be split into fields.
  let isBroken: Bool
  let buffer: [UInt8]

  /// The first rows that lie in the records' buffer.
  init(_ records: SeparatedRecords, _ separator: TableOptions.Separator, _ options: TableOptions) {
    let (decimal, words) = (options.decimal, options.missingWords)
    let buffer = records.buffer
    let sample = records.sample(separator, limit: TableSample.limit)
    self.separator = separator
    self.buffer = buffer
    isBroken = sample.isBroken
    rows = sample.records.map { fields in
      fields.map { ($0, TableSample.cell(buffer, $0, separator, decimal, words)) }
    }
  }

  private static func cell(
    _ bytes: [UInt8], _ field: Range<Int>, _ separator: TableOptions.Separator, _ decimal: TableOptions.Decimal,
    _ words: MissingWords
  ) -> Cell {
    let (point, comma) = (decimal != .comma, separator != .comma && decimal != .point)
    switch TableField(bytes, field, point ? .point : .comma, words) {
    case .missing: return .missing
    case .boolean: return .boolean
    case .overflow: return .fraction(.infinity)
    case .rounded(let number): return .whole(number)
    case .number(let number):
      let isWhole = bytes[field].allSatisfy {
        TableField.isDigit($0) || TableField.isSpace($0) || "+-".utf8.contains($0)
      }
      if isWhole { return .whole(number) }
      return point ? .fraction(number) : .commaFraction(number)
    case .text:
      // Between blanks, a comma at a number's end rather belongs to a list.
      guard comma, point, separator != .space || hasInnerComma(bytes[field]),
        case .number(let number) = TableField(bytes, field, .comma)
      else {
        return .text
      }
      return .commaFraction(number)
    }
  }

  private static func hasInnerComma(_ field: ArraySlice<UInt8>) -> Bool {
    guard let comma = field.firstIndex(of: UInt8(ascii: ",")), comma > field.startIndex, comma + 1 < field.endIndex
    else { return false }
    return TableField.isDigit(field[comma - 1]) && TableField.isDigit(field[comma + 1])
  }

  /// The fields of the first row; 0 where there is none.
  var firstWidth: Int { rows.first?.count ?? 0 }

  /// The number of fields that all rows have, or all but the first where it is a header without a name for the rows'
  /// names (``hasRowNames``); nil where they differ, or the rest cannot be split.
  var commonWidth: Int? {
    guard !isBroken, let width = rows.last?.count else { return nil }
    return rows.dropFirst().allSatisfy { $0.count == width } && (firstWidth == width || hasRowNames) ? width : nil
  }

  /// Whether the first row names all columns but the first, as R writes tables with names of rows: these are in quotes,
  /// text, or count from 1.
  var hasRowNames: Bool {
    guard rows.count > 1, rows.dropFirst().allSatisfy({ $0.count == firstWidth + 1 }) else { return false }
    let header = rows[0]
    let body = rows.dropFirst()
    guard header.contains(where: { $0.cell.isText || isQuoted($0.field) }) else { return false }
    // With separators at the ends of the rows it would be the last column that has no name.
    guard !body.allSatisfy({ isBlank($0[firstWidth].field) }), !looksLikeDecimalCommas else { return false }
    return body.allSatisfy { isQuoted($0[0].field) || $0[0].cell.isText } || counts(from: 1, column: 0)
  }

  /// Whether one name stands over rows that could be numbers with decimal commas, whose commas are taken for separators.
  private var looksLikeDecimalCommas: Bool {
    separator == .comma && firstWidth == 1
      && rows.dropFirst().allSatisfy { row in
        row.count == 2 && !isQuoted(row[0].field) && row[1].field.allSatisfy { TableField.isDigit(buffer[$0]) }
      }
  }

  /// Whether a column counts from a number below the first row.
  func counts(from first: Int, column: Int) -> Bool {
    rows.dropFirst().enumerated().allSatisfy { index, row in
      column < row.count && row[column].cell == .whole(Double(first + index))
    }
  }

  /// Whether a field is empty but for spaces, and perhaps in quotes.
  func isBlank(_ field: Range<Int>) -> Bool { TableField.trimmed(buffer, field).isEmpty }

  /// Whether a field is a number with a decimal point.
  func hasPoint(_ value: (field: Range<Int>, cell: Cell)) -> Bool {
    if case .fraction = value.cell { buffer[value.field].contains(DecimalMark.point.byte) } else { false }
  }

  /// Whether a field stands in quotes.
  func isQuoted(_ field: Range<Int>) -> Bool { SeparatedRecords.isQuoted(buffer, field) }

  /// Whether a value has quotes within it, as where it is several values under another separator.
  var hasInnerQuotes: Bool {
    rows.joined().contains { !isQuoted($0.field) && buffer[$0.field].contains(UInt8(ascii: "\"")) }
  }

  /// Whether a value that is no number has several words, and one is a number.
  var hasNumbersWithinTexts: Bool {
    rows.joined().contains { field, cell in
      guard cell.isText, !isQuoted(field) else { return false }
      // A date and its time are one value.
      if DateParts(Array(buffer[TableField.trimmed(buffer, field)]), isPattern: false) != nil { return false }
      let words = buffer[field].split(whereSeparator: TableField.isSpace)
      return words.count > 1 && words.contains { $0.allSatisfy { TableField.isDigit($0) || "+-.".utf8.contains($0) } }
    }
  }

  /// The share of the values below the first row, or in it where it is alone, that are neither numbers nor missing.
  var textShare: Double {
    let cells = (rows.count > 1 ? rows.dropFirst() : rows[...]).joined()
    return Double(cells.count { $0.cell.isText }) / Double(max(1, cells.count))
  }
}

extension TableSample {
  /// Whether some of the columns have texts, where names are no texts.
  func hasTexts(in columns: [Int], belowFirst: Bool) -> Bool {
    rows.dropFirst(belowFirst ? 1 : 0).contains { row in columns.contains { $0 < row.count && row[$0].cell.isText } }
  }
}

extension TableStyle {
  /// The style of a table whose first row is the records' current one.
  init(_ table: TableInterpretation, _ records: SeparatedRecords, _ sample: TableSample) {
    self.init()
    separator = table.separator
    hasDecimalCommas = table.mark.isComma && table.separator != .comma
    hasHeader = table.columns.names != nil
    endsLinesInCRLF = records.endsInCRLF
    guard table.isFirstRowHeader else { return }
    let buffer = records.buffer
    quotesNames = records.fields.allSatisfy { SeparatedRecords.isQuoted(buffer, $0) }
    let blanks = records.fields.dropFirst().map { TableField.trimmed(buffer, $0).lowerBound - $0.lowerBound }
    if let first = blanks.first, blanks.allSatisfy({ $0 == first }) { blanksBeforeNames = min(64, first) }
  }
}
