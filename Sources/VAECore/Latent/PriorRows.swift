/// Some rows of latent variables under a learned prior, a mixture of K normal distributions (VectorMath's `prior…`).
struct PriorRows<S: Scalar> {
  /// z `[R, Z]`
  let z: MatrixView<S>
  /// What was made ready of the components `[3Z + 2, K]`.
  let prepared: MatrixView<S>
  /// Each component's share of p(z) `[R, K]`.
  let shares: MutableMatrixView<S>
  /// log p(z) − log N(z; 0, I) `[R]`.
  let densities: MutableMatrixView<S>
  /// ∂E/∂(−log p(z)) `[R]`, once `backward` has run.
  let weights: MutableMatrixView<S>

  /// kl `[M]` ← KL(q(z|x) ‖ p(z)) from KL(q(z|x) ‖ N(0, I)), each datum's samples standing for E_q:
  ///
  ///     KL(q ‖ p) = KL(q ‖ N(0, I)) − E_q[log p(z) − log N(z; 0, I)]
  func forward(kl: MutableMatrixView<S>, math: VectorMath<S>) {
    math.priorForward(z: z, prepared: prepared, shares: shares, densities: densities)
    let samples = kl.count == 0 ? 1 : z.rows / kl.count
    for datum in 0..<kl.count {
      var sum: S = 0
      for sample in 0..<samples { sum += densities[0, datum * samples + sample] }
      kl[0, datum] -= sum / S(samples)
    }
  }

  /// log q(z|x) − log p(z) of each row, from log q(z|x) − log N(z; 0, I).
  func complete(ratios: MutableMatrixView<S>) {
    for row in 0..<z.rows { ratios[0, row] -= densities[0, row] }
  }

  /// What −(log p(z) − log N(z; 0, I)), times c·w, with c = `scale` and the weights w (1 where nil), adds to ∂E/∂z; c·w² there where
  /// `squared`.
  func backward(
    weights: MatrixView<S>?, scale: Double, squared: Bool = false, zDelta: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    math.priorBackward(
      z: z, prepared: prepared, shares: shares.view, weights: weights, scale: scale, squared: squared,
      rowWeights: self.weights, zDelta: zDelta)
  }

  /// What the rows count in the loss, times a datum's weight.
  func scale(by weight: Double, math: VectorMath<S>) { math.scale(weights, by: weight) }

  /// The gradient of some components, means beside log-variances and logits, from all these rows (+ what was there).
  func gradient(
    of components: Range<Int>, weight: MutableMatrixView<S>, bias: MutableMatrixView<S>, accumulate: Bool,
    math: VectorMath<S>
  ) {
    math.priorGradient(
      of: components, z: z, prepared: prepared, shares: shares.view, rowWeights: weights.view, headDelta: weight,
      logitsDelta: bias, accumulate: accumulate)
  }

  /// The shape of what is made ready of K components.
  static func preparedShape(components: Int, latentSize: Int) -> (rows: Int, columns: Int) {
    (3 * latentSize + 2, components)
  }
}

extension DenseLayer {
  /// Of a learned prior, whose outputs are components: prepared `[3Z + 2, K]` ← what ``PriorRows`` take of them.
  func prepareComponents<S>(
    _ parameters: MatrixView<S>, into prepared: MutableMatrixView<S>, bounds: ClosedRange<Double>, math: VectorMath<S>
  ) {
    math.priorPrepare(
      head: weight(in: parameters), logits: bias(in: parameters), prepared: prepared,
      bounds: bounds)
  }
}
