/// Which of several processes updates which parameters, and keeps what the optimizer remembers of them.
///
/// The vector is exchanged in chunks, one after the other, so that one is on its way while the next is computed; of each chunk every
/// process has a slice of its pieces.
struct ParameterShares: Equatable {
  struct Chunk: Equatable {
    /// Where it is in the vector.
    let range: Range<Int>
    /// Which pieces of the vector it is made of.
    let pieces: Range<Int>
    /// Of each rank, its pieces, and where they are in the vector.
    let owned: [Range<Int>]
    let slices: [Range<Int>]
  }

  /// So many, but in a small network.
  private static let most = 8

  let chunks: [Chunk]
  let rank: Int

  init(_ network: Network, rank: Int, among ranks: Int) {
    self.rank = rank
    let pieces = network.vectorPieces
    let groups = Partition(pieces.count, count: Self.most)
    chunks = groups.all.map { all in
      let owned = (0..<ranks).map {
        all.lowerBound + $0 * all.count / ranks..<all.lowerBound + ($0 + 1) * all.count / ranks
      }
      let start = pieces[all.lowerBound].lowerBound
      return Chunk(
        range: start..<pieces[all.upperBound - 1].upperBound, pieces: all, owned: owned,
        slices: owned.map {
          $0.isEmpty ? start..<start : pieces[$0.lowerBound].lowerBound..<pieces[$0.upperBound - 1].upperBound
        })
    }
  }

  /// What this process updates.
  var own: [Range<Int>] { chunks.map { $0.slices[rank] } }

  /// Which of some tiles must be there before each chunk is, but for those that were needed for one before.
  func tiles(_ tiles: [Tile], _ network: Network) -> [[Int]] {
    var needed = chunks.map { _ in [Int]() }
    for (index, tile) in tiles.enumerated() {
      let place = tile.place(in: network)
      let weights = place.weight..<place.weight + place.rows * place.columns
      let biases = place.bias..<place.bias + tile.outputs.count
      let first = chunks.firstIndex { $0.range.overlaps(weights) || $0.range.overlaps(biases) }
      needed[first ?? 0].append(index)
    }
    return needed
  }
}

extension Network {
  /// The parameter vector in pieces of layers, such as one task has a sum of.
  var vectorPieces: [Range<Int>] {
    layers.flatMap { layer in
      Partition(layer.end - layer.weightOffset, intoPiecesOf: 1 << 12, unit: 16).all
        .map { layer.weightOffset + $0.lowerBound..<layer.weightOffset + $0.upperBound }
    }
  }
}
