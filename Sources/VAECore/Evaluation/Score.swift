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
  /// Noise is determined by the seed, the datum's position and the sample alone.
  ///
  /// - Throws: where the data are not the model's, the samples are not from 1 to 2²⁴, the likelihood is wanted of a model
  ///   that has none, or a score is not finite.
  public func score(
    _ data: some DataSource, by score: Score = .negativeELBO(), binarization: Binarization = .none, seed: UInt64 = 0,
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
    _ data: some DataSource, by score: Score = .negativeELBO(), binarization: Binarization = .none, seed: UInt64 = 0,
    progress: ((EvaluationProgress) -> Void)? = nil
  ) throws(VAEError) -> [Double] {
    switch score {
    case .negativeELBO(let samples):
      return try losses(of: data, samples: samples, binarization: binarization, seed: seed, progress: progress) { _ in }
        .map { $0.reconstruction + $0.kl }
    case .negativeLogLikelihood(let samples):
      let weights = try importanceWeights(
        of: data, samples: samples, binarization: binarization, seed: seed, progress: progress)
      return weights.map { $0.negativeLogMean(of: samples) }
    }
  }

  /// The terms of each datum's loss, in order; `body` looks at each pass.
  func losses(
    of data: some DataSource, samples: Int, binarization: Binarization, seed: UInt64,
    progress: ((EvaluationProgress) -> Void)?, _ body: (EvaluationPass<Element>) throws(VAEError) -> Void
  ) throws(VAEError) -> [(reconstruction: Double, kl: Double)] {
    var terms = Array(repeating: (reconstruction: 0.0, kl: 0.0), count: data.count)
    try forEachPass(
      over: data, samples: samples, binarization: binarization, seed: seed, measure: .bound,
      progress: progress
    ) { pass throws(VAEError) in
      let (losses, kl) = (pass.losses, pass.kl)
      for (index, position) in pass.positions.enumerated() {
        for row in index * pass.samples..<(index + 1) * pass.samples {
          terms[position].reconstruction += Double(losses[0, row]) / Double(samples)
        }
        terms[position].kl = Double(kl[0, index])
        if pass.isLast && !(terms[position].reconstruction + terms[position].kl).isFinite {
          throw .notFinite("loss", of: position, in: data)
        }
      }
      try body(pass)
    }
    return terms
  }
}
