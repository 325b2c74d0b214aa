/// Data of one size that lie somewhere, and can be read again and again from any position: memory, a file, several files
/// as one.
///
/// Everything that uses data takes a source; a ``Dataset`` is the one in memory. A file's content must stay as it is while
/// its source is in use, and a source notices where it does not.
public protocol DataSource: Sendable {
  /// Where the data come from, for messages.
  var name: String { get }
  /// N, the number of data.
  var count: Int { get }
  /// D, the values of each.
  var dataSize: Int { get }
  /// The shape of the data as images, where they are images.
  var imageShape: ImageShape? { get }
  /// How values are stored.
  var storedType: StoredType { get }
  /// Whether values are grey levels, and which of them is white; undecided by default.
  var whiteLevel: WhiteLevel { get }
  /// Where the data lie in the set that they were taken from, for messages and results: one range, by default, where they
  /// were taken from none.
  var origin: [Range<Int>] { get }
  /// What is known of each datum beside its values; nil, by default, where nothing is.
  var condition: Condition? { get }
  /// The weight of each datum in training, their mean being 1; nil, by default, where all are 1.
  var weights: [Float]? { get }
  /// The columns, of a table; nil, by default, of other data.
  var columns: DataColumns? { get }
  /// By what the source is known again: its own, made with it, so that its copies share it and sources of other values,
  /// conditions or weights do not; nil, by default, where it cannot be known. A trainer keeps what it has read of a
  /// source, and reads ahead, for as long as it is handed the same; one that it cannot know it reads anew in each call.
  var identity: DataIdentity? { get }
  /// The part of the values that is stored, where zeros are left out (``SparseRows``); nil, by default, where all are.
  var storedPart: Double? { get }
  /// The bytes that all data take in memory, `Int.max` where they are beyond counting; by default those of all values, as
  /// they are kept there.
  var memoryByteCount: Int { get }

  /// The data of some ranges of positions, one range behind the other, in memory.
  ///
  /// - Throws: where they can no longer be read, or their file has changed since it was opened.
  func read(_ ranges: [Range<Int>]) throws(VAEError) -> Dataset
}

extension DataSource {
  /// Nobody has said what the values stand for.
  public var whiteLevel: WhiteLevel { .undecided }
  /// The data are a set of their own.
  public var origin: [Range<Int>] { [0..<count] }
  /// Nothing is known of the data beside their values.
  public var condition: Condition? { nil }
  /// All data weigh the same.
  public var weights: [Float]? { nil }
  /// The data are no table.
  public var columns: DataColumns? { nil }
  /// The names of the columns, where they have names.
  public var columnNames: [String]? { columns?.names }
  /// The number that a column has in its file, from 1 on.
  func columnNumber(_ index: Int) -> Int { columns?.number(index) ?? index + 1 }
  /// All values are stored.
  public var storedPart: Double? { nil }
  /// Nobody knows whether it is the same.
  public var identity: DataIdentity? { nil }

  /// The data of a range of positions, in memory.
  public func read(_ range: Range<Int>) throws(VAEError) -> Dataset { try read([range]) }

  /// All data, in memory.
  ///
  /// - Throws: where the machine has no memory for them, or they cannot be read.
  public func inMemory() throws(VAEError) -> Dataset {
    if let dataset = self as? Dataset { return dataset }
    try MemoryLimit.check("The data in \(name)", memoryByteCount, remedy: "use a part of them")
    return try read(0..<count).assumingWhiteLevel()
  }

  /// The first `count` data, or all where there are fewer, in memory.
  public func prefix(_ count: Int) throws(VAEError) -> Dataset { try read(0..<min(max(count, 0), self.count)) }

  /// `count` of the data, drawn without replacement and determined by the seed, in the set's order.
  ///
  /// - Throws: where there are fewer, `count` is negative, or they cannot be read.
  public func subset(count: Int, seed: UInt64) throws(VAEError) -> Dataset {
    guard (0...self.count).contains(count) else {
      throw VAEError(.data, "\(name) has \(self.count) data, of which \(count) cannot be drawn.")
    }
    let positions = SelectionSampling.positions(
      self.count, drawing: count, stream: NoiseStream(seed: seed, purpose: .subset))
    return try read(positions.map { $0..<$0 + 1 })
  }

  /// By default, those of all values as they are kept there.
  public var memoryByteCount: Int {
    let (values, overflow) = count.multipliedReportingOverflow(by: dataSize)
    let (bytes, overflowed) = values.multipliedReportingOverflow(by: storedType.memorySize)
    return overflow || overflowed ? .max : bytes
  }

  /// The data of a window in which to shuffle the set while it is read, where it does not fit into `memory` bytes: two
  /// windows do, with their order. Nil where the whole set fits.
  public func shuffleWindow(memory: Int) -> Int? {
    memoryByteCount <= memory ? nil : storedType.shuffleWindow(dataSize: dataSize, memory: memory)
  }

  /// Some hundred data, which take some megabytes.
  var chunkSize: Int { max(1, min(1024, (1 << 24) / (dataSize * storedType.memorySize))) }

  /// Hands out the data in order, some hundred at a time.
  func forEachChunk(
    _ body: (_ positions: Range<Int>, _ chunk: Dataset) throws(VAEError) -> Void
  ) throws(VAEError) {
    for first in stride(from: 0, to: count, by: chunkSize) {
      let range = first..<min(first + chunkSize, count)
      try body(range, try read(range))
    }
  }
}

/// Data of one size that come one after the other and can be read once: a compressed file, a text, a pipe.
public protocol DataStream {
  /// Where the data come from, for messages.
  var name: String { get }
  /// N, where it is known before the end.
  var count: Int? { get }
  /// D, the values of each.
  var dataSize: Int { get }
  /// The shape of the data as images, where they are images.
  var imageShape: ImageShape? { get }
  /// How values are stored.
  var storedType: StoredType { get }
  /// Whether values are grey levels, and which of them is white; undecided by default.
  var whiteLevel: WhiteLevel { get }
  /// The columns, of a table; nil, by default, of other data.
  var columns: DataColumns? { get }

  /// The next data: `count` of them, or fewer, or none, at the end.
  ///
  /// - Throws: where they cannot be read or are not what they should be.
  mutating func next(_ count: Int) throws(VAEError) -> Dataset
}

extension DataStream {
  /// Nobody has said what the values stand for.
  public var whiteLevel: WhiteLevel { .undecided }
  /// The data are no table.
  public var columns: DataColumns? { nil }
  /// The names of the columns, where they have names.
  public var columnNames: [String]? { columns?.names }

  /// As many data as take some megabytes of memory: a good piece to read at once.
  var pieceCount: Int { max(1, (1 << 22) / (dataSize * storedType.memorySize)) }

  /// The data of a window of which two fit into `memory` bytes, with their order.
  func shuffleWindow(memory: Int) -> Int { storedType.shuffleWindow(dataSize: dataSize, memory: memory) }

  /// An empty set of the stream's kind, to put data together in.
  func builder(capacity: Int = 0) -> DatasetBuilder { DatasetBuilder(DataKind(self), capacity: capacity) }

  /// All data that are left, in memory.
  ///
  /// - Throws: where they take more than `limit` bytes (the machine's memory where nil), or cannot be read.
  public mutating func inMemory(limit: Int? = nil) throws(VAEError) -> Dataset {
    var builder = builder()
    while true {
      let piece = try next(pieceCount)
      if piece.count == 0 { return builder.dataset() }
      builder.append(piece)
      if let limit {
        guard builder.memoryByteCount <= limit else {
          throw VAEError(
            .data,
            "The data in \(name) take more than \(limit) bytes of memory, and can be read from the beginning only: "
              + "convert them to an NPY file first, or allow more memory.", remedy: .convert)
        }
      } else {
        try MemoryLimit.check("The data in \(name)", builder.memoryByteCount, remedy: "use a part of them")
      }
    }
  }
}

extension StoredType {
  /// The data of a window of which two fit into `memory` bytes, with their order.
  fileprivate func shuffleWindow(dataSize: Int, memory: Int) -> Int {
    // A datum's index in its window and in the set; and that again while a window's order is made.
    let order = 24
    return max(1, memory / (2 * (dataSize * memorySize + order)))
  }
}
