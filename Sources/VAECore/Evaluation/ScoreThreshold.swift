import Foundation

/// A score above which a datum counts as an anomaly: a quantile of the scores of data that are as they should be, or mostly.
public struct ScoreThreshold: Sendable, Codable, Hashable {
  /// The score.
  public let value: Double
  /// The part of the data whose scores lie at or below it.
  public let quantile: Double
  /// How many data there were.
  public let count: Int
  /// What they were scored by.
  public let score: Score
  /// The seed of their noise.
  public let seed: UInt64

  /// The quantile of some scores: the ⌈q·N⌉-th in ascending order, so that data of the same kind lie above it with the probability 1 − q, at most.
  ///
  /// - Parameters:
  ///   - quantile: q, between 0 and 1.
  ///   - scores: those of N data.
  ///   - score: what they are.
  ///   - seed: the seed of their noise.
  /// - Throws: where the data are too few for any to lie above: there must be 1/(1 − q).
  public init(quantile: Double, of scores: [Double], by score: Score, seed: UInt64 = 0) throws(VAEError) {
    guard quantile > 0 && quantile < 1 else {
      throw VAEError(.configuration, "A threshold's quantile lies between 0 and 1; it is \(quantile).")
    }
    // (What decimals round shall not ask for one datum more.)
    let least = Int((1 / (1 - quantile) - 1e-6).rounded(.up))
    guard scores.count >= least else {
      throw VAEError(
        .data,
        "The \(quantile) quantile of scores takes at least \(least) data, so that one may lie above it; there are \(scores.count): choose a lower "
          + "one, or score more data.")
    }
    let sorted = scores.sorted()
    value = sorted[min(max(Int((quantile * Double(scores.count) - 1e-6).rounded(.up)) - 1, 0), scores.count - 1)]
    (self.quantile, count, self.score, self.seed) = (quantile, scores.count, score, seed)
  }

  /// Whether a score counts as that of an anomaly.
  public func isExceeded(by score: Double) -> Bool { score > value }
}
