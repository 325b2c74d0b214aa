import CVectorMath

// The callers of latent.h and importance.h.

extension VectorMath {
  package func latentForward(
    posteriors: MatrixView<S>, noise: MatrixView<S>, z: MutableMatrixView<S>, kl: MutableMatrixView<S>,
    bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(posteriors, noise, z.view)
    checkVector(kl, count: posteriors.rows, "kl")
    kernels.pointee.latent_forward(
      posteriors.rows, samples, z.columns, posteriors.base, noise.base, z.base, kl.base, bounds.lowerBound,
      bounds.upperBound)
  }

  package func latentBackward(
    posteriors: MatrixView<S>, noise: MatrixView<S>, zDelta: MatrixView<S>, klScale: Double,
    klWeights: MatrixView<S>? = nil, logVarianceDelta: Double = 0, posteriorDelta: MutableMatrixView<S>,
    bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(posteriors, noise, zDelta)
    precondition(
      posteriorDelta.rows == posteriors.rows && posteriorDelta.columns == posteriors.columns
        && posteriorDelta.isContiguous,
      "posteriors \(posteriors.shape), its delta \(posteriorDelta.shape)")
    if let klWeights { checkVector(klWeights, count: zDelta.columns, "KL weights") }
    kernels.pointee.latent_backward(
      posteriors.rows, samples, zDelta.columns, posteriors.base, noise.base, zDelta.base, klScale, klWeights?.base,
      logVarianceDelta, posteriorDelta.base, bounds.lowerBound, bounds.upperBound)
  }

  package func latentLogRatio(
    posteriors: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, ratios: MutableMatrixView<S>,
    bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(posteriors, noise, z)
    checkVector(ratios, count: z.rows, "ratios")
    kernels.pointee.latent_log_ratio(
      posteriors.rows, samples, z.columns, posteriors.base, noise.base, z.base, ratios.base, bounds.lowerBound,
      bounds.upperBound)
  }

  package func latentRatioBackward(
    posteriors: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, weights: MatrixView<S>?, scale: Double,
    path: Bool,
    squared: Bool, zDelta: MutableMatrixView<S>, bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(posteriors, noise, z)
    precondition(
      zDelta.rows == z.rows && zDelta.columns == z.columns && zDelta.isContiguous,
      "z \(z.shape), its delta \(zDelta.shape)")
    if let weights { checkVector(weights, count: z.rows, "weights") }
    kernels.pointee.latent_ratio_backward(
      posteriors.rows, samples, z.columns, posteriors.base, noise.base, z.base, weights?.base, scale, path, squared,
      zDelta.base,
      bounds.lowerBound, bounds.upperBound)
  }

  /// Weights of the R samples of the data that `datumLosses` `[M]` counts.
  package func importanceWeights(
    losses: MatrixView<S>, ratios: MatrixView<S>, weights: MutableMatrixView<S>, datumLosses: MutableMatrixView<S>
  ) {
    let (data, rows) = (datumLosses.count, losses.count)
    precondition(data > 0 && rows > 0 && rows % data == 0, "\(rows) samples of \(data) data")
    checkVector(datumLosses, count: data, "losses of data")
    checkVector(losses, count: rows, "losses")
    checkVector(ratios, count: rows, "ratios")
    checkVector(weights, count: rows, "weights")
    kernels.pointee.importance_weights(data, rows / data, losses.base, ratios.base, weights.base, datumLosses.base)
  }

  package func scaleRows(_ x: MutableMatrixView<S>, by factors: MatrixView<S>) {
    checkVector(factors, count: x.rows, "factors")
    kernels.pointee.scale_rows(x.rows, x.columns, x.base, x.stride, factors.base)
  }

  /// How many elements lie outside bounds.
  package func count(_ x: MatrixView<S>, outside bounds: ClosedRange<Double>) -> Int {
    kernels.pointee.count_outside(x.rows, x.columns, x.base, x.stride, bounds.lowerBound, bounds.upperBound)
  }

  private func checkLatent(_ posteriors: MatrixView<S>, _ noise: MatrixView<S>, _ z: MatrixView<S>) -> Int {
    let samples = posteriors.rows == 0 ? 1 : z.rows / posteriors.rows
    precondition(
      posteriors.columns == 2 * z.columns && z.rows == posteriors.rows * samples && noise.rows == z.rows
        && noise.columns == z.columns && posteriors.isContiguous && noise.isContiguous && z.isContiguous,
      "latent of posteriors \(posteriors.shape), noise \(noise.shape), z \(z.shape)")
    return samples
  }
}
