/// Where a chunk's sums are among what was received: of each subtree, this process's slice.
struct SlicePlace {
  let chunk: ParameterShares.Chunk
  let rank: Int
  /// Where this process's slice begins among all it has.
  let start: Int
  /// The number of subtrees.
  let count: Int

  var slice: Range<Int> { chunk.slices[rank] }
  /// The slice of a subtree.
  func offset(_ subtree: Int) -> Int { start * count + subtree * slice.count }
}

/// A piece of the vector that this process updates.
struct SlicePiece {
  let index: Int
  let range: Range<Int>
  let place: SlicePlace

  /// Where it is among all that this process updates.
  var remembered: Int { place.start + range.lowerBound - place.slice.lowerBound }
  /// Where a subtree's part of it is.
  func offset(_ subtree: Int) -> Int { place.offset(subtree) + range.lowerBound - place.slice.lowerBound }
}

/// Some pieces of this process's slices: the rest of the tree, and the update.
struct SliceRound<S: Scalar>: TeamTask {
  let engine: Engine<S>
  let pieces: [SlicePiece]
  let received: MutableMatrixView<S>
  /// The leaves of each subtree that was received.
  let sizes: [Int]
  let update: ParameterUpdate<S>
  var sums = true
  var updates = true
  var scale: Double?

  /// The sums alone, and the squares of them.
  var summing: Self {
    var round = self
    round.updates = false
    return round
  }

  /// The update alone, by sums that are there, times a factor.
  func updating(scale: Double?) -> Self {
    var round = self
    (round.sums, round.scale) = (false, scale)
    return round
  }

  func run(worker: Int, index: Int) {
    let piece = pieces[index]
    func part(_ subtree: Int) -> MutableMatrixView<S> {
      received.matrix(at: piece.offset(subtree), rows: 1, columns: piece.range.count)
    }
    let sum = part(0)
    if sums {
      addUp(part)
      if !updates { engine.squares[piece.index] = engine.math.sumOfSquares(sum.view) }
    }
    if updates {
      if let scale { engine.math.scale(sum, by: scale) }
      engine.faults[piece.index] = update.apply(
        at: piece.range.lowerBound, remembered: piece.remembered, gradient: sum.view, math: engine.math)
    }
  }

  /// Subtrees of equal size that are there one behind the other are a node's two halves.
  private func addUp(_ part: (Int) -> MutableMatrixView<S>) {
    // On the stack, the first leaf's subtree of each node and the node's size.
    withUnsafeTemporaryAllocation(of: (first: Int, size: Int).self, capacity: sizes.count) { stack in
      var top = 0
      for (subtree, size) in sizes.enumerated() {
        stack[top] = (subtree, size)
        top += 1
        while top > 1 && stack[top - 1].size == stack[top - 2].size {
          engine.math.add(part(stack[top - 1].first).view, to: part(stack[top - 2].first))
          stack[top - 2].size *= 2
          top -= 1
        }
      }
      precondition(top == 1, "subtrees of \(sizes) leaves")
    }
  }
}
