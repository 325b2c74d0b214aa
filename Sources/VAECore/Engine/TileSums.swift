/// Where the sums of a gradient's tree go.
struct GradientSums<S: Scalar> {
  /// Vectors laid out like the parameters, one for each subtree that is this process's, or, where several passes add to the
  /// leaves, for each leaf; none where each tile's gradient is only needed by an update, and stays in cache.
  let vectors: [MutableMatrixView<S>]
  /// Whether there are several passes, and each leaf has a vector.
  let keepsLeaves: Bool
  /// Whether to add to what the leaves' vectors hold.
  let accumulates: Bool
  /// Whether it is the last pass, after which the leaves are summed up.
  let isLast: Bool
}

/// What the leaves of a subtree say of a tile's gradient, and its sum up in a binary tree, which takes the first leaf's place.
struct TileSums<S: Scalar> {
  let sums: GradientSums<S>
  let memory: EngineMemory<S>
  let tile: Tile
  let place: (weight: Int, rows: Int, columns: Int, bias: Int)
  /// Which subtree it is, and its first leaf, both among this process's.
  let subtree, firstLeaf: Int
  /// The number of its leaves.
  let count: Int
  let worker: Int

  /// A tile's part of a gradient.
  struct Part {
    let weight, bias: MutableMatrixView<S>
  }

  /// So many leaves are added up together, in one pass over memory.
  private static var group: Int { 2 }

  /// The place of a leaf among those that are in memory at a time: behind the sums of groups before it, one for each binary
  /// digit 1 of their number.
  private static func slot(_ leaf: Int) -> Int { (leaf / group).nonzeroBitCount + leaf % group }

  /// The slots that so many leaves need.
  static func slots(_ leaves: Int) -> Int { (0..<leaves).map { slot($0) + 1 }.max() ?? 0 }

  /// Where the gradient of a leaf is, and afterwards the sum of a node of the tree whose first it is.
  func part(ofLeaf leaf: Int) -> Part {
    let slot = sums.keepsLeaves ? firstLeaf + leaf : Self.slot(leaf)
    let (rows, columns) = (place.rows, place.columns)
    if sums.keepsLeaves || slot == 0 && !sums.vectors.isEmpty {
      let vector = sums.vectors[sums.keepsLeaves ? slot : subtree]
      return Part(
        weight: vector.matrix(at: place.weight, rows: rows, columns: columns),
        bias: vector.matrix(at: place.bias, rows: 1, columns: tile.outputs.count))
    }
    let scratch = memory.scratch(worker, slot: slot)
    return Part(
      weight: scratch.matrix(rows: rows, columns: columns),
      bias: scratch.matrix(at: rows * columns, rows: 1, columns: tile.outputs.count))
  }

  /// The sums, left ← left + right, that can be made once a leaf is there and not before.
  func forEachSum(after leaf: Int, _ body: (_ left: Part, _ right: Part) -> Void) {
    let (end, group) = (leaf + 1, min(Self.group, count))
    guard end % group == 0 else { return }
    func add(_ first: Int, _ size: Int) { body(part(ofLeaf: first), part(ofLeaf: first + size)) }
    var size = 1
    while size < group {
      for first in stride(from: end - group, to: end, by: 2 * size) { add(first, size) }
      size *= 2
    }
    while size < count && end % (2 * size) == 0 {
      add(end - 2 * size, size)
      size *= 2
    }
  }
}
