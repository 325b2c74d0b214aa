import Foundation

/// What a datum is scored by: the lower, the better the model explains it.
public enum Score: Hashable, Sendable {
  /// −ELBO, the loss at KL weight 1, averaged over so many latent samples.
  case negativeELBO(samples: Int = 1)
  /// −log p(x) by importance sampling; see ``ImportanceEstimate``.
  case negativeLogLikelihood(importanceSamples: Int)
}

extension VariationalAutoencoder {
  /// The score of each datum of a set, in nats, in order. High ones are of data unlike those that the model was trained
  /// on.
  ///
  /// Noise is determined by the seed, the datum's position and the sample alone. Grey values become what they became in
  /// training, unless `binarization` says otherwise.
  ///
  /// - Throws: where the data are not the model's, the samples are not from 1 to 2²⁴, the likelihood is wanted of a model
  ///   that has none, or a score is not finite.
  public func score(
    _ data: some DataSource, by score: Score = .negativeELBO(), binarization: Binarization? = nil, seed: UInt64 = 0,
    threads: Int? = nil, progress: ((EvaluationProgress) -> Void)? = nil
  ) throws(VAEError) -> [Double] {
    try Inference(self, threads: threads)
      .score(data, by: score, binarization: binarization, seed: seed, progress: progress)
  }
}

extension Inference {
  /// The score of each datum of a set, in nats, in order;
  /// see ``VariationalAutoencoder/score(_:by:binarization:seed:threads:progress:)``.
  public func score(
    _ data: some DataSource, by score: Score = .negativeELBO(), binarization: Binarization? = nil, seed: UInt64 = 0,
    progress: ((EvaluationProgress) -> Void)? = nil
  ) throws(VAEError) -> [Double] {
    let binarization = try model.binarization(binarization)
    switch score {
    case .negativeELBO(let samples):
      return try terms(
        of: data, samples: samples, weighing: false, binarization: binarization, seed: seed, measure: .loss,
        progress: progress
      ).map { $0.reconstruction + $0.kl }
    case .negativeLogLikelihood(let samples):
      let weights = try importanceWeights(
        of: data, samples: samples, binarization: binarization, seed: seed, progress: progress)
      return weights.map { $0.negativeLogMean(of: samples) }
    }
  }

  /// The terms of each datum's loss, in order, streamed in double precision; with its importance weights where `weighing`,
  /// which takes a likelihood. `body` looks at each pass.
  func terms(
    of data: some DataSource, samples: Int, weighing: Bool, binarization: Binarization, seed: UInt64,
    measure: EvaluationProgress.Measure, progress: ((EvaluationProgress) -> Void)?,
    _ body: (EvaluationPass<Element>) throws(VAEError) -> Void = { _ in }
  ) throws(VAEError) -> [DatumTerms] {
    let likelihood = model.configuration.likelihood
    if weighing && !likelihood.isNormalized {
      throw VAEError(
        .configuration,
        "A model with the error \(likelihood.name) has no p(x|z), so its data have no importance weights "
          + "and no likelihood: leave the importance samples out, and choose the evidence lower bound.")
    }
    var terms = Array(repeating: DatumTerms(samples: samples), count: data.count)
    var memory = Buffer<Element>(count: Self.rowsPerPass)
    let memoryView = memory.mutableView
    defer { withExtendedLifetime(memory) {} }
    try forEachPass(
      over: data, samples: samples, binarization: binarization, seed: seed, measure: measure,
      progress: progress
    ) { pass throws(VAEError) in
      let (losses, kl) = (pass.losses, pass.kl)
      let ratios = memoryView.columns(0..<losses.count)
      if weighing { pass.logRatio(into: ratios) }
      for (index, position) in pass.positions.enumerated() {
        for row in index * pass.samples..<(index + 1) * pass.samples {
          terms[position].reconstruction += Double(losses[0, row]) / Double(samples)
          if weighing { terms[position].weights.add(-Double(losses[0, row]) - Double(ratios[0, row])) }
        }
        terms[position].kl = Double(kl[0, index])
        // A sample of infinite loss has the weight 0.
        let sum = weighing ? terms[position].weights.value : terms[position].reconstruction + terms[position].kl
        if pass.isLast && !sum.isFinite {
          throw .notFinite(measure.rawValue, of: position, in: data)
        }
      }
      try body(pass)
    }
    return terms
  }
}
