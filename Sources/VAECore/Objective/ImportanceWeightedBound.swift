/// −IWAE, the importance-weighted bound of Burda et al. (2015):
///
///     E = (1/M) Σ_i −log (1/L) Σ_l w_il,   −log w = −log p(x|z) + log q(z|x) − log p(z)
///     ∂E/∂θ = (1/M) Σ_il ŵ_il ∂(−log w_il)/∂θ,   ŵ_il = w_il / Σ_l w_il
///
/// Through z the encoder receives, by the derivative as it stands, "sticking the landing", and doubly reparameterized:
///
///     (1/M) ŵ (∂/∂z (−log p(x|z)) + z),   (1/M) ŵ ∂(−log w)/∂z,   (1/M) ŵ² ∂(−log w)/∂z
///
/// and, the first of them, −1/2M for each log σ² besides: log q(z|x) at a given ε varies with σ alone.
struct ImportanceWeightedBound: ObjectiveModel {
  let latentGradient: Objective.LatentGradient

  var couplesSamples: Bool { true }
  var couplesData: Bool { false }
  var usesImportanceWeights: Bool { true }
  var isSumOfTerms: Bool { false }
  var boundName: String? { "−IWAE" }
  var differentiatesLoss: Bool { latentGradient == .total }

  func reconstructionScale(_ batch: BatchSize) -> Double { 1 / Double(batch.data) }

  func weigh<S>(_ rows: ObjectiveRows<S>, math: VectorMath<S>) {
    GaussianLatent.logRatio(head: rows.head, noise: rows.noise, z: rows.z, ratios: rows.ratios, math: math)
    math.importanceWeights(losses: rows.losses, ratios: rows.ratios.view, weights: rows.weights, bounds: rows.bounds)
    if let delta = rows.outputDelta { math.scaleRows(delta, by: rows.weights.view) }
  }

  func backward<S>(
    _ rows: ObjectiveRows<S>, headDelta: MutableMatrixView<S>, klWeights: MatrixView<S>, batch: BatchSize,
    math: VectorMath<S>
  ) {
    guard let zDelta = rows.zDelta else { return }
    let scale = 1 / Double(batch.data)
    GaussianLatent.ratioBackward(
      head: rows.head, noise: rows.noise, z: rows.z, weights: rows.weights.view, scale: scale,
      path: latentGradient != .total, squared: latentGradient == .doublyReparameterized, zDelta: zDelta, math: math)
    GaussianLatent.backward(
      head: rows.head, noise: rows.noise, zDelta: zDelta.view, klScale: 0,
      logVarianceDelta: latentGradient == .total ? -scale / 2 : 0, headDelta: headDelta, math: math)
  }

  func countedKL(ofDimension mean: Double) -> Double { mean }

  func bound(of weights: LogSumExp, samples: Int) -> Double { weights.negativeLogMean(of: samples) }

  func loss(reconstruction: Double, kl: Double, countedKL: Double?, bound: Double) -> Loss {
    Loss(total: bound, reconstruction: reconstruction, kl: kl)
  }
}
