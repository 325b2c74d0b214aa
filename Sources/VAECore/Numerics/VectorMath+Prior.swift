import CVectorMath

// The callers of prior.h.

extension VectorMath {
  /// prepared `[3Z + 2, K]` ← what the other functions take of K components, head `[K, 2Z]` and logits `[K]`, or equal weights
  /// where nil.
  package func priorPrepare(
    head: MatrixView<S>, logits: MatrixView<S>?, prepared: MutableMatrixView<S>, bounds: ClosedRange<Double>
  ) {
    precondition(
      head.rows > 0 && head.columns % 2 == 0 && head.isContiguous, "components \(head.shape): no mean and log-variance")
    if let logits { checkVector(logits, count: head.rows, "logits") }
    precondition(
      prepared.rows == 3 * head.columns / 2 + 2 && prepared.columns == head.rows && prepared.isContiguous,
      "components \(head.shape), prepared \(prepared.shape)")
    kernels.pointee.prior_prepare(
      head.rows, head.columns / 2, head.base, logits?.base, prepared.base, bounds.lowerBound, bounds.upperBound)
  }

  /// densities `[R]` ← log p(z) − log N(z; 0, I), shares `[R, K]` ← each component's part of p(z).
  package func priorForward(
    z: MatrixView<S>, prepared: MatrixView<S>, shares: MutableMatrixView<S>, densities: MutableMatrixView<S>
  ) {
    check(z, prepared, shares.view)
    checkVector(densities, count: z.rows, "densities")
    kernels.pointee.prior_forward(
      z.rows, prepared.columns, z.columns, z.base, prepared.base, shares.base, densities.base)
  }

  /// Adds the derivative of −(log p(z) − log N(z; 0, I)) to zDelta `[R, Z]`, times c = `scale` and the weights w `[R]`, or w²
  /// where `squared`; rowWeights `[R]` ← c·w.
  package func priorBackward(
    z: MatrixView<S>, prepared: MatrixView<S>, shares: MatrixView<S>, weights: MatrixView<S>?, scale: Double,
    squared: Bool, rowWeights: MutableMatrixView<S>, zDelta: MutableMatrixView<S>
  ) {
    check(z, prepared, shares)
    precondition(
      zDelta.rows == z.rows && zDelta.columns == z.columns && zDelta.isContiguous,
      "z \(z.shape), its delta \(zDelta.shape)")
    if let weights { checkVector(weights, count: z.rows, "weights") }
    checkVector(rowWeights, count: z.rows, "row weights")
    kernels.pointee.prior_backward(
      z.rows, prepared.columns, z.columns, z.base, prepared.base, shares.base, weights?.base, scale, squared,
      rowWeights.base, zDelta.base)
  }

  /// headDelta `[components, 2Z]` and logitsDelta `[components]` ← the derivatives of −Σ_r w_r log p(z_r) with respect to some
  /// of the components (+ what was there), w = `rowWeights` `[R]`.
  package func priorGradient(
    of components: Range<Int>, z: MatrixView<S>, prepared: MatrixView<S>, shares: MatrixView<S>,
    rowWeights: MatrixView<S>, headDelta: MutableMatrixView<S>, logitsDelta: MutableMatrixView<S>?, accumulate: Bool
  ) {
    check(z, prepared, shares)
    precondition(
      components.upperBound <= prepared.columns && headDelta.rows == components.count
        && headDelta.columns == 2 * z.columns && headDelta.isContiguous,
      "components \(components) of \(prepared.shape), their delta \(headDelta.shape)")
    checkVector(rowWeights, count: z.rows, "row weights")
    if let logitsDelta { checkVector(logitsDelta, count: components.count, "logits' delta") }
    kernels.pointee.prior_gradient(
      z.rows, prepared.columns, z.columns, components.lowerBound, components.count, z.base, prepared.base, shares.base,
      rowWeights.base, headDelta.base, logitsDelta?.base, accumulate)
  }

  private func check(_ z: MatrixView<S>, _ prepared: MatrixView<S>, _ shares: MatrixView<S>) {
    precondition(
      prepared.rows == 3 * z.columns + 2 && shares.rows == z.rows && shares.columns == prepared.columns
        && z.isContiguous && prepared.isContiguous && shares.isContiguous,
      "z \(z.shape), prepared \(prepared.shape), shares \(shares.shape)")
  }
}
