import Foundation

/// log Σ_k e^(w_k) of numbers that come one by one, without overflow: the sum is kept relative to the largest so far.
package struct LogSumExp: Sendable, BitwiseCopyable {
  private var largest = -Double.infinity
  private var sum = 0.0
  private var squares = 0.0

  /// Adds e^w; w may be −∞. NaN makes the sum NaN.
  mutating func add(_ w: Double) {
    if w == -.infinity { return }
    if w <= largest {
      let term = exp(w - largest)
      sum += term
      squares += term * term
    } else {
      let factor = exp(largest - w)
      sum = sum * factor + 1
      squares = squares * factor * factor + 1
      largest = w
    }
  }

  /// log Σ e^w, −∞ of nothing.
  var value: Double { largest + log(sum) }

  /// e^w / Σ e^w of one of them.
  func share(of w: Double) -> Double { exp(w - value) }

  /// −log (1/K) Σ e^w
  func negativeLogMean(of count: Int) -> Double { log(Double(count)) - value }

  /// (Σ e^w)² / Σ e^2w: how many equal weights would make as even a sum (Kong 1992), from 1 to their number.
  var effectiveCount: Double { sum * sum / squares }
}
