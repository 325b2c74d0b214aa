/// The plain difference (1/D) Σ_j (x_j − m_j), derivative −1/D: the error of the question that the library answers.
/// It has no minimum; there is nothing to train.
struct Difference: LikelihoodKernel {
  static let name = "difference"
  static let usual = Self()
  static let settings = [outputActivation(\Self.output)]

  var output = Activation.identity

  var formula: String { "(1/D) Σ_j (x_j − OA_j)" }

  var domain: ValueDomain? { .finite }
  var term: ReconstructionTerm { .error }
  var hasMinimum: Bool { false }
  var takesBinarized: Bool { true }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [LayerOutput(name: OutputName.mean, size: dataSize, activation: output)]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    let (x, outputs) = (rows.x, rows.outputs)
    let size = S(x.columns)
    for row in 0..<outputs.rows {
      var sum: S = 0
      for column in 0..<x.columns where !x[row / rows.samples, column].isNaN {
        sum += x[row / rows.samples, column] - outputs[row, column]
      }
      rows.losses[0, row] = (rows.adds ? rows.losses[0, row] : 0) + sum / size
      if let delta = rows.delta {
        for column in 0..<x.columns {
          delta[row, column] = x[row / rows.samples, column].isNaN ? 0 : -S(rows.scale) / size
        }
      }
    }
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    firstOutputs(outputs, into: means)
  }

  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    for j in x.indices { x[j] = outputs[j] }
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let size = Double(x.count)
    let m = o.map(output.value)
    return OutputTerms(
      loss: zip(x, m).reduce(0) { $0 + ($1.0 - $1.1) } / size, activations: m, slopes: o.map(output.slope),
      derivatives: x.map { _ in -1 / size })
  }
}

extension Likelihood {
  /// (1/D) Σ_j (x_j − m_j), the mean difference, signs and all, for the D outputs m = f(o).
  ///
  /// It is there to be differentiated by hand and compared. It falls without end as m grows, so a trainer refuses it.
  public static func difference(output: Activation = .identity) -> Likelihood { Likelihood(Difference(output: output)) }
}
