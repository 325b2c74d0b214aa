/// The IDX format of the MNIST data sets (yann.lecun.com/exdb/mnist): two zero bytes, a type, the number of
/// dimensions, each dimension as a big-endian 32-bit integer, and the elements, big-endian, the last dimension fastest.
public enum IDX {
  /// Reads a set of images (three dimensions) or vectors (two): unsigned bytes, 4- or 8-byte floating-point numbers.
  ///
  /// - Throws: where the file is not of the format, holds labels or another type, or is shorter or longer than its
  ///   header says.
  public static func read(_ reader: inout some ByteReader) throws(VAEError) -> Dataset {
    var stream = try ArrayStream(reader) { reader throws(VAEError) in try layout(&reader) }
    return try stream.inMemory()
  }

  /// Whether a file begins as those of the format do.
  public static func begins(_ start: [UInt8]) -> Bool { start.starts(with: [0, 0]) }

  /// Reads the header of images or vectors, and leaves the reader at the first of them.
  public static func layout(_ reader: inout some ByteReader) throws(VAEError) -> ArrayLayout {
    let path = reader.path
    let magic = try reader.readExactly(4, "the header")
    guard magic[0] == 0, magic[1] == 0 else {
      throw VAEError(
        .file,
        "\(path) is not an IDX file: it begins with \(magic), and IDX begins with 0, 0, a type and a number of dimensions."
      )
    }
    guard let type = [0x08: StoredType.uint8, 0x0D: .float32, 0x0E: .float64][magic[2]] else {
      throw VAEError(
        .file, "\(path) holds elements of the IDX type \(magic[2]); bytes (8), floats (13) and doubles (14) are read.")
    }
    let dimensionCount = Int(magic[3])
    guard dimensionCount == 2 || dimensionCount == 3 else {
      let hint = dimensionCount == 1 ? " It may hold labels; give the images." : ""
      throw VAEError(
        .file, "\(path) has \(dimensionCount) dimensions; images have three, vectors two.\(hint)")
    }
    let dimensions = try (0..<dimensionCount).map { _ throws(VAEError) in
      try reader.readExactly(4, "the header").reduce(0) { $0 << 8 | Int($1) }
    }
    return try ArrayLayout(
      dimensions: dimensions, type: type, isBigEndian: true, offset: 4 + 4 * dimensionCount, path: path)
  }
}
