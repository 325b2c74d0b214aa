/// One pass over data that come once: what a training takes of a ``DataStream`` that does not fit into memory.
///
///     let pass = try DataPass(of: stream, windowSize: 100_000)
///     let loss = try trainer.trainEpoch(on: pass)
///
/// Windows of adjacent data are in memory, each in a random order determined by seed and epoch; the next is read while one
/// is in use. So a minibatch is a uniform draw from a window, and a stream that is sorted stays so from window to window.
public final class DataPass {
  /// Where the data come from, for messages.
  public let name: String
  /// N, where it is known before the end.
  public let count: Int?
  /// The data of a window; the last may have fewer.
  public let windowSize: Int
  /// The first window, in the stream's order: what there is to look at before the pass begins.
  public let first: Dataset

  private let reader: Locked<WindowReader>
  /// The epoch that it is the data of, once it has begun.
  private var epoch: Int?
  private var current: DataWindow?
  private var next: PendingWindow?
  /// How many windows have come.
  private var windowCount = 0

  /// A pass in windows of so many data, of which it reads the first.
  ///
  /// - Throws: where the data cannot be read.
  public convenience init(of stream: sending any DataStream, windowSize: Int) throws(VAEError) {
    precondition(windowSize > 0, "a window of \(windowSize) data")
    var reader = WindowReader(stream: stream, windowSize: windowSize)
    let first = try reader.next()
    reader.begun = [first]
    self.init(first, reader)
  }

  private init(_ first: Dataset, _ reader: sending WindowReader) {
    (name, count, windowSize) = (reader.stream.name, reader.stream.count, reader.windowSize)
    self.first = first
    self.reader = Locked(reader)
  }

  /// What a stream holds: all data, where they take no more than the memory for them, or else a pass over more.
  public enum Extent {
    /// All data.
    case all(Dataset)
    /// A pass over more data than there is memory for.
    case more(DataPass)
  }

  /// Reads a stream until it ends or is found to take more than `memory` bytes. Of these a window takes a quarter: the
  /// first stays, one is in use, the next is read.
  ///
  /// - Throws: where it cannot be read.
  public static func read(_ stream: sending any DataStream, memory: Int) throws(VAEError) -> Extent {
    let windowSize = stream.shuffleWindow(memory: memory / 2)
    var reader = WindowReader(stream: stream, windowSize: windowSize)
    var windows: [Dataset] = []
    while windows.count < 4 {
      windows.append(try reader.next())
      if windows.last!.count < windowSize { return .all(reader.joining(windows)) }
    }
    reader.begun = windows
    return .more(DataPass(windows[0], reader))
  }

  /// The next data of an epoch from an index on, up to `count` of them; nil at the end.
  ///
  /// - Parameter fit: makes of a window what a model takes, or refuses it.
  func minibatch(
    from index: Int, count: Int, seed: UInt64, epoch: Int,
    _ fit: @escaping @Sendable (Dataset) throws(VAEError) -> Dataset
  ) throws(VAEError) -> Minibatch? {
    guard self.epoch ?? epoch == epoch else {
      throw VAEError(.data, "The data in \(name) come once, for one epoch: put them into a file to train for more.")
    }
    self.epoch = epoch
    let end = index + count
    var pieces: [Minibatch] = []
    var first = index
    while first < end {
      guard try move(to: first, seed: seed, fit) else { break }
      let last = min(end, current!.extent.upperBound)
      pieces.append(current!.minibatch(first..<last))
      first = last
    }
    return pieces.count > 1 ? Minibatch(joining: pieces) : pieces.first
  }

  /// Makes the window that holds a datum the current one, those before it being over, and has the one behind it read.
  /// Whether there is one.
  private func move(
    to index: Int, seed: UInt64, _ fit: @escaping @Sendable (Dataset) throws(VAEError) -> Dataset
  ) throws(VAEError) -> Bool {
    guard index >= current?.extent.lowerBound ?? 0 else {
      throw VAEError(.data, "The data in \(name) come once, and datum \(index) has passed: put them into a file.")
    }
    while index >= current?.extent.upperBound ?? 0 {
      if let current, current.data.count < windowSize { return false }
      let pending = next ?? reading(seed: seed, fit)
      let window = try pending.wait()
      windowCount += 1
      current = window
      next = window.data.count == windowSize ? reading(seed: seed, fit) : nil
    }
    return true
  }

  /// The next window, on its way.
  private func reading(
    seed: UInt64, _ fit: @escaping @Sendable (Dataset) throws(VAEError) -> Dataset
  ) -> PendingWindow {
    PendingWindow { [reader, windowSize, epoch = epoch!, window = windowCount] () throws(VAEError) in
      let read = try reader.withLock { reader in Result { () throws(VAEError) in try reader.next() } }.get()
      let data = read.count == 0 ? read : try fit(read)
      let start = window * windowSize
      let rows = EpochOrder.shuffledIndices(data.count, seed: seed, epoch: epoch, window: window)
      return DataWindow(
        extent: start..<start + data.count, data: data, rows: rows, positions: rows.map { UInt64(start) + $0 })
    }
  }
}

/// Cuts a stream into windows.
private struct WindowReader {
  var stream: any DataStream
  let windowSize: Int
  /// Windows that were read already and come first.
  var begun: [Dataset] = []
  /// The data read from the stream.
  private var position = 0

  init(stream: sending any DataStream, windowSize: Int) {
    self.stream = stream
    self.windowSize = windowSize
  }

  /// The next window; with fewer data, or none, at the end.
  mutating func next() throws(VAEError) -> Dataset {
    if !begun.isEmpty { return begun.removeFirst() }
    var builder = stream.builder(capacity: min(windowSize, stream.count ?? 0))
    while builder.count < windowSize {
      let piece = try stream.next(min(stream.pieceCount, windowSize - builder.count))
      if piece.count == 0 { break }
      builder.append(piece)
    }
    let start = position
    position += builder.count
    return builder.dataset(from: [start..<position])
  }

  /// Windows as one set.
  func joining(_ windows: consuming [Dataset]) -> Dataset {
    var builder = stream.builder(capacity: windows.reduce(0) { $0 + $1.count })
    while !windows.isEmpty { builder.append(windows.removeFirst()) }
    return builder.dataset()
  }
}
