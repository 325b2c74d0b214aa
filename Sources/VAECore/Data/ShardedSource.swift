/// Several sources as one, one behind the other.
public struct ShardedSource: DataSource {
  /// Where the data come from, for messages.
  public let name: String
  /// N, of all of them.
  public let count: Int
  /// Its own, where every shard has one.
  public let identity: DataIdentity?
  private let shards: [any DataSource]
  /// Where each shard ends.
  private let ends: [Int]

  /// D, the values of each.
  public var dataSize: Int { shards[0].dataSize }
  /// The shape of the data as images, where they are images.
  public var imageShape: ImageShape? { shards[0].imageShape }
  /// How values are stored.
  public var storedType: StoredType { shards[0].storedType }
  /// Whether values are grey levels, and which of them is white.
  public var whiteLevel: WhiteLevel { shards[0].whiteLevel }
  /// What is known of each datum beside its values, if anything: what the shards say, one behind the other.
  public let condition: Condition?
  /// The weight of each datum in training, where not all are 1.
  public let weights: [Float]?
  /// The columns, of a table, of the kinds that they have in any shard.
  public let columns: DataColumns?

  /// One source of at least one.
  ///
  /// - Throws: where one differs from the first in size, shape, type or names, or only one of them has a condition or
  ///   weights, naming both.
  public init(name: String, _ shards: [any DataSource]) throws(VAEError) {
    precondition(!shards.isEmpty, "no shards of \(name)")
    let first = DataKind(shards[0])
    for shard in shards.dropFirst() { try first.check(DataKind(shard)) }
    var total = 0
    var isCountable = true
    self.shards = shards
    columns = shards.dropFirst().reduce(shards[0].columns) { $0?.joined(with: $1.columns?.kinds) }
    ends = shards.map {
      let (sum, overflow) = total.addingReportingOverflow($0.count)
      isCountable = isCountable && !overflow
      total = sum
      return sum
    }
    guard isCountable else { throw VAEError(.file, "\(name) holds more data than can be counted.") }
    self.name = name
    identity = shards.allSatisfy { $0.identity != nil } ? DataIdentity() : nil
    count = total
    func joined<T>(_ what: String, _ of: (any DataSource) -> T?) throws(VAEError) -> [T]? {
      let parts = shards.map { (name: $0.name, value: of($0)) }
      let values = parts.compactMap(\.value)
      if values.isEmpty { return nil }
      guard values.count == parts.count else {
        let (without, with) = (parts.first { $0.value == nil }!.name, parts.first { $0.value != nil }!.name)
        throw VAEError(
          .data,
          "\(with) has \(what), \(without) has none, and both are to be one set: give all of them \(what), or none.")
      }
      return values
    }
    let conditions = try joined("a condition") { $0.condition }
    condition = try conditions.map { conditions throws(VAEError) in
      for other in conditions.dropFirst() { try conditions[0].checkKind(of: other) }
      return conditions.dropFirst().reduce(conditions[0]) { $0.appending($1) }
    }
    weights = try joined("weights") { $0.weights }.map { $0.flatMap(\.self) }
  }

  /// The data of some ranges of positions.
  public func read(_ ranges: [Range<Int>]) throws(VAEError) -> Dataset {
    var kind = DataKind(self)
    kind.name = name
    var builder = DatasetBuilder(kind, capacity: ranges.reduce(0) { $0 + $1.count })
    // What follows one another in one shard is read at once.
    var pending: (shard: Int, ranges: [Range<Int>])?
    for range in ranges {
      precondition(range.lowerBound >= 0 && range.upperBound <= count, "data \(range) of \(count)")
      var first = range.lowerBound
      while first < range.upperBound {
        let shard = self.shard(of: first)
        let start = shard == 0 ? 0 : ends[shard - 1]
        let end = min(range.upperBound, ends[shard])
        if let waiting = pending, waiting.shard != shard {
          builder.append(try shards[waiting.shard].read(waiting.ranges))
          pending = nil
        }
        if pending == nil { pending = (shard, []) }
        pending!.ranges.append(first - start..<end - start)
        first = end
      }
    }
    if let pending { builder.append(try shards[pending.shard].read(pending.ranges)) }
    var dataset = builder.dataset(from: ranges)
    // Of all shards, so that classes are those of all.
    dataset.condition = condition?.read(ranges)
    return dataset
  }

  /// The number of data in each shard.
  package var counts: [Int] { shards.map(\.count) }

  /// The first shard that ends behind a position.
  private func shard(of position: Int) -> Int {
    var (low, high) = (0, ends.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > position { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
