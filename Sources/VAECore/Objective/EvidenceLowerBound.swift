/// −ELBO, with a weight β on the KL divergence and, optionally, λ free bits per latent dimension:
///
///     E = (1/ML) Σ_il −log p(x_i | z_il) + β Σ_k max(λ, (1/M) Σ_i KL_ik)
///
/// The KL divergence is differentiated in closed form, or (`latentGradient`) its estimate log q(z|x) − log p(z) through z.
struct EvidenceLowerBound: ObjectiveKernel {
  static let name = "elbo"
  static let usual = Self()
  static let settings = [
    betaSetting(\Self.beta, .notNegative),
    Setting(
      "free_bits", \Self.freeBits, "What each latent dimension's KL divergence counts at least.", .notNegative,
      placeholder: "nats", isBrief: true),
    latentGradientSetting(\Self.latentGradient),
  ]
  static let examples = [
    Self(), Self(beta: 4), Self(beta: 0), Self(freeBits: 0.1), Self(latentGradient: .stickingTheLanding),
  ]

  var beta = 1.0
  var freeBits = 0.0
  var latentGradient = Objective.LatentGradient.total

  private var followsPath: Bool { latentGradient.followsPath }

  var couplesSamples: Bool { false }
  var couplesData: Bool { freeBits > 0 }
  var dividesKL: Bool { freeBits > 0 }
  var usesImportanceWeights: Bool { false }
  var boundName: String? { beta == 1 && freeBits == 0 ? "−ELBO" : nil }
  var differentiatesLoss: Bool { !followsPath }
  var usesDatumLosses: Bool { false }
  var betaOfSum: Double? { beta }

  func validate() throws(VAEError) {
    if freeBits != 0 && followsPath {
      throw VAEError(
        .configuration,
        "Free bits bound the KL divergence in closed form; \(latentGradient.rawValue) samples it: choose one of them.")
    }
  }

  func scalingBeta(by factor: Double) -> Self? {
    var scaled = self
    scaled.beta *= factor
    return scaled
  }

  func loss(_ datum: DatumTerms, derivatives: inout LossDerivatives) -> Double {
    let count = Double(datum.samples)
    for sample in 0..<datum.samples { derivatives.reconstruction[sample] = 1 / count }
    derivatives.kl = beta
    return datum.reconstruction.reduce(0, +) / count + beta * datum.kl
  }

  func loss(_ terms: LossTerms) -> Loss {
    Loss(
      total: terms.reconstruction + beta * (terms.countedKL ?? terms.kl), reconstruction: terms.reconstruction,
      kl: terms.kl)
  }

  func reconstructionScale(_ batch: BatchCounts) -> Double { 1 / batch.rows }

  /// A dimension below its free bits has the weight 0, and so no gradient.
  func prepare<S>(
    posteriors: MatrixView<S>, klWeights: MutableMatrixView<S>, latent: GaussianLatent
  ) -> Double? {
    if freeBits == 0 { return nil }
    var counted = 0.0
    for dimension in 0..<klWeights.columns {
      let kl = latent.meanKL(posteriors: posteriors, dimension: dimension)
      klWeights[0, dimension] = kl > freeBits ? 1 : 0
      counted += countedKL(ofDimension: kl)
    }
    return counted
  }

  func countedKL(ofDimension mean: Double) -> Double { max(mean, freeBits) }

  func backward<S>(
    _ rows: ObjectiveRows<S>, posteriorDelta: MutableMatrixView<S>, klWeights: MatrixView<S>, batch: BatchCounts,
    math: VectorMath<S>
  ) {
    guard let zDelta = rows.zDelta else { return }
    // A pass with S of the L samples counts S/L of the KL divergence.
    let scale = beta / batch.rows
    if followsPath {
      rows.ratioBackward(weights: nil, scale: scale, path: true, squared: false, zDelta: zDelta, math: math)
    } else {
      rows.prior?.backward(weights: nil, scale: scale, zDelta: zDelta, math: math)
    }
    rows.latent.backward(
      posteriors: rows.posteriors, noise: rows.noise, zDelta: zDelta.view,
      klScale: followsPath ? 0 : scale * Double(batch.samplesInPass), klWeights: freeBits > 0 ? klWeights : nil,
      posteriorDelta: posteriorDelta, math: math)
  }

  /// "reconstruction + 4.0·KL"
  var description: String {
    let kl = freeBits > 0 ? "KL of at least \(freeBits) per dimension" : "KL"
    let sum =
      beta == 0 ? "reconstruction alone" : beta == 1 ? "reconstruction + \(kl)" : "reconstruction + \(beta)·\(kl)"
    return sum + latentGradient.text
  }
}

extension Objective {
  /// The negative evidence lower bound of Kingma and Welling (2013):
  ///
  ///     −ELBO:  E = (1/M) Σ_i [ (1/L) Σ_l −log p(x_i | z_il) + β·KL(q(z|x_i) ‖ p(z)) ]            nats per datum
  ///
  /// - Parameters:
  ///   - beta: β ≥ 0, the weight of the KL divergence; values other than 1 are from Higgins et al. (2017), "β-VAE".
  ///   - freeBits: λ ≥ 0: with "free bits" (Kingma et al. 2016) a latent dimension costs at least λ nats, KL_k being its
  ///     KL divergence's mean over the minibatch, Σ_k max(λ, KL_k) instead of Σ_k KL_k.
  ///   - latentGradient: how the gradient reaches the encoder.
  public static func evidenceLowerBound(
    beta: Double = 1, freeBits: Double = 0, latentGradient: LatentGradient = .total
  ) -> Objective {
    Objective(EvidenceLowerBound(beta: beta, freeBits: freeBits, latentGradient: latentGradient))
  }
}
