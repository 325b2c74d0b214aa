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
    let (code, dimensionCount) = try magic(&reader)
    guard let type = [0x08: StoredType.uint8, 0x0D: .float32, 0x0E: .float64][code] else {
      throw VAEError(
        .file, "\(path) holds elements of the IDX type \(code); bytes (8), floats (13) and doubles (14) are read.")
    }
    guard dimensionCount == 2 || dimensionCount == 3 else {
      let hint = dimensionCount == 1 ? " It may hold labels; give the images." : ""
      throw VAEError(
        .file, "\(path) has \(dimensionCount) dimensions; images have three, vectors two.\(hint)")
    }
    let dimensions = try (0..<dimensionCount).map { _ throws(VAEError) in try dimension(&reader) }
    return try ArrayLayout(
      dimensions: dimensions, type: type, isBigEndian: true, offset: 4 + 4 * dimensionCount, path: path)
  }

  /// Reads a label of each datum (one dimension): unsigned bytes, or 4-byte integers.
  ///
  /// - Throws: where the file is not of the format, holds something else, or is shorter or longer than its header says.
  public static func readLabels(_ reader: inout some ByteReader) throws(VAEError) -> Condition {
    let path = reader.path
    let (code, dimensionCount) = try magic(&reader)
    guard dimensionCount == 1 else {
      throw VAEError(.file, "\(path) has \(dimensionCount) dimensions; labels have one. Are they the data?")
    }
    guard let size = [0x08: 1, 0x0C: 4][code] else {
      throw VAEError(
        .file, "\(path) holds labels of the IDX type \(code); bytes (8) and 4-byte integers (12) are read.")
    }
    let count = try dimension(&reader)
    // No more than the file can have, whatever its header says.
    let bytes = try reader.read(min(count * size, reader.limit))
    guard bytes.count == count * size else {
      throw VAEError(
        .file, "\(path) is truncated: its header promises \(count) labels, \(bytes.count / size) are there.")
    }
    guard try reader.read(1).isEmpty else {
      throw VAEError(
        .file, "\(path) goes on behind the \(count) labels that its header promises: the count or the file is wrong.")
    }
    let labels = stride(from: 0, to: bytes.count, by: size).map { first in
      let bits = bytes[first..<first + size].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
      return Int(Int32(bitPattern: bits))
    }
    return Condition(name: path, labels: labels)
  }

  /// The type of the elements and the number of dimensions.
  private static func magic(_ reader: inout some ByteReader) throws(VAEError) -> (type: UInt8, dimensions: Int) {
    let magic = try reader.readExactly(4, "the header")
    guard magic[0] == 0, magic[1] == 0 else {
      throw VAEError(
        .file,
        "\(reader.path) is not an IDX file: it begins with \(magic), and IDX begins with 0, 0, a type and a number of dimensions."
      )
    }
    return (magic[2], Int(magic[3]))
  }

  private static func dimension(_ reader: inout some ByteReader) throws(VAEError) -> Int {
    try reader.readExactly(4, "the header").reduce(0) { $0 << 8 | Int($1) }
  }
}
