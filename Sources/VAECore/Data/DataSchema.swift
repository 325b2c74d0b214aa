/// What data a model is of: what it must know of them to take others of the same kind for what they are. It is kept in the
/// model's checkpoint, and wherever the model meets data they are matched with it; see
/// ``VariationalAutoencoder/matching(_:)-(DataSource)``.
public struct DataSchema: Hashable, Sendable {
  /// The columns of a table, in the model's order; nil where the data were none.
  public var columns: DataColumns?
  /// How the values were stored; nil where nobody knows any more.
  public var storedType: StoredType?
  /// The stored value of white, where the data are grey levels: the model sees value/white.
  public var whiteLevel: Int?
  /// The classes that labels are of, in the model's order, where its condition is a label.
  public var classes: [Int]?
  /// What the numbers of its condition are called, in the model's order, where they have names.
  public var conditionColumns: [String]?
  /// The columns of the table that its condition is, where it is columns, and how often the training data have which values of
  /// them.
  public var conditions: ConditionTable?
  /// What becomes of grey values before the model sees them.
  public var binarization: Binarization

  /// The names of the columns, in the model's order, where they have names.
  public var columnNames: [String]? { columns?.names }

  /// What the numbers of a table's columns stand for, where they were read by a schema.
  public var table: TableSchema? { columns?.schema }

  /// The table as it is read and written: with the columns that the model's condition is, and numbers in place of modes.
  public var wholeTable: TableSchema? {
    (table?.decoded).map { table in conditions.map { table.inserting($0.columns) } ?? table }
  }

  /// The names of the columns of tables that hold the model's data, with those of its condition, where columns have names.
  public var wholeColumnNames: [String]? { wholeTable?.names ?? columnNames }

  /// A schema.
  public init(
    columns: DataColumns? = nil, storedType: StoredType? = nil, whiteLevel: Int? = nil, classes: [Int]? = nil,
    conditionColumns: [String]? = nil, conditions: ConditionTable? = nil, binarization: Binarization = .unchanged
  ) {
    self.columns = columns
    self.storedType = storedType
    self.whiteLevel = whiteLevel
    self.classes = classes
    self.conditionColumns = conditionColumns
    self.conditions = conditions
    self.binarization = binarization
  }

  /// The schema of the data that a model is trained on, whose ``WhiteLevel`` is decided.
  ///
  /// - Parameter conditionSize: C, which may be more than the classes that occur: then these are 0 to C − 1.
  /// - Throws: where there are more classes than that, or others.
  init(of data: some DataSource, conditionSize: Int, binarization: Binarization) throws(VAEError) {
    self.init(
      columns: data.columns?.withoutNumbers, storedType: data.storedType, whiteLevel: data.whiteLevel.value,
      binarization: binarization)
    guard conditionSize > 0, let condition = data.condition else { return }
    conditionColumns = condition.columnNames
    conditions = ConditionTable(of: condition)
    guard let found = condition.classes else { return }
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
    if let count = columns?.count, count != dataSize {
      return "column_names and column_kinds are of \(count) columns, the model takes \(dataSize) values"
    }
    if let whiteLevel, whiteLevel <= 0 { return "white_level is \(whiteLevel), it must be at least 1" }
    if let count = conditionColumns?.count, count != conditionSize {
      return "condition_columns are \(count), the model takes a condition of \(conditionSize) values"
    }
    if let conditions {
      if let objection = conditions.objection
        ?? conditions.columns.objection(besides: table?.decoded.columns.count ?? dataSize)
      {
        return objection
      }
      if conditions.columns.size != conditionSize {
        return "conditions are \(conditions.columns.size), the model takes a condition of \(conditionSize) values"
      }
      if table == nil { return "conditions are columns of a table, and there is none" }
    }
    guard let classes else { return nil }
    if classes.count != conditionSize {
      return "classes are \(classes.count), the model takes a condition of \(conditionSize) values"
    }
    return zip(classes, classes.dropFirst()).allSatisfy(<) ? nil : "classes are not in ascending order"
  }
}

extension DataSchema: Codable {
  private enum CodingKeys: String, CodingKey {
    case columnNames = "column_names"
    case columnKinds = "column_kinds"
    case table
    case storedType = "stored_type"
    case whiteLevel = "white_level"
    case classes
    case conditionColumns = "condition_columns"
    case conditions
    case binarization = "binarize"
  }

  /// Reads a schema; one without kinds is of columns of numbers.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let names = try values.decodeIfPresent([String].self, forKey: .columnNames)
    let kinds = try values.decodeIfPresent([ColumnKind].self, forKey: .columnKinds) ?? names?.map { _ in .number }
    if let names, let kinds, names.count != kinds.count {
      throw DecodingError.dataCorruptedError(
        forKey: .columnKinds, in: values, debugDescription: "There are \(names.count) names and \(kinds.count) kinds.")
    }
    var columns = kinds.map { DataColumns(names: names, kinds: $0) }
    if let table = try values.decodeIfPresent(TableSchema.self, forKey: .table) {
      guard kinds ?? table.columns.map(\.kind) == table.columns.map(\.kind), names == nil || names == table.names else {
        throw DecodingError.dataCorruptedError(
          forKey: .table, in: values, debugDescription: "Its columns are not those of the names and kinds beside it.")
      }
      columns = columns?.reading(table) ?? DataColumns(table)
    }
    self.init(
      columns: columns,
      storedType: try values.decodeIfPresent(StoredType.self, forKey: .storedType),
      whiteLevel: try values.decodeIfPresent(Int.self, forKey: .whiteLevel),
      classes: try values.decodeIfPresent([Int].self, forKey: .classes),
      conditionColumns: try values.decodeIfPresent([String].self, forKey: .conditionColumns),
      conditions: try values.decodeIfPresent(ConditionTable.self, forKey: .conditions),
      binarization: try values.decode(Binarization.self, forKey: .binarization))
  }

  /// Writes the schema as settings are written.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encodeIfPresent(columns?.names, forKey: .columnNames)
    try values.encodeIfPresent(columns?.kinds, forKey: .columnKinds)
    try values.encodeIfPresent(table, forKey: .table)
    try values.encodeIfPresent(storedType, forKey: .storedType)
    try values.encodeIfPresent(whiteLevel, forKey: .whiteLevel)
    try values.encodeIfPresent(classes, forKey: .classes)
    try values.encodeIfPresent(conditionColumns, forKey: .conditionColumns)
    try values.encodeIfPresent(conditions, forKey: .conditions)
    try values.encode(binarization, forKey: .binarization)
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
    // True is white.
    if data.storedType == .bool { return .none }
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
