/// Which of several processes updates which parameters, and keeps what the optimizer remembers of them.
///
/// The vector is exchanged in chunks of whole layers, one after the other, so that one may be on its way while the next is computed;
/// of each chunk every process has a slice of its pieces.
struct ParameterShares: Equatable {
  struct Chunk: Equatable {
    let layers: Range<Int>
    /// Which pieces of the vector it is made of.
    let pieces: Range<Int>
    /// Of each rank, its pieces, and where they are in the vector.
    let owned: [Range<Int>]
    let slices: [Range<Int>]
  }

  let chunks: [Chunk]
  let rank: Int

  init(_ network: Network, rank: Int, among ranks: Int) {
    self.rank = rank
    let pieces = network.vectorPieces
    let groups = Self.groups(network)
    chunks = groups.map { layers in
      let ends = network.layers[layers.lowerBound].weightOffset..<network.layers[layers.upperBound - 1].end
      let first = pieces.firstIndex { $0.lowerBound == ends.lowerBound }!
      let last = pieces.lastIndex { $0.upperBound == ends.upperBound }!
      let all = first..<last + 1
      let owned = (0..<ranks).map {
        first + $0 * all.count / ranks..<first + ($0 + 1) * all.count / ranks
      }
      return Chunk(
        layers: layers, pieces: all, owned: owned,
        slices: owned.map {
          $0.isEmpty
            ? ends.lowerBound..<ends.lowerBound
            : pieces[$0.lowerBound].lowerBound..<pieces[$0.upperBound - 1].upperBound
        })
    }
  }

  /// What this process updates.
  var own: [Range<Int>] { chunks.map { $0.slices[rank] } }

  /// Consecutive layers, about a quarter of all parameters each.
  private static func groups(_ network: Network) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var first = 0
    for layer in network.layers.indices {
      let isLast = layer == network.layers.count - 1
      let length = network.layers[layer].end - network.layers[first].weightOffset
      if isLast || 4 * length >= network.parameterVectorCount {
        groups.append(first..<layer + 1)
        first = layer + 1
      }
    }
    return groups
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
