/// Tables that are written again with some of their values.
extension TableStream {
  /// Hands out the text of all rows that are left, as it stands in the table, with other texts in the place of some values; before the
  /// first of them what stands above it.
  ///
  /// - Parameters:
  ///   - replacement: the text, ready as a field, in place of the value of a row, counted from 0 on, and a column among those that are
  ///     read; nil where it stays.
  ///   - body: takes the text on.
  /// - Throws: where a row has another number of values than the first, or bytes cannot be read; and what `body` does.
  public mutating func copy(
    replacing replacement: (_ row: Int, _ column: Int) -> [UInt8]?,
    to body: ([UInt8]) throws(VAEError) -> Void
  ) throws(VAEError) {
    var row = 0
    let chosen = Dictionary(uniqueKeysWithValues: layout.chosen.enumerated().map { ($1, $0) })
    let (separator, lineEnd) = (style.separator.bytes.0, Array((style.endsLinesInCRLF ? "\r\n" : "\n").utf8))
    let quote = UInt8(ascii: "\"")
    try forEachRecord { records, _ throws(VAEError) in
      let bytes = records.buffer
      var text: [UInt8] = []
      if row == 0, let first = records.fields.first {
        guard records.droppedCount == 0 else {
          throw VAEError(.file, "\(records.path): what stands above the first row is too long to be copied.")
        }
        let begin = first.lowerBound - (SeparatedRecords.isQuoted(bytes, first) ? 1 : 0)
        text += bytes[..<begin]
      }
      for (index, field) in records.fields.enumerated() {
        if index > 0 { text.append(separator) }
        if let column = chosen[index], let other = replacement(row, column) {
          text += other
        } else if SeparatedRecords.isQuoted(bytes, field) {
          text.append(quote)
          text += bytes[field]
          text.append(quote)
        } else {
          text += bytes[field]
        }
      }
      try body(text + lineEnd)
      row += 1
    }
  }
}
