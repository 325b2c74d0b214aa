/// The Gaussian latent variable of Kingma and Welling (2013, appendix B).
///
///     q(z|x) = N(μ, σ²I),   z = μ + σ ⊙ ε,  ε ~ N(0, I)
///     KL(q(z|x) ‖ N(0, I)) = ½ Σ_k (μ_k² + σ_k² − 1 − log σ_k²)     nats per datum
///
/// The encoder's last layer gives the head `[M, 2Z]`, μ beside log σ²; z and ε are `[R, Z]` with R = M·L rows.
package enum GaussianLatent {
  /// log σ² is held to these bounds, where it is flat, so that no σ overflows: σ is between 3·10⁻⁷ and 2.2·10⁴.
  package static let logVarianceBounds = -30.0...20.0

  static let meanName = "mean"
  static let logVarianceName = "logvar"

  static func parts(latentSize: Int) -> [DenseLayer.Part] {
    [meanName, logVarianceName].map { DenseLayer.Part(name: $0, outputs: latentSize, activation: .identity) }
  }

  /// z `[R, Z]` ← μ + σ ⊙ ε, kl `[M]` ← KL of each datum.
  static func forward<S>(
    head: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, kl: MatrixView<S>, math: VectorMath<S>
  ) {
    math.latentForward(head: head, noise: noise, z: z, kl: kl, bounds: logVarianceBounds)
  }

  /// ratios `[R]` ← log q(z|x) − log p(z) of each sample, from what `forward` took and gave:
  ///
  ///     log q(z|x) − log p(z) = ½ Σ_k (z_k² − ε_k² − log σ_k²)     nats; its mean over ε is the KL divergence
  static func logRatio<S>(
    head: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, ratios: MatrixView<S>, math: VectorMath<S>
  ) {
    math.latentLogRatio(head: head, noise: noise, z: z, ratios: ratios, bounds: logVarianceBounds)
  }

  /// From ∂E/∂z of every row, the derivatives by μ and by s = log σ², summed over a datum's samples:
  ///
  ///     ∂E/∂μ = Σ_l ∂E/∂z_l + c·μ,    ∂E/∂s = ½ (σ Σ_l ∂E/∂z_l ⊙ ε_l + c·(σ² − 1))
  ///
  /// with c the weight of the KL divergence in the loss.
  static func backward<S>(
    head: MatrixView<S>, noise: MatrixView<S>, zDelta: MatrixView<S>, klScale: Double, headDelta: MatrixView<S>,
    math: VectorMath<S>
  ) {
    math.latentBackward(
      head: head, noise: noise, zDelta: zDelta, klScale: klScale, headDelta: headDelta, bounds: logVarianceBounds)
  }
}
