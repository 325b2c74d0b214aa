/// Puts a set of data together from pieces.
struct DatasetBuilder {
  private let kind: DataKind
  private var values: Dataset.Values
  private var lines: [UInt32] = []
  private var columns: DataColumns?
  private var condition: Condition?
  private var weights: [Float]?

  /// A builder with room for `capacity` data.
  init(_ kind: DataKind, capacity: Int = 0) {
    self.kind = kind
    columns = kind.columns
    func empty<T>() -> SharedMemory<T> {
      var array: [T] = []
      array.reserveCapacity(capacity * kind.dataSize)
      return SharedMemory(array)
    }
    switch kind.storedType.memoryType {
    case .uint8: values = .bytes(empty())
    case .float64: values = .doubles(empty())
    default: values = .floats(empty())
    }
  }

  /// Appends some data's values as they stand in a file.
  mutating func append(_ stored: [UInt8], isBigEndian: Bool) {
    let type = kind.storedType
    values.append(
      bytes: { stored }, floats: { type.elements(stored, isBigEndian: isBigEndian) },
      doubles: { type.elements(stored, isBigEndian: isBigEndian) })
  }

  /// Appends numbers, with the lines that each datum stands in, where there are lines.
  mutating func append(_ numbers: [Double], lines: [UInt32] = []) {
    values.append(
      bytes: { numbers.map { UInt8($0) } }, floats: { numbers.map { Float($0) } }, doubles: { numbers })
    self.lines += lines
  }

  /// Appends data of the same kind.
  mutating func append(_ data: Dataset) {
    precondition(
      data.dataSize == kind.dataSize && data.values.isStored(as: values), "\(data.name) behind \(kind.name)")
    precondition(
      values.count == 0 || (condition == nil) == (data.condition == nil) && (weights == nil) == (data.weights == nil),
      "\(data.name) behind \(kind.name): conditions or weights")
    values.append(data.values)
    if let more = data.weights { weights = (weights ?? []) + more }
    if let more = data.condition { condition = condition?.appending(more) ?? more }
    lines += data.lines ?? []
    columns = columns?.joined(with: data.columns?.kinds)
  }

  /// The data so far.
  var count: Int { values.count / kind.dataSize }

  var memoryByteCount: Int { values.byteCount }

  /// What came together so far, from these places of a set, or a set of its own.
  func dataset(from origin: [Range<Int>]? = nil) -> Dataset {
    var dataset = Dataset(
      name: kind.name, values: values, dataSize: kind.dataSize, imageShape: kind.imageShape, whiteLevel: kind.whiteLevel
    )
    // A part says nothing about the whole.
    if origin == nil { dataset = dataset.assumingWhiteLevel() }
    dataset.columns = columns
    if let origin { dataset.origin = origin }
    dataset.condition = condition
    dataset.weights = weights
    if lines.count == dataset.count { dataset.lines = lines }
    return dataset
  }
}

extension Dataset.Values {
  fileprivate func isStored(as other: Dataset.Values) -> Bool { storedType == other.storedType }

  fileprivate mutating func append(_ more: Dataset.Values) {
    if case .sparse(let rows) = more {
      if count == 0 {
        self = more
        return
      }
      if case .sparse(let own) = self {
        self = .sparse(own.appending(rows))
        return
      }
    }
    append(bytes: { more.bytes }, floats: { more.floats }, doubles: { more.doubles })
  }

  /// Appends what comes in the form in which the values are stored.
  fileprivate mutating func append(bytes: () -> [UInt8], floats: () -> [Float], doubles: () -> [Double]) {
    // Taken out while it grows, so that it is not copied.
    switch consume self {
    case .bytes(var values):
      self = .bytes(SharedMemory([]))
      values.append(bytes())
      self = .bytes(values)
    case .floats(var values):
      self = .floats(SharedMemory([]))
      values.append(floats())
      self = .floats(values)
    case .doubles(var values):
      self = .doubles(SharedMemory([]))
      values.append(doubles())
      self = .doubles(values)
    case .sparse(let rows):
      let own = rows.dense(0..<rows.rowCount)
      self =
        rows.storedType.fitsInFloat
        ? .floats(SharedMemory(own.map { Float($0) } + floats())) : .doubles(SharedMemory(own + doubles()))
    }
  }

  private var bytes: [UInt8] { if case .bytes(let values) = self { values.array } else { [] } }
  private var floats: [Float] {
    switch self {
    case .floats(let values): values.array
    case .sparse(let rows): rows.dense(0..<rows.rowCount).map { Float($0) }
    case .bytes, .doubles: []
    }
  }
  private var doubles: [Double] {
    switch self {
    case .doubles(let values): values.array
    case .sparse(let rows): rows.dense(0..<rows.rowCount)
    case .bytes, .floats: []
    }
  }
}
