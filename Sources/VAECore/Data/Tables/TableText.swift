/// The bytes of a table's text, read in pieces of which those that are needed are kept.
struct TableText {
  /// The bytes that a record may have.
  static let recordLimit = 1 << 26
  private static let pieceSize = 1 << 20
  /// The lines that are there before any is split, where there are as many: a comment, names, numbers.
  private static let firstLines = 3

  /// Those that were read and are kept.
  private(set) var bytes: [UInt8] = []
  /// Whether there are no more.
  private(set) var isAtEnd = false
  /// How many were dropped before the first of them.
  private(set) var droppedCount = 0
  private var reader: any ByteReader
  /// Whether bytes are taken as they come.
  private let isLive: Bool

  /// The bytes' path, for messages.
  var path: String { reader.path }

  /// A text with its first lines; with its first, where bytes are taken as they come.
  ///
  /// - Throws: where the bytes cannot be read, or are no text in UTF-8 or an older encoding.
  init(_ reader: any ByteReader, isLive: Bool = false) throws(VAEError) {
    (self.reader, self.isLive) = (reader, isLive)
    let firstLines = isLive ? 1 : TableText.firstLines
    var (lineEnds, seen) = (0, 0)
    while !isAtEnd && lineEnds < firstLines {
      try readOn(from: 0, line: 1)
      lineEnds += bytes[seen...].lazy.filter(TableText.endsLine).prefix(firstLines).count
      seen = bytes.count
    }
  }

  /// Some bytes alone.
  init(_ bytes: [UInt8], from text: TableText) {
    self = text
    self.bytes = bytes
    isAtEnd = true
  }

  static func endsLine(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

  /// Drops what lies before a position, and reads on: as many bytes again as are left, so that these are looked at a few
  /// times at most.
  ///
  /// - Throws: where the record of a line that begins there is too long.
  mutating func readOn(from position: Int, line: Int) throws(VAEError) {
    let isFirst = bytes.isEmpty
    bytes.removeSubrange(..<position)
    droppedCount += position
    guard bytes.count <= TableText.recordLimit else {
      throw VAEError(
        .file,
        "\(path), line \(line): a row of more than \(TableText.recordLimit) bytes. Is it a table, and are its quotes "
          + "closed?")
    }
    let count = max(TableText.pieceSize, bytes.count)
    let piece = try isLive ? reader.readSome(count) : reader.read(count)
    if isFirst, piece.starts(with: [0xff, 0xfe]) || piece.starts(with: [0xfe, 0xff]) {
      throw VAEError(.file, "\(path) is text in UTF-16: save it as UTF-8.")
    }
    guard !piece.contains(0) else {
      throw VAEError(
        .file, "\(path) has bytes that are 0, as a table in UTF-8 has none. Is it text? From UTF-16, save it as UTF-8.")
    }
    isAtEnd = isLive ? piece.isEmpty : piece.count < count
    bytes += piece
    // So old systems mark a text's end.
    if isAtEnd { while bytes.last == 0x1a { bytes.removeLast() } }
  }
}
