import Foundation

/// Continuous Bernoulli from logits o, a density on [0, 1]: −log p(x|z) = Σ_j A(o_j) − x_j·o_j with A(o) = log((e^o − 1)/o),
/// derivative E[x_j|z] − x_j, E[x|z] = A′(o) = 1/(1 − e^−o) − 1/o.
///
/// In the letters of Loaiza-Ganem and Cunningham (2019), λ = σ(o) and −log C(λ) = A(o) − softplus(o).
struct ContinuousBernoulliLikelihood: LikelihoodKernel {
  static let name = "continuous-bernoulli"
  static let usual = Self()
  static let settings: [Setting<Self>] = []
  static let refusals = [outputActivationSetting: "it takes logits and applies the sigmoid itself"]

  var formula: String { "−log p(x|z) = Σ_j [log((e^OA_j − 1)/OA_j) − x_j·OA_j]" }

  var domain: ValueDomain? { .unit }
  var term: ReconstructionTerm { .density }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { true }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [LayerOutput(name: OutputName.mean, size: dataSize)]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) { math.continuousBernoulli(rows) }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    derivativeAtZero(outputs, into: means, math: math)
  }

  /// The distribution function (e^ox − 1)/(e^o − 1) at x is uniform: x = log(1 + u(e^o − 1))/o.
  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    for j in x.indices {
      var numbers = noise.numbers(column: j)
      let (u, a) = (numbers.uniform(), abs(outputs[j]))
      // From |o|, so that nothing overflows: of −o the draw is that of o from the other end. Near 0 it is uniform.
      let fromOne = a < 1e-6 ? 1 - u : -log(u + (1 - u) * exp(-a)) / a
      x[j] = min(max(outputs[j] < 0 ? fromOne : 1 - fromOne, 0), 1)
    }
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    // A from |o|, so that nothing overflows; its series near 0, where the quotients have no digits left.
    let normalizers = o.map { o in
      let a = abs(o)
      return a < 1e-3 ? o / 2 + o * o / 24 : max(o, 0) + log(-expm1(-a) / a)
    }
    let means = o.map { o in abs(o) < 1e-3 ? 0.5 + o / 12 - o * o * o / 720 : -1 / expm1(-o) - 1 / o }
    return OutputTerms(
      loss: x.indices.reduce(0) { $0 + normalizers[$1] - x[$1] * o[$1] }, activations: o,
      slopes: o.map { _ in 1 }, derivatives: zip(means, x).map { $0 - $1 })
  }
}

extension Likelihood {
  /// −log p(x|z) = Σ_j log((e^o_j − 1)/o_j) − x_j·o_j with logits o, a density on [0, 1]: Loaiza-Ganem and Cunningham
  /// (2019), "The continuous Bernoulli: fixing a pervasive error in variational autoencoders".
  ///
  /// E[x|z] is not σ(o): it is 1/(1 − e^−o) − 1/o.
  public static let continuousBernoulli = Likelihood(ContinuousBernoulliLikelihood())
}
