// Positions of data in a set, as ranges in order.

extension [Range<Int>] {
  /// The integers of these ranges that are at some ranges of places among them.
  func selecting(_ places: [Range<Int>]) -> [Range<Int>] {
    if count == 1 {
      let first = self[0].lowerBound
      return places.map { first + $0.lowerBound..<first + $0.upperBound }
    }
    var starts = [0]
    starts.reserveCapacity(count + 1)
    for range in self { starts.append(starts[starts.count - 1] + range.count) }
    var selected: [Range<Int>] = []
    for place in places where !place.isEmpty {
      var index = Swift.min(starts.lastIndex(ofAtMost: place.lowerBound), count - 1)
      var first = place.lowerBound
      while first < place.upperBound {
        let end = Swift.min(place.upperBound, starts[index + 1])
        let shift = self[index].lowerBound - starts[index]
        if end > first { selected.append(first + shift..<end + shift) }
        (first, index) = (end, index + 1)
      }
    }
    return selected
  }

  /// The integer of these ranges at a place among them.
  func element(_ place: Int) -> Int {
    var rest = place
    for range in self {
      if rest < range.count { return range.lowerBound + rest }
      rest -= range.count
    }
    preconditionFailure("place \(place) of \(reduce(0) { $0 + $1.count })")
  }
}

extension [Int] {
  /// The last index of an ascending list whose element is at most a value; 0 where there is none.
  func lastIndex(ofAtMost value: Int) -> Int {
    var (low, high) = (0, count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if self[middle] <= value { low = middle } else { high = middle }
    }
    return low
  }
}
