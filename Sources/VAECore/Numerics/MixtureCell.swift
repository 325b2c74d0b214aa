/// Neighbouring values as one: how many, their mean and their variance.
struct MixtureCell {
  let weight, mean, variance: Double

  init(weight: Double, mean: Double, variance: Double) {
    (self.weight, self.mean, self.variance) = (weight, mean, variance)
  }

  init(joining cells: ArraySlice<MixtureCell>) {
    let weight = cells.reduce(0) { $0 + $1.weight }
    let origin = cells.first!.mean
    let mean = origin + cells.reduce(0) { $0 + $1.weight * ($1.mean - origin) } / weight
    let variance = cells.reduce(0) { $0 + $1.weight * ($1.variance + ($1.mean - mean) * ($1.mean - mean)) } / weight
    self.init(weight: weight, mean: mean, variance: variance)
  }

  /// In order; each different value by itself where these are no more than 1024, else a thousandth of them together, but for
  /// those that lie apart.
  static func cells(of values: [Double]) -> [MixtureCell] {
    var cells: [MixtureCell] = []
    for value in values.sorted() {
      if let last = cells.last, last.mean == value {
        cells[cells.count - 1] = MixtureCell(weight: last.weight + 1, mean: value, variance: 0)
      } else {
        cells.append(MixtureCell(weight: 1, mean: value, variance: 0))
      }
    }
    let most = (cells.count + 1023) / 1024
    if most == 1 { return cells }
    // None reaches across a gap.
    let width = 0.02 * MixtureCell(joining: cells[...]).variance.squareRoot()
    var (joined, first) = ([MixtureCell](), 0)
    for index in 1...cells.count
    where index == cells.count || index - first == most || cells[index].mean - cells[first].mean > width {
      joined.append(MixtureCell(joining: cells[first..<index]))
      first = index
    }
    return joined
  }

  /// Equal shares of the values, in their order.
  static func blocks(_ cells: [MixtureCell], _ count: Int) -> [MixtureCell] {
    let total = cells.reduce(0) { $0 + $1.weight }
    var (first, below) = (0, 0.0)
    return (0..<count).map { block in
      let target = total * Double(block + 1) / Double(count)
      var end = first
      while end < cells.count && (end == first || below + 0.5 * cells[end].weight < target) {
        below += cells[end].weight
        end += 1
      }
      defer { first = end }
      // Where nothing is left, the last value once more.
      return end == first ? cells[cells.count - 1] : MixtureCell(joining: cells[first..<end])
    }
  }

  /// The values nearest to each of some means, which move there: Lloyd's algorithm.
  static func clusters(_ cells: [MixtureCell], about means: [Double]) -> [MixtureCell] {
    var parts = means.sorted().map { MixtureCell(weight: 0, mean: $0, variance: 0) }
    for _ in 0..<20 {
      var first = 0
      for index in parts.indices {
        let next = index + 1 < parts.count ? 0.5 * (parts[index].mean + parts[index + 1].mean) : .infinity
        var end = first
        while end < cells.count && cells[end].mean < next { end += 1 }
        let empty = MixtureCell(weight: 0, mean: parts[index].mean, variance: 0)
        parts[index] = end == first ? empty : MixtureCell(joining: cells[first..<end])
        first = end
      }
    }
    return parts
  }

  /// Values each drawn by its squared distance to the nearest of those before: Arthur and Vassilvitskii (2007), "k-means++".
  static func farApart(_ cells: [MixtureCell], _ draws: [Double]) -> [Double] {
    var means: [Double] = []
    var distances = cells.map { _ in 1.0 }
    for draw in draws {
      let total = zip(cells, distances).reduce(0) { $0 + $1.0.weight * $1.1 }
      var (rest, index) = (draw * total, 0)
      while index < cells.count - 1 && rest >= cells[index].weight * distances[index] {
        rest -= cells[index].weight * distances[index]
        index += 1
      }
      let mean = cells[index].mean
      distances = zip(cells, distances).map {
        let square = ($0.mean - mean) * ($0.mean - mean)
        return means.isEmpty ? square : min($1, square)
      }
      means.append(mean)
    }
    return means
  }
}
