/// Data of a source with their condition, which is in memory.
struct ConditionedSource: DataSource {
  private let base: any DataSource
  private let all: Condition

  var name: String { base.name }
  var count: Int { base.count }
  var dataSize: Int { base.dataSize }
  var imageShape: ImageShape? { base.imageShape }
  var storedType: StoredType { base.storedType }
  var condition: Condition? { all }

  init(_ base: any DataSource, _ condition: Condition) throws(VAEError) {
    try condition.check(count: base.count, of: base.name)
    self.base = base
    all = condition
  }

  func read(_ ranges: [Range<Int>]) throws(VAEError) -> Dataset {
    var dataset = try base.read(ranges)
    dataset.condition = all.read(ranges)
    return dataset
  }
}

extension DataSource {
  /// The same data, each with its condition.
  ///
  /// - Throws: where there are more or fewer conditions than data.
  public func conditioned(on condition: Condition) throws(VAEError) -> any DataSource {
    if let dataset = self as? Dataset { return try dataset.conditioned(on: condition) as Dataset }
    return try ConditionedSource(self, condition)
  }
}
