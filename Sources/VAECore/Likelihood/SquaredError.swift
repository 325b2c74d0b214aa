/// The plain error of a feed-forward network: (1/D) Σ_j (m_j − x_j)², derivative 2 (m_j − x_j) / D. Not a likelihood.
struct SquaredError: LikelihoodModel {
  let output: Activation

  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    [DenseLayer.Part(name: OutputName.mean, outputs: dataSize, activation: output)]
  }

  func evaluate<S>(
    x: MatrixView<S>, outputs: MatrixView<S>, scale: Double, delta: MatrixView<S>?, losses: MatrixView<S>,
    math: VectorMath<S>
  ) {
    math.squaredDifference(
      x: x, mean: outputs, weight: 1 / Double(x.columns), constant: 0, scale: scale, delta: delta, losses: losses)
  }
}
