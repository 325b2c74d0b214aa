import Foundation

/// Laplace with the location m, and one scale b or log-scales t = log b, which are outputs like m or parameters of their
/// own, the same for all z:
///
///     −log p(x|z) = Σ_j log 2 + t_j + |m_j − x_j| e^−t_j
///     derivatives   sign(m_j − x_j) e^−t_j   and   1 − |m_j − x_j| e^−t_j
///
/// The first is 0 at m_j = x_j, where there is none.
struct LaplaceLikelihood: LikelihoodKernel {
  /// t is held to these bounds, where it is flat, as the learned Gaussian's log-variance is: at −5, b is 0.0067.
  static let logScaleBounds = -5.0...10.0

  static let name = "laplace"
  static let usual = Self()
  static let settings = [
    Setting(
      "scale", \Self.scale, "Scale of the laplace likelihood: a number, per-feature, or learned.",
      Likelihood.Scale.demand),
    outputActivation(\Self.location),
  ]

  var scale = Likelihood.Scale.fixed(1)
  var location = Activation.identity

  var formula: String {
    let formula = "−log p(x|z) = Σ_j [log 2b_j + |x_j − OA_j|/b_j]"
    switch scale {
    case .fixed(let scale): return "\(formula), b_j = \(scale)"
    case .learned: return "\(formula), log b_j = OA_(D+j)"
    case .perFeature: return "\(formula), log b_j = OA_(D+j), the same for all z"
    }
  }

  var domain: ValueDomain? { .finite }
  var term: ReconstructionTerm { .density }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: location == .identity, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [LayerOutput(name: OutputName.mean, size: dataSize, activation: location)]
      + scale.outputs(OutputName.logScale, size: dataSize)
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    if case .fixed(let scale) = scale {
      math.laplace(rows, logScale: log(scale))
    } else {
      math.laplace(rows, bounds: Self.logScaleBounds)
    }
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    firstOutputs(outputs, into: means)
  }

  /// By the inverse of the distribution function: an exponential distance, to either side.
  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    let bounds = Self.logScaleBounds
    for j in x.indices {
      var numbers = noise.numbers(column: j)
      let scale =
        if case .fixed(let scale) = scale {
          scale
        } else {
          exp(min(max(outputs[x.count + j], bounds.lowerBound), bounds.upperBound))
        }
      let u = numbers.uniform() - 0.5
      x[j] = outputs[j] - (u < 0 ? -scale : scale) * log1p(-2 * abs(u))
    }
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let size = x.count
    let m = o[..<size].map(location.value)
    let bounds = Self.logScaleBounds
    let logScales =
      if case .fixed(let scale) = scale {
        Array(repeating: log(scale), count: size)
      } else {
        o[size...].map { min(max($0, bounds.lowerBound), bounds.upperBound) }
      }
    let errors = zip(m, x).map { $0 - $1 }
    let distances = zip(errors, logScales).map { abs($0) * exp(-$1) }
    let loss = zip(distances, logScales).reduce(0) { $0 + log(2) + $1.1 + $1.0 }
    let derivatives = zip(errors, logScales).map { $0 == 0 ? 0 : $0 > 0 ? exp(-$1) : -exp(-$1) }
    if o.count == size {
      return OutputTerms(
        loss: loss, activations: m, slopes: o.map(location.slope), derivatives: derivatives)
    }
    return OutputTerms(
      loss: loss, activations: m + logScales,
      slopes: o[..<size].map(location.slope) + o[size...].map { bounds.contains($0) ? 1 : 0 },
      derivatives: derivatives + distances.map { 1 - $0 })
  }
}

extension Likelihood {
  /// −log p(x|z) = Σ_j log 2b_j + |x_j − m_j| / b_j, with the location m = f(o), which is mean and median.
  public static func laplace(scale: Scale = .fixed(1), location: Activation = .identity) -> Likelihood {
    Likelihood(LaplaceLikelihood(scale: scale, location: location))
  }
}
