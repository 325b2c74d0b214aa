/// NumPy's file format for one array in C order: matrices of codes, and data (see ``NPY/layout(_:allowingVectors:)``).
public enum NPY {
  /// Writes a matrix `[rows, columns]` piece by piece, each piece some of its rows; all rows must come.
  public static func write<Element: Scalar>(
    rows: Int, columns: Int, of type: Element.Type = Element.self, to path: String,
    _ body: ((Matrix<Element>) throws(VAEError) -> Void) throws(VAEError) -> Void
  ) throws(VAEError) {
    try AtomicFile.write(to: path) { writer throws(VAEError) in
      try writer.write(NPYHeader.encode(StoredType(Element.elementType), shape: "\(rows), \(columns)"))
      var written = 0
      try body { (piece: Matrix<Element>) throws(VAEError) in
        precondition(piece.columns == columns, "rows of \(piece.columns) in an array of \(columns) columns")
        try writer.write(piece.elements.littleEndianBytes)
        written += piece.rows
      }
      precondition(written == rows, "\(written) of \(rows) rows")
    }
  }

  /// Writes a matrix.
  public static func write<Element: Scalar>(_ matrix: Matrix<Element>, to path: String) throws(VAEError) {
    try write(rows: matrix.rows, columns: matrix.columns, of: Element.self, to: path) { append throws(VAEError) in
      try append(matrix)
    }
  }

  /// Writes a vector, an array of one dimension.
  public static func write<Element: Scalar>(_ vector: [Element], to path: String) throws(VAEError) {
    try AtomicFile.write(to: path) { writer throws(VAEError) in
      try writer.write(NPYHeader.encode(StoredType(Element.elementType), shape: "\(vector.count),"))
      try writer.write(vector.littleEndianBytes)
    }
  }

  /// Reads a matrix of numbers of any type, in C or Fortran order.
  ///
  /// - Throws: where the file is not of the format, holds no numbers or another number of dimensions, or is shorter or
  ///   longer than its header says.
  public static func read<Element: Scalar>(_ path: String, as type: Element.Type = Element.self) throws(VAEError)
    -> Matrix<Element>
  {
    var stream = try ArrayStream(FileReader(path: path)) { reader throws(VAEError) in try NPY.layout(&reader) }
    let layout = stream.layout
    guard layout.imageShape == nil else {
      throw VAEError(
        .file,
        "\(path) must hold a matrix, one row per datum; it holds images: give x.reshape(len(x), -1).")
    }
    // The file's bytes, those of an array by columns twice, and the matrix.
    let (size, overflow) = layout.byteCount.multipliedReportingOverflow(by: 4)
    try MemoryLimit.check("The array in \(path)", overflow ? .max : size, remedy: "use a part of it")
    return Matrix(
      rows: layout.count, columns: layout.dataSize,
      elements: layout.type.elements(try stream.nextBytes(layout.count), isBigEndian: layout.isBigEndian))
  }
}
