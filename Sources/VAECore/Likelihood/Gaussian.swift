import Foundation

/// Gaussian with one fixed variance: −log p(x|z) = (D/2) log 2πσ² + Σ_j (m_j − x_j)² / 2σ², derivative (m_j − x_j)/σ².
struct FixedGaussianLikelihood: LikelihoodModel {
  let variance: Double
  let mean: Activation

  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    [DenseLayer.Part(name: OutputName.mean, outputs: dataSize, activation: mean)]
  }

  func evaluate<S>(
    x: MatrixView<S>, outputs: MatrixView<S>, scale: Double, delta: MatrixView<S>?, losses: MatrixView<S>,
    math: VectorMath<S>
  ) {
    math.squaredDifference(
      x: x, mean: outputs, weight: 0.5 / variance, constant: 0.5 * Double(x.columns) * log(2 * .pi * variance),
      scale: scale, delta: delta, losses: losses)
  }
}

/// Gaussian whose log-variance s is an output like the mean m:
///
///     −log p(x|z) = ½ Σ_j (log 2π + s_j + (m_j − x_j)² e^−s_j)
///     derivatives   (m_j − x_j) e^−s_j   and   ½ (1 − (m_j − x_j)² e^−s_j)
struct LearnedGaussianLikelihood: LikelihoodModel {
  /// s is held to these bounds, where it is flat: a dimension that never varies would drive it to −∞ and the
  /// density to +∞. At −10, σ is 0.0067, under two of 255 grey levels.
  static let logVarianceBounds = -10.0...10.0

  let mean: Activation

  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    [
      DenseLayer.Part(name: OutputName.mean, outputs: dataSize, activation: mean),
      DenseLayer.Part(name: OutputName.logVariance, outputs: dataSize, activation: .identity),
    ]
  }

  func evaluate<S>(
    x: MatrixView<S>, outputs: MatrixView<S>, scale: Double, delta: MatrixView<S>?, losses: MatrixView<S>,
    math: VectorMath<S>
  ) {
    math.gaussian(
      x: x, outputs: outputs, scale: scale, delta: delta, losses: losses, bounds: Self.logVarianceBounds)
  }
}
