import Foundation

/// Draws of a distribution, with their weights.
struct WeightedDraws {
  /// x' and their weights, whose sum is 1.
  let all: [(value: Double, weight: Double)]
  /// Rényi's entropy of order ½, 2 log E[p(x')^−½] = 2 log ∫ √p: as the mean of −log p(x') is, but rare values count for more.
  let entropy: Double

  /// Draws with −log p(x') and the logarithms of their weights but for a factor.
  init(_ draws: [(value: Double, term: Double, logWeight: Double)]) {
    var (sum, root) = (LogSumExp(), LogSumExp())
    for draw in draws {
      sum.add(draw.logWeight)
      root.add(draw.logWeight + draw.term / 2)
    }
    all = draws.map { ($0.value, exp($0.logWeight - sum.value)) }
    entropy = 2 * (root.value - sum.value)
  }
}
