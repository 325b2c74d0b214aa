/// A length in pieces that are as equal as can be.
package struct Partition: Hashable {
  package let total: Int
  package let count: Int
  private let unit: Int

  /// As few pieces of at most `most` as there must be, but for their number being a multiple of `multiple`, so that
  /// so many threads are busy to the end; each begins at a multiple of `unit`, and ends at one or at the end.
  package init(_ total: Int, intoPiecesOf most: Int, countMultipleOf multiple: Int = 1, unit: Int = 1) {
    self.total = total
    self.unit = unit
    let units = Self.units(total, unit)
    let most = max(most / unit, 1)
    let needed = (units + most - 1) / most
    count = min(max((needed + multiple - 1) / multiple * multiple, 1), max(units, 1))
  }

  /// So many pieces, but no more than there are units.
  package init(_ total: Int, count: Int, unit: Int = 1) {
    (self.total, self.unit) = (total, unit)
    self.count = min(max(count, 1), max(Self.units(total, unit), 1))
  }

  /// All of it as one piece.
  package static func whole(_ total: Int) -> Partition { Partition(total, count: 1) }

  /// The length of the longest piece.
  package var longest: Int {
    let units = Self.units(total, unit)
    return min((units + count - 1) / count * unit, total)
  }

  /// All pieces.
  package var all: [Range<Int>] { (0..<count).map { self[$0] } }

  package subscript(index: Int) -> Range<Int> { bound(index)..<bound(index + 1) }

  /// The units of a length, the last of which may be a part of one.
  private static func units(_ total: Int, _ unit: Int) -> Int { total / unit + (total % unit == 0 ? 0 : 1) }

  private func bound(_ index: Int) -> Int {
    let units = Self.units(total, unit)
    return min(index * units / count * unit, total)
  }
}
