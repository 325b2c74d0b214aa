import Foundation

/// Negative binomial of mean m = e^o and variance m + m²/r, with the dispersion 1/r = e^s; o and s are outputs.
///
///     −log p(x|z) = Σ_j log Γ(r_j) − log Γ(x_j + r_j) + log x_j! + r_j log(1 + m_j/r_j) + x_j log(1 + r_j/m_j)
///     by o_j        r (m − x)/(r + m)
///     by s_j        r (ψ(x + r) − ψ(r) − log(1 + m/r)) + r (m − x)/(r + m),   ψ = (log Γ)′
struct NegativeBinomialLikelihood: LikelihoodKernel {
  static let name = "negative-binomial"
  static let usual = Self()
  static let settings: [Setting<Self>] = []
  static let refusals = [outputActivationSetting: "it takes logarithms and applies the exponential itself"]

  /// s is held to these bounds, where it is flat: data that vary no more than Poisson's would drive it to −∞.
  static let logDispersionBounds = -20.0...20.0

  var formula: String {
    "−log p(x|z) = Σ_j [log Γ(r_j) − log Γ(x_j + r_j) + log x_j! + r_j log(1 + OA_j/r_j) + x_j log(1 + r_j/OA_j)], "
      + "r_j = 1/OA_(D+j)"
  }

  var domain: ValueDomain? { .counts }
  var term: ReconstructionTerm { .probability }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [OutputName.mean, OutputName.logDispersion].map { LayerOutput(name: $0, size: dataSize) }
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    math.negativeBinomial(rows, bounds: Self.logDispersionBounds)
  }

  /// e^o, which is also the mean of a Poisson likelihood.
  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    PoissonLikelihood().mean(of: outputs.columns(0..<means.columns), into: means, math: math)
  }

  /// A Poisson distribution of a mean that itself is drawn, from the Gamma distribution of the shape r and the mean m.
  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    let bounds = Self.logDispersionBounds
    for j in x.indices {
      var numbers = noise.numbers(column: j)
      let mean = exp(min(max(outputs[j], -700), 700))
      let dispersion = exp(min(max(outputs[x.count + j], bounds.lowerBound), bounds.upperBound))
      x[j] = numbers.poisson(mean: mean * dispersion * numbers.gamma(shape: 1 / dispersion))
    }
  }

  /// With OA = e^O, and O held to its bounds (a log-mean to ±700, so that OA is neither zero nor infinite). For counts,
  /// log Γ(x + r) − log Γ(r) = Σ_k log(r + k) over k = 0 … x − 1.
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let size = x.count
    let bounds = Self.logDispersionBounds
    let means = o[..<size].map { exp(min(max($0, -700), 700)) }
    let dispersions = o[size...].map { exp(min(max($0, bounds.lowerBound), bounds.upperBound)) }
    var loss = 0.0
    var (byMean, byDispersion): ([Double], [Double]) = ([], [])
    for j in 0..<size {
      let (x, m, r) = (x[j], means[j], 1 / dispersions[j])
      loss += lgamma(x + 1) + r * log1p(m / r) + x * log1p(r / m)
      var sum = r * (m - x) / (r + m) - r * log1p(m / r)
      for k in 0..<Int(x) {
        loss -= log(r + Double(k))
        sum += r / (r + Double(k))
      }
      byMean.append(r * (m - x) / (r + m) / m)
      byDispersion.append(r * sum)
    }
    return OutputTerms(
      loss: loss, activations: means + dispersions,
      slopes: means + zip(o[size...], dispersions).map { bounds.contains($0) ? $1 : 0 },
      derivatives: byMean + byDispersion)
  }
}

extension Likelihood {
  /// −log p(x|z) = Σ_j log Γ(r_j) − log Γ(x_j + r_j) + log x_j! + r_j log(1 + m_j/r_j) + x_j log(1 + r_j/m_j), for counts
  /// of mean m and variance m + m²/r: log m is an output, and so is the log-dispersion s = −log r, held between −20 and 20.
  /// Where s falls, it becomes the Poisson likelihood.
  public static let negativeBinomial = Likelihood(NegativeBinomialLikelihood())
}
