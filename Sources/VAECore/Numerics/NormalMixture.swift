import Foundation

/// A mixture of normal distributions on the line: p(x) = Σ_k w_k N(x; m_k, s_k²).
public struct NormalMixture: Hashable, Sendable {
  /// w_k, which add up to 1.
  public let weights: [Double]
  /// m_k
  public let means: [Double]
  /// s_k
  public let deviations: [Double]

  /// A mixture of so many components; the weights must not be negative and are divided by their sum.
  public init(weights: [Double], means: [Double], deviations: [Double]) {
    precondition(
      weights.count == means.count && means.count == deviations.count && !means.isEmpty
        && weights.allSatisfy { $0 >= 0 } && weights.contains { $0 > 0 } && deviations.allSatisfy { $0 > 0 },
      "weights \(weights), means \(means), deviations \(deviations)")
    let sum = weights.reduce(0, +)
    // Weights that have been divided stay what they are, digit for digit.
    let divided = abs(sum - 1) < 1e-12 ? weights : weights.map { $0 / sum }
    (self.weights, self.means, self.deviations) = (divided, means, deviations)
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

extension NormalMixture: Codable {
  private enum CodingKeys: String, CodingKey { case weights, means, deviations }

  /// Reads a mixture; throws where it is none.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let weights = try values.decode([Double].self, forKey: .weights)
    let means = try values.decode([Double].self, forKey: .means)
    let deviations = try values.decode([Double].self, forKey: .deviations)
    guard !weights.isEmpty, weights.count == means.count, means.count == deviations.count,
      (weights + means + deviations).allSatisfy(\.isFinite), weights.allSatisfy({ $0 > 0 }),
      deviations.allSatisfy({ $0 > 0 })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .weights, in: values,
        debugDescription: "A mixture has as many weights above 0, means and deviations above 0 as components.")
    }
    self.init(weights: weights, means: means, deviations: deviations)
  }
}
