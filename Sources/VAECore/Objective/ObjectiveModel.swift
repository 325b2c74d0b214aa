/// What an objective must know: how the terms of rows become a loss, and how its derivative reaches the latent variable.
///
/// Letters: M data with S of their L samples, R = M·S rows (row r = i·S + l), Z latent dimensions. The tasks of a row
/// phase call the functions on parts of a minibatch, concurrently.
protocol ObjectiveModel: Sendable {
  /// Whether the samples of a datum enter the loss together, other than as a mean; then they need one pass.
  var couplesSamples: Bool { get }

  /// Whether the data of a minibatch enter the loss together, other than as a mean.
  var couplesData: Bool { get }

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

  /// The loss from the means of its terms; `bound` is the mean of what ``weigh(_:math:)`` wrote.
  func loss(reconstruction: Double, kl: Double, countedKL: Double?, bound: Double) -> Loss
}

extension ObjectiveModel {
  func prepare<S>(head: MatrixView<S>, klWeights: MutableMatrixView<S>) -> Double? { nil }
  func weigh<S>(_ rows: ObjectiveRows<S>, math: VectorMath<S>) {}
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
