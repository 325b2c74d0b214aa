import Foundation

/// Bernoulli from logits o: −log p(x|z) = Σ_j softplus(o_j) − x_j·o_j, derivative σ(o_j) − x_j.
struct BernoulliLikelihood: LikelihoodKernel {
  static let name = "bernoulli"
  static let usual = Self()
  static let settings: [Setting<Self>] = []
  static let refusals = [outputActivationSetting: "it takes logits and applies the sigmoid itself"]

  var formula: String { "−log p(x|z) = −Σ_j [x_j log OA_j + (1 − x_j) log(1 − OA_j)]" }

  var domain: ValueDomain? { .unit }
  var term: ReconstructionTerm { .probability }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { true }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  /// The log-odds log(m_j / (1 − m_j)), with m_j held to 0.001 … 0.999.
  func outputBias(means: [Double]) -> [Double]? {
    means.map {
      let mean = min(max($0, 0.001), 0.999)
      return log(mean / (1 - mean))
    }
  }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [LayerOutput(name: OutputName.mean, size: dataSize)]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    math.bernoulli(rows)
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    means.copy(from: outputs)
    math.addBiasAndActivate(.sigmoid, means, bias: nil)
  }

  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    for j in x.indices {
      var numbers = noise.numbers(column: j)
      x[j] = numbers.uniform() < Activation.sigmoid.value(outputs[j]) ? 1 : 0
    }
  }

  /// With OA = σ(O): −x log OA − (1 − x) log(1 − OA). A logit beyond ±700 is taken for ±700, so that neither OA nor
  /// 1 − OA is zero.
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let logits = o.map { min(max($0, -700), 700) }
    let p = logits.map(Activation.sigmoid.value)
    let q = logits.map { Activation.sigmoid.value(-$0) }
    return OutputTerms(
      loss: x.indices.reduce(0) { $0 - x[$1] * log(p[$1]) - (1 - x[$1]) * log(q[$1]) }, activations: p,
      slopes: zip(p, q).map { $0 * $1 }, derivatives: x.indices.map { (1 - x[$0]) / q[$0] - x[$0] / p[$0] })
  }
}

extension Likelihood {
  /// −log p(x|z) = Σ_j softplus(o_j) − x_j·o_j with logits o: the cross-entropy for grey values x in [0, 1], the
  /// Bernoulli likelihood for x in {0, 1}.
  public static let bernoulli = Likelihood(BernoulliLikelihood())
}
