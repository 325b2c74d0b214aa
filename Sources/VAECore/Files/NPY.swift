import Foundation

/// NumPy's file format for one array in C order: matrices of codes, and data (see ``NPY/layout(_:)``).
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

  /// Reads a matrix of floating-point numbers.
  ///
  /// - Throws: where the file is not of the format, of another type or number of dimensions, or shorter or longer than
  ///   its header says.
  public static func read<Element: Scalar>(_ path: String, as type: Element.Type = Element.self) throws(VAEError)
    -> Matrix<Element>
  {
    var reader = try FileReader(path: path)
    let header = try NPYHeader(&reader)
    let (stored, isBigEndian) = try header.elements()
    guard stored != .uint8 && stored != .bool else {
      throw VAEError(
        .file, "\(path) holds bytes, not floating-point numbers: save it with .astype(numpy.float32).")
    }
    try header.checkOrder()
    guard let shape = header.shape, shape.count == 2 else {
      throw VAEError(
        .file, "\(path) must hold a matrix, one row per datum; its shape is \(header.shapeText).")
    }
    let (count, overflow1) = shape[0].multipliedReportingOverflow(by: shape[1])
    let (size, overflow2) = count.multipliedReportingOverflow(by: stored.size)
    let there = reader.limit - header.byteCount
    guard !overflow1, !overflow2, size == there else {
      throw VAEError(
        .file, "\(path): an array \(header.shapeText) does not take the \(there) bytes behind the header.")
    }
    try MemoryLimit.check("The array in \(path)", 3 * size, remedy: "use a part of it")
    return Matrix(
      rows: shape[0], columns: shape[1],
      elements: stored.elements(try reader.readExactly(size, "the array"), isBigEndian: isBigEndian))
  }
}
