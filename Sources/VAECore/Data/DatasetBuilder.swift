/// Puts a set of data together from pieces.
struct DatasetBuilder {
  let name: String
  let dataSize: Int
  let imageShape: ImageShape?
  let type: StoredType
  let columnNames: [String]?
  private var bytes: [UInt8] = []
  private var floats: [Float] = []
  private var condition: Condition?
  private var weights: [Float]?

  /// A builder with room for `capacity` data.
  init(
    name: String, dataSize: Int, imageShape: ImageShape?, type: StoredType, columnNames: [String]? = nil,
    capacity: Int = 0
  ) {
    self.name = name
    self.dataSize = dataSize
    self.imageShape = imageShape
    self.type = type
    self.columnNames = columnNames
    if type == .uint8 {
      bytes.reserveCapacity(capacity * dataSize)
    } else {
      floats.reserveCapacity(capacity * dataSize)
    }
  }

  /// Appends some data's values as they stand in a file.
  mutating func append(_ stored: [UInt8], isBigEndian: Bool) {
    if type == .uint8 {
      bytes += stored
    } else {
      floats += type.elements(stored, isBigEndian: isBigEndian)
    }
  }

  /// Appends numbers.
  mutating func append(_ numbers: [Float]) { floats += numbers }

  /// Appends data of the same kind.
  mutating func append(_ data: Dataset) {
    precondition(data.dataSize == dataSize && data.isOfBytes == (type == .uint8), "\(data.name) behind \(name)")
    let isFirst = bytes.isEmpty && floats.isEmpty
    precondition(
      isFirst || (condition == nil) == (data.condition == nil) && (weights == nil) == (data.weights == nil),
      "\(data.name) behind \(name): conditions or weights")
    data.withValues(bytes: { bytes += $0 }, floats: { floats += $0 })
    if let more = data.weights { weights = (weights ?? []) + more }
    if let more = data.condition { condition = condition?.appending(more) ?? more }
  }

  /// The data so far.
  var count: Int { (bytes.count + floats.count) / dataSize }

  var memoryByteCount: Int { bytes.count + 4 * floats.count }

  /// What came together so far, from these places of a set, or a set of its own.
  func dataset(from origin: [Range<Int>]? = nil) -> Dataset {
    var dataset =
      type == .uint8
      ? Dataset(name: name, bytes: bytes, dataSize: dataSize, imageShape: imageShape)
      : Dataset(name: name, floats: floats, dataSize: dataSize, imageShape: imageShape)
    dataset.columnNames = columnNames
    dataset.origin = origin
    dataset.condition = condition
    dataset.weights = weights
    return dataset
  }
}
