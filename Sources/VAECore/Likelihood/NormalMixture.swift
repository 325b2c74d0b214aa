import Foundation

/// A mixture of normal distributions on the line: p(x) = Σ_k w_k N(x; m_k, s_k²).
public struct NormalMixture: Hashable, Sendable {
  /// w_k, which add up to 1.
  public let weights: [Double]
  /// m_k
  public let means: [Double]
  /// s_k
  public let deviations: [Double]

  /// A mixture of so many components; the weights must be positive and are divided by their sum.
  public init(weights: [Double], means: [Double], deviations: [Double]) {
    precondition(
      weights.count == means.count && means.count == deviations.count && !means.isEmpty
        && weights.allSatisfy { $0 >= 0 } && weights.contains { $0 > 0 } && deviations.allSatisfy { $0 > 0 },
      "weights \(weights), means \(means), deviations \(deviations)")
    let sum = weights.reduce(0, +)
    (self.weights, self.means, self.deviations) = (weights.map { $0 / sum }, means, deviations)
  }

  /// The mixture of the highest likelihood of some values that expectation maximisation finds: Dempster, Laird and Rubin (1977),
  /// "Maximum likelihood from incomplete data via the EM algorithm". It begins at equal shares of the values in their order and, by
  /// the seed, at clusters about values that are far from each other (k-means++), and the best end is kept.
  ///
  /// Where there are more than 1024 different values, close neighbours are taken together.
  ///
  /// - Parameters:
  ///   - values: at least one, all finite.
  ///   - components: how many.
  ///   - leastDeviation: which no component's falls below; a thousandth of the values' where nil.
  ///   - seed: determines where it begins.
  public init(fitting values: [Double], components: Int, leastDeviation: Double? = nil, seed: UInt64 = 0) {
    precondition(
      !values.isEmpty && components > 0 && values.allSatisfy(\.isFinite),
      "\(components) components of \(values.count) values")
    let cells = MixtureCell.cells(of: values)
    let whole = MixtureCell(joining: cells[...])
    let least = max(leastDeviation ?? 1e-3 * whole.variance.squareRoot(), .leastNormalMagnitude.squareRoot())
    let draws = Matrix<Double>.uniform(rows: 4, columns: components, seed: seed)
    let starts =
      [MixtureCell.blocks(cells, components)]
      + (0..<draws.rows).map { MixtureCell.clusters(cells, about: MixtureCell.farApart(cells, draws.row($0))) }
    var best: (mixture: NormalMixture, logLikelihood: Double)?
    for parts in starts {
      let start = NormalMixture(
        weights: parts.map { max($0.weight, 1e-6 * whole.weight) }, means: parts.map(\.mean),
        deviations: parts.map { max($0.variance.squareRoot(), least) })
      let end = start.maximized(cells, leastVariance: least * least)
      if end.logLikelihood > best?.logLikelihood ?? -.infinity || best == nil { best = end }
    }
    self = best!.mixture
  }

  /// log p(x)
  public func logDensity(_ x: Double) -> Double {
    var sum = LogSumExp()
    for index in weights.indices {
      let y = (x - means[index]) / deviations[index]
      sum.add(log(weights[index]) - 0.5 * y * y - log(deviations[index]) - 0.5 * log(2 * .pi))
    }
    return sum.value
  }

  /// Steps of expectation maximisation until the mean log-likelihood rises by less than 10⁻⁶, at most 200.
  private func maximized(
    _ cells: [MixtureCell], leastVariance: Double
  ) -> (mixture: NormalMixture, logLikelihood: Double) {
    let count = means.count
    let total = cells.reduce(0) { $0 + $1.weight }
    var (weights, means, variances) = (weights, means, deviations.map { $0 * $0 })
    var last = -Double.infinity
    for _ in 0..<200 {
      var (masses, sums, squares) = ([Double](repeating: 0, count: count), means, means)
      for index in 0..<count { (sums[index], squares[index]) = (0, 0) }
      var logLikelihood = 0.0
      let constants = (0..<count).map { log(weights[$0]) - 0.5 * log(2 * .pi * variances[$0]) }
      var shares = constants
      for cell in cells {
        var highest = -Double.infinity
        for index in 0..<count {
          let distance = cell.mean - means[index]
          // What a cell spreads counts as its mean square.
          shares[index] = constants[index] - 0.5 * (distance * distance + cell.variance) / variances[index]
          highest = max(highest, shares[index])
        }
        var sum = 0.0
        for index in 0..<count {
          shares[index] = exp(shares[index] - highest)
          sum += shares[index]
        }
        logLikelihood += cell.weight * (highest + log(sum))
        for index in 0..<count {
          let share = cell.weight * shares[index] / sum
          // From the component's mean, so that numbers far from 0 keep their digits.
          let distance = cell.mean - means[index]
          masses[index] += share
          sums[index] += share * distance
          squares[index] += share * (distance * distance + cell.variance)
        }
      }
      logLikelihood /= total
      if logLikelihood - last < 1e-6 { break }
      last = logLikelihood
      for index in 0..<count {
        // One that nothing is left for stays where it is.
        weights[index] = max(masses[index] / total, 1e-6)
        guard masses[index] > 1e-9 * total else { continue }
        let shift = sums[index] / masses[index]
        means[index] += shift
        variances[index] = max(squares[index] / masses[index] - shift * shift, leastVariance)
      }
      let sum = weights.reduce(0, +)
      for index in 0..<count { weights[index] /= sum }
    }
    return (
      NormalMixture(weights: weights, means: means, deviations: variances.map { $0.squareRoot() }), last
    )
  }
}

/// Neighbouring values as one: how many, their mean and their variance.
private struct MixtureCell {
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
