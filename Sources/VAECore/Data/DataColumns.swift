/// The columns of data that come as a table.
public struct DataColumns: Hashable, Sendable {
  /// What each is called, where they have names.
  public var names: [String]? {
    didSet {
      precondition(names == nil || names!.count == count, "names of \(count) columns")
      if let names, schema != nil { for index in 0..<count { schema!.columns[index].name = names[index] } }
    }
  }
  /// What the values of each are.
  public let kinds: [ColumnKind]
  /// The number that each has in its file, from 1 on, where not all columns of the file were taken, or in another order.
  let numbers: [Int]?
  /// The schema by which their values were read, where they were read by one: what numbers stand for.
  public private(set) var schema: TableSchema?

  /// D, how many there are.
  public var count: Int { kinds.count }

  /// Columns of these kinds.
  public init(names: [String]? = nil, kinds: [ColumnKind]) { self.init(names: names, kinds: kinds, numbers: nil) }

  /// The columns of a schema.
  public init(_ schema: TableSchema) { self.init(names: schema.names, schema: schema, numbers: nil) }

  /// The columns of a schema that have these names and numbers in their file.
  init(names: [String]?, schema: TableSchema, numbers: [Int]?) {
    self.init(names: names, kinds: schema.columns.map(\.kind), numbers: numbers)
    self.schema = schema
  }

  /// Columns that have these numbers in their file.
  init(names: [String]?, kinds: [ColumnKind], numbers: [Int]?) {
    precondition(names == nil || names!.count == kinds.count, "names of \(kinds.count) columns")
    (self.names, self.kinds) = (names, kinds)
    self.numbers = numbers.flatMap { $0.elementsEqual(1..<kinds.count + 1) ? nil : $0 }
  }

  /// The same columns, wherever they were.
  var withoutNumbers: DataColumns { with(nil) }

  private func with(_ numbers: [Int]?) -> DataColumns {
    if let schema {
      DataColumns(names: names, schema: schema, numbers: numbers)
    } else {
      DataColumns(names: names, kinds: kinds, numbers: numbers)
    }
  }

  /// The same columns, their numbers standing for what a schema of as many says.
  func reading(_ schema: TableSchema) -> DataColumns {
    DataColumns(names: names ?? schema.names, schema: schema, numbers: numbers)
  }

  /// Columns of numbers.
  public init(names: [String]) { self.init(names: names, kinds: names.map { _ in .number }) }

  /// A column's name, or "column 3" where it has none.
  public func title(_ index: Int) -> String { names?[index] ?? "column \(number(index))" }

  /// The number that a column has in its file, from 1 on.
  func number(_ index: Int) -> Int { numbers?[index] ?? index + 1 }

  /// Some of them, in an order of their own.
  func selecting(_ indices: [Int]) -> DataColumns {
    let (names, numbers) = (names.map { names in indices.map { names[$0] } }, indices.map(number))
    if let schema { return DataColumns(names: names, schema: schema.selecting(indices), numbers: numbers) }
    return DataColumns(names: names, kinds: indices.map { kinds[$0] }, numbers: numbers)
  }

  /// The same columns, of which more has been seen.
  func joined(with kinds: [ColumnKind]?) -> DataColumns {
    guard let kinds, kinds != self.kinds, schema == nil else { return self }
    return DataColumns(names: names, kinds: zip(self.kinds, kinds).map { $0.joined(with: $1) }, numbers: numbers)
  }
}

extension DataSource {
  /// The same data, their columns being also what these are.
  func joining(_ others: DataColumns) -> any DataSource {
    let joined: DataColumns
    if let schema = others.schema {
      joined = columns?.reading(schema) ?? DataColumns(schema).withoutNames
    } else {
      guard others.kinds.contains(where: { $0.range != nil }) else { return self }
      joined = columns?.joined(with: others.kinds) ?? DataColumns(kinds: others.kinds)
    }
    if joined == columns { return self }
    guard var dataset = self as? Dataset else { return AnnotatedSource(self, columns: joined) }
    dataset.columns = joined
    return dataset
  }
}

extension DataSource {
  /// The same numbers as what a schema of as many columns says they stand for.
  public func read(by schema: TableSchema) -> any DataSource {
    precondition(schema.columns.count == dataSize, "\(schema.columns.count) columns of \(dataSize) values")
    let columns = DataColumns(schema)
    guard var dataset = self as? Dataset else {
      return AnnotatedSource(self, whiteLevel: WhiteLevel.none, columns: columns)
    }
    dataset = dataset.with(.none)
    dataset.columns = columns
    return dataset
  }
}

extension DataColumns {
  /// Data that have no names get none from a model.
  fileprivate var withoutNames: DataColumns {
    var columns = self
    columns.names = nil
    return columns
  }

  /// The numbers that a column's values may be, and what it is said to hold; nil where they may be any.
  fileprivate func limit(_ index: Int) -> (range: ClosedRange<Double>, areWhole: Bool)? {
    if let range = kinds[index].range { return (range, false) }
    guard let column = schema?.columns[index], column.kind.hasCategories else { return nil }
    return (0...Double(column.categories.count - 1), true)
  }
}

extension Dataset {
  /// Throws where a value cannot be one of its column's kind.
  func checkKinds() throws(VAEError) {
    guard let columns else { return }
    let limited = columns.kinds.indices.compactMap { column in columns.limit(column).map { (column, $0) } }
    if limited.isEmpty { return }
    try forEachDatum(as: Double.self) { (index, values) throws(VAEError) in
      for (column, limit) in limited {
        let value = values[column]
        if value.isNaN || limit.range.contains(value) && (!limit.areWhole || value == value.rounded()) { continue }
        throw VAEError(
          .data,
          "\(place(of: index, column: column)) is \(text(of: index, column: column)), in a column of \(columns.kinds[column].title): it must "
            + (limit.areWhole
              ? "be a whole number from \(Int(limit.range.lowerBound)) to \(Int(limit.range.upperBound))."
              : "lie between \(limit.range.lowerBound) and \(limit.range.upperBound)."))
      }
    }
  }
}
