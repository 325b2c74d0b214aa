/// Data in a file that is an array behind a header: read from any position, by ordinary reads.
public struct ArrayFile: DataSource {
  /// The file's path, and what in it holds the data where it is not all of it.
  public let name: String
  /// How the data lie in it.
  public let layout: ArrayLayout
  /// Of the file as it was when it was opened.
  public let identity: DataIdentity? = DataIdentity()
  private let file: PositionedFile

  /// N
  public var count: Int { layout.count }
  /// D
  public var dataSize: Int { layout.dataSize }
  /// The shape of the data as images, where they are images.
  public var imageShape: ImageShape? { layout.imageShape }
  /// How values are stored.
  public var storedType: StoredType { layout.type }

  /// Opens a file of a format whose header `parse` reads; its path is its name where none is given.
  ///
  /// - Throws: where the file cannot be read, or is shorter or longer than its header says.
  public init(
    path: String, name: String? = nil, _ parse: (inout FileReader) throws(VAEError) -> ArrayLayout
  ) throws(VAEError) {
    self.name = name ?? path
    file = try PositionedFile(path: path)
    var reader = try FileReader(path: path)
    layout = try parse(&reader)
    let end = layout.end
    if end > file.size { throw layout.truncated(self.name, there: file.size - layout.offset) }
    if end < file.size && layout.endsFile { throw layout.goesOn(self.name) }
  }

  /// The data of some ranges of positions.
  public func read(_ ranges: [Range<Int>]) throws(VAEError) -> Dataset {
    var builder = DatasetBuilder(DataKind(self), capacity: ranges.reduce(0) { $0 + $1.count })
    try append(ranges, to: &builder)
    return builder.dataset(from: ranges)
  }

  /// Appends the data of some ranges of positions, piece by piece.
  func append(_ ranges: [Range<Int>], to builder: inout DatasetBuilder) throws(VAEError) {
    if layout.isByColumns { return try appendColumns(ranges, to: &builder) }
    let pieces = layout.pieces(of: ranges, bytes: 1 << 20)
    var next = pieces.makeIterator()
    try file.read(pieces.map { layout.place(of: $0) }) { bytes throws(VAEError) in
      try layout.check(bytes, from: next.next()!.lowerBound, name)
      builder.append(bytes, isBigEndian: layout.isBigEndian)
    }
  }

  /// The same of an array by columns. Short columns, and those of which half and more is wanted, come many at once and whole;
  /// of the others a read for each brings what is wanted alone.
  private func appendColumns(_ ranges: [Range<Int>], to builder: inout DatasetBuilder) throws(VAEError) {
    for piece in layout.pieces(of: ranges, bytes: 1 << 22) {
      var rows = RowAssembly(layout, count: piece.count)
      if layout.columnByteCount <= 4096 || piece.count >= layout.count / 2 {
        let together = max(1, (1 << 20) / layout.columnByteCount)
        let starts = stride(from: 0, to: dataSize, by: together)
        let blocks = starts.map { layout.place(ofColumns: $0..<min($0 + together, dataSize)) }
        try file.read(blocks) { bytes in
          for first in stride(from: 0, to: bytes.count, by: layout.columnByteCount) {
            rows.append(bytes[first + piece.lowerBound * storedType.size..<first + piece.upperBound * storedType.size])
          }
        }
      } else {
        try file.read((0..<dataSize).map { layout.place(ofColumn: $0, of: piece) }) { rows.append($0[...]) }
      }
      try layout.check(rows.bytes, from: piece.lowerBound, name)
      builder.append(rows.bytes, isBigEndian: layout.isBigEndian)
    }
  }
}

/// Data of an array behind a header, in a stream of bytes.
public struct ArrayStream<Reader: ByteReader>: DataStream {
  private var reader: Reader
  /// How the data lie in it.
  public let layout: ArrayLayout
  private var position = 0
  /// The whole array, where it lies by columns.
  private var columns: [UInt8]?

  /// Where the bytes come from.
  public var name: String { reader.path }
  /// N
  public var count: Int? { layout.count }
  /// D
  public var dataSize: Int { layout.dataSize }
  /// The shape of the data as images, where they are images.
  public var imageShape: ImageShape? { layout.imageShape }
  /// How values are stored.
  public var storedType: StoredType { layout.type }

  /// Reads the header with `parse`; throws where that does.
  public init(
    _ reader: Reader, _ parse: (inout Reader) throws(VAEError) -> ArrayLayout
  ) throws(VAEError) {
    self.reader = reader
    layout = try parse(&self.reader)
    // No more than the file can have, whatever its header says.
    if layout.byteCount > reader.limit { throw layout.truncated(reader.path, there: reader.limit - layout.offset) }
  }

  /// The next data; throws where the stream ends before its header says, or goes on behind.
  public mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    var builder = builder()
    let first = position
    builder.append(try nextBytes(count), isBigEndian: layout.isBigEndian)
    return builder.dataset(from: [first..<position])
  }

  /// The bytes of the next data, one behind the other.
  mutating func nextBytes(_ count: Int) throws(VAEError) -> [UInt8] {
    let data = position..<position + min(count, layout.count - position)
    let bytes = layout.isByColumns ? try assembled(data) : try readBytes(of: data.count)
    try layout.check(bytes, from: position, name)
    position = data.upperBound
    return bytes
  }

  /// The bytes of so many data as they come next; where they are the last, nothing may come behind.
  private mutating func readBytes(of count: Int) throws(VAEError) -> [UInt8] {
    let bytes = try reader.read(count * layout.datumByteCount)
    guard bytes.count == count * layout.datumByteCount else {
      throw layout.truncated(name, there: position * layout.datumByteCount + bytes.count)
    }
    if position + count == layout.count {
      guard try reader.read(1).isEmpty else { throw layout.goesOn(name) }
    }
    return bytes
  }

  /// The bytes of some data of an array by columns: the last value of the first datum is known only when nearly all of the
  /// array has come, so it is held.
  private mutating func assembled(_ data: Range<Int>) throws(VAEError) -> [UInt8] {
    if columns == nil { columns = try allColumns() }
    // Of no data there may be any number of columns.
    if data.isEmpty { return [] }
    var rows = RowAssembly(layout, count: data.count)
    for column in 0..<dataSize {
      let place = layout.place(ofColumn: column, of: data)
      rows.append(columns![place.lowerBound - layout.offset..<place.upperBound - layout.offset])
    }
    return rows.bytes
  }

  /// The bytes of an array by columns.
  private mutating func allColumns() throws(VAEError) -> [UInt8] {
    let (need, overflow) = layout.byteCount.multipliedReportingOverflow(by: 2)
    try MemoryLimit.check(
      "The data in \(name), which are in Fortran order and can be read from the beginning only,",
      overflow ? .max : need, remedy: "save them with numpy.ascontiguousarray, or uncompressed")
    return try readBytes(of: layout.count)
  }
}
