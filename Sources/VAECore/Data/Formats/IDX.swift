/// The IDX format of the MNIST data sets (yann.lecun.com/exdb/mnist): two zero bytes, a type, the number of
/// dimensions, each dimension as a big-endian 32-bit integer, and the elements, big-endian, the last dimension fastest.
public enum IDX {
  /// Reads a set of images (three dimensions) or vectors (two): integers of 1, 2 or 4 bytes, 4- or 8-byte floating-point
  /// numbers.
  ///
  /// - Throws: where the file is not of the format, holds labels or another type, or is shorter or longer than its
  ///   header says.
  package static func read(_ reader: inout some ByteReader) throws(VAEError) -> Dataset {
    var stream = try ArrayStream(reader) { reader throws(VAEError) in try layout(&reader) }
    return try stream.inMemory()
  }

  /// Whether a file begins as those of the format do.
  public static func begins(_ start: [UInt8]) -> Bool { start.starts(with: [0, 0]) }

  /// Reads the header of images or vectors, and leaves the reader at the first of them. Where vectors are allowed in place
  /// of matrices, an array of one dimension `[N]`, as of labels, is `[N, 1]`.
  public static func layout(
    _ reader: inout some ByteReader, allowingVectors: Bool = false
  ) throws(VAEError) -> ArrayLayout {
    let (type, dimensionCount) = try magic(&reader)
    let dimensions = try (0..<dimensionCount).map { _ throws(VAEError) in try dimension(&reader) }
    return try ArrayLayout(
      dimensions: dimensions, type: type, isBigEndian: true, offset: 4 + 4 * dimensionCount,
      allowingVectors: allowingVectors, path: reader.path)
  }

  /// The types by their codes.
  private static let types: [UInt8: StoredType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]

  /// The type of the elements and the number of dimensions.
  private static func magic(_ reader: inout some ByteReader) throws(VAEError) -> (type: StoredType, dimensions: Int) {
    let magic = try reader.readExactly(4, "the header")
    guard magic[0] == 0, magic[1] == 0, let type = types[magic[2]] else {
      throw VAEError(
        .file,
        "\(reader.path) is not an IDX file: it begins with \(magic), and IDX begins with 0, 0, a type (8, 9, 11 to 14) and a "
          + "number of dimensions.")
    }
    return (type, Int(magic[3]))
  }

  private static func dimension(_ reader: inout some ByteReader) throws(VAEError) -> Int {
    try reader.readExactly(4, "the header").reduce(0) { $0 << 8 | Int($1) }
  }
}
