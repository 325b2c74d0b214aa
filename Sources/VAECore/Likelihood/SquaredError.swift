/// The plain error of a feed-forward network: (1/D) Σ_j (m_j − x_j)², derivative 2 (m_j − x_j) / D. Not a likelihood.
struct SquaredError: LikelihoodKernel {
  static let name = "squared-error"
  static let usual = Self()
  static let settings = [outputActivation(\Self.output)]

  var output = Activation.identity

  var formula: String { "(1/D) Σ_j (x_j − OA_j)²" }

  var domain: ValueDomain? { .finite }
  var term: ReconstructionTerm { .error }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { true }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: output == .identity, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [LayerOutput(name: OutputName.mean, size: dataSize, activation: output)]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    math.squaredDifference(rows, weight: 1 / Double(rows.x.columns), constant: 0)
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
    let errors = zip(m, x).map { $0 - $1 }
    return OutputTerms(
      loss: errors.reduce(0) { $0 + $1 * $1 } / size, activations: m, slopes: o.map(output.slope),
      derivatives: errors.map { 2 * $0 / size })
  }
}

extension Likelihood {
  /// (1/D) Σ_j (x_j − m_j)², the mean over the D outputs m = f(o).
  ///
  /// Beside a KL divergence that is a sum over dimensions, this mean weighs the data D/2σ² times less than a
  /// Gaussian likelihood does; choose the KL weight accordingly.
  public static func squaredError(output: Activation = .identity) -> Likelihood {
    Likelihood(SquaredError(output: output))
  }
}
