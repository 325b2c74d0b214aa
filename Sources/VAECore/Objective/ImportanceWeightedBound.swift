/// −IWAE, the importance-weighted bound of Burda et al. (2015):
///
///     E = (1/M) Σ_i −log (1/L) Σ_l w_il,   −log w = −log p(x|z) + log q(z|x) − log p(z)
///     ∂E/∂θ = (1/M) Σ_il ŵ_il ∂(−log w_il)/∂θ,   ŵ_il = w_il / Σ_l w_il
///
/// Through z the encoder receives, by the derivative as it stands, "sticking the landing", and doubly reparameterized:
///
///     (1/M) ŵ (∂/∂z (−log p(x|z)) + z),   (1/M) ŵ ∂(−log w)/∂z,   (1/M) ŵ² ∂(−log w)/∂z
///
/// and, for the first of them, also −1/(2M) for each log σ²: log q(z|x) at a given ε varies with σ alone.
struct ImportanceWeightedBound: ObjectiveKernel {
  static let name = "iwae"
  static let usual = Self()
  static let settings = [betaSetting(\Self.beta), latentGradientSetting(\Self.latentGradient)]
  static let refusals = ["free_bits": "its KL divergence is within the weights"]
  static let examples = Objective.LatentGradient.allCases.map { Self(latentGradient: $0) }

  /// 1: the KL divergence is within the weights.
  var beta = 1.0
  var latentGradient = Objective.LatentGradient.total

  var couplesSamples: Bool { true }
  var usesImportanceWeights: Bool { true }
  var boundName: String? { "−IWAE" }
  var differentiatesLoss: Bool { !latentGradient.followsPath }

  func validate() throws(VAEError) {
    if beta != 1 {
      throw VAEError(
        .configuration,
        "The importance-weighted bound has no KL divergence to weigh with beta \(beta): it is within the weights.")
    }
  }

  func loss(_ datum: DatumTerms, derivatives: inout LossDerivatives) -> Double {
    let logWeights = datum.logWeights
    var sum = LogSumExp()
    for logWeight in logWeights { sum.add(logWeight) }
    for (sample, logWeight) in logWeights.enumerated() {
      let weight = sum.share(of: logWeight)
      (derivatives.reconstruction[sample], derivatives.logRatios[sample]) = (weight, weight)
    }
    return sum.negativeLogMean(of: datum.samples)
  }

  func loss(_ terms: LossTerms) -> Loss {
    Loss(total: terms.datumLoss, reconstruction: terms.reconstruction, kl: terms.kl)
  }

  func reconstructionScale(_ batch: BatchCounts) -> Double { 1 / Double(batch.data) }

  func combineSamples<S>(_ rows: ObjectiveRows<S>, batch: BatchCounts, math: VectorMath<S>) {
    rows.formLogRatios(math: math)
    math.importanceWeights(
      losses: rows.losses, ratios: rows.logRatios.view, weights: rows.weights, datumLosses: rows.datumLosses)
    if let delta = rows.outputDelta { math.scaleRows(delta, by: rows.weights.view) }
  }

  func backward<S>(
    _ rows: ObjectiveRows<S>, posteriorDelta: MutableMatrixView<S>, klWeights: MatrixView<S>, batch: BatchCounts,
    math: VectorMath<S>
  ) {
    guard let zDelta = rows.zDelta else { return }
    let scale = 1 / Double(batch.data)
    rows.ratioBackward(
      weights: rows.weights.view, scale: scale, path: latentGradient.followsPath,
      squared: latentGradient.squaresWeights, zDelta: zDelta, math: math)
    rows.latent.backward(
      posteriors: rows.posteriors, noise: rows.noise, zDelta: zDelta.view, klScale: 0,
      logVarianceDelta: latentGradient.followsPath ? 0 : -scale / 2, posteriorDelta: posteriorDelta, math: math)
  }

  /// "importance-weighted bound, dreg gradient"
  var description: String { "importance-weighted bound" + latentGradient.text }
}

extension Objective {
  /// The negative importance-weighted bound of Burda et al. (2015) with K = L samples; in expectation it never lies
  /// above −ELBO, and equals it for L = 1:
  ///
  ///     −IWAE:  E = (1/M) Σ_i −log (1/L) Σ_l w_il,   w_il = p(x_i | z_il) p(z_il) / q(z_il | x_i)    nats per datum
  ///
  /// - Parameter latentGradient: how the gradient reaches the encoder.
  public static func importanceWeightedBound(latentGradient: LatentGradient = .total) -> Objective {
    Objective(ImportanceWeightedBound(latentGradient: latentGradient))
  }
}
