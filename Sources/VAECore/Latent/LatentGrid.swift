import Foundation

/// The z at which the standard normal distribution function is `probability`, for 0 < probability < 1.
///
/// Newton's method on Φ(z) = ½ erfc(−z/√2), to the last bits; Φ is concave or convex from the start towards the root,
/// so it converges from z = 0 without overshooting more than once.
package func normalQuantile(_ probability: Double) -> Double {
  precondition(probability > 0 && probability < 1, "a quantile at \(probability)")
  var z = 0.0
  for _ in 0..<200 {
    let density = exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
    let step = (0.5 * erfc(-z / 2.0.squareRoot()) - probability) / density
    z -= min(max(step, -1), 1)
    if abs(step) <= 1e-15 * max(abs(z), 1e-300) { break }
  }
  return z
}

extension Matrix {
  /// Points of a two-dimensional latent space `[side², 2]`, row by row from the top: on the quantiles of the normal
  /// distribution, so that the unit square's even grid shows the prior evenly (Kingma and Welling 2013, figure 4).
  public static func latentGrid(side: Int) -> Matrix {
    precondition(side > 0, "a grid of \(side) points")
    let quantiles = (0..<side).map { Element(normalQuantile((Double($0) + 0.5) / Double(side))) }
    return Matrix(
      rows: side * side, columns: 2,
      elements: quantiles.reversed().flatMap { vertical in quantiles.flatMap { [$0, vertical] } })
  }
}
