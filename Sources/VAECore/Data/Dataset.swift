/// Data of one size, one after the other: bytes, which stand for value/255, or numbers as they are.
///
/// Kept as read: bytes become floating point per minibatch only.
public struct Dataset: DataSource {
  /// Where the data come from, for messages.
  public let name: String
  /// N, the number of data.
  public let count: Int
  /// D, the values of each.
  public let dataSize: Int
  /// The shape of the data as images, where they are images.
  public let imageShape: ImageShape?
  /// Where the data lie in the set that they were read from, for messages; nil where that is this one.
  var origin: [Range<Int>]?
  /// What is known of each datum beside its values, if anything.
  public internal(set) var condition: Condition? { didSet { identity = DataIdentity() } }
  /// The weight of each datum in training, where not all are 1.
  public internal(set) var weights: [Float]? { didSet { identity = DataIdentity() } }
  /// Copies of the set share it, as long as nothing is changed about their data.
  public private(set) var identity: DataIdentity? = DataIdentity()
  /// The names of the values of a datum, where they have names.
  public var columnNames: [String]? {
    didSet { precondition(columnNames == nil || columnNames!.count == dataSize, "names of \(dataSize) columns") }
  }
  private let storage: Storage
  /// The least and the greatest value, NaN where one is NaN; nil where there are none.
  private let range: (lower: Float, upper: Float)?

  private enum Storage: Sendable {
    case bytes([UInt8])
    case floats([Float])
  }

  /// A set from bytes, each standing for value/255; there must be a multiple of `dataSize`.
  public init(name: String, bytes: [UInt8], dataSize: Int, imageShape: ImageShape? = nil) {
    self.init(name: name, storage: .bytes(bytes), total: bytes.count, dataSize, imageShape, range: (0, 1))
  }

  /// A set from numbers; there must be a multiple of `dataSize`.
  public init(name: String, floats: [Float], dataSize: Int, imageShape: ImageShape? = nil) {
    var range: (lower: Float, upper: Float)?
    for value in floats {
      guard !value.isNaN else {
        range = (.nan, .nan)
        break
      }
      range = (min(range?.lower ?? value, value), max(range?.upper ?? value, value))
    }
    self.init(name: name, storage: .floats(floats), total: floats.count, dataSize, imageShape, range: range)
  }

  private init(
    name: String, storage: Storage, total: Int, _ dataSize: Int, _ imageShape: ImageShape?,
    range: (lower: Float, upper: Float)?
  ) {
    precondition(dataSize > 0 && total % dataSize == 0, "\(total) values for data of \(dataSize)")
    if let imageShape {
      precondition(imageShape.height * imageShape.width == dataSize, "\(imageShape) for data of \(dataSize)")
    }
    self.name = name
    self.storage = storage
    self.dataSize = dataSize
    self.imageShape = imageShape
    self.range = range
    count = total / dataSize
  }

  /// How values are stored: bytes, or `Float`.
  public var storedType: StoredType {
    if case .bytes = storage { return .uint8 }
    return .float32
  }

  /// The data of some ranges of positions.
  public func read(_ ranges: [Range<Int>]) -> Dataset {
    func select<T>(_ values: [T], size: Int) -> [T] {
      ranges.flatMap { range in
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "data \(range) of \(count)")
        return values[range.lowerBound * size..<range.upperBound * size]
      }
    }
    var some =
      switch storage {
      case .bytes(let bytes):
        Dataset(name: name, bytes: select(bytes, size: dataSize), dataSize: dataSize, imageShape: imageShape)
      case .floats(let floats):
        Dataset(name: name, floats: select(floats, size: dataSize), dataSize: dataSize, imageShape: imageShape)
      }
    some.condition = condition?.read(ranges)
    some.weights = weights.map { select($0, size: 1) }
    some.columnNames = columnNames
    // Of a part of a part nobody keeps account.
    some.origin = origin == nil ? ranges : nil
    return some
  }

  /// The same data, each with its condition.
  ///
  /// - Throws: where there are more or fewer conditions than data.
  public func conditioned(on condition: Condition) throws(VAEError) -> Dataset {
    try condition.check(count: count, of: name)
    var dataset = self
    dataset.condition = condition
    return dataset
  }

  /// Some of the data as the rows of a matrix `[range.count, D]`.
  public func rows<Element: Scalar>(_ range: Range<Int>, as type: Element.Type = Element.self) -> Matrix<Element> {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "data \(range) of \(count)")
    var matrix = Matrix<Element>(rows: range.count, columns: dataSize)
    let view = matrix.mutableView
    for (row, position) in range.enumerated() { load(position, into: view.rows(row..<row + 1), math: VectorMath()) }
    return matrix
  }

  /// Writes the datum at a position into x `[1, D]`.
  func load<S>(_ position: Int, into x: MatrixView<S>, math: VectorMath<S>) {
    precondition(position < count, "datum \(position) of \(count)")
    let first = position * dataSize
    switch storage {
    case .bytes(let bytes):
      bytes.withUnsafeBufferPointer {
        math.bytesToUnit(UnsafeBufferPointer(rebasing: $0[first..<first + dataSize]), into: x)
      }
    case .floats(let floats):
      for column in 0..<dataSize { x[0, column] = S(floats[first + column]) }
    }
  }

  /// Writes the condition of the datum at a position into c `[1, C]`.
  func loadCondition<S>(_ position: Int, into row: MatrixView<S>) {
    guard let condition else { preconditionFailure("\(name) has no condition of \(row.columns) values") }
    condition.load(position, into: row)
  }

  /// The least and the greatest value; nil where there are none, or one is NaN.
  var bounds: ClosedRange<Float>? {
    guard let range, !range.lower.isNaN else { return nil }
    return range.lower...range.upper
  }

  /// Hands out all values, whichever they are.
  func withValues(bytes: ([UInt8]) -> Void, floats: ([Float]) -> Void) {
    switch storage {
    case .bytes(let values): bytes(values)
    case .floats(let values): floats(values)
    }
  }

  /// Calls a function with the position and the values `[D]` of each datum, in order, until it throws.
  func forEachDatum<E>(_ body: (_ position: Int, _ values: ArraySlice<Float>) throws(E) -> Void) throws(E) {
    var positions = (origin ?? [0..<count]).joined().makeIterator()
    for index in 0..<count {
      let position = positions.next() ?? index
      let range = index * dataSize..<(index + 1) * dataSize
      switch storage {
      case .bytes(let bytes): try body(position, bytes[range].map { Float($0) / 255 }[...])
      case .floats(let floats): try body(position, floats[range])
      }
    }
  }
}
