import Testing
import VAECore

struct PartitionTests {
  /// The pieces follow one another, begin at multiples of the unit, and none is longer than the longest is said to be.
  @Test(arguments: [0, 1, 15, 16, 100, 500, 784], [1, 2, 16, 64])
  func piecesCoverEverything(total: Int, unit: Int) {
    let partitions =
      (1...20).map { Partition(total, count: $0, unit: unit) }
      + [1, 30, 64, 400, 1000].flatMap { most in
        [1, 2, 7].map { Partition(total, intoPiecesOf: most, countMultipleOf: $0, unit: unit) }
      }
    for partition in partitions {
      let pieces = (0..<partition.count).map { partition[$0] }
      #expect(pieces.first?.lowerBound == 0 && pieces.last?.upperBound == total)
      #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
      #expect(pieces.allSatisfy { $0.lowerBound % unit == 0 && (total == 0 || !$0.isEmpty) })
      #expect(partition.longest >= pieces.map(\.count).max()!)
      #expect(pieces.map(\.count).max()! - pieces.map(\.count).min()! <= unit || pieces.last!.count < unit * 2)
    }
  }
}
