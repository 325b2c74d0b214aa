/// Data of one size, one after the other: bytes, numbers, or sparse rows of numbers.
///
/// Kept as read: bytes become floating point per minibatch only, and numbers that single precision would round are kept in
/// double precision until they have been centred and scaled.
public struct Dataset: DataSource {
  /// Where the data come from, for messages.
  public let name: String
  /// N, the number of data.
  public let count: Int
  /// D, the values of each.
  public let dataSize: Int
  /// The shape of the data as images, where they are images.
  public let imageShape: ImageShape?
  /// Whether values are grey levels, and which of them is white, where somebody has said.
  public let whiteLevel: WhiteLevel
  /// What is assumed about that where nobody has.
  let assumedWhiteLevel: WhiteLevel
  /// Where the data lie in the set that they were read from; one range where that is this one.
  public internal(set) var origin: [Range<Int>]
  /// What is known of each datum beside its values, if anything.
  public internal(set) var condition: Condition? { didSet { identity = DataIdentity() } }
  /// The weight of each datum in training, where not all are 1.
  public internal(set) var weights: [Float]? { didSet { identity = DataIdentity() } }
  /// Copies of the set share it, as long as nothing is changed about their data.
  public private(set) var identity: DataIdentity? = DataIdentity()
  /// The columns, of a table.
  public var columns: DataColumns? {
    didSet {
      precondition(columns == nil || columns!.count == dataSize, "\(columns!.count) columns for data of \(dataSize)")
      identity = DataIdentity()
    }
  }
  /// The names of the columns, where they have names. Columns that get them here, and were none before, hold numbers.
  public var columnNames: [String]? {
    get { columns?.names }
    set {
      if columns == nil { columns = newValue.map { DataColumns(names: $0) } } else { columns!.names = newValue }
    }
  }
  /// The line of its file that each datum stands in, of a table.
  var lines: [UInt32]?
  let values: Values
  /// The least and the greatest value as stored, NaN where one is NaN; nil where there are none.
  let range: (lower: Double, upper: Double)?

  /// A set from bytes; there must be a multiple of `dataSize`. Unless it is said what they are, images in which there is
  /// more than 0 and 1 are grey levels, 255 being white; other bytes are numbers. An array and ``SharedMemory`` are not
  /// copied.
  public init(
    name: String, bytes: some Collection<UInt8>, dataSize: Int, imageShape: ImageShape? = nil,
    whiteLevel: WhiteLevel = .undecided
  ) {
    let bytes = SharedMemory(bytes)
    self.init(
      name: name, values: .bytes(bytes), dataSize: dataSize, imageShape: imageShape, whiteLevel: whiteLevel,
      assuming: .of(bytes: bytes, areImages: imageShape != nil))
  }

  /// A set from numbers in single precision; there must be a multiple of `dataSize`. An array and ``SharedMemory`` are not
  /// copied.
  public init(
    name: String, floats: some Collection<Float>, dataSize: Int, imageShape: ImageShape? = nil,
    whiteLevel: WhiteLevel = .undecided
  ) {
    self.init(
      name: name, values: .floats(SharedMemory(floats)), dataSize: dataSize, imageShape: imageShape,
      whiteLevel: whiteLevel)
  }

  /// A set from numbers in double precision, which a model that standardises centres and scales before it rounds them; there
  /// must be a multiple of `dataSize`. An array and ``SharedMemory`` are not copied.
  public init(
    name: String, doubles: some Collection<Double>, dataSize: Int, imageShape: ImageShape? = nil,
    whiteLevel: WhiteLevel = .undecided
  ) {
    self.init(
      name: name, values: .doubles(SharedMemory(doubles)), dataSize: dataSize, imageShape: imageShape,
      whiteLevel: whiteLevel)
  }

  /// A set of rows that are mostly zeros. Where less than a fiftieth is stored, the first layer of a model multiplies that
  /// alone, unless the data are standardised, binarised or grey levels; everything else sees them as any other numbers.
  public init(name: String, rows: SparseRows) {
    self.init(
      name: name, values: .sparse(rows), dataSize: rows.columnCount, imageShape: nil, whiteLevel: .undecided)
  }

  init(
    name: String, values: Values, dataSize: Int, imageShape: ImageShape?, whiteLevel: WhiteLevel,
    assuming assumed: WhiteLevel = .none
  ) {
    precondition(dataSize > 0 && values.count % dataSize == 0, "\(values.count) values for data of \(dataSize)")
    if let imageShape {
      precondition(imageShape.height * imageShape.width == dataSize, "\(imageShape) for data of \(dataSize)")
    }
    precondition(whiteLevel.divisor > 0, "\(whiteLevel)")
    self.name = name
    self.values = values
    self.dataSize = dataSize
    self.imageShape = imageShape
    self.whiteLevel = whiteLevel
    assumedWhiteLevel = whiteLevel == .undecided ? assumed : whiteLevel
    range = values.range
    count = values.count / dataSize
    origin = [0..<count]
  }

  /// The same data with other values, the same number for each datum.
  func replacing(values: Values, whiteLevel: WhiteLevel, assuming assumed: WhiteLevel? = nil) -> Dataset {
    var dataset = Dataset(
      name: name, values: values, dataSize: count == 0 ? dataSize : values.count / count, imageShape: imageShape,
      whiteLevel: whiteLevel, assuming: assumed ?? assumedWhiteLevel)
    precondition(dataset.count == count, "\(dataset.count) data in place of \(count)")
    dataset.takeAnnotations(of: self)
    return dataset
  }

  /// Takes what is known of the same data beside their values.
  mutating func takeAnnotations(of other: Dataset) {
    (origin, condition, weights, lines) = (other.origin, other.condition, other.weights, other.lines)
    if other.dataSize == dataSize { columns = other.columns }
  }

  /// What is stored of the data, where they are stored as sparse rows; nil, too, where it is not what a model sees.
  var sparseRows: SparseRows? {
    if case .sparse(let rows) = values, assumedWhiteLevel.divisor == 1 { rows } else { nil }
  }

  /// The part of the values that is stored, of sparse rows.
  public var storedPart: Double? { if case .sparse(let rows) = values { rows.storedPart } else { nil } }

  /// The bytes that the values take in memory.
  public var memoryByteCount: Int { values.byteCount }

  /// How values are stored in memory: as bytes, `Float` or `Double`; of sparse rows, how they would be.
  public var storedType: StoredType { values.storedType }

  /// The data of some ranges of positions.
  public func read(_ ranges: [Range<Int>]) -> Dataset {
    for range in ranges {
      precondition(range.lowerBound >= 0 && range.upperBound <= count, "data \(range) of \(count)")
    }
    var some = Dataset(
      name: name, values: values.select(ranges, size: dataSize),
      dataSize: dataSize, imageShape: imageShape, whiteLevel: whiteLevel, assuming: assumedWhiteLevel)
    some.condition = condition?.read(ranges)
    some.weights = weights.map { weights in ranges.flatMap { weights[$0] } }
    some.lines = lines.map { lines in ranges.flatMap { lines[$0] } }
    some.columns = columns
    some.origin = origin.selecting(ranges)
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

  /// Where a value stands, for messages.
  func place(of index: Int, column: Int) -> CellPlace {
    CellPlace(
      file: name, line: lines.map { Int($0[index]) }, datum: position(of: index), column: columnNumber(column) - 1,
      columnName: columnNames?[column])
  }

  /// A value as it is stored, for messages; of grey levels what a model sees.
  func text(of index: Int, column: Int) -> String {
    let value = values[index * dataSize + column] / assumedWhiteLevel.divisor
    if case .doubles = values { return "\(value)" }
    return "\(Float(value))"
  }

  /// The position of a datum in the set that it was read from.
  public func position(of index: Int) -> Int { origin.element(index) }
}

extension Dataset: CustomStringConvertible {
  /// Its name and its size, not its values: "train-images: 60000 data of 28 × 28 pixels".
  public var description: String { "\(name): \(count) data of \(imageShape.text(ofDataSize: dataSize))" }
}
