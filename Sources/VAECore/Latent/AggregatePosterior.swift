import Foundation

/// A Gaussian with the moments of the aggregate posterior q(z) = (1/N) Σ_i q(z|x_i) of some data,
///
///     N(m, C),   m = (1/N) Σ_i μ_i,   C = (1/N) Σ_i (μ_i − m)(μ_i − m)ᵀ + diag((1/N) Σ_i σ_i²)
///
/// to draw latent variables from where the decoder has seen some: the prior also has regions that no datum is encoded
/// into. It is no part of the model, and its samples are not p(x)'s.
public struct AggregatePosterior: Sendable {
  /// m `[Z]`
  public let mean: [Double]
  /// C `[Z, Z]`
  public let covariance: Matrix<Double>
  /// L with C = L·Lᵀ, lower triangular.
  private let factor: Matrix<Double>

  /// A Gaussian of a mean `[Z]` and a covariance `[Z, Z]`.
  ///
  /// - Throws: where the covariance is not positive definite.
  public init(mean: [Double], covariance: Matrix<Double>) throws(VAEError) {
    precondition(
      covariance.rows == mean.count && covariance.columns == mean.count,
      "a mean of \(mean.count) and a covariance [\(covariance.rows), \(covariance.columns)]")
    self.mean = mean
    self.covariance = covariance
    var factor = covariance
    try LAPACK.factorizeCholesky(factor.mutableView)
    self.factor = factor
  }

  /// Latent variables z = m + L ε `[count, Z]`; the seed determines ε.
  public func sample<Element: Scalar>(count: Int, seed: UInt64 = 0, as type: Element.Type = Element.self)
    -> Matrix<Element>
  {
    sample(rows: 0..<count, seed: seed)
  }

  /// Some rows of the latent variables that the seed determines and that go on without end.
  public func sample<Element: Scalar>(rows: Range<Int>, seed: UInt64 = 0, as type: Element.Type = Element.self)
    -> Matrix<Element>
  {
    let noise = Matrix<Double>.standardNormal(rows: rows, columns: mean.count, seed: seed)
    var z = Matrix<Double>(rows: rows.count, columns: mean.count)
    let view = z.mutableView
    withExtendedLifetime((noise, factor)) {
      VectorMath().multiplyRows(noise.view, by: factor.view, into: view)
    }
    return Matrix<Element>(
      rows: rows.count, columns: mean.count,
      elements: z.elements.enumerated().map { Element($1 + mean[$0 % mean.count]) })
  }
}
