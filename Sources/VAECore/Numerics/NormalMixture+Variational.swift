import Foundation

extension NormalMixture {
  /// The mixture of some values that variational inference finds with the weights of a Dirichlet process, which leaves components
  /// empty that nothing speaks for: Blei and Jordan (2006), "Variational inference for Dirichlet process mixtures", with a
  /// normal–gamma prior of each component, as in section 10.2 of Bishop (2006), "Pattern recognition and machine learning".
  ///
  ///     v_k ~ Beta(1, γ),   w_k = v_k Π_{j<k} (1 − v_j),   1/s_k² ~ Gamma(½, ½ S),   m_k ~ N(x̄, s_k²)
  ///
  /// x̄ and S are the mean and the variance of all values. The mixture has the posterior's mean weights, its means, and the
  /// variances of its mean precisions.
  ///
  /// - Parameters:
  ///   - values: at least one, all finite.
  ///   - most: the most components.
  ///   - concentration: γ; the smaller, the fewer components are filled.
  ///   - leastWeight: components of no more weight are left out.
  ///   - seed: determines where it begins (k-means++ and Lloyd's algorithm).
  public init(
    dirichletProcessOf values: [Double], most: Int = 10, concentration: Double = 0.001, leastWeight: Double = 0.005,
    seed: UInt64 = 0
  ) {
    precondition(
      !values.isEmpty && most > 0 && concentration > 0 && values.allSatisfy(\.isFinite),
      "\(most) components of \(values.count) values")
    let cells = MixtureCell.cells(of: values)
    let draws = Matrix<Double>.uniform(rows: 1, columns: min(most, values.count), seed: seed)
    let parts = MixtureCell.clusters(cells, about: MixtureCell.farApart(cells, draws.row(0)))
    var posterior = DirichletProcess(cells, concentration: concentration)
    posterior.update(parts)
    for _ in 0..<100 {
      let last = posterior.means
      posterior.update(posterior.shares(of: cells))
      // What single precision cannot see is no change.
      if zip(last, posterior.means).allSatisfy({ abs($0 - $1) < 1e-9 * posterior.deviation }) { break }
    }
    let weights = posterior.weights
    let kept = weights.indices.filter { weights[$0] > leastWeight }
    self.init(
      weights: kept.map { weights[$0] }, means: kept.map { posterior.means[$0] },
      deviations: kept.map { posterior.variances[$0].squareRoot() })
  }

  /// p(k|x), the responsibilities of the components for a value.
  public func responsibilities(of x: Double) -> [Double] {
    let logs = weights.indices.map { index in
      let y = (x - means[index]) / deviations[index]
      return log(weights[index]) - 0.5 * y * y - log(deviations[index])
    }
    let highest = logs.max()!
    let shares = logs.map { exp($0 - highest) }
    let sum = shares.reduce(0, +)
    return shares.map { $0 / sum }
  }
}

/// The posterior of a mixture with the weights of a Dirichlet process.
private struct DirichletProcess {
  private let concentration, mean, variance: Double
  /// Of each component, how many values it has.
  private var counts: [Double] = []
  private(set) var means: [Double] = []
  private(set) var variances: [Double] = []

  var deviation: Double { variance.squareRoot() }

  init(_ cells: [MixtureCell], concentration: Double) {
    let whole = MixtureCell(joining: cells[...])
    (self.concentration, mean) = (concentration, whole.mean)
    variance = max(whole.variance, .leastNormalMagnitude.squareRoot())
  }

  /// Takes the values that belong to each component.
  mutating func update(_ parts: [MixtureCell]) {
    counts = parts.map(\.weight)
    // One value of weight for the priors of the mean and of the variance.
    means = parts.map { ($0.weight * $0.mean + mean) / ($0.weight + 1) }
    variances = parts.map { part in
      let distance = part.mean - mean
      let spread = part.weight * part.variance + part.weight / (part.weight + 1) * distance * distance
      return (variance + spread) / (part.weight + 1)
    }
  }

  /// Of each v_k's Beta distribution, the parameters.
  private var sticks: [(a: Double, b: Double)] {
    var rest = counts.reduce(0, +)
    return counts.map { count in
      rest -= count
      return (1 + count, concentration + max(rest, 0))
    }
  }

  /// E[w_k], divided by their sum.
  var weights: [Double] {
    var left = 1.0
    let weights = sticks.map { a, b in
      defer { left *= b / (a + b) }
      return left * a / (a + b)
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The values that belong to each component, by their responsibilities.
  func shares(of cells: [MixtureCell]) -> [MixtureCell] {
    var left = 0.0
    let constants = zip(sticks, counts.indices).map { stick, index in
      let sum = digamma(stick.a + stick.b)
      defer { left += digamma(stick.b) - sum }
      let freedom = counts[index] + 1
      // E[log w_k] and E[log 1/s_k²], and what the mean's variance takes off.
      return left + digamma(stick.a) - sum
        + 0.5 * (digamma(0.5 * freedom) - log(0.5 * freedom) - log(variances[index]) - 1 / freedom)
    }
    var sums = counts.map { _ in (weight: 0.0, first: 0.0, second: 0.0) }
    var shares = constants
    for cell in cells {
      var highest = -Double.infinity
      for index in shares.indices {
        let distance = cell.mean - means[index]
        shares[index] = constants[index] - 0.5 * (distance * distance + cell.variance) / variances[index]
        highest = max(highest, shares[index])
      }
      var sum = 0.0
      for index in shares.indices {
        shares[index] = exp(shares[index] - highest)
        sum += shares[index]
      }
      for index in shares.indices {
        let share = cell.weight * shares[index] / sum
        // From the component's mean, so that numbers far from 0 keep their digits.
        let distance = cell.mean - means[index]
        sums[index].weight += share
        sums[index].first += share * distance
        sums[index].second += share * (distance * distance + cell.variance)
      }
    }
    return sums.indices.map { index in
      let (weight, first, second) = sums[index]
      guard weight > 0 else { return MixtureCell(weight: 0, mean: means[index], variance: 0) }
      let shift = first / weight
      return MixtureCell(
        weight: weight, mean: means[index] + shift, variance: max(second / weight - shift * shift, 0))
    }
  }
}

/// ψ(x) = d log Γ(x)/dx for x > 0: ψ(x) = ψ(x + 1) − 1/x up to where the asymptotic series (Abramowitz and Stegun 6.3.18) has all
/// digits.
private func digamma(_ x: Double) -> Double {
  var (x, sum) = (x, 0.0)
  while x < 10 {
    sum -= 1 / x
    x += 1
  }
  let square = 1 / (x * x)
  let series =
    square * (1 / 12.0 - square * (1 / 120.0 - square * (1 / 252.0 - square * (1 / 240.0 - square * (1 / 132.0)))))
  return sum + log(x) - 0.5 / x - series
}
