/// What an objective must know: how the terms of rows become a loss, and how its derivative reaches the latent variable.
///
/// Letters: M data with S of their L samples, R = M·S rows (row r = i·S + l), Z latent dimensions. The tasks of a row
/// phase call the functions on parts of a minibatch, concurrently.
protocol ObjectiveModel: Sendable {
  /// Whether the samples of a datum enter the loss together, other than as a mean; then they need one pass.
  var couplesSamples: Bool { get }

  /// Whether the data of a minibatch enter the loss together, other than as a mean.
  var couplesData: Bool { get }

  /// Whether the loss is of importance weights w = p(x|z) p(z) / q(z|x), which takes a likelihood p(x|z).
  var usesImportanceWeights: Bool { get }

  /// Whether the loss is reconstruction + β·KL, whatever it counts as KL divergence; else the two stand beside it.
  var isSumOfTerms: Bool { get }

  /// What the loss is called where, of a likelihood, it is a bound on −log p(x): "−ELBO"; nil where it is none.
  var boundName: String? { get }

  /// Whether the gradient is the loss's derivative at given noise, and not another estimate of that on average.
  var differentiatesLoss: Bool { get }

  /// The factor of each row's reconstruction term in the loss before ``weigh(_:math:)``.
  func reconstructionScale(_ batch: BatchSize) -> Double

  /// Before a pass's rows go through the decoder, with the head `[M, 2Z]` of the whole minibatch: prepares
  /// klWeights `[Z]`, and returns what the loss counts as KL divergence, where that is not the mean of KL over data.
  func prepare<S>(head: MatrixView<S>, klWeights: MutableMatrixView<S>) -> Double?

  /// After the likelihood: weighs the rows' terms, and their derivatives where there are any.
  func weigh<S>(_ rows: ObjectiveRows<S>, math: VectorMath<S>)

  /// From ∂E/∂z by way of the decoder, the derivative by the encoder's head.
  func backward<S>(
    _ rows: ObjectiveRows<S>, headDelta: MutableMatrixView<S>, klWeights: MatrixView<S>, batch: BatchSize,
    math: VectorMath<S>)

  /// What the loss counts as KL divergence of one latent dimension, given its mean over the data.
  func countedKL(ofDimension mean: Double) -> Double

  /// What ``weigh(_:math:)`` writes as a datum's bound, from the sum of the weights of its L samples, where
  /// ``usesImportanceWeights``.
  func bound(of weights: LogSumExp, samples: Int) -> Double

  /// The loss from the means of its terms over data; `bound` is the mean of their bounds.
  func loss(reconstruction: Double, kl: Double, countedKL: Double?, bound: Double) -> Loss
}

extension ObjectiveModel {
  func prepare<S>(head: MatrixView<S>, klWeights: MutableMatrixView<S>) -> Double? { nil }
  func weigh<S>(_ rows: ObjectiveRows<S>, math: VectorMath<S>) {}

  /// The loss of a set, from the terms of its data and from the KL divergence of each latent dimension, averaged over
  /// them.
  func loss(of data: [DatumTerms], klPerDimension: [Double]) -> Loss {
    func mean(_ term: (DatumTerms) -> Double) -> Double { data.reduce(0) { $0 + term($1) } / Double(data.count) }
    return loss(
      reconstruction: mean(\.reconstruction), kl: mean(\.kl),
      countedKL: couplesData ? klPerDimension.reduce(0) { $0 + countedKL(ofDimension: $1) } : nil, bound: mean(bound))
  }

  /// The loss of each datum; nil where a set's loss is not their mean.
  func losses(of data: [DatumTerms]) -> [Double]? {
    if couplesData { return nil }
    return data.map { loss(reconstruction: $0.reconstruction, kl: $0.kl, countedKL: nil, bound: bound(of: $0)).total }
  }

  private func bound(of datum: DatumTerms) -> Double {
    usesImportanceWeights ? bound(of: datum.weights, samples: datum.samples) : 0
  }
}

/// The terms of a datum's loss, once all its samples have gone through a model.
struct DatumTerms: Sendable {
  /// L
  let samples: Int
  /// (1/L) Σ_l −log p(x|z_l)
  var reconstruction = 0.0
  /// KL(q(z|x) ‖ p(z))
  var kl = 0.0
  /// Σ_l w_l, where they are wanted.
  var weights = LogSumExp()
}

/// The numbers that a loss's means divide by.
struct BatchSize {
  /// M
  let data: Int
  /// L
  let samples: Int
  /// S, how many of the samples are in this pass.
  let samplesInPass: Int

  /// M·L
  var rows: Double { Double(data) * Double(samples) }
}

/// Some data of a minibatch and their samples, as an objective sees them.
struct ObjectiveRows<S: Scalar> {
  /// μ beside log σ² `[M, 2Z]`
  let head: MatrixView<S>
  /// ε and z `[R, Z]`
  let noise, z: MatrixView<S>
  /// ∂E/∂z `[R, Z]`, in training.
  let zDelta: MutableMatrixView<S>?
  /// ∂E/∂outputs `[R, P·D]`, in training.
  let outputDelta: MutableMatrixView<S>?
  /// −log p(x|z) `[R]`.
  let losses: MatrixView<S>
  /// log q(z|x) − log p(z), and the rows' weights `[R]`.
  let ratios, weights: MutableMatrixView<S>
  /// The bound of each datum `[M]`, negative.
  let bounds: MutableMatrixView<S>
}
