import Foundation

/// How well scores tell positive data from negative ones, whatever threshold is chosen.
public struct RankingQuality: Sendable, Codable, Hashable {
  /// A number with its standard error over draws of as many data of both classes.
  public struct Figure: Sendable, Codable, Hashable {
    /// The number.
    public let value: Double
    /// Its standard error; nil where a class has one datum alone.
    public let standardError: Double?

    enum CodingKeys: String, CodingKey {
      case value
      case standardError = "standard_error"
    }
  }

  /// The area under the receiver operating characteristic (``ROC``); its error by DeLong, DeLong and Clarke-Pearson (1988), "Comparing the areas under two
  /// or more correlated receiver operating characteristic curves".
  public let area: Figure
  /// Σ_k (R_k − R_(k−1)) P_k over the thresholds k, the highest first, with the recall R and the precision P of what lies at or above: what a list of
  /// suspects is worth. Guessing comes to the share of positive data. Its error is that of a bootstrap of 200 draws in each class.
  public let averagePrecision: Figure
  /// The data of the two classes.
  public let positives, negatives: Int

  enum CodingKeys: String, CodingKey {
    case area, positives, negatives
    case averagePrecision = "average_precision"
  }

  /// Of some scores.
  ///
  /// - Throws: where a class has no data, or a score is NaN. There must be as many scores as data.
  public init(_ scores: [Double], isPositive: [Bool]) throws(VAEError) {
    let value = try ROC.areaUnderCurve(scores, isPositive: isPositive)
    positives = isPositive.count { $0 }
    negatives = isPositive.count - positives
    area = Figure(value: value, standardError: RankingQuality.deLong(scores, isPositive))
    // Places by falling score, with where ties end.
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    let labels = order.map { isPositive[$0] }
    let ends = order.indices.map { $0 + 1 == order.count || scores[order[$0]] != scores[order[$0 + 1]] }
    let ones = Array(repeating: 1, count: order.count)
    let precision = RankingQuality.averagePrecision(labels, ends, counts: ones)
    var generator = RandomNumbers(PhiloxGenerator(NoiseStream(seed: 0, purpose: .subset)))
    let places = [true, false].map { label in labels.indices.filter { labels[$0] == label } }
    let draws = (0..<200).map { _ in
      var counts = Array(repeating: 0, count: order.count)
      for places in places {
        for _ in places { counts[places[Int.random(in: places.indices, using: &generator)]] += 1 }
      }
      return RankingQuality.averagePrecision(labels, ends, counts: counts)
    }
    let mean = draws.reduce(0, +) / Double(draws.count)
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws.count - 1)
    averagePrecision = Figure(
      value: precision, standardError: min(positives, negatives) > 1 ? variance.squareRoot() : nil)
  }

  /// Of data in falling order of their scores, each as often as `counts` says; `ends` tells the last of those with the same score.
  private static func averagePrecision(_ labels: [Bool], _ ends: [Bool], counts: [Int]) -> Double {
    var (found, seen, before, sum) = (0, 0, 0, 0.0)
    for index in labels.indices {
      seen += counts[index]
      found += labels[index] ? counts[index] : 0
      guard ends[index], found > before else { continue }
      sum += Double(found - before) * Double(found) / Double(seen)
      before = found
    }
    return sum / Double(before)
  }

  /// √(S₁/m + S₀/n), with the variances S of the shares of the other class that each datum beats.
  private static func deLong(_ scores: [Double], _ isPositive: [Bool]) -> Double? {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    let total = [isPositive.count { !$0 }, isPositive.count { $0 }]
    guard total.min()! > 1 else { return nil }
    var moments = [RunningMoments(), RunningMoments()]
    var below = [0, 0]
    var first = 0
    while first < order.count {
      var end = first
      while end < order.count && scores[order[end]] == scores[order[first]] { end += 1 }
      let positives = order[first..<end].count { isPositive[$0] }
      let tied = [end - first - positives, positives]
      for (own, other) in [(1, 0), (0, 1)] {
        let share = (Double(below[other]) + 0.5 * Double(tied[other])) / Double(total[other])
        for _ in 0..<tied[own] { moments[own].add(share) }
      }
      for label in 0...1 { below[label] += tied[label] }
      first = end
    }
    return zip(moments, total).reduce(0) { $0 + $1.0.variance / Double($1.1 - 1) }.squareRoot()
  }
}
