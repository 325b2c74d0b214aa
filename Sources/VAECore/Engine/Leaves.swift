/// How a minibatch is cut into the leaves of the binary tree in which its gradient is summed up: ranges of data, a power of two of
/// them. Each goes through the row phase in blocks of its own, and has a gradient of its own, so that it may be another process's.
///
/// The cut depends on the minibatch alone, and so do the bits, on one thread or many, in one process or many. A minibatch of at most 512
/// rows is one leaf.
struct Leaves: Hashable {
  /// (In mixed precision two rows share a unit.)
  let data: Partition

  static let most = 16
  /// The fewest rows of a leaf: sums over fewer would not be worth a product of their own. More than four leaves have twice as
  /// many, which costs less.
  static func leastRows(count: Int) -> Int { count > 4 ? 500 : 250 }
  static let rowsOfOneLeaf = 512

  /// The leaves of some data whose widest pass has so many samples of each.
  init(data: Int, samples: Int) {
    let (product, isTooLarge) = data.multipliedReportingOverflow(by: samples)
    let rows = isTooLarge ? .max : product
    var count = 1
    if rows > Self.rowsOfOneLeaf {
      while count < Self.most && 2 * count <= data - data / 2 && rows / (2 * count) >= Self.leastRows(count: 2 * count)
      {
        count *= 2
      }
    }
    self.data = Partition(data, count: count, unit: 2)
  }

  /// Data in one leaf.
  init(whole data: Int) { self.data = .whole(data) }

  var count: Int { data.count }

  /// The data of some leaves.
  func data(of leaves: Range<Int>) -> Range<Int> {
    leaves.isEmpty ? 0..<0 : data[leaves.lowerBound].lowerBound..<data[leaves.upperBound - 1].upperBound
  }

  /// The lengths that leaves have: one, or two that differ by the unit.
  var lengths: Set<Int> { Set((0..<count).map { data[$0].count }) }

  /// The leaves of one of several processes.
  func share(of rank: Int, among ranks: Int) -> Range<Int> { rank * count / ranks..<(rank + 1) * count / ranks }

  /// The largest subtrees that consist of some leaves alone, in order.
  func subtrees(of leaves: Range<Int>) -> [Range<Int>] {
    func subtrees(_ node: Range<Int>) -> [Range<Int>] {
      if !leaves.overlaps(node) { return [] }
      if node.clamped(to: leaves) == node { return [node] }
      let middle = (node.lowerBound + node.upperBound) / 2
      return subtrees(node.lowerBound..<middle) + subtrees(middle..<node.upperBound)
    }
    return subtrees(0..<count)
  }

  /// The most data that one of several processes has of a minibatch of at most `data`.
  static func mostData(of rank: Int, among ranks: Int, data: Int, samples: Int) -> Int {
    if ranks == 1 { return data }
    return (1...max(data, 1)).reduce(0) { most, count in
      let leaves = Leaves(data: count, samples: samples)
      return max(most, leaves.data(of: leaves.share(of: rank, among: ranks)).count)
    }
  }
}
