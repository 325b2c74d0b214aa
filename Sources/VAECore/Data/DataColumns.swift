/// The columns of data that come as a table.
public struct DataColumns: Hashable, Sendable {
  /// What each is called, where they have names.
  public var names: [String]? {
    didSet { precondition(names == nil || names!.count == count, "names of \(count) columns") }
  }
  /// What the values of each are.
  public let kinds: [ColumnKind]
  /// The number that each has in its file, from 1 on, where not all columns of the file were taken, or in another order.
  let numbers: [Int]?

  /// D, how many there are.
  public var count: Int { kinds.count }

  /// Columns of these kinds.
  public init(names: [String]? = nil, kinds: [ColumnKind]) { self.init(names: names, kinds: kinds, numbers: nil) }

  /// Columns that have these numbers in their file.
  init(names: [String]?, kinds: [ColumnKind], numbers: [Int]?) {
    precondition(names == nil || names!.count == kinds.count, "names of \(kinds.count) columns")
    (self.names, self.kinds) = (names, kinds)
    self.numbers = numbers.flatMap { $0.elementsEqual(1..<kinds.count + 1) ? nil : $0 }
  }

  /// The same columns, wherever they were.
  var withoutNumbers: DataColumns { DataColumns(names: names, kinds: kinds) }

  /// Columns of numbers.
  public init(names: [String]) { self.init(names: names, kinds: names.map { _ in .number }) }

  /// A column's name, or "column 3" where it has none.
  public func title(_ index: Int) -> String { names?[index] ?? "column \(number(index))" }

  /// The number that a column has in its file, from 1 on.
  func number(_ index: Int) -> Int { numbers?[index] ?? index + 1 }

  /// Some of them, in an order of their own.
  func selecting(_ indices: [Int]) -> DataColumns {
    DataColumns(
      names: names.map { names in indices.map { names[$0] } }, kinds: indices.map { kinds[$0] },
      numbers: indices.map(number))
  }

  /// The same columns, of which more has been seen.
  func joined(with kinds: [ColumnKind]?) -> DataColumns {
    guard let kinds, kinds != self.kinds else { return self }
    return DataColumns(names: names, kinds: zip(self.kinds, kinds).map { $0.joined(with: $1) }, numbers: numbers)
  }
}

extension DataSource {
  /// The same data, their columns being also of these kinds.
  func joining(_ kinds: [ColumnKind]) -> any DataSource {
    guard kinds.contains(where: { $0.range != nil }) else { return self }
    let joined = columns?.joined(with: kinds) ?? DataColumns(kinds: kinds)
    if joined == columns { return self }
    guard var dataset = self as? Dataset else { return AnnotatedSource(self, columns: joined) }
    dataset.columns = joined
    return dataset
  }
}

extension Dataset {
  /// Throws where a value cannot be one of its column's kind.
  func checkKinds() throws(VAEError) {
    guard let kinds = columns?.kinds else { return }
    let limited = kinds.indices.compactMap { column in kinds[column].range.map { (column, $0) } }
    if limited.isEmpty { return }
    try forEachDatum(as: Double.self) { (index, values) throws(VAEError) in
      for (column, range) in limited where !range.contains(values[column]) && !values[column].isNaN {
        throw VAEError(
          .data,
          "\(place(of: index, column: column)) is \(text(of: index, column: column)), in a column of \(kinds[column].title): it must lie "
            + "between \(range.lowerBound) and \(range.upperBound).")
      }
    }
  }
}
