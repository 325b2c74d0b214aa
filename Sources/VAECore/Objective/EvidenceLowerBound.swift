/// −ELBO, with a weight β on the KL divergence and, optionally, λ free bits per latent dimension:
///
///     E = (1/ML) Σ_il −log p(x_i | z_il) + β Σ_k max(λ, (1/M) Σ_i KL_ik)
///
/// The KL divergence is differentiated in closed form, or (`followsPath`) its estimate log q(z|x) − log p(z) through z.
struct EvidenceLowerBound: ObjectiveModel {
  let klWeight: Double
  let freeBits: Double
  let followsPath: Bool

  var couplesSamples: Bool { false }
  var couplesData: Bool { freeBits > 0 }
  var usesImportanceWeights: Bool { false }
  var isSumOfTerms: Bool { true }
  var boundName: String? { klWeight == 1 && freeBits == 0 ? "−ELBO" : nil }
  var differentiatesLoss: Bool { !followsPath }

  func reconstructionScale(_ batch: BatchSize) -> Double { 1 / batch.rows }

  /// A dimension below its free bits has no derivative.
  func prepare<S>(head: MatrixView<S>, klWeights: MutableMatrixView<S>) -> Double? {
    if freeBits == 0 { return nil }
    var counted = 0.0
    for dimension in 0..<klWeights.columns {
      let kl = GaussianLatent.meanKL(head: head, dimension: dimension)
      klWeights[0, dimension] = kl > freeBits ? 1 : 0
      counted += countedKL(ofDimension: kl)
    }
    return counted
  }

  func countedKL(ofDimension mean: Double) -> Double { max(mean, freeBits) }

  /// There are no weights.
  func bound(of weights: LogSumExp, samples: Int) -> Double { 0 }

  func backward<S>(
    _ rows: ObjectiveRows<S>, headDelta: MutableMatrixView<S>, klWeights: MatrixView<S>, batch: BatchSize,
    math: VectorMath<S>
  ) {
    guard let zDelta = rows.zDelta else { return }
    // A pass with S of the L samples counts S/L of the KL divergence.
    let scale = klWeight / batch.rows
    if followsPath {
      GaussianLatent.ratioBackward(
        head: rows.head, noise: rows.noise, z: rows.z, weights: nil, scale: scale, path: true, squared: false,
        zDelta: zDelta, math: math)
    }
    GaussianLatent.backward(
      head: rows.head, noise: rows.noise, zDelta: zDelta.view,
      klScale: followsPath ? 0 : scale * Double(batch.samplesInPass), klWeights: freeBits > 0 ? klWeights : nil,
      headDelta: headDelta, math: math)
  }

  func loss(reconstruction: Double, kl: Double, countedKL: Double?, bound: Double) -> Loss {
    Loss(total: reconstruction + klWeight * (countedKL ?? kl), reconstruction: reconstruction, kl: kl)
  }
}
