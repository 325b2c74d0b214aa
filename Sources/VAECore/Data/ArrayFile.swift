import Foundation

/// How data lie in the bytes of a file: one behind the other, from the end of a header on.
public struct ArrayLayout: Sendable, Equatable {
  /// N
  public let count: Int
  /// D
  public let dataSize: Int
  /// The shape of the data as images, where they are images.
  public let imageShape: ImageShape?
  /// How values are stored.
  public let type: StoredType
  /// Whether the most significant byte of a value comes first.
  public let isBigEndian: Bool
  /// The bytes before the first datum.
  public private(set) var offset: Int
  /// Whether nothing may follow behind the last datum.
  private(set) var endsFile = true

  /// The bytes of one datum.
  var datumByteCount: Int { dataSize * type.size }
  /// The bytes of all data.
  var byteCount: Int { count * datumByteCount }
  /// Where the last datum ends.
  package var end: Int { offset + byteCount }

  /// Where some data lie.
  func place(of data: Range<Int>) -> Range<Int> {
    offset + data.lowerBound * datumByteCount..<offset + data.upperBound * datumByteCount
  }

  /// A layout of data with the dimensions of an array, the first counting data: `[N, D]`, or `[N, H, W]` for images.
  ///
  /// - Throws: where there are more or fewer dimensions, a datum is empty, or the bytes are beyond counting.
  init(
    dimensions: [Int], type: StoredType, isBigEndian: Bool, offset: Int, path: String
  ) throws(VAEError) {
    let text = dimensions.prefix(8).map { "\($0)" }.joined(separator: " × ") + (dimensions.count > 8 ? " × …" : "")
    guard dimensions.count == 2 || dimensions.count == 3 else {
      throw VAEError(
        .file,
        "\(path) has \(dimensions.count) dimensions\(dimensions.isEmpty ? "" : " (\(text))"); images have three, vectors "
          + "two: give an array of such a shape (numpy.reshape).")
    }
    guard dimensions.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw VAEError(.file, "\(path): data of \(text) elements are empty.")
    }
    var size = type.size
    var isCountable = true
    // Where there are no data, one must be countable all the same.
    for dimension in dimensions {
      let (product, overflow) = size.multipliedReportingOverflow(by: max(dimension, 1))
      isCountable = isCountable && !overflow
      size = product
    }
    // Four bytes of memory a value, and those that hold them while they are read.
    guard isCountable, !size.multipliedReportingOverflow(by: 8).overflow,
      !offset.addingReportingOverflow(size).overflow
    else {
      throw VAEError(.file, "\(path) cannot hold what its header promises: \(text) elements.")
    }
    count = dimensions[0]
    dataSize = dimensions.dropFirst().reduce(1, *)
    imageShape = dimensions.count == 3 ? ImageShape(height: dimensions[1], width: dimensions[2]) : nil
    self.type = type
    self.isBigEndian = isBigEndian
    self.offset = offset
  }

  /// The same behind `bytes` others, and with others behind it.
  package func embedded(behind bytes: Int) -> ArrayLayout {
    var layout = self
    layout.offset += bytes
    layout.endsFile = false
    return layout
  }

  func truncated(_ path: String, there: Int) -> VAEError {
    VAEError(
      .file,
      "\(path) is truncated: its header promises \(count) data of \(datumByteCount) bytes, "
        + "\(max(there, 0) / max(datumByteCount, 1)) are there.")
  }

  func goesOn(_ path: String) -> VAEError {
    VAEError(
      .file,
      "\(path) goes on behind the \(count) data that its header promises: the count or the file is wrong.")
  }
}

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
    var builder = DatasetBuilder(
      name: name, dataSize: dataSize, imageShape: imageShape, type: storedType,
      capacity: ranges.reduce(0) { $0 + $1.count })
    try append(ranges, to: &builder)
    return builder.dataset(from: ranges)
  }

  /// Appends the data of some ranges of positions, a megabyte at a time.
  func append(_ ranges: [Range<Int>], to builder: inout DatasetBuilder) throws(VAEError) {
    let most = max(1, (1 << 20) / layout.datumByteCount)
    var places: [Range<Int>] = []
    for range in ranges {
      precondition(range.lowerBound >= 0 && range.upperBound <= count, "data \(range) of \(count)")
      for first in stride(from: range.lowerBound, to: range.upperBound, by: most) {
        places.append(layout.place(of: first..<min(first + most, range.upperBound)))
      }
    }
    try file.read(places) { builder.append($0, isBigEndian: layout.isBigEndian) }
  }
}

/// Data of an array behind a header, in a stream of bytes.
public struct ArrayStream<Reader: ByteReader>: DataStream {
  private var reader: Reader
  private let layout: ArrayLayout
  private var position = 0

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
    var builder = DatasetBuilder(name: name, dataSize: dataSize, imageShape: imageShape, type: storedType)
    let wanted = min(count, layout.count - position)
    let bytes = try reader.read(wanted * layout.datumByteCount)
    guard bytes.count == wanted * layout.datumByteCount else {
      throw layout.truncated(name, there: position * layout.datumByteCount + bytes.count)
    }
    position += wanted
    if position == layout.count {
      guard try reader.read(1).isEmpty else { throw layout.goesOn(name) }
    }
    builder.append(bytes, isBigEndian: layout.isBigEndian)
    return builder.dataset(from: [position - wanted..<position])
  }
}
