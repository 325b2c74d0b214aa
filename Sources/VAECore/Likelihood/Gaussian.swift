import Foundation

/// Gaussian with one fixed variance: −log p(x|z) = (D/2) log 2πσ² + Σ_j (m_j − x_j)² / 2σ², derivative (m_j − x_j)/σ².
struct FixedGaussianLikelihood: LikelihoodModel {
  let variance: Double
  let mean: Activation

  var formula: String { "−log p(x|z) = Σ_j [½ log 2πσ² + (x_j − OA_j)²/2σ²], σ² = \(variance)" }

  var domain: ValueDomain { .finite }
  var term: ReconstructionTerm { .density }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }
  var outputBias: ((_ means: [Double]) -> [Double])? { nil }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: mean == .identity, count: dataSize) }

  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    [DenseLayer.Part(name: OutputName.mean, outputs: dataSize, activation: mean)]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    math.squaredDifference(
      rows, weight: 0.5 / variance, constant: 0.5 * Double(rows.x.columns) * log(2 * .pi * variance))
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    firstOutputs(outputs, into: means)
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let m = o.map(mean.value)
    let errors = zip(m, x).map { $0 - $1 }
    return OutputTerms(
      loss: errors.reduce(0.5 * Double(x.count) * log(2 * .pi * variance)) { $0 + 0.5 * $1 * $1 / variance },
      activations: m, slopes: o.map(mean.slope), derivatives: errors.map { $0 / variance })
  }
}

/// Gaussian whose log-variance s is an output like the mean m, or a parameter of its own, the same for all z:
///
///     −log p(x|z) = ½ Σ_j (log 2π + s_j + (m_j − x_j)² e^−s_j)
///     derivatives   (m_j − x_j) e^−s_j   and   ½ (1 − (m_j − x_j)² e^−s_j)
struct LearnedGaussianLikelihood: LikelihoodModel {
  /// s is held to these bounds, where it is flat: a dimension that never varies would drive it to −∞ and the
  /// density to +∞. At −10, σ is 0.0067, under two of 255 grey levels.
  static let logVarianceBounds = -10.0...10.0

  let mean: Activation
  let isPerFeature: Bool

  var formula: String {
    "−log p(x|z) = ½ Σ_j [log 2π + s_j + (x_j − OA_j)² e^−s_j], s_j = OA_(D+j)"
      + (isPerFeature ? ", the same for all z" : "")
  }

  var domain: ValueDomain { .finite }
  var term: ReconstructionTerm { .density }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }
  var outputBias: ((_ means: [Double]) -> [Double])? { nil }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: mean == .identity, count: dataSize) }

  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    [
      DenseLayer.Part(name: OutputName.mean, outputs: dataSize, activation: mean),
      DenseLayer.Part(
        name: OutputName.logVariance, outputs: dataSize, activation: .identity, isConstant: isPerFeature),
    ]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    math.gaussian(rows, bounds: Self.logVarianceBounds)
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    firstOutputs(outputs, into: means)
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let size = x.count
    let bounds = Self.logVarianceBounds
    let (m, s) = (o[..<size].map(mean.value), o[size...].map { min(max($0, bounds.lowerBound), bounds.upperBound) })
    let errors = zip(m, x).map { $0 - $1 }
    let squares = zip(errors, s).map { $0 * $0 * exp(-$1) }
    return OutputTerms(
      loss: zip(squares, s).reduce(0) { $0 + 0.5 * (log(2 * .pi) + $1.1 + $1.0) }, activations: m + s,
      slopes: o[..<size].map(mean.slope) + o[size...].map { bounds.contains($0) ? 1 : 0 },
      derivatives: zip(errors, s).map { $0 * exp(-$1) } + squares.map { 0.5 * (1 - $0) })
  }
}
