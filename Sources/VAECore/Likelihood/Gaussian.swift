import Foundation

/// Gaussian with the mean m, and one variance σ² or log-variances s, which are outputs like m or parameters of their own, the
/// same for all z:
///
///     −log p(x|z) = ½ Σ_j (log 2π + s_j + (m_j − x_j)² e^−s_j)
///     derivatives   (m_j − x_j) e^−s_j   and   ½ (1 − (m_j − x_j)² e^−s_j)
struct GaussianLikelihood: LikelihoodKernel {
  /// s is held to these bounds, where it is flat: a dimension that never varies would drive it to −∞ and the
  /// density to +∞. At −10, σ is 0.0067, under two of 255 grey levels.
  static let logVarianceBounds = -10.0...10.0

  static let name = "gaussian"
  static let usual = Self()
  static let settings = [
    Setting(
      "variance", \Self.variance,
      """
      Variance of the gaussian likelihood: a number, per-feature (a parameter for each dimension), or learned (an output \
      of the decoder).
      """, Likelihood.Variance.demand),
    outputActivation(\Self.mean),
  ]

  var variance = Likelihood.Variance.fixed(1)
  var mean = Activation.identity

  var formula: String {
    let learned = "−log p(x|z) = ½ Σ_j [log 2π + s_j + (x_j − OA_j)² e^−s_j], s_j = OA_(D+j)"
    return switch variance {
    case .fixed(let variance): "−log p(x|z) = Σ_j [½ log 2πσ² + (x_j − OA_j)²/2σ²], σ² = \(variance)"
    case .learned: learned
    case .perFeature: "\(learned), the same for all z"
    }
  }

  var domain: ValueDomain? { .finite }
  var term: ReconstructionTerm { .density }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: mean == .identity, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [LayerOutput(name: OutputName.mean, size: dataSize, activation: mean)]
      + variance.outputs(OutputName.logVariance, size: dataSize)
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    if case .fixed(let variance) = variance {
      math.squaredDifference(
        rows, weight: 0.5 / variance, constant: 0.5 * Double(rows.x.columns) * log(2 * .pi * variance))
    } else {
      math.gaussian(rows, bounds: Self.logVarianceBounds)
    }
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    firstOutputs(outputs, into: means)
  }

  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    let bounds = Self.logVarianceBounds
    for j in x.indices {
      var numbers = noise.numbers(column: j)
      let deviation =
        if case .fixed(let variance) = variance {
          sqrt(variance)
        } else {
          exp(0.5 * min(max(outputs[x.count + j], bounds.lowerBound), bounds.upperBound))
        }
      x[j] = outputs[j] + deviation * numbers.normal()
    }
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let size = x.count
    let m = o[..<size].map(mean.value)
    let errors = zip(m, x).map { $0 - $1 }
    if case .fixed(let variance) = variance {
      return OutputTerms(
        loss: errors.reduce(0.5 * Double(size) * log(2 * .pi * variance)) { $0 + 0.5 * $1 * $1 / variance },
        activations: m, slopes: o.map(mean.slope), derivatives: errors.map { $0 / variance })
    }
    let bounds = Self.logVarianceBounds
    let s = o[size...].map { min(max($0, bounds.lowerBound), bounds.upperBound) }
    let squares = zip(errors, s).map { $0 * $0 * exp(-$1) }
    return OutputTerms(
      loss: zip(squares, s).reduce(0) { $0 + 0.5 * (log(2 * .pi) + $1.1 + $1.0) }, activations: m + s,
      slopes: o[..<size].map(mean.slope) + o[size...].map { bounds.contains($0) ? 1 : 0 },
      derivatives: zip(errors, s).map { $0 * exp(-$1) } + squares.map { 0.5 * (1 - $0) })
  }
}

extension Likelihood {
  /// −log p(x|z) = ½ Σ_j (log 2πσ_j² + (x_j − m_j)² / σ_j²), with the mean m = f(o).
  public static func gaussian(variance: Variance = .fixed(1), mean: Activation = .identity) -> Likelihood {
    Likelihood(GaussianLikelihood(variance: variance, mean: mean))
  }
}
