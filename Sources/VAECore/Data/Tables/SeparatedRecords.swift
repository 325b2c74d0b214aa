/// Splits bytes into the records and fields of separated values (RFC 4180): fields in quotes may hold separators, line
/// breaks and, twice, quotes; lines end in LF, CR LF or CR, the last one in nothing, too.
///
/// What matters, in this order: no input makes it trap, take memory beyond ``recordLimit`` and ``fieldLimit`` or more than
/// linear time; the line of every record is known; and it is fast, so fields are ranges of the buffer and are copied for
/// messages only.
struct SeparatedRecords {
  /// The bytes that a record may have.
  static let recordLimit = 1 << 26
  /// The fields that a record may have: each takes a hundred bytes of memory where it is a column's name, and one in the
  /// file.
  static let fieldLimit = 1 << 20

  let path: String
  /// The line at which the current record begins, from 1 on.
  private(set) var line = 1
  /// Where the current record's fields lie in the buffer, without their quotes.
  private(set) var fields: [Range<Int>] = []
  /// The bytes that the fields lie in.
  private(set) var buffer: [UInt8] = []

  private var reader: any ByteReader
  private let separator: UInt8
  /// Where the next record begins.
  private var position = 0
  private var nextLine = 1
  private var isAtEnd = false

  /// Reads records from a reader; a byte order mark before the first is skipped.
  ///
  /// - Throws: where the bytes cannot be read, or are UTF-16.
  init(_ reader: any ByteReader, separator: TableOptions.Separator?) throws(VAEError) {
    path = reader.path
    self.reader = reader
    buffer = try self.reader.read(SeparatedRecords.pieceSize)
    if buffer.starts(with: [0xff, 0xfe]) || buffer.starts(with: [0xfe, 0xff]) {
      throw VAEError(.file, "\(path) is text in UTF-16: save it as UTF-8.")
    }
    if buffer.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    self.separator = separator?.byte ?? SeparatedRecords.separator(of: buffer)
  }

  private static let pieceSize = 1 << 20

  /// The separator that occurs most in the first line, quoted fields left out.
  private static func separator(of bytes: [UInt8]) -> UInt8 {
    var counts = TableOptions.Separator.allCases.map { ($0.byte, count: 0) }
    var isQuoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
      if let index = counts.firstIndex(where: { $0.0 == byte }) { counts[index].count += 1 }
    }
    let most = counts.map(\.count).max()!
    return counts.first { $0.count == most }!.0
  }

  /// Goes to the next record that is not empty; false at the end.
  ///
  /// - Throws: where quotes are not closed or text stands behind them, or a record is too long, or bytes cannot be read.
  mutating func next() throws(VAEError) -> Bool {
    while true {
      line = nextLine
      guard try split() else { return false }
      // An empty line; as a datum it would have one value, and that missing.
      if fields.count == 1 && fields[0].isEmpty && !isQuoted { continue }
      return true
    }
  }

  /// Whether a field of the current record is in quotes.
  private var isQuoted = false

  /// Splits the next record, reading on until its end is in the buffer; false where there is none.
  private mutating func split() throws(VAEError) -> Bool {
    while true {
      switch try splitWithinBuffer() {
      case .complete: return true
      case .end: return false
      case .incomplete:
        let length = buffer.count - position
        guard length <= SeparatedRecords.recordLimit else {
          throw VAEError(
            .file,
            "\(path), line \(line): a row of more than \(SeparatedRecords.recordLimit) bytes. Is it a table, and are its "
              + "quotes closed?")
        }
        // At least as much again as is there, so that the record is looked at a few times at most.
        buffer.removeSubrange(..<position)
        position = 0
        let piece = try reader.read(max(SeparatedRecords.pieceSize, length))
        if piece.isEmpty { isAtEnd = true } else { buffer += piece }
      }
    }
  }

  private enum Outcome { case complete, incomplete, end }

  private mutating func splitWithinBuffer() throws(VAEError) -> Outcome {
    let end = buffer.count
    if position == end { return isAtEnd ? .end : .incomplete }
    fields.removeAll(keepingCapacity: true)
    isQuoted = false
    var lines = 0
    var index = position
    while true {
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
      if index < end, buffer[index] == separator {
        guard fields.count < SeparatedRecords.fieldLimit else {
          throw VAEError(
            .file,
            "\(path), line \(line): a row of more than \(SeparatedRecords.fieldLimit) values. Is it a table? Arrays of "
              + "more columns come in NPY files.")
        }
        index += 1
        continue
      }
      if index < end, buffer[index] == UInt8(ascii: "\r") {
        // A line feed may follow.
        if index + 1 == end && !isAtEnd { return .incomplete }
        index += index + 1 < end && buffer[index + 1] == UInt8(ascii: "\n") ? 2 : 1
      } else if index < end {
        index += 1
      }
      position = index
      nextLine = line + lines + 1
      return .complete
    }
  }

  @inline(__always) private func isEndOfField(_ byte: UInt8) -> Bool {
    byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// The place of the quote that closes a field; nil where it is not in the buffer yet.
  private func closingQuote(from start: Int, _ lines: inout Int) throws(VAEError) -> Int? {
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

  /// The text of a field of the current record, its pairs of quotes as one.
  func text(_ field: Int) -> String {
    let text = String(decoding: buffer[fields[field]], as: UTF8.self)
    return isQuoted ? text.replacing("\"\"", with: "\"") : text
  }
}
