/// The plain difference (1/D) Σ_j (x_j − m_j), derivative −1/D: the error of the question that the library answers.
/// It has no minimum; there is nothing to train.
struct Difference: LikelihoodModel {
  let output: Activation

  var formula: String { "(1/D) Σ_j (x_j − OA_j)" }

  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    [DenseLayer.Part(name: OutputName.mean, outputs: dataSize, activation: output)]
  }

  func evaluate<S>(
    x: MatrixView<S>, outputs: MatrixView<S>, scale: Double, delta: MatrixView<S>?, losses: MatrixView<S>,
    math: VectorMath<S>
  ) {
    let samples = x.rows == 0 ? 1 : outputs.rows / x.rows
    let size = S(x.columns)
    for row in 0..<outputs.rows {
      var sum: S = 0
      for column in 0..<x.columns { sum += x[row / samples, column] - outputs[row, column] }
      losses[0, row] = sum / size
      if let delta { for column in 0..<x.columns { delta[row, column] = -S(scale) / size } }
    }
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let size = Double(x.count)
    let m = o.map(output.value)
    return OutputTerms(
      loss: zip(x, m).reduce(0) { $0 + ($1.0 - $1.1) } / size, activations: m, slopes: o.map(output.slope),
      derivatives: x.map { _ in -1 / size })
  }
}
