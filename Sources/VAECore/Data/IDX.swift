/// The IDX format of the MNIST data sets (yann.lecun.com/exdb/mnist): two zero bytes, a type, the number of
/// dimensions, each dimension as a big-endian 32-bit integer, and the elements, big-endian, the last dimension fastest.
public enum IDX {
  /// Reads a set of images (three dimensions) or vectors (two): unsigned bytes, 4- or 8-byte floating-point numbers.
  ///
  /// - Throws: where the file is not of the format, holds labels or another type, or is shorter or longer than its
  ///   header says.
  public static func read(_ reader: inout some ByteReader) throws(VAEError) -> Dataset {
    let path = reader.path
    let magic = try reader.readExactly(4, "the header")
    guard magic[0] == 0, magic[1] == 0 else {
      throw VAEError(
        .file,
        "\(path) is not an IDX file: it begins with \(magic), and IDX begins with 0, 0, a type and a number of dimensions."
      )
    }
    guard let elementSize = [0x08: 1, 0x0D: 4, 0x0E: 8][magic[2]] else {
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
    let text = dimensions.map { "\($0)" }.joined(separator: " × ")
    guard dimensions.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw VAEError(.file, "\(path): data of \(text) elements are empty.")
    }
    var size = elementSize
    var isCountable = true
    // The count comes last, so that a datum's size is checked even where there are none.
    for dimension in dimensions.reversed() {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      isCountable = isCountable && !overflow
      size = product
    }
    guard isCountable else {
      throw VAEError(.file, "\(path) cannot hold what its header promises: \(text) elements.")
    }
    let copies = elementSize == 1 ? 1 : 2
    let (needed, overflow) = min(size, reader.limit).multipliedReportingOverflow(by: copies)
    try MemoryLimit.check(
      "The data in \(path)", overflow ? .max : needed, remedy: "use a part of them")
    // No more than the file can have, whatever its header says.
    let bytes = try reader.read(min(size, reader.limit))
    let datumSize = size == 0 ? 0 : size / dimensions[0]
    guard bytes.count == size else {
      throw VAEError(
        .file,
        "\(path) is truncated: its header promises \(dimensions[0]) data of \(datumSize) bytes, "
          + "\(bytes.count / max(datumSize, 1)) are there.")
    }
    guard try reader.read(1).isEmpty else {
      throw VAEError(
        .file,
        "\(path) goes on behind the \(dimensions[0]) data that its header promises: the count or the file is wrong.")
    }
    let dataSize = dimensions.dropFirst().reduce(1, *)
    let shape = dimensionCount == 3 ? ImageShape(height: dimensions[1], width: dimensions[2]) : nil
    if elementSize == 1 { return Dataset(name: path, bytes: bytes, dataSize: dataSize, imageShape: shape) }
    return Dataset(name: path, floats: bigEndian(bytes, elementSize), dataSize: dataSize, imageShape: shape)
  }

  private static func bigEndian(_ bytes: [UInt8], _ size: Int) -> [Float] {
    (0..<bytes.count / size).map { index in
      let bits = bytes[index * size..<(index + 1) * size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return size == 4 ? Float(bitPattern: UInt32(bits)) : Float(Double(bitPattern: bits))
    }
  }
}
