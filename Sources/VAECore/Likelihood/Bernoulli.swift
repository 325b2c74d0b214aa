/// Bernoulli from logits o: −log p(x|z) = Σ_j softplus(o_j) − x_j·o_j, derivative σ(o_j) − x_j.
struct BernoulliLikelihood: LikelihoodModel {
  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    [DenseLayer.Part(name: OutputName.mean, outputs: dataSize, activation: .identity)]
  }

  func evaluate<S>(
    x: MatrixView<S>, outputs: MatrixView<S>, scale: Double, delta: MatrixView<S>?, losses: MatrixView<S>,
    math: VectorMath<S>
  ) {
    math.bernoulli(x: x, logits: outputs, scale: scale, delta: delta, losses: losses)
  }

  func activateMean<S>(_ outputs: MatrixView<S>, math: VectorMath<S>) {
    math.addBiasAndActivate(.sigmoid, outputs, bias: nil)
  }
}
