/// An objective as the engine runs it.
///
/// Letters: M data with S of their L samples, R = M·S rows (row r = i·S + l), Z latent dimensions. The tasks of a row
/// phase call the functions on parts of a minibatch, concurrently.
package protocol ObjectiveKernel: ObjectiveModel {
  /// Whether the data of a minibatch enter the loss together, other than as a mean.
  var couplesData: Bool { get }

  /// Whether the KL divergence enters dimension by dimension, as there is one from N(0, I) alone.
  var dividesKL: Bool { get }

  /// Whether the gradient is the loss's derivative at given noise, and not another estimate of that on average.
  var differentiatesLoss: Bool { get }

  /// Whether the loss is made of the data's own losses; else it is of the means of their terms.
  var usesDatumLosses: Bool { get }

  /// The factor of each row's reconstruction term in the loss before ``combineSamples(_:batch:math:)``.
  func reconstructionScale(_ batch: BatchCounts) -> Double

  /// Before a pass's rows go through the decoder, with the posteriors `[M, 2Z]` of the whole minibatch: prepares
  /// klWeights `[Z]`, and returns what the loss counts as KL divergence, where that is not the mean of KL over data.
  func prepare<S>(
    posteriors: MatrixView<S>, klWeights: MutableMatrixView<S>, latent: GaussianLatent
  ) -> Double?

  /// After the likelihood: the loss of each datum, where they are used, and the weights of its samples' terms and their
  /// derivatives.
  func combineSamples<S>(_ rows: ObjectiveRows<S>, batch: BatchCounts, math: VectorMath<S>)

  /// From ∂E/∂z by way of the decoder, the derivative with respect to the posteriors.
  func backward<S>(
    _ rows: ObjectiveRows<S>, posteriorDelta: MutableMatrixView<S>, klWeights: MatrixView<S>, batch: BatchCounts,
    math: VectorMath<S>)

  /// What the loss counts as KL divergence of one latent dimension, given its mean over the data.
  func countedKL(ofDimension mean: Double) -> Double

  /// The loss from the means of its terms over data.
  func loss(_ terms: LossTerms) -> Loss
}

extension ObjectiveKernel {
  package var couplesData: Bool { false }
  package var dividesKL: Bool { false }
  package var differentiatesLoss: Bool { true }
  package var usesDatumLosses: Bool { true }
  package func prepare<S>(
    posteriors: MatrixView<S>, klWeights: MutableMatrixView<S>, latent: GaussianLatent
  ) -> Double? { nil }
  package func combineSamples<S>(_ rows: ObjectiveRows<S>, batch: BatchCounts, math: VectorMath<S>) {}
  package func countedKL(ofDimension mean: Double) -> Double { mean }
}

/// The means over data that a loss is made of.
package struct LossTerms {
  /// (1/L) Σ_l −log p(x|z_l)
  package var reconstruction: Double
  /// KL(q(z|x) ‖ p(z))
  package var kl: Double
  /// What counts as KL divergence, where that is not `kl`.
  package var countedKL: Double?
  /// The mean of the data's own losses, where the loss is made of them.
  package var datumLoss: Double
}

/// The numbers that a loss's sums are divided by.
package struct BatchCounts {
  /// M
  package let data: Int
  /// L
  package let samples: Int
  /// S, how many of the samples are in this pass.
  package let samplesInPass: Int

  /// M·L
  var rows: Double { Double(data) * Double(samples) }
}

/// Some data of a minibatch and their samples, as an objective sees them.
package struct ObjectiveRows<S: Scalar> {
  let latent: GaussianLatent
  /// μ beside log σ² `[M, 2Z]`
  let posteriors: MatrixView<S>
  /// ε and z `[R, Z]`
  let noise, z: MatrixView<S>
  /// ∂E/∂z `[R, Z]`, in training.
  let zDelta: MutableMatrixView<S>?
  /// ∂E/∂outputs `[R, P·D]`, in training.
  let outputDelta: MutableMatrixView<S>?
  /// −log p(x|z) `[R]`.
  let losses: MatrixView<S>
  /// KL(q(z|x) ‖ p(z)) of each datum `[M]`.
  let kl: MatrixView<S>
  /// log q(z|x) − log p(z), and the rows' weights `[R]`.
  let logRatios, weights: MutableMatrixView<S>
  /// The loss of each datum, or what the pass's samples add to it `[M]`.
  let datumLosses: MutableMatrixView<S>
  /// The latent variables under a prior that is learned.
  let prior: PriorRows<S>?

  /// logRatios ← log q(z|x) − log p(z) of each row.
  func formLogRatios(math: VectorMath<S>) {
    latent.logRatio(posteriors: posteriors, noise: noise, z: z, ratios: logRatios, math: math)
    prior?.complete(ratios: logRatios)
  }

  /// Adds the derivative of c·w·(log q(z|x) − log p(z)) to ∂E/∂z, see ``GaussianLatent/ratioBackward``.
  func ratioBackward(
    weights: MatrixView<S>?, scale: Double, path: Bool, squared: Bool, zDelta: MutableMatrixView<S>,
    math: VectorMath<S>
  ) {
    latent.ratioBackward(
      posteriors: posteriors, noise: noise, z: z, weights: weights, scale: scale, path: path, squared: squared,
      zDelta: zDelta, math: math)
    prior?.backward(weights: weights, scale: scale, squared: squared, zDelta: zDelta, math: math)
  }
}

extension ObjectiveModel {
  /// The objective as the engine runs it.
  var kernel: any ObjectiveKernel { self as? any ObjectiveKernel ?? PlainObjective(model: self) }
}

/// An objective of another program as the engine runs it: datum by datum.
private struct PlainObjective<Model: ObjectiveModel>: ObjectiveKernel {
  let model: Model

  static var name: String { Model.name }
  static var usual: Self { Self(model: Model.usual) }
  static var settings: [Setting<Self>] { [] }

  var description: String { model.description }
  var couplesSamples: Bool { model.couplesSamples }
  var usesImportanceWeights: Bool { model.usesImportanceWeights }
  var boundName: String? { model.boundName }
  var betaOfSum: Double? { model.betaOfSum }

  func loss(_ datum: DatumTerms, derivatives: inout LossDerivatives) -> Double {
    model.loss(datum, derivatives: &derivatives)
  }

  func loss(_ terms: LossTerms) -> Loss {
    Loss(total: terms.datumLoss, reconstruction: terms.reconstruction, kl: terms.kl)
  }

  /// What a datum's derivatives count in the loss of a minibatch. A pass with S of the L samples counts S/L.
  func reconstructionScale(_ batch: BatchCounts) -> Double {
    Double(batch.samplesInPass) / Double(batch.samples) / Double(batch.data)
  }

  func combineSamples<S>(_ rows: ObjectiveRows<S>, batch: BatchCounts, math: VectorMath<S>) {
    rows.formLogRatios(math: math)
    forEachDatum(rows, batch) { index, loss, derivatives in
      rows.datumLosses[0, index] = S(loss * Double(batch.samplesInPass) / Double(batch.samples))
      for (sample, derivative) in derivatives.reconstruction.enumerated() {
        rows.weights[0, index * batch.samplesInPass + sample] = S(derivative)
      }
    }
    if let delta = rows.outputDelta { math.scaleRows(delta, by: rows.weights.view) }
  }

  func backward<S>(
    _ rows: ObjectiveRows<S>, posteriorDelta: MutableMatrixView<S>, klWeights: MatrixView<S>, batch: BatchCounts,
    math: VectorMath<S>
  ) {
    guard let zDelta = rows.zDelta else { return }
    let scale = reconstructionScale(batch)
    var byKL: [Double] = []
    var byRatios: [Double] = []
    forEachDatum(rows, batch) { index, _, derivatives in
      byKL.append(derivatives.kl)
      byRatios.append(derivatives.logRatios.reduce(0, +))
      for (sample, derivative) in derivatives.logRatios.enumerated() {
        rows.weights[0, index * batch.samplesInPass + sample] = S(derivative)
      }
    }
    rows.latent.ratioBackward(
      posteriors: rows.posteriors, noise: rows.noise, z: rows.z, weights: rows.weights.view, scale: scale, path: false,
      squared: false, zDelta: zDelta, math: math)
    if let prior = rows.prior {
      // Of a prior that is learned, the KL divergence is the mean of the samples' densities, too.
      for row in 0..<rows.z.rows {
        rows.weights[0, row] += S(byKL[row / batch.samplesInPass] / Double(batch.samplesInPass))
      }
      prior.backward(weights: rows.weights.view, scale: scale, zDelta: zDelta, math: math)
    }
    // Each datum has factors of its own; log q(z|x) at a given ε varies with σ alone, −½ for each log σ².
    for index in 0..<rows.posteriors.rows {
      let samples = index * batch.samplesInPass..<(index + 1) * batch.samplesInPass
      rows.latent.backward(
        posteriors: rows.posteriors.rows(index..<index + 1), noise: rows.noise.rows(samples),
        zDelta: zDelta.rows(samples).view, klScale: scale * byKL[index],
        logVarianceDelta: -scale / 2 * byRatios[index], posteriorDelta: posteriorDelta.rows(index..<index + 1),
        math: math)
    }
  }

  private func forEachDatum<S>(
    _ rows: ObjectiveRows<S>, _ batch: BatchCounts, _ body: (Int, Double, LossDerivatives) -> Void
  ) {
    let samples = batch.samplesInPass
    var (datum, derivatives) = (DatumTerms(samples: samples), LossDerivatives(samples: samples))
    for index in 0..<rows.kl.columns {
      datum.kl = Double(rows.kl[0, index])
      for sample in 0..<samples {
        let row = index * samples + sample
        (datum.reconstruction[sample], datum.logRatios[sample]) =
          (Double(rows.losses[0, row]), Double(rows.logRatios[0, row]))
      }
      derivatives.setToZero()
      body(index, model.loss(datum, derivatives: &derivatives), derivatives)
    }
  }
}
