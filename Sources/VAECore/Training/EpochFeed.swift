import Foundation

/// Hands out a set's data in the order of an epoch, a minibatch at a time.
///
/// What fits into memory is there as a whole. Of the rest there are two windows: the one in use, and the next, which
/// another thread reads meanwhile.
final class EpochFeed {
  /// Some data of the epoch, in order.
  struct Batch {
    /// What they are among.
    let data: Dataset
    /// Where they are there.
    let rows: ArraySlice<UInt64>
    /// Where they are in the whole set.
    let positions: ArraySlice<UInt64>
  }

  private let seed: UInt64
  private let windowSize: Int?
  /// Refuses data as they arrive.
  private let check: @Sendable (Dataset) throws(VAEError) -> Void
  private var source: (any DataSource)?
  private var order: EpochOrder?
  private var current: Window?
  private var next: PendingWindow?

  init(seed: UInt64, windowSize: Int?, check: @escaping @Sendable (Dataset) throws(VAEError) -> Void) {
    self.seed = seed
    self.windowSize = windowSize
    self.check = check
  }

  /// Takes the set that the next minibatches come from.
  func open(_ source: some DataSource) throws(VAEError) {
    if windowSize != nil {
      self.source = source
    } else if let dataset = source as? Dataset {
      self.source = dataset
      // In the middle of an epoch the caller's is the same set, perhaps another copy.
      current?.data = dataset
    } else if !(self.source is Dataset && self.source?.name == source.name && self.source?.count == source.count) {
      // It stays for all epochs to come.
      let dataset = try source.inMemory()
      try check(dataset)
      self.source = dataset
    }
  }

  /// The data of an epoch from one index in its order to another.
  func batch(_ range: Range<Int>, epoch: Int) throws(VAEError) -> Batch {
    try move(to: range.lowerBound, epoch: epoch)
    if range.upperBound <= current!.extent.upperBound { return current!.batch(range) }
    // Few minibatches lie across the end of a window.
    var pieces: [Batch] = []
    var first = range.lowerBound
    while first < range.upperBound {
      try move(to: first, epoch: epoch)
      let end = min(range.upperBound, current!.extent.upperBound)
      pieces.append(current!.batch(first..<end).alone)
      first = end
    }
    return Batch(joining: pieces)
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
    let pending = next
    (current, next) = (nil, nil)
    if let pending, pending.epoch == epoch, pending.window == window {
      current = try pending.wait()
    } else {
      current = try Window(window, of: order, from: source, check)
    }
    guard windowSize != nil else { return }
    next =
      window + 1 < order.windowCount
      ? PendingWindow(window + 1, of: order, from: source, check)
      : PendingWindow(0, of: self.order(of: epoch + 1, source), from: source, check)
  }

  private func order(of epoch: Int, _ source: any DataSource) -> EpochOrder {
    EpochOrder(
      count: source.count, seed: seed, epoch: epoch, window: windowSize,
      datumByteCount: source.dataSize * source.storedType.size)
  }
}

/// Data that are in memory together, and the order in which they are used.
private struct Window: Sendable {
  let extent: Range<Int>
  var data: Dataset
  let rows: [UInt64]
  let positions: [UInt64]

  init(
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
      try check(data)
      let places = ranges.flatMap { $0 }
      positions = rows.map { UInt64(places[Int($0)]) }
    }
  }

  func batch(_ range: Range<Int>) -> EpochFeed.Batch {
    let some = range.lowerBound - extent.lowerBound..<range.upperBound - extent.lowerBound
    return EpochFeed.Batch(data: data, rows: rows[some], positions: positions[some])
  }
}

extension EpochFeed.Batch {
  /// The same with no other data around them.
  fileprivate var alone: EpochFeed.Batch {
    let data = data.read(rows.map { Int($0)..<Int($0) + 1 })
    return EpochFeed.Batch(data: data, rows: (0..<UInt64(rows.count)).map { $0 }[...], positions: Array(positions)[...])
  }

  fileprivate init(joining batches: [EpochFeed.Batch]) {
    let first = batches[0].data
    var builder = DatasetBuilder(
      name: first.name, dataSize: first.dataSize, imageShape: first.imageShape, type: first.storedType)
    for batch in batches { builder.append(batch.data) }
    data = builder.dataset()
    rows = (0..<UInt64(data.count)).map { $0 }[...]
    positions = batches.flatMap(\.positions)[...]
  }
}

/// A window that another thread reads.
private final class PendingWindow: Sendable {
  let epoch: Int
  let window: Int
  private let result = Locked<Result<Window, VAEError>?>(nil)
  private let isRead = DispatchSemaphore(value: 0)

  init(
    _ window: Int, of order: EpochOrder, from source: any DataSource,
    _ check: @escaping @Sendable (Dataset) throws(VAEError) -> Void
  ) {
    epoch = order.epoch
    self.window = window
    DispatchQueue.global(qos: .utility).async { [self] in
      let window = Result { () throws(VAEError) in try Window(window, of: order, from: source, check) }
      result.withLock { $0 = window }
      isRead.signal()
    }
  }

  func wait() throws(VAEError) -> Window {
    isRead.wait()
    defer { isRead.signal() }
    return try result.withLock { $0! }.get()
  }
}
