import CVectorMath

// The callers of latent.h and importance.h.

extension VectorMath {
  package func latentForward(
    head: MatrixView<S>, noise: MatrixView<S>, z: MutableMatrixView<S>, kl: MutableMatrixView<S>,
    bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(head, noise, z.view)
    checkVector(kl, count: head.rows, "kl")
    kernels.pointee.latent_forward(
      head.rows, samples, z.columns, head.base, noise.base, z.base, kl.base, bounds.lowerBound, bounds.upperBound)
  }

  package func latentBackward(
    head: MatrixView<S>, noise: MatrixView<S>, zDelta: MatrixView<S>, klScale: Double,
    klWeights: MatrixView<S>? = nil, logVarianceDelta: Double = 0, headDelta: MutableMatrixView<S>,
    bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(head, noise, zDelta)
    precondition(
      headDelta.rows == head.rows && headDelta.columns == head.columns && headDelta.isContiguous,
      "head \(head.shape), its delta \(headDelta.shape)")
    if let klWeights { checkVector(klWeights, count: zDelta.columns, "KL weights") }
    kernels.pointee.latent_backward(
      head.rows, samples, zDelta.columns, head.base, noise.base, zDelta.base, klScale, klWeights?.base,
      logVarianceDelta, headDelta.base, bounds.lowerBound, bounds.upperBound)
  }

  package func latentLogRatio(
    head: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, ratios: MutableMatrixView<S>,
    bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(head, noise, z)
    checkVector(ratios, count: z.rows, "ratios")
    kernels.pointee.latent_log_ratio(
      head.rows, samples, z.columns, head.base, noise.base, z.base, ratios.base, bounds.lowerBound, bounds.upperBound)
  }

  package func latentRatioBackward(
    head: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, weights: MatrixView<S>?, scale: Double, path: Bool,
    squared: Bool, zDelta: MutableMatrixView<S>, bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(head, noise, z)
    precondition(
      zDelta.rows == z.rows && zDelta.columns == z.columns && zDelta.isContiguous,
      "z \(z.shape), its delta \(zDelta.shape)")
    if let weights { checkVector(weights, count: z.rows, "weights") }
    kernels.pointee.latent_ratio_backward(
      head.rows, samples, z.columns, head.base, noise.base, z.base, weights?.base, scale, path, squared, zDelta.base,
      bounds.lowerBound, bounds.upperBound)
  }

  /// Weights of the R samples of the data that `bounds` `[M]` counts.
  package func importanceWeights(
    losses: MatrixView<S>, ratios: MatrixView<S>, weights: MutableMatrixView<S>, bounds: MutableMatrixView<S>
  ) {
    let (data, rows) = (bounds.count, losses.count)
    precondition(data > 0 && rows > 0 && rows % data == 0, "\(rows) samples of \(data) data")
    checkVector(bounds, count: data, "bounds")
    checkVector(losses, count: rows, "losses")
    checkVector(ratios, count: rows, "ratios")
    checkVector(weights, count: rows, "weights")
    kernels.pointee.importance_weights(data, rows / data, losses.base, ratios.base, weights.base, bounds.base)
  }

  package func scaleRows(_ x: MutableMatrixView<S>, by factors: MatrixView<S>) {
    checkVector(factors, count: x.rows, "factors")
    kernels.pointee.scale_rows(x.rows, x.columns, x.base, x.stride, factors.base)
  }

  /// How many elements lie outside bounds.
  package func count(_ x: MatrixView<S>, outside bounds: ClosedRange<Double>) -> Int {
    kernels.pointee.count_outside(x.rows, x.columns, x.base, x.stride, bounds.lowerBound, bounds.upperBound)
  }

  private func checkLatent(_ head: MatrixView<S>, _ noise: MatrixView<S>, _ z: MatrixView<S>) -> Int {
    let samples = head.rows == 0 ? 1 : z.rows / head.rows
    precondition(
      head.columns == 2 * z.columns && z.rows == head.rows * samples && noise.rows == z.rows
        && noise.columns == z.columns && head.isContiguous && noise.isContiguous && z.isContiguous,
      "latent of head \(head.shape), noise \(noise.shape), z \(z.shape)")
    return samples
  }
}
