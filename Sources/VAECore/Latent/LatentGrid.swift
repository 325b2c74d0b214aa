import Foundation

/// The z at which the standard normal distribution function is `probability`, for 0 < probability < 1.
///
/// Newton's method on log Φ(z) with Φ(z) = ½ erfc(−z/√2), to the last bits. The lower half serves both. log Φ is
/// concave and Φ(z) ≤ ½ e^(−z²/2) puts the start below the root, so it rises towards it without overshooting.
package func normalQuantile(_ probability: Double) -> Double {
  precondition(probability > 0 && probability < 1, "a quantile at \(probability)")
  if probability > 0.5 { return -normalQuantile(1 - probability) }
  if probability == 0.5 { return 0 }
  var z = -(-2 * log(2 * probability)).squareRoot()
  for _ in 0..<50 {
    let lower = 0.5 * erfc(-z / 2.0.squareRoot())
    let density = exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
    let step = log(lower / probability) * lower / density
    z -= step
    if abs(step) <= 1e-15 * abs(z) { break }
  }
  return z
}

extension Matrix {
  /// Points of a plane `[side², 2]`, row by row from the top, on the quantiles of its two dimensions.
  init(side: Int, _ quantile: (_ probability: Double, _ dimension: Int) -> Double) {
    precondition(side > 0, "a grid of \(side) points")
    let quantiles = (0..<2).map { dimension in
      (0..<side).map { Element(quantile((Double($0) + 0.5) / Double(side), dimension)) }
    }
    self.init(
      rows: side * side, columns: 2,
      elements: quantiles[1].reversed().flatMap { vertical in quantiles[0].flatMap { [$0, vertical] } })
  }
}
