/// Numbers cut at bins of equal width, as NumPy's `histogram_bin_edges` and `digitize` cut them.
struct EqualWidthBins {
  /// How many bins there are.
  static let count = 10
  /// Numbers are put into groups 0 … 11: bins are groups 1 … 10.
  static let groups = 12

  /// The bounds of the bins, in rising order.
  private let edges: [Double]

  /// Ten bins from the least to the largest of some numbers: [0, 1] where there are none, and ½ to either side where they
  /// are all the same. In the outer ones is also what lies beyond them, where they are `open`; else group 0 is below, and
  /// group 11 has the upper bound itself and all above.
  init(of numbers: [Double], open: Bool) {
    var (least, most) = (Double.infinity, -Double.infinity)
    for number in numbers where !number.isNaN { (least, most) = (min(least, number), max(most, number)) }
    if least > most { (least, most) = (0, 1) }
    if least == most { (least, most) = (least - 0.5, most + 0.5) }
    let width = (most - least) / Double(Self.count)
    var edges = (0...Self.count).map { least + Double($0) * width }
    edges[Self.count] = most
    if open { (edges[0], edges[Self.count]) = (-.infinity, .infinity) }
    self.edges = edges
  }

  /// Each number's group: how many edges are not above it; 11, the last one, where it is missing.
  func groups(_ numbers: [Double]) -> [Int32] {
    numbers.map { number in
      if number.isNaN { return Int32(edges.count) }
      var group: Int32 = 0
      for edge in edges where edge <= number { group += 1 }
      return group
    }
  }
}
