import Foundation

/// NumPy's file format for one array, here matrices of floating-point numbers in C order.
public enum NPY {
  /// Writes a matrix `[rows, columns]` piece by piece, each piece some of its rows; all rows must come.
  public static func write<Element: Scalar>(
    rows: Int, columns: Int, of type: Element.Type = Element.self, to path: String,
    _ body: ((Matrix<Element>) throws(VAEError) -> Void) throws(VAEError) -> Void
  ) throws(VAEError) {
    try AtomicFile.write(to: path) { writer throws(VAEError) in
      try writer.write(header(of: Element.elementType, shape: "\(rows), \(columns)"))
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
      try writer.write(header(of: Element.elementType, shape: "\(vector.count),"))
      try writer.write(vector.littleEndianBytes)
    }
  }

  /// Everything before the elements, with a shape as in a Python tuple.
  private static func header(of type: ElementType, shape: String) -> [UInt8] {
    let description = type == .float32 ? "<f4" : "<f8"
    var header = "{'descr': '\(description)', 'fortran_order': False, 'shape': (\(shape)), }"
    // Magic, version and length take 10 bytes; all of it ends in a newline at a multiple of 64.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = UInt16(header.utf8.count)
    return magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(header.utf8)
  }

  /// Reads a matrix of 4- or 8-byte floating-point numbers.
  ///
  /// - Throws: where the file is not of the format, of another type or number of dimensions, or shorter or longer than
  ///   its header says.
  public static func read<Element: Scalar>(_ path: String, as type: Element.Type = Element.self) throws(VAEError)
    -> Matrix<Element>
  {
    var reader = try FileReader(path: path)
    let start = try reader.readExactly(8, "the magic number")
    guard start.prefix(6).elementsEqual(magic), (1...3).contains(start[6]) else {
      throw VAEError(.file, "\(path) is not an NPY file of version 1, 2 or 3.")
    }
    let width = start[6] == 1 ? 2 : 4
    let length = try reader.readExactly(width, "the header's length").reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= min(reader.limit, 1 << 16) else {
      throw VAEError(.file, "\(path): its header would be \(length) bytes long, the file has \(reader.limit).")
    }
    let header = String(decoding: try reader.readExactly(length, "the header"), as: UTF8.self)
    let elementType: ElementType
    switch value(of: "descr", in: header) {
    case "'<f4'": elementType = .float32
    case "'<f8'": elementType = .float64
    case let other:
      throw VAEError(
        .file,
        "\(path) holds \(other ?? "nothing known"); 4- and 8-byte floating-point numbers ('<f4', '<f8') are read.")
    }
    guard value(of: "fortran_order", in: header) == "False" else {
      throw VAEError(.file, "\(path) is in Fortran order: save it with numpy.ascontiguousarray.")
    }
    let shape = value(of: "shape", in: header).map(dimensions) ?? []
    guard shape.count == 2, let rows = shape[0], let columns = shape[1] else {
      throw VAEError(
        .file,
        "\(path) must hold a matrix, one row per datum; its shape is \(value(of: "shape", in: header) ?? "missing").")
    }
    let (count, overflow1) = rows.multipliedReportingOverflow(by: columns)
    let (size, overflow2) = count.multipliedReportingOverflow(by: elementType.size)
    let there = reader.limit - 8 - width - length
    guard !overflow1, !overflow2, size == there else {
      throw VAEError(
        .file, "\(path): an array (\(rows), \(columns)) does not take the \(there) bytes behind the header.")
    }
    try MemoryLimit.check("The array in \(path)", 3 * size, remedy: "use a part of it")
    return Matrix(
      rows: rows, columns: columns, elements: elementType.elements(try reader.readExactly(size, "the array")))
  }

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The text of an entry of the header's Python dictionary, whose values are a string, a bool and a tuple of integers.
  private static func value(of key: String, in header: String) -> String? {
    guard let start = header.range(of: "'\(key)':")?.upperBound else { return nil }
    let rest = header[start...].drop { $0 == " " }
    let end =
      rest.first == "(" ? rest.firstIndex(of: ")").map(rest.index(after:)) : rest.firstIndex { $0 == "," || $0 == "}" }
    return end.map { String(rest[..<$0]) }
  }

  private static func dimensions(_ tuple: String) -> [Int?] {
    tuple.dropFirst().dropLast().split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
      .map { text in Int(text).flatMap { $0 >= 0 ? $0 : nil } }
  }
}
