/// Some of the data of another source, in its order.
public struct DataSubset: DataSource {
  /// Where the data come from, for messages.
  public let name: String
  private let base: any DataSource
  /// The data's positions in the other source, ascending.
  private let ranges: [Range<Int>]
  /// How many data lie before each range; the last is all.
  private let starts: [Int]

  /// N
  public var count: Int { starts[ranges.count] }
  /// D
  public var dataSize: Int { base.dataSize }
  /// The shape of the data as images, where they are images.
  public var imageShape: ImageShape? { base.imageShape }
  /// How values are stored.
  public var storedType: StoredType { base.storedType }
  /// The names of the values of a datum, where they have names.
  public var columnNames: [String]? { base.columnNames }
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
    var starts = [0]
    starts.reserveCapacity(ranges.count + 1)
    for range in ranges { starts.append(starts[starts.count - 1] + range.count) }
    self.starts = starts
  }

  /// The data of some ranges of positions.
  public func read(_ wanted: [Range<Int>]) throws(VAEError) -> Dataset { try base.read(wanted.flatMap(positions)) }

  /// Where the data of a range are in the other source.
  private func positions(of wanted: Range<Int>) -> [Range<Int>] {
    precondition(wanted.lowerBound >= 0 && wanted.upperBound <= count, "data \(wanted) of \(count)")
    var pieces: [Range<Int>] = []
    var index = lastStart(upTo: wanted.lowerBound)
    var first = wanted.lowerBound
    while first < wanted.upperBound {
      let end = min(wanted.upperBound, starts[index + 1])
      let shift = ranges[index].lowerBound - starts[index]
      if end > first { pieces.append(first + shift..<end + shift) }
      (first, index) = (end, index + 1)
    }
    return pieces
  }

  /// The last range with no more than so many data before it.
  private func lastStart(upTo position: Int) -> Int {
    var (low, high) = (0, ranges.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if starts[middle] <= position { low = middle } else { high = middle }
    }
    return low
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
enum SelectionSampling {
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
