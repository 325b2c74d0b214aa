import Foundation

extension Dataset {
  /// Nats per datum as bits per data dimension, or nil where those would mean nothing.
  ///
  /// A probability, as the Bernoulli likelihood's of binary data, gives
  ///
  ///     nats / (D ln 2)
  ///
  /// and so does the cross-entropy of grey values, though it is no code length. A density counts only for data that
  /// were bytes: x = byte/255, so a level is 1/255 wide, and its probability is taken for the density times that width,
  ///
  ///     nats / (D ln 2) + log₂ 255
  ///
  /// No dequantisation noise is added. This is the mid-point rule for the density's integral over the level, good where
  /// σ is wider than a level; it is not the bound on a code length that uniform noise would give (Theis et al. 2016),
  /// and a density that is narrower than a level makes it too small.
  func bitsPerDimension(nats: Double, likelihood: Likelihood, binarization: Binarization) -> Double? {
    guard likelihood.isNormalized else { return nil }
    let bits = nats / (Double(dataSize) * log(2))
    guard likelihood.isDensity else { return bits }
    return isOfBytes && binarization == .none ? bits + log2(255) : nil
  }
}

extension Likelihood {
  /// Whether −log p(x|z) is of a density rather than of a probability.
  var isDensity: Bool {
    if case .gaussian = self { return true }
    return false
  }
}
