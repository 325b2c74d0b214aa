/// Tables as comma-separated values (RFC 4180) under a row of names, in UTF-8: matrices of codes, data and scores, for
/// programs that read tables.
public enum CSV {
  /// Writes a matrix piece by piece, each piece some of its rows, under the names of its columns.
  ///
  /// Numbers are the shortest texts that read back to the same numbers; what is not finite is "nan", "inf" or "-inf".
  ///
  /// - Parameters:
  ///   - names: the names of the columns, one at least.
  ///   - positions: where the rows lie in the set that they are of (``DataSource/origin``): a first column `datum` holds
  ///     each row's; nil for none.
  ///   - type: what the matrix is of.
  ///   - path: the file.
  ///   - body: appends the pieces. With positions, there must be as many rows as these are.
  public static func write<Element: Scalar>(
    columns names: [String], positions: [Range<Int>]? = nil, of type: Element.Type = Element.self, to path: String,
    _ body: ((Matrix<Element>) throws(VAEError) -> Void) throws(VAEError) -> Void
  ) throws(VAEError) {
    precondition(!names.isEmpty, "a table without columns")
    try AtomicFile.write(to: path) { writer throws(VAEError) in
      let header = (positions == nil ? [] : ["datum"]) + names
      try writer.write(header.map(quoted).joined(separator: ",") + "\n")
      var rest = (positions ?? []).joined().makeIterator()
      try body { (piece: Matrix<Element>) throws(VAEError) in
        precondition(piece.columns == names.count, "rows of \(piece.columns) under \(names.count) names")
        var text = ""
        for row in 0..<piece.rows {
          if positions != nil {
            guard let position = rest.next() else { preconditionFailure("more rows than positions") }
            text += "\(position),"
          }
          text += piece.row(row).map { "\($0)" }.joined(separator: ",") + "\n"
        }
        try writer.write(text)
      }
      precondition(rest.next() == nil, "fewer rows than positions")
    }
  }

  /// A name as it stands in a table: in quotes where it holds what separates names, or would not be seen to be there.
  package static func quoted(_ name: String) -> String {
    let needsQuotes = name.isEmpty || name.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
    return needsQuotes ? "\"\(name.replacing("\"", with: "\"\""))\"" : name
  }
}
