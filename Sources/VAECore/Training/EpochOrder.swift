/// The order in which an epoch sees the data of a set, determined by seed and epoch: each datum once.
///
/// Without a window it is a uniform permutation (Fisher and Yates). With one, for sets that do not fit into memory, the
/// set is cut into blocks of adjacent data; the blocks come in random order, as many as fill the window make one, and its
/// data are shuffled uniformly. So a minibatch is a uniform draw from a window, and a window is many random blocks.
package struct EpochOrder: Sendable {
  package let count: Int
  package let epoch: Int
  private let seed: UInt64
  private let blockSize: Int
  /// The blocks' indices in the order in which they come; of a permutation without a window, one.
  private let blocks: [Int]
  private let blocksPerWindow: Int
  /// How many data come before each window; the last is all.
  private let starts: [Int]
  private let isWhole: Bool

  /// - Parameters:
  ///   - count: N
  ///   - window: the data of a window, or nil for all.
  ///   - datumByteCount: what a datum takes in its file.
  package init(count: Int, seed: UInt64, epoch: Int, window: Int?, datumByteCount: Int) {
    self.count = count
    self.epoch = epoch
    self.seed = seed
    isWhole = window == nil
    let window = window ?? max(count, 1)
    let size = isWhole ? window : EpochOrder.blockSize(window: window, datumByteCount: datumByteCount)
    var blocks = Array(0..<(count + size - 1) / size)
    if !isWhole { EpochOrder.shuffle(&blocks, NoiseStream(seed: seed, purpose: .blockShuffling, step: epoch)) }
    let perWindow = max(1, window / size)
    var starts = [0]
    for first in stride(from: 0, to: blocks.count, by: perWindow) {
      let some = blocks[first..<min(first + perWindow, blocks.count)]
      starts.append(starts.last! + some.reduce(0) { $0 + min(size, count - $1 * size) })
    }
    (blockSize, self.blocks, blocksPerWindow, self.starts) = (size, blocks, perWindow, starts)
  }

  /// The data of a block: 64 kB, so that reading is mostly that, but of many blocks to a window.
  static func blockSize(window: Int, datumByteCount: Int) -> Int {
    max(1, min((1 << 16) / max(datumByteCount, 1), window / 64))
  }

  package var windowCount: Int { starts.count - 1 }

  /// The data of the epoch that are in a window, counted in the epoch's order.
  package func extent(of window: Int) -> Range<Int> { starts[window]..<starts[window + 1] }

  /// The window that a datum of the epoch is in, counted in the epoch's order.
  package func window(of index: Int) -> Int {
    precondition(index >= 0 && index < count, "datum \(index) of an epoch of \(count)")
    return starts.lastIndex { $0 <= index }!
  }

  /// Where a window's data lie in the set, in its order.
  package func ranges(of window: Int) -> [Range<Int>] {
    let first = window * blocksPerWindow
    var ranges: [Range<Int>] = []
    for block in blocks[first..<min(first + blocksPerWindow, blocks.count)].sorted() {
      let range = block * blockSize..<min((block + 1) * blockSize, count)
      if let last = ranges.last, last.upperBound == range.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
      } else {
        ranges.append(range)
      }
    }
    return ranges
  }

  /// The order of a window's data, as indices among those of ``ranges(of:)``.
  package func shuffledRows(of window: Int) -> [UInt64] {
    EpochOrder.shuffledIndices(extent(of: window).count, seed: seed, epoch: epoch, window: isWhole ? nil : window)
  }

  /// 0 ..< count in the random order of a window, or of a whole set.
  static func shuffledIndices(_ count: Int, seed: UInt64, epoch: Int, window: Int?) -> [UInt64] {
    var indices = (0..<UInt64(count)).map { $0 }
    let stream = NoiseStream(seed: seed, purpose: .shuffling, step: epoch)
    shuffle(&indices, stream, position: window.map { UInt64($0) + 1 } ?? 0)
    return indices
  }

  private static func shuffle<T>(_ values: inout [T], _ stream: NoiseStream, position: UInt64 = 0) {
    var generator = PhiloxGenerator(stream, position: position)
    for index in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(index, generator.next(below: index + 1))
    }
  }
}
