import Foundation

/// Nats per datum as bits per data dimension, with the convention that makes them bits.
public struct BitsPerDimension: Sendable, Codable, Hashable {
  /// What the nats are of.
  public enum Convention: String, Sendable, Codable {
    /// A probability, as the Bernoulli likelihood's of binary data: nats / (D ln 2). Of grey values the cross-entropy is
    /// taken for one, though then it is no code length.
    case probability
    /// A density of x = byte/255. A level is 1/255 wide, and its probability is taken for the density times that width:
    /// nats / (D ln 2) + log₂ 255.
    ///
    /// No dequantisation noise is added. This is the mid-point rule for the density's integral over the level, good where
    /// σ is wider than a level; it is not the bound on a code length that uniform noise would give (Theis et al. 2016),
    /// and a density that is narrower than a level makes it too small.
    case density

    /// "nats / (D ln 2)" or "nats / (D ln 2) + log₂ 255"
    public var formula: String {
      switch self {
      case .probability: "nats / (D ln 2)"
      case .density: "nats / (D ln 2) + log₂ 255"
      }
    }
  }

  /// Bits per dimension.
  public let value: Double
  /// How they follow from nats.
  public let convention: Convention

  /// Of the nats of data; nil where bits would mean nothing: the likelihood is none, or mixes densities with
  /// probabilities, or it is a density and the data were no bytes or are no longer, or values may be missing.
  init?(
    nats: Double, of data: some DataSource, likelihood: Likelihood, binarization: Binarization,
    gaps: Gaps = Gaps()
  ) {
    if gaps.areTaken { return nil }
    let bits = nats / (Double(data.dataSize) * log(2))
    switch likelihood.model.term {
    case .probability: (value, convention) = (bits, .probability)
    case .density:
      guard let white = data.apparentWhiteLevel.value, binarization == .unchanged else { return nil }
      (value, convention) = (bits + log2(Double(white)), .density)
    case .densityAndProbability, .error: return nil
    }
  }
}
