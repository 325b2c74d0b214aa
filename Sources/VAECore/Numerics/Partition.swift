/// A length in pieces that are as equal as can be.
struct Partition {
  let total: Int
  let count: Int

  /// As few pieces of at most `most` as there must be, but for their number being a multiple of `multiple`, so that
  /// so many threads are busy to the end.
  init(_ total: Int, intoPiecesOf most: Int, countMultipleOf multiple: Int = 1) {
    self.total = total
    let needed = (total + most - 1) / max(most, 1)
    count = min(max((needed + multiple - 1) / multiple * multiple, 1), max(total, 1))
  }

  subscript(index: Int) -> Range<Int> { index * total / count..<(index + 1) * total / count }
}
