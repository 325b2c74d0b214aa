/// What data a model is of: what it must know of them to take others of the same kind for what they are. It is kept in the
/// model's checkpoint, and wherever the model meets data they are matched with it; see
/// ``VariationalAutoencoder/matching(_:)-(DataSource)``.
public struct DataSchema: Hashable, Sendable {
  /// The names of the columns, in the model's order; nil where the data have none.
  public var columnNames: [String]?
  /// How the values were stored; nil where nobody knows any more.
  public var storedType: StoredType?
  /// The stored value of white, where the data are grey levels: the model sees value/white.
  public var whiteLevel: Int?
  /// The classes that labels are of, in the model's order, where its condition is a label.
  public var classes: [Int]?
  /// What becomes of grey values before the model sees them.
  public var binarization: Binarization

  /// A schema.
  public init(
    columnNames: [String]? = nil, storedType: StoredType? = nil, whiteLevel: Int? = nil, classes: [Int]? = nil,
    binarization: Binarization = .unchanged
  ) {
    self.columnNames = columnNames
    self.storedType = storedType
    self.whiteLevel = whiteLevel
    self.classes = classes
    self.binarization = binarization
  }

  /// The schema of the data that a model is trained on, whose ``WhiteLevel`` is decided.
  ///
  /// - Parameter conditionSize: C, which may be more than the classes that occur: then these are 0 to C − 1.
  /// - Throws: where there are more classes than that, or others.
  init(of data: some DataSource, conditionSize: Int, binarization: Binarization) throws(VAEError) {
    self.init(
      columnNames: data.columnNames, storedType: data.storedType, whiteLevel: data.whiteLevel.value,
      binarization: binarization)
    guard conditionSize > 0, let condition = data.condition, let found = condition.classes else { return }
    let classes = found.count == conditionSize ? found : Array(0..<conditionSize)
    _ = try condition.matching(classes: classes, size: conditionSize)
    self.classes = classes
  }

  /// Of a model that was saved before models knew their data: its bytes were grey levels.
  static func beforeSchemas(binarization: Binarization) -> DataSchema {
    DataSchema(whiteLevel: 255, binarization: binarization)
  }

  /// Why these cannot be of data of that size, with a condition of that size; nil where they can.
  func objection(dataSize: Int, conditionSize: Int) -> String? {
    if let count = columnNames?.count, count != dataSize {
      return "column_names are \(count), the model takes \(dataSize) values"
    }
    if let whiteLevel, whiteLevel <= 0 { return "white_level is \(whiteLevel), it must be at least 1" }
    guard let classes else { return nil }
    if classes.count != conditionSize {
      return "classes are \(classes.count), the model takes a condition of \(conditionSize) values"
    }
    return zip(classes, classes.dropFirst()).allSatisfy(<) ? nil : "classes are not in ascending order"
  }
}

extension DataSchema: Codable {
  enum CodingKeys: String, CodingKey {
    case columnNames = "column_names"
    case storedType = "stored_type"
    case whiteLevel = "white_level"
    case classes
    case binarization = "binarize"
  }
}

extension DataSchema {
  /// What data of this kind stand for: what is said of them, else what the model's own stood for.
  ///
  /// Integers are levels where the model's data were. Other numbers that nobody has said anything about are levels where all
  /// are whole and one exceeds 1, or where the model's data were stored as they are; where none exceeds 1 they have been
  /// scaled already.
  ///
  /// - Throws: where they can be neither, or not be read.
  func whiteLevel(of data: any DataSource) throws(VAEError) -> WhiteLevel {
    guard data.whiteLevel == .undecided else { return data.whiteLevel }
    guard let whiteLevel else { return .none }
    if data.storedType.isInteger { return .value(whiteLevel) }
    // Before models knew their data, bytes alone were levels.
    if storedType == nil { return .none }
    var (greatest, isWhole) = (-Float.infinity, true)
    try data.forEachChunk { _, chunk throws(VAEError) in
      chunk.forEachDatum(as: Float.self) { (_, values) throws(Never) in
        for value in values where !value.isNaN {
          greatest = max(greatest, value)
          isWhole = isWhole && value == value.rounded()
        }
      }
    }
    if isWhole && data.storedType == storedType { return .value(whiteLevel) }
    if greatest <= 1 { return .none }
    guard isWhole else {
      throw VAEError(
        .data,
        "The model is of grey levels from 0 to \(whiteLevel), which it sees from 0 to 1; \(data.name) holds numbers up to "
          + "\(greatest), not all of them whole: say what is white in them.", remedy: .sayWhiteLevel)
    }
    return .value(whiteLevel)
  }
}
