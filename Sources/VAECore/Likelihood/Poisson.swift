import Foundation

/// Poisson from log-rates o: −log p(x|z) = Σ_j e^o_j − x_j·o_j + log x_j!, derivative e^o_j − x_j.
struct PoissonLikelihood: LikelihoodKernel {
  static let name = "poisson"
  static let usual = Self()
  static let settings: [Setting<Self>] = []
  static let refusals = [outputActivationSetting: "it takes log-rates and applies the exponential itself"]

  var formula: String { "−log p(x|z) = Σ_j [OA_j − x_j log OA_j + log x_j!]" }

  var domain: ValueDomain? { .counts }
  var term: ReconstructionTerm { .probability }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [LayerOutput(name: OutputName.mean, size: dataSize)]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) { math.poisson(rows) }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    derivativeAtZero(outputs, into: means, math: math)
  }

  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    for j in x.indices {
      var numbers = noise.numbers(column: j)
      x[j] = numbers.poisson(mean: exp(min(max(outputs[j], -700), 700)))
    }
  }

  /// With OA = e^O. A log-rate beyond ±700 is taken for ±700, so that OA is neither zero nor infinite.
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let logRates = o.map { min(max($0, -700), 700) }
    let rates = logRates.map { exp($0) }
    return OutputTerms(
      loss: x.indices.reduce(0) { $0 + rates[$1] - x[$1] * logRates[$1] + lgamma(x[$1] + 1) }, activations: rates,
      slopes: rates, derivatives: zip(rates, x).map { 1 - $1 / $0 })
  }
}

extension Likelihood {
  /// −log p(x|z) = Σ_j e^o_j − x_j·o_j + log x_j! with log-rates o, for counts.
  public static let poisson = Likelihood(PoissonLikelihood())
}
