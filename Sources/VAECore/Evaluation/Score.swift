import Foundation

/// What a datum is scored by: the lower, the better the model explains it.
public enum Score: Hashable, Sendable, Codable {
  /// −ELBO, the loss at KL weight 1, averaged over so many latent samples.
  case negativeELBO(samples: Int = 1)
  /// −log p(x) by importance sampling; see ``ImportanceEstimate``.
  case negativeLogLikelihood(importanceSamples: Int)
  /// E_q[−log p(x|z)], averaged over so many latent samples: the mean of the logarithms that An and Cho's reconstruction probability is of (2015,
  /// "Variational autoencoder based anomaly detection using reconstruction probability"). It leaves out how unusual z is.
  case reconstruction(samples: Int = 1)
  /// Σ_j E_q[−log P(|x'_j − x_j| ≤ t·s_j | z)] + KL(q(z|x) ‖ p(z)) with x' ~ p(x|z), t the tolerance and s_j the deviation that a column of
  /// numbers is counted in; of categories it is p(x_j|z) as in −ELBO, with which it agrees but for numbers. Where a table has densities
  /// beside the probabilities of points and of categories, one cannot be compared with the other, and a datum is as odd as it has frequent
  /// values; this is of probabilities alone.
  case negativeLogProbability(within: Double, samples: Int = 1)
}

extension Score {
  /// What data of a model with a likelihood are best scored by: ``negativeLogProbability(within:samples:)`` within 1 where a tolerance makes a
  /// difference, which is of tables with numbers by their schema, else −ELBO.
  public static func usual(for likelihood: Likelihood, samples: Int = 1) -> Score {
    let kernel = likelihood.model.kernel
    guard let tolerant = kernel.within(1), !tolerant.equals(kernel) else { return .negativeELBO(samples: samples) }
    return .negativeLogProbability(within: 1, samples: samples)
  }

  /// The tolerance of a score that has one.
  public var tolerance: Double? { if case .negativeLogProbability(let tolerance, _) = self { tolerance } else { nil } }

  /// The latent samples of each datum.
  public var samples: Int {
    switch self {
    case .negativeELBO(let samples), .negativeLogLikelihood(let samples), .reconstruction(let samples),
      .negativeLogProbability(_, let samples):
      samples
    }
  }
}

extension VariationalAutoencoder {
  /// The score of each datum of a set, in nats, in order. High ones are of data unlike those that the model was trained
  /// on.
  ///
  /// Noise is determined by the seed, the datum's values and the sample alone: its score does not depend on what is beside it. Grey values become what they became in
  /// training, unless `binarization` says otherwise.
  ///
  /// - Throws: where the data are not the model's, the samples are not from 1 to 2²⁴, the likelihood is wanted of a model
  ///   that has none, models of this type are not multiplied in such a precision, or a score is not finite; and what the
  ///   execution's `progress` does.
  public func score(
    _ data: some DataSource, by score: Score = .negativeELBO(), binarization: Binarization? = nil, seed: UInt64 = 0,
    precision: Precision = .full, execution: Execution = Execution()
  ) throws -> [Double] {
    try Inference(self, precision: precision, execution: execution).score(
      data, by: score, binarization: binarization, seed: seed)
  }
}

extension Inference {
  /// The score of each datum of a set, in nats, in order;
  /// see ``VariationalAutoencoder/score(_:by:binarization:seed:precision:execution:)``.
  public func score(
    _ data: some DataSource, by score: Score = .negativeELBO(), binarization: Binarization? = nil, seed: UInt64 = 0
  ) throws -> [Double] {
    let binarization = try model.binarization(binarization)
    switch score {
    case .negativeELBO(let samples):
      return try terms(
        of: data, samples: samples, binarization: binarization, seed: seed, noise: .byContent, work: .loss
      )
      .map { $0.reconstruction + $0.kl }
    case .reconstruction(let samples):
      return try terms(
        of: data, samples: samples, binarization: binarization, seed: seed, noise: .byContent, work: .loss
      ).map(\.reconstruction)
    case .negativeLogProbability(let tolerance, let samples):
      let set = try model.matching(data)
      var scores: [Double] = []
      scores.reserveCapacity(set.count)
      // (The terms of some at a time.)
      for first in stride(from: 0, to: set.count, by: set.chunkSize) {
        let chunk = try set.read(first..<min(first + set.chunkSize, set.count))
        scores += try scoreByColumn(
          chunk, samples: samples, within: tolerance, binarization: binarization, seed: seed
        ).scores
      }
      return scores
    case .negativeLogLikelihood(let samples):
      return try importanceWeights(
        of: data, samples: samples, binarization: binarization, seed: seed, noise: .byContent
      )
      .map { $0.negativeLogMean(of: samples) }
    }
  }
}
