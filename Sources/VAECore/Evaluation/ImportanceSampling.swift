import Foundation

/// The log-likelihood of data by importance sampling from the encoder (Rezende et al. 2014, appendix E; Burda et al.
/// 2015):
///
///     log p(x) ≈ log (1/K) Σ_k p(x|z_k) p(z_k) / q(z_k|x),   z_k ~ q(z|x)
///
/// Its expectation is a lower bound of log p(x) that rises with K: −ELBO at K = 1, log p(x) as K → ∞. Where q is far
/// from the posterior the bound remains loose; few effective samples tell.
public struct ImportanceEstimate: Sendable, Codable, Hashable {
  /// K, the samples of each datum.
  public let samples: Int
  /// The mean of −log p(x), in nats per datum: from above, in expectation.
  public let negativeLogLikelihood: Double
  /// Its standard error over the data; nil of one datum.
  public let standardError: Double?
  /// (Σ w)² / Σ w² of the importance weights w, averaged over the data: from 1 to K.
  public let effectiveSamples: Double

  enum CodingKeys: String, CodingKey {
    case samples
    case negativeLogLikelihood = "negative_log_likelihood"
    case standardError = "standard_error"
    case effectiveSamples = "effective_samples"
  }
}

extension Inference {
  /// Σ_k w_k of each datum's importance weights w_k = p(x|z_k) p(z_k) / q(z_k|x).
  func importanceWeights(
    of data: some DataSource, samples: Int, binarization: Binarization, seed: UInt64, noise: NoisePlace = .byPosition
  ) throws -> [LogSumExp] {
    try terms(
      of: data, samples: samples, addsWeights: true, binarization: binarization, seed: seed, noise: noise,
      work: .logLikelihood
    ).map(\.weights)
  }
}

extension VAEError {
  /// A loss that is not finite in a model that is not being trained; the datum is named by where it lies in its file.
  static func notFinite(_ what: String, of position: Int, in data: some DataSource) -> VAEError {
    VAEError(
      .numerics,
      "The \(what) of datum \(data.origin.element(position)) is not finite: the parameters or the data are too large. (\(data.name))"
    )
  }
}
