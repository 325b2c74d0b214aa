/// Splits bytes into the records and fields of separated values (RFC 4180): fields in quotes may hold separators, line
/// breaks and, twice, quotes; lines end in LF, CR LF or CR, the last one in nothing, too.
///
/// What matters, in this order: no input makes it trap, take memory beyond ``TableText/recordLimit`` and ``fieldLimit`` or more than
/// linear time; the line of every record is known; and it is fast, so fields are ranges of the buffer and are copied for
/// messages only.
struct SeparatedRecords {
  /// The fields that a record may have: each takes a hundred bytes of memory where it is a column's name, and one in the
  /// file.
  static let fieldLimit = 1 << 20

  /// The line at which the current record begins, from 1 on.
  private(set) var line = 1
  /// Where the current record's fields lie in the buffer, without their quotes.
  private(set) var fields: [Range<Int>] = []
  /// What stands before the first record.
  let preamble: TablePreamble

  private var source: TableText
  /// The bytes that separate values: one, or space and tabulator.
  private var separators = (UInt8(ascii: ","), UInt8(ascii: ","))
  /// Whether any number of separators is one, and those at the ends of a line are none.
  private var separatesByBlanks = false
  /// Where the next record begins.
  private var position: Int
  private var nextLine: Int

  /// How many bytes there were before those of the buffer.
  var droppedCount: Int { source.droppedCount }
  /// Where the bytes come from.
  var path: String { source.path }
  /// The bytes that the fields lie in.
  var buffer: [UInt8] { source.bytes }

  /// Reads records from a reader, by commas for the time being. The first lines lie in the buffer then.
  ///
  /// - Throws: where the bytes cannot be read, or are no text in UTF-8 or an older encoding.
  init(_ reader: any ByteReader, isLive: Bool = false) throws(VAEError) {
    source = try TableText(reader, isLive: isLive)
    preamble = try TablePreamble(source.bytes, path: source.path)
    position = preamble.end
    nextLine = preamble.lines + 1
  }

  /// Splits by a separator from now on.
  mutating func separate(by separator: TableOptions.Separator) {
    separators = separator.bytes
    separatesByBlanks = separator == .space
  }

  /// The records that lie in the buffer, up to a number of them, under some separator; and whether the next one cannot be
  /// split. Nothing is read.
  func sample(_ separator: TableOptions.Separator, limit: Int) -> (records: [[Range<Int>]], isBroken: Bool) {
    var copy = self
    copy.separate(by: separator)
    var records: [[Range<Int>]] = []
    while records.count < limit {
      do throws(VAEError) {
        copy.line = copy.nextLine
        guard case .complete = try copy.splitWithinBuffer() else { break }
        if !copy.isBlank { records.append(copy.fields) }
      } catch {
        return (records, true)
      }
    }
    return (records, false)
  }

  /// The texts in the comment before the first record.
  func commentTexts() -> [String] {
    guard let comment = preamble.comment else { return [] }
    var copy = self
    copy.source = TableText(Array(buffer[TableField.trimmed(buffer, comment)]), from: source)
    copy.position = 0
    guard case .complete = try? copy.splitWithinBuffer() else { return [] }
    return copy.fields.indices.map { copy.text($0) }
  }

  /// Goes to the next record that is not empty; false at the end.
  ///
  /// - Throws: where quotes are not closed or text stands behind them, or a record is too long, or bytes cannot be read.
  mutating func next() throws(VAEError) -> Bool {
    while true {
      line = nextLine
      guard try split() else { return false }
      // As a datum it would have one value, and that missing.
      if !isBlank { return true }
    }
  }

  /// Goes to the next record that is not empty and lies in the buffer already; false where none does.
  ///
  /// - Throws: where quotes are not closed or text stands behind them.
  mutating func nextInBuffer() throws(VAEError) -> Bool {
    while true {
      line = nextLine
      guard case .complete = try splitWithinBuffer() else { return false }
      if !isBlank { return true }
    }
  }

  /// The texts of the first record, which stays the next one; nil where there is none.
  mutating func firstTexts() throws(VAEError) -> [String]? {
    while true {
      var copy = self
      if try copy.nextInBuffer() { return copy.fields.indices.map { copy.text($0) } }
      if source.isAtEnd { return nil }
      try source.readOn(from: 0, line: line)
    }
  }

  /// Whether the current record is an empty line, or one of spaces.
  private var isBlank: Bool { fields.count == 1 && !isQuoted && TableField.trimmed(buffer, fields[0]).isEmpty }

  /// Whether a field of the current record is in quotes.
  private var isQuoted = false

  /// Splits the next record, reading on until its end is in the buffer; false where there is none.
  private mutating func split() throws(VAEError) -> Bool {
    while true {
      switch try splitWithinBuffer() {
      case .complete: return true
      case .end: return false
      case .incomplete:
        try source.readOn(from: position, line: line)
        position = 0
      }
    }
  }

  private enum Outcome { case complete, incomplete, end }

  private mutating func splitWithinBuffer() throws(VAEError) -> Outcome {
    let (buffer, isAtEnd) = (source.bytes, source.isAtEnd)
    let end = buffer.count
    if position == end { return isAtEnd ? .end : .incomplete }
    fields.removeAll(keepingCapacity: true)
    isQuoted = false
    var lines = 0
    var index = position
    while true {
      if separatesByBlanks {
        while index < end, isSeparator(buffer[index]) { index += 1 }
        if index == end && !isAtEnd { return .incomplete }
        if !fields.isEmpty, index == end || TableText.endsLine(buffer[index]) {
          guard endLine(&index) else { return .incomplete }
          position = index
          nextLine = line + lines + 1
          return .complete
        }
      }
      // A field begins at the index.
      if index < end, buffer[index] == UInt8(ascii: "\"") {
        isQuoted = true
        guard let close = try closingQuote(from: index + 1, &lines) else { return .incomplete }
        fields.append(index + 1..<close)
        index = close + 1
        if index == end && !isAtEnd { return .incomplete }
        guard index == end || isEndOfField(buffer[index]) else {
          throw VAEError(
            .file, "\(path), line \(line + lines): text stands behind the quotes that close a field: leave it out.")
        }
      } else {
        let start = index
        while index < end, !isEndOfField(buffer[index]) { index += 1 }
        if index == end && !isAtEnd { return .incomplete }
        fields.append(start..<index)
      }
      if index < end, isSeparator(buffer[index]) {
        guard fields.count < SeparatedRecords.fieldLimit else {
          throw VAEError(
            .file,
            "\(path), line \(line): a row of more than \(SeparatedRecords.fieldLimit) values. Is it a table? Arrays of "
              + "more columns come in NPY files.")
        }
        index += 1
        continue
      }
      guard endLine(&index) else { return .incomplete }
      position = index
      nextLine = line + lines + 1
      return .complete
    }
  }

  /// Goes behind the line end at an index; false where a line feed may follow that is not in the buffer yet.
  private func endLine(_ index: inout Int) -> Bool {
    guard index < buffer.count else { return true }
    if buffer[index] == UInt8(ascii: "\r") {
      if index + 1 == buffer.count && !source.isAtEnd { return false }
      if index + 1 < buffer.count, buffer[index + 1] == UInt8(ascii: "\n") { index += 1 }
    }
    index += 1
    return true
  }

  @inline(__always) private func isSeparator(_ byte: UInt8) -> Bool { byte == separators.0 || byte == separators.1 }

  @inline(__always) private func isEndOfField(_ byte: UInt8) -> Bool {
    isSeparator(byte) || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// The place of the quote that closes a field; nil where it is not in the buffer yet.
  private func closingQuote(from start: Int, _ lines: inout Int) throws(VAEError) -> Int? {
    let (buffer, isAtEnd) = (source.bytes, source.isAtEnd)
    var index = start
    while index < buffer.count {
      if buffer[index] == UInt8(ascii: "\n") { lines += 1 }
      if buffer[index] == UInt8(ascii: "\"") {
        guard index + 1 < buffer.count else { return isAtEnd ? index : nil }
        if buffer[index + 1] != UInt8(ascii: "\"") { return index }
        index += 1
      }
      index += 1
    }
    if isAtEnd { throw VAEError(.file, "\(path), line \(line): a quote is opened there and closed nowhere.") }
    return nil
  }

  /// The text of a field of the current record without the spaces around it, its pairs of quotes as one.
  func text(_ field: Int) -> String { text(fields[field]) }

  /// The text of a field in the buffer.
  func text(_ field: Range<Int>) -> String {
    let text = String(decoding: buffer[TableField.trimmed(buffer, field)], as: UTF8.self)
    return SeparatedRecords.isQuoted(buffer, field) ? text.replacing("\"\"", with: "\"") : text
  }

  /// A value as it is spelled: what stands between its quotes, pairs of them as one, or else without the blanks around it.
  static func textBytes(_ bytes: [UInt8], _ field: Range<Int>) -> ArraySlice<UInt8> {
    guard isQuoted(bytes, field) else { return bytes[TableField.trimmed(bytes, field)] }
    let quote = UInt8(ascii: "\"")
    guard bytes[field].contains(quote) else { return bytes[field] }
    var text: [UInt8] = []
    var isSecond = false
    for byte in bytes[field] {
      isSecond = byte == quote && !isSecond
      if byte != quote || isSecond { text.append(byte) }
    }
    return text[...]
  }

  /// The same as a text.
  static func text(_ bytes: [UInt8], _ field: Range<Int>) -> String {
    String(decoding: textBytes(bytes, field), as: UTF8.self)
  }

  /// Whether the current record ends in CR LF.
  var endsInCRLF: Bool {
    guard let last = fields.last else { return false }
    let end = last.upperBound + (SeparatedRecords.isQuoted(buffer, last) ? 1 : 0)
    return end + 1 < buffer.count && buffer[end] == UInt8(ascii: "\r") && buffer[end + 1] == UInt8(ascii: "\n")
  }

  /// Whether a field stands in quotes.
  static func isQuoted(_ bytes: [UInt8], _ field: Range<Int>) -> Bool {
    field.lowerBound > 0 && bytes[field.lowerBound - 1] == UInt8(ascii: "\"")
  }
}

extension TableOptions.Separator {
  /// The bytes that separate; twice the same where it is one.
  var bytes: (UInt8, UInt8) {
    switch self {
    case .comma: (UInt8(ascii: ","), UInt8(ascii: ","))
    case .tab: (UInt8(ascii: "\t"), UInt8(ascii: "\t"))
    case .semicolon: (UInt8(ascii: ";"), UInt8(ascii: ";"))
    case .pipe: (UInt8(ascii: "|"), UInt8(ascii: "|"))
    case .space: (UInt8(ascii: " "), UInt8(ascii: "\t"))
    }
  }
}
