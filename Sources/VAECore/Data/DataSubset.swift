/// Some of the data of another source, in its order.
public struct DataSubset: DataSource {
  /// Where the data come from, for messages.
  public let name: String
  private let base: any DataSource
  /// The data's positions in the other source, ascending.
  private let ranges: [Range<Int>]

  /// N
  public let count: Int
  /// D
  public var dataSize: Int { base.dataSize }
  /// The shape of the data as images, where they are images.
  public var imageShape: ImageShape? { base.imageShape }
  /// How values are stored.
  public var storedType: StoredType { base.storedType }
  /// Whether values are grey levels, and which of them is white.
  public var whiteLevel: WhiteLevel { base.whiteLevel }
  /// Where the data lie in the set that they were taken from.
  public let origin: [Range<Int>]
  /// The columns, of a table.
  public var columns: DataColumns? { base.columns }
  /// What is known of each datum beside its values, if anything.
  public let condition: Condition?
  /// The weight of each datum in training, where not all are 1.
  public let weights: [Float]?
  /// Its own, where the other source has one.
  public let identity: DataIdentity?

  /// The data of ascending ranges of positions.
  init(_ base: any DataSource, _ ranges: [Range<Int>], name: String) {
    self.base = base
    self.ranges = ranges
    self.name = name
    identity = base.identity.map { _ in DataIdentity() }
    condition = base.condition?.read(ranges)
    weights = base.weights.map { weights in ranges.flatMap { weights[$0] } }
    count = ranges.reduce(0) { $0 + $1.count }
    origin = base.origin.selecting(ranges)
  }

  /// The other source's.
  public var storedPart: Double? { base.storedPart }
  /// As much of the other source's as it has of its data.
  public var memoryByteCount: Int {
    let whole = base.memoryByteCount
    // No more of them than there are, so that the quotient is no more than the whole.
    return whole == .max || count == 0
      ? whole : base.count.dividingFullWidth(whole.multipliedFullWidth(by: count)).quotient
  }

  /// The data of some ranges of positions.
  public func read(_ wanted: [Range<Int>]) throws(VAEError) -> Dataset {
    for range in wanted {
      precondition(range.lowerBound >= 0 && range.upperBound <= count, "data \(range) of \(count)")
    }
    return try base.read(ranges.selecting(wanted))
  }
}

extension DataSource {
  /// Parts the set in two, for training and for validation: ⌊N·fraction + ½⌋ data, drawn without replacement and
  /// determined by the seed, are the second part, all others the first; both in the set's order.
  ///
  /// - Throws: where the fraction is not between 0 and 1, or leaves a part without data.
  public func split(validation fraction: Double, seed: UInt64) throws(VAEError) -> (
    training: DataSubset, validation: DataSubset
  ) {
    guard fraction > 0 && fraction < 1 else {
      throw VAEError(
        .configuration, "The fraction of the data for validation must lie between 0 and 1; it is \(fraction).")
    }
    let wanted = Int((Double(count) * fraction).rounded(.toNearestOrAwayFromZero))
    guard wanted > 0 && wanted < count else {
      throw VAEError(
        .data, "\(fraction) of the \(count) data in \(name) are \(wanted): neither part of a split may be empty.")
    }
    var parts: [[Range<Int>]] = [[], []]
    SelectionSampling.forEach(count, drawing: wanted, stream: NoiseStream(seed: seed, purpose: .split)) {
      position, isDrawn in
      let part = isDrawn ? 1 : 0
      if let last = parts[part].last, last.upperBound == position {
        parts[part][parts[part].count - 1] = last.lowerBound..<position + 1
      } else {
        parts[part].append(position..<position + 1)
      }
    }
    return (
      DataSubset(self, parts[0], name: "the training part of \(name)"),
      DataSubset(self, parts[1], name: "the validation part of \(name)")
    )
  }
}

/// Knuth, The Art of Computer Programming, volume 2, algorithm S: draws some of many without replacement, in order.
package enum SelectionSampling {
  /// The positions of those that are drawn of `count`, in order.
  package static func positions(_ count: Int, drawing wanted: Int, stream: NoiseStream) -> [Int] {
    var positions: [Int] = []
    forEach(count, drawing: wanted, stream: stream) { if $1 { positions.append($0) } }
    return positions
  }

  /// Tells of each of `count` whether it is among the `wanted` that are drawn.
  static func forEach(
    _ count: Int, drawing wanted: Int, stream: NoiseStream, _ body: (_ position: Int, _ isDrawn: Bool) -> Void
  ) {
    var generator = PhiloxGenerator(stream)
    var wanted = wanted
    for position in 0..<count {
      // With the probability that the rest needs.
      let isDrawn = generator.next(below: count - position) < wanted
      if isDrawn { wanted -= 1 }
      body(position, isDrawn)
    }
  }
}
