/// Hands out a set's data in the order of an epoch, a minibatch at a time.
///
/// What fits into memory is there as a whole. Of the rest there are two windows: the one in use, and the next, which
/// another thread reads meanwhile. Each datum is checked once it is there: a set in memory once, what is read, as it is.
package final class EpochFeed {
  private let seed: UInt64
  private let windowSize: Int?
  /// Refuses data as they arrive.
  private let check: @Sendable (Dataset) throws(VAEError) -> Void
  private var source: (any DataSource)?
  /// Of the source that was handed in; what is here was read of that.
  private var identity: DataIdentity?
  private var order: EpochOrder?
  private var current: DataWindow?
  private var next: (epoch: Int, window: Int, pending: PendingWindow)?

  package init(seed: UInt64, windowSize: Int?, check: @escaping @Sendable (Dataset) throws(VAEError) -> Void) {
    self.seed = seed
    self.windowSize = windowSize
    self.check = check
  }

  /// Takes the set that the next minibatches come from. What was read of another, or of one that may be another, is
  /// dropped: the order alone is the same, and so, of the same data, are the minibatches.
  package func open(_ source: some DataSource) throws(VAEError) {
    if let identity, identity == source.identity { return }
    (self.source, identity, order, current, next) = (nil, nil, nil, nil, nil)
    if windowSize == nil || source is Dataset {
      let dataset = try source.inMemory()
      try check(dataset)
      self.source = dataset
    } else {
      self.source = source
    }
    identity = source.identity
  }

  /// The data of an epoch from one index in its order to another.
  package func minibatch(_ range: Range<Int>, epoch: Int) throws(VAEError) -> Minibatch {
    try move(to: range.lowerBound, epoch: epoch)
    if range.upperBound <= current!.extent.upperBound { return current!.minibatch(range) }
    var pieces: [Minibatch] = []
    var first = range.lowerBound
    while first < range.upperBound {
      try move(to: first, epoch: epoch)
      let end = min(range.upperBound, current!.extent.upperBound)
      pieces.append(current!.minibatch(first..<end))
      first = end
    }
    return Minibatch(joining: pieces)
  }

  /// Makes the window that holds a datum of the epoch the current one, and has the one behind it read.
  private func move(to index: Int, epoch: Int) throws(VAEError) {
    guard let source else { preconditionFailure("no data were opened") }
    if order?.epoch != epoch || order?.count != source.count {
      order = order(of: epoch, source)
      current = nil
    }
    let order = order!
    if let current, current.extent.contains(index) { return }
    let window = order.window(of: index)
    let waiting = next
    (current, next) = (nil, nil)
    if let waiting, waiting.epoch == epoch, waiting.window == window {
      current = try waiting.pending.wait()
    } else {
      current = try DataWindow(window, of: order, from: source, check)
    }
    guard windowSize != nil else { return }
    next =
      window + 1 < order.windowCount
      ? reading(window + 1, of: order) : reading(0, of: self.order(of: epoch + 1, source))

    /// A window on its way.
    func reading(_ window: Int, of order: EpochOrder) -> (epoch: Int, window: Int, pending: PendingWindow) {
      let pending = PendingWindow { [check] () throws(VAEError) in
        try DataWindow(window, of: order, from: source, check)
      }
      return (order.epoch, window, pending)
    }
  }

  private func order(of epoch: Int, _ source: any DataSource) -> EpochOrder {
    EpochOrder(
      count: source.count, seed: seed, epoch: epoch, window: windowSize,
      datumByteCount: source.dataSize * source.storedType.size)
  }
}

extension DataWindow {
  fileprivate init(
    _ window: Int, of order: EpochOrder, from source: any DataSource,
    _ check: (Dataset) throws(VAEError) -> Void
  ) throws(VAEError) {
    extent = order.extent(of: window)
    rows = order.shuffledRows(of: window)
    if order.windowCount == 1, let dataset = source as? Dataset {
      (data, positions) = (dataset, rows)
    } else {
      let ranges = order.ranges(of: window)
      data = try source.read(ranges)
      if !(source is Dataset) { try check(data) }
      let places = ranges.flatMap { $0 }
      positions = rows.map { UInt64(places[Int($0)]) }
    }
  }
}
