/// How a table writes: what separates its values, and what its numbers' decimal mark is.
struct TableDialect {
  /// The separators, those first that are the least likely to occur in a value.
  private static let separators: [TableOptions.Separator] = [.tab, .pipe, .semicolon, .comma, .space]

  /// The first rows under the separator that options or the file name, or else the one that they show: it gives all of
  /// them as many values, more than one, and of these most numbers.
  ///
  /// - Throws: where they can be read in two ways.
  static func sample(_ records: SeparatedRecords, _ options: TableOptions) throws(VAEError) -> TableSample {
    if let separator = options.separator ?? records.preamble.announced {
      return TableSample(records, separator, options)
    }
    var samples = separators.filter { $0 != .comma || options.decimal != .comma }
      .map { TableSample(records, $0, options) }
    // Where all rows have tabulators, spaces between them belong to values.
    if !samples[0].rows.isEmpty, samples[0].rows.allSatisfy({ $0.count > 1 }) {
      samples.removeAll { $0.separator == .space }
    }
    let consistent = samples.filter { ($0.commonWidth ?? 0) > 1 }
    // The first of the best.
    func isBetter(_ one: TableSample, _ other: TableSample) -> Bool {
      (one.textShare, one.hasInnerQuotes ? 1 : 0) < (other.textShare, other.hasInnerQuotes ? 1 : 0)
    }
    if let best = consistent.min(by: isBetter) {
      // "1,5 setosa 2,5" between spaces has decimal commas; between commas it is 1, "5 setosa 2", 5.
      if best.separator == .comma, best.hasNumbersWithinTexts,
        let spaces = consistent.first(where: { $0.separator == .space }), !isBetter(best, spaces)
      {
        throw VAEError(
          .data,
          "\(records.path) has rows such as \"\(best.text(best.rows.count - 1))\", in which commas or spaces may stand between "
            + "the values: say which of them do.", remedy: .saySeparator)
      }
      return best
    }
    if let column = try decimalCommas(samples, records.path) { return column }
    // Rows that differ: an error follows when they are read. One column else.
    func agreement(_ sample: TableSample) -> Int {
      let widths = Dictionary(grouping: sample.rows.map(\.count).filter { $0 > 1 }) { $0 }
      let most = widths.values.map(\.count).max() ?? 0
      // One name may have several words.
      return sample.separator != .space || 2 * most > sample.rows.count ? most : 0
    }
    let most = samples.map(agreement).max()!
    if most > 0 { return samples.first { agreement($0) == most }! }
    let column = samples.first { $0.separator == .semicolon }!
    let hasCommas = options.decimal == .comma || column.rows.joined().contains { $0.cell.hasComma }
    return hasCommas ? column : samples.first { $0.separator == .comma }!
  }

  /// One column of numbers with decimal commas below one name, where no row is more.
  private static func decimalCommas(_ samples: [TableSample], _ path: String) throws(VAEError) -> TableSample? {
    guard let column = samples.first(where: { $0.separator == .semicolon }), column.commonWidth == 1,
      let commas = samples.first(where: { $0.separator == .comma }), commas.firstWidth == 1,
      column.rows[0][0].cell.isText
    else { return nil }
    let values = column.rows.dropFirst().map { $0[0] }
    guard values.contains(where: \.cell.hasComma),
      values.allSatisfy({ $0.cell.isMissing || $0.cell.number != nil && !column.hasPoint($0) })
    else { return nil }
    // Rows that count before their commas may be numbered as R numbers them.
    guard values.count < 3 || !commas.counts(from: 1, column: 0) else {
      throw VAEError(
        .data,
        "\(path) has one name over rows such as \"\(commas.text(1))\", which may be the row's number and a value, or one "
          + "number with a decimal comma: say which mark its numbers have.", remedy: .sayDecimal)
    }
    return column
  }

  /// The decimal mark of the columns that are read: the comma where their numbers have commas and none has a point.
  ///
  /// - Throws: where all commas may be those of thousands.
  static func decimalMark(
    _ sample: TableSample, _ rows: ArraySlice<TableSample.Row>, _ columns: TableColumns, _ options: TableOptions,
    path: String
  ) throws(VAEError) -> DecimalMark {
    switch options.decimal {
    case .point: return .point
    case .comma: return .comma
    case .detect: break
    }
    var first: (column: Int, field: Range<Int>)?
    var mayBeThousands = true
    for row in rows {
      for column in columns.chosen where column < row.count {
        if sample.hasPoint(row[column]) { return .point }
        guard row[column].cell.hasComma else { continue }
        if first == nil { first = (column, row[column].field) }
        if mayBeThousands { mayBeThousands = isGrouped(sample.buffer[row[column].field]) }
      }
    }
    guard let first else { return .point }
    guard !mayBeThousands else {
      throw VAEError(
        .data,
        "\(path): \(columns.title(first.column)) is \"\(sample.text(first.field))\", as are all numbers with a comma in the "
          + "first rows: thousands, or a decimal comma? Say which mark the table's numbers have, or write thousands without "
          + "one.", remedy: .sayDecimal)
    }
    return .comma
  }

  /// Whether a number with a comma could be one in thousands: 1,234.
  private static func isGrouped(_ field: ArraySlice<UInt8>) -> Bool {
    let digits = field.filter { !TableField.isSpace($0) && !"+-".utf8.contains($0) }
    guard let comma = digits.firstIndex(of: UInt8(ascii: ",")) else { return true }
    return (1...3).contains(comma) && digits[0] != UInt8(ascii: "0") && digits.count == comma + 4
      && digits[(comma + 1)...].allSatisfy(TableField.isDigit)
  }
}

extension TableSample {
  /// A row's text, for messages.
  fileprivate func text(_ row: Int) -> String {
    let fields = rows[row]
    return CellPlace.short(
      String(decoding: buffer[fields[0].field.lowerBound..<fields[fields.count - 1].field.upperBound], as: UTF8.self))
  }

  fileprivate func text(_ field: Range<Int>) -> String {
    CellPlace.short(String(decoding: buffer[field], as: UTF8.self))
  }
}
