/// The plain difference (1/D) Σ_j (x_j − m_j), derivative −1/D: the error of the question that the library answers.
/// It has no minimum; there is nothing to train.
struct Difference: LikelihoodModel {
  let output: Activation

  var formula: String { "(1/D) Σ_j (x_j − OA_j)" }

  var domain: ValueDomain { .finite }
  var term: ReconstructionTerm { .error }
  var hasMinimum: Bool { false }
  var takesBinarized: Bool { true }
  var outputBias: ((_ means: [Double]) -> [Double])? { nil }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    [DenseLayer.Part(name: OutputName.mean, outputs: dataSize, activation: output)]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    let (x, outputs) = (rows.x, rows.outputs)
    let size = S(x.columns)
    for row in 0..<outputs.rows {
      var sum: S = 0
      for column in 0..<x.columns { sum += x[row / rows.samples, column] - outputs[row, column] }
      rows.losses[0, row] = (rows.adds ? rows.losses[0, row] : 0) + sum / size
      if let delta = rows.delta { for column in 0..<x.columns { delta[row, column] = -S(rows.scale) / size } }
    }
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    firstOutputs(outputs, into: means)
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let size = Double(x.count)
    let m = o.map(output.value)
    return OutputTerms(
      loss: zip(x, m).reduce(0) { $0 + ($1.0 - $1.1) } / size, activations: m, slopes: o.map(output.slope),
      derivatives: x.map { _ in -1 / size })
  }
}
