import Foundation

/// The Gaussian latent variable of Kingma and Welling (2013, appendix B).
///
///     q(z|x) = N(μ, σ²I),   z = μ + σ ⊙ ε,  ε ~ N(0, I)
///     KL(q(z|x) ‖ N(0, I)) = ½ Σ_k (μ_k² + σ_k² − 1 − log σ_k²)     nats per datum
///
/// The encoder's last layer gives the posteriors `[M, 2Z]`, μ beside log σ²; z and ε are `[R, Z]` with R = M·L rows.
package struct GaussianLatent: Sendable {
  /// log σ² is held to these bounds, where it is flat; ``TrainingStatistics/boundedLogVariances`` tells how often they act.
  package let bounds: ClosedRange<Double>

  /// Between them no σ overflows: it is between 3·10⁻⁷ and 2.2·10⁴.
  package static let widestBounds = -30.0...20.0

  package init(bounds: ClosedRange<Double> = Self.widestBounds) { self.bounds = bounds }

  static let meanName = "mean"
  static let logVarianceName = "logvar"

  static func outputs(latentSize: Int) -> [LayerOutput] {
    [meanName, logVarianceName].map { LayerOutput(name: $0, size: latentSize) }
  }

  /// z `[R, Z]` ← μ + σ ⊙ ε, kl `[M]` ← KL of each datum.
  func forward<S>(
    posteriors: MatrixView<S>, noise: MatrixView<S>, z: MutableMatrixView<S>, kl: MutableMatrixView<S>,
    math: VectorMath<S>
  ) {
    math.latentForward(posteriors: posteriors, noise: noise, z: z, kl: kl, bounds: bounds)
  }

  /// ratios `[R]` ← log q(z|x) − log p(z) of each sample, from what `forward` took and gave:
  ///
  ///     log q(z|x) − log p(z) = ½ Σ_k (z_k² − ε_k² − log σ_k²)     nats; its mean over ε is the KL divergence
  func logRatio<S>(
    posteriors: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, ratios: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    math.latentLogRatio(posteriors: posteriors, noise: noise, z: z, ratios: ratios, bounds: bounds)
  }

  /// How many elements of log σ² lie outside the bounds, where their gradient is zero.
  func countOutsideBounds<S>(posteriors: MatrixView<S>, math: VectorMath<S>) -> Int {
    math.count(posteriors.columns(posteriors.columns / 2..<posteriors.columns), outside: bounds)
  }

  /// From ∂E/∂z of every row, the derivatives with respect to μ and s = log σ², summed over a datum's samples:
  ///
  ///     ∂E/∂μ = Σ_l ∂E/∂z_l + c·μ,    ∂E/∂s = ½ (σ Σ_l ∂E/∂z_l ⊙ ε_l + c·(σ² − 1))
  ///
  /// with c = `klScale` · `klWeights`_k the weight of dimension k's KL divergence in the loss; `logVarianceDelta` is
  /// added to ∂E/∂s.
  func backward<S>(
    posteriors: MatrixView<S>, noise: MatrixView<S>, zDelta: MatrixView<S>, klScale: Double,
    klWeights: MatrixView<S>? = nil, logVarianceDelta: Double = 0, posteriorDelta: MutableMatrixView<S>,
    math: VectorMath<S>
  ) {
    math.latentBackward(
      posteriors: posteriors, noise: noise, zDelta: zDelta, klScale: klScale, klWeights: klWeights,
      logVarianceDelta: logVarianceDelta, posteriorDelta: posteriorDelta, bounds: bounds)
  }

  /// Adds the derivative of c·w·(log q(z|x) − log p(z)) with respect to z, with c = `scale` and the weights w `[R]` (1 where nil):
  ///
  ///     ∂E/∂z ← ∂E/∂z + c·w·z                                      at a given ε
  ///     ∂E/∂z ← ∂E/∂z + c·w·(z − ε/σ)                              along the `path`: q's μ and σ held fixed
  ///     ∂E/∂z ← w·∂E/∂z + c·w²·(z − ε/σ)                           and `squared`, ∂E/∂z being weighted once
  func ratioBackward<S>(
    posteriors: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, weights: MatrixView<S>?, scale: Double,
    path: Bool,
    squared: Bool, zDelta: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    math.latentRatioBackward(
      posteriors: posteriors, noise: noise, z: z, weights: weights, scale: scale, path: path, squared: squared,
      zDelta: zDelta,
      bounds: bounds)
  }

  /// log σ² held to its bounds.
  func bounded(_ logVariance: Double) -> Double {
    min(max(logVariance, bounds.lowerBound), bounds.upperBound)
  }

  /// ½ (μ² + σ² − 1 − log σ²) of one dimension of one datum, in nats.
  static func kl(mean: Double, logVariance: Double) -> Double {
    0.5 * (mean * mean + expm1(logVariance) - logVariance)
  }

  /// The KL divergence of one latent dimension, averaged over the data of the posteriors, in nats.
  func meanKL<S>(posteriors: MatrixView<S>, dimension: Int) -> Double {
    var sum = 0.0
    for row in 0..<posteriors.rows {
      sum += Self.kl(
        mean: Double(posteriors[row, dimension]),
        logVariance: bounded(Double(posteriors[row, posteriors.columns / 2 + dimension])))
    }
    return sum / Double(max(posteriors.rows, 1))
  }
}
