/// Data in NumPy's file format: an array `[N, D]` of vectors or `[N, H, W]` of images.
extension NPY {
  /// Whether a file begins as those of the format do.
  public static func begins(_ start: [UInt8]) -> Bool { start.starts(with: NPYHeader.magic) }

  /// Reads the header of an array of data, and leaves the reader at the first of them.
  ///
  /// Booleans, integers of 1 to 8 bytes, and floating-point numbers of 2, 4 and 8 bytes, little- or big-endian, in C or
  /// Fortran order. Where vectors are allowed, an array of one dimension `[N]`, as of labels, is `[N, 1]`.
  ///
  /// - Throws: where the file is not of the format, or holds an array of another type or number of dimensions.
  public static func layout(
    _ reader: inout some ByteReader, allowingVectors: Bool = false
  ) throws(VAEError) -> ArrayLayout {
    let path = reader.path
    let header = try NPYHeader(&reader)
    let (type, isBigEndian) = try header.elements()
    guard let shape = header.shape else {
      throw VAEError(.file, "\(path) has a shape that cannot be: \(header.shapeText).")
    }
    return try ArrayLayout(
      dimensions: shape, type: type, isBigEndian: isBigEndian, isInFortranOrder: header.isInFortranOrder(),
      offset: header.byteCount, allowingVectors: allowingVectors, path: path)
  }

  /// The shape and the type of an array as its header says them, for a list: "5 × 3, single precision".
  ///
  /// - Throws: where the file is not of the format.
  package static func summary(_ reader: inout some ByteReader) throws(VAEError) -> String {
    let header = try NPYHeader(&reader)
    let shape = header.shape.map { $0.isEmpty ? "one value" : ArrayLayout.text($0) } ?? header.shapeText
    return "\(shape), \(header.elementText)"
  }

  /// Writes data as they come: bytes as `|u1`, what a `Float` holds exactly as `<f4`, all else as `<f8`; images as `[N, H, W]`, other data as `[N, D]`.
  ///
  /// Memory is needed for a few megabytes of them only. `progress` is told how many data are written.
  ///
  /// - Returns: N
  /// - Throws: where the file cannot be written, or the data cannot be read; what was at `path` then stays.
  @discardableResult
  public static func write(
    _ data: any DataStream, to path: String, progress: (Int) -> Void = { _ in }
  ) throws(VAEError) -> Int {
    var pieces = Pieces(data)
    return try write(&pieces, atMost: .max, to: path) { progress($0) }
  }

  /// Writes data as they come into files of `count` each in a new folder: `part-00000.npy` and so on.
  ///
  /// - Returns: N, and the number of files.
  /// - Throws: as for one file, and where the folder is already there. Where it throws, there is no folder.
  public static func writeShards(
    _ data: any DataStream, of count: Int, to folder: String, progress: (Int) -> Void = { _ in }
  ) throws(VAEError) -> (count: Int, shards: Int) {
    precondition(count > 0, "files of \(count) data")
    return try AtomicFolder.write(to: folder) { temporary throws(VAEError) in
      var pieces = Pieces(data)
      var (written, shards) = (0, 0)
      // At least one, which then holds no data but says of which kind they would be.
      while true {
        let hasMore = try pieces.hasMore()
        guard hasMore || shards == 0 else { break }
        let digits = String(shards)
        let name = "part-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".npy"
        let before = written
        written += try write(&pieces, atMost: count, to: "\(temporary)/\(name)") { progress(before + $0) }
        shards += 1
      }
      return (written, shards)
    }
  }

  private static func write(
    _ pieces: inout Pieces, atMost most: Int, to path: String, _ progress: (Int) -> Void
  ) throws(VAEError) -> Int {
    let stream = pieces.stream
    let type = stream.storedType.memoryType
    // The count is not known before the end: the header has room for any, and is written once more.
    func header(_ count: Int) -> [UInt8] {
      let shape = stream.imageShape.map { "\($0.height), \($0.width)" } ?? "\(stream.dataSize)"
      return NPYHeader.encode(type, shape: "\(count), \(shape)", least: 192)
    }
    var count = 0
    try AtomicFile.write(to: path) { writer throws(VAEError) in
      try writer.write(header(0))
      while let piece = try pieces.next(atMost: most - count) {
        try writer.write(piece.values.fileBytes)
        count += piece.count
        progress(count)
      }
      try writer.overwrite(header(count))
    }
    return count
  }

  /// A stream in pieces of some megabytes, of which one can see whether there is another.
  private struct Pieces {
    var stream: any DataStream
    private var ahead: Dataset?

    init(_ stream: any DataStream) { self.stream = stream }

    mutating func hasMore() throws(VAEError) -> Bool {
      if ahead == nil { ahead = try stream.next(stream.pieceCount) }
      return ahead!.count > 0
    }

    /// The next piece; nil at the end, or where `most` is 0.
    mutating func next(atMost most: Int) throws(VAEError) -> Dataset? {
      guard most > 0, try hasMore(), let piece = ahead else { return nil }
      let part = min(most, piece.count)
      ahead = part < piece.count ? piece.read([part..<piece.count]) : nil
      return part < piece.count ? piece.read([0..<part]) : piece
    }
  }
}
