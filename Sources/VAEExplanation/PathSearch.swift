import VAECore

/// The paths of a chain rule that matter most: from one unit through the stages to the error, by the magnitude of their
/// product.
///
/// From the end backwards, each unit keeps its `limit` largest ways to the error. A unit's way leads through one of its
/// targets, and only the `limit` targets with the largest best way can be on one of its own; so the search takes a few
/// operations per weight, however many paths there are.
struct PathSearch {
  private struct Way {
    /// The product of the derivatives from the unit to the error.
    let product: Double
    /// The next unit, and which of its ways goes on from there.
    let target: Int
    let rank: Int
  }

  private let stages: [ChainStage]
  private let entry: Int
  private let unit: Int
  /// Of each stage from `entry` on, of each unit.
  private var ways: [[[Way]]] = []

  /// The `limit` largest paths from a unit of a stage to the last stage's only unit.
  init(_ stages: [ChainStage], from entry: Int, unit: Int, limit: Int) {
    self.stages = stages
    self.entry = entry
    self.unit = unit
    var next: [[Way]] = [[Way(product: 1, target: 0, rank: 0)]]
    ways.append(next)
    for index in (entry..<stages.count - 1).reversed() {
      let stage = stages[index]
      next = stage.values.indices.map { unit in
        if index == entry && unit != self.unit { return [] }
        return PathSearch.largestWays(of: unit, stage, next, limit)
      }
      ways.append(next)
    }
    ways.reverse()
  }

  private static func largestWays(of unit: Int, _ stage: ChainStage, _ next: [[Way]], _ limit: Int) -> [Way] {
    let best = largest(limit, of: stage.reach) {
      let target = stage.target(of: unit, $0)
      return abs(stage.derivative(of: target, by: unit) * next[target][0].product)
    }
    let candidates = best.flatMap { index in
      let target = stage.target(of: unit, index)
      let derivative = stage.derivative(of: target, by: unit)
      return next[target].indices.map {
        Way(product: derivative * next[target][$0].product, target: target, rank: $0)
      }
    }
    if best.count == 1 { return candidates }
    return Array(candidates.sorted { abs($0.product) > abs($1.product) }.prefix(limit))
  }

  /// The indices of the largest of `count` magnitudes.
  private static func largest(_ limit: Int, of count: Int, _ magnitude: (Int) -> Double) -> [Int] {
    if count <= limit { return Array(0..<count) }
    var found: [(index: Int, magnitude: Double)] = []
    for index in 0..<count {
      let value = magnitude(index)
      if found.count == limit && !(value > found[limit - 1].magnitude) { continue }
      let place = found.firstIndex { value > $0.magnitude } ?? found.count
      found.insert((index, value), at: place)
      if found.count > limit { found.removeLast() }
    }
    return found.map(\.index)
  }

  /// The paths, largest first: the units of each stage from the entry to the error.
  var paths: [[Int]] {
    ways[0][unit].indices.map { rank in
      var path = [unit]
      var way = ways[0][unit][rank]
      for stage in ways.indices.dropFirst() {
        path.append(way.target)
        way = ways[stage][way.target][way.rank]
      }
      return path
    }
  }

  /// How many paths there are.
  var count: Double { stages[entry..<stages.count - 1].reduce(1) { $0 * Double($1.reach) } }
}
