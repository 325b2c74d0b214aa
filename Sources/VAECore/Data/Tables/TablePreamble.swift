/// What stands in a table's text before its first row: a byte order mark, the announcement of a separator, comments.
struct TablePreamble {
  /// Where it ends in the text's bytes.
  private(set) var end = 0
  /// The lines that it takes.
  private(set) var lines = 0
  /// What the first line says that separates values, as spreadsheets write it: "sep=;".
  private(set) var announced: TableOptions.Separator?
  /// Where the last of the comments lies, without its sign; nil where there is none.
  private(set) var comment: Range<Int>?

  /// The preamble of a text.
  ///
  /// - Throws: where a separator is announced that separates no values here.
  init(_ bytes: [UInt8], path: String) throws(VAEError) {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { end = 3 }
    let line = TablePreamble.line(bytes, end)
    if line.count == 5, String(decoding: bytes[line].dropLast(), as: UTF8.self).lowercased() == "sep=" {
      let byte = bytes[line.upperBound - 1]
      guard let separator = TableOptions.Separator.allCases.first(where: { $0.bytes.0 == byte }) else {
        throw VAEError(
          .file,
          "\(path), line 1: \"\(String(decoding: [byte], as: UTF8.self))\" separates no values here: save the table with "
            + "commas, semicolons or tabulators.")
      }
      announced = separator
      advance(bytes, line)
    }
    while TablePreamble.isComment(bytes, TablePreamble.line(bytes, end)) {
      let line = TablePreamble.line(bytes, end)
      comment = line.lowerBound + 1..<line.upperBound
      advance(bytes, line)
    }
  }

  /// The line that begins at a position, without its end.
  private static func line(_ bytes: [UInt8], _ start: Int) -> Range<Int> {
    start..<(bytes[start...].firstIndex(where: TableText.endsLine) ?? bytes.count)
  }

  private mutating func advance(_ bytes: [UInt8], _ line: Range<Int>) {
    let rest = bytes[line.upperBound...]
    end = line.upperBound + (rest.starts(with: [0x0d, 0x0a]) ? 2 : min(1, rest.count))
    lines += 1
  }

  /// Whether a line begins with "#", and not with a spreadsheet's missing value or error, such as #N/A and #DIV/0!.
  private static func isComment(_ bytes: [UInt8], _ line: Range<Int>) -> Bool {
    guard bytes[line].first == UInt8(ascii: "#") else { return false }
    let word = bytes[line].prefix(12).prefix { $0 > 0x20 && !",;|".utf8.contains($0) }
    return word.last != UInt8(ascii: "!") && word.last != UInt8(ascii: "?")
      && TableField(bytes, word.indices) != .missing
  }
}
