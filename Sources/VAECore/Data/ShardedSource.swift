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
  /// The names of the values of a datum, where they have names.
  public var columnNames: [String]? { shards[0].columnNames }

  /// One source of at least one.
  ///
  /// - Throws: where one differs from the first in size, shape, type or names, naming both.
  public init(name: String, _ shards: [any DataSource]) throws(VAEError) {
    precondition(!shards.isEmpty, "no shards of \(name)")
    let first = ShardKind(shards[0])
    for shard in shards.dropFirst() { try first.check(ShardKind(shard)) }
    var total = 0
    var isCountable = true
    self.shards = shards
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
  }

  /// The data of some ranges of positions.
  public func read(_ ranges: [Range<Int>]) throws(VAEError) -> Dataset {
    var builder = DatasetBuilder(
      name: name, dataSize: dataSize, imageShape: imageShape, type: storedType, columnNames: columnNames,
      capacity: ranges.reduce(0) { $0 + $1.count })
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
    return builder.dataset(from: ranges)
  }

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

/// What the shards of one set have in common.
struct ShardKind {
  let name: String
  let dataSize: Int
  let imageShape: ImageShape?
  let storedType: StoredType
  let columnNames: [String]?

  init(_ source: any DataSource) {
    name = source.name
    dataSize = source.dataSize
    imageShape = source.imageShape
    storedType = source.storedType
    columnNames = source.columnNames
  }

  init(_ stream: any DataStream) {
    name = stream.name
    dataSize = stream.dataSize
    imageShape = stream.imageShape
    storedType = stream.storedType
    columnNames = stream.columnNames
  }

  /// Throws where another shard is of another kind.
  func check(_ other: ShardKind) throws(VAEError) {
    func refuse(_ what: String, _ own: String, _ others: String) -> VAEError {
      VAEError(
        .data,
        "\(name) and \(other.name) cannot be one set: they differ in \(what), \(own) and \(others). "
          + "Convert one of them, or leave it out.")
    }
    func text(_ shape: ImageShape?) -> String { shape.map { "\($0.height) × \($0.width)" } ?? "no images" }
    if dataSize != other.dataSize { throw refuse("size", "\(dataSize)", "\(other.dataSize) values") }
    if imageShape != other.imageShape { throw refuse("shape", text(imageShape), text(other.imageShape)) }
    if storedType != other.storedType { throw refuse("type", storedType.rawValue, other.storedType.rawValue) }
    if let difference = zip(columnNames ?? [], other.columnNames ?? []).first(where: { $0 != $1 }) {
      throw refuse("columns", "\"\(difference.0)\"", "\"\(difference.1)\"")
    }
    if (columnNames == nil) != (other.columnNames == nil) {
      throw refuse(
        "columns", columnNames == nil ? "no names" : "names", other.columnNames == nil ? "no names" : "names")
    }
  }
}
