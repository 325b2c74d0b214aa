/// How the weight of the KL divergence grows at the beginning, against latent dimensions that fall silent before the
/// decoder has learned to use them. A function of the progress alone: there is nothing to save.
public enum KLWarmUp: Hashable, Sendable {
  /// The full weight from the beginning.
  case none
  /// From 0 to the full weight in so many epochs: Bowman et al. (2016), Sønderby et al. (2016).
  case linear(epochs: Double)
  /// In cycles of so many epochs, from 0 to the full weight in the first half of each: Fu et al. (2019), with R = 0.5.
  case cyclical(epochs: Double)

  /// What the KL weight is multiplied by after so many epochs, fractions included.
  public func factor(after epochs: Double) -> Double {
    switch self {
    case .none: 1
    case .linear(let duration): min(epochs / duration, 1)
    case .cyclical(let duration):
      min(epochs.truncatingRemainder(dividingBy: duration) / (duration / 2), 1)
    }
  }

  /// Throws where a number makes no sense.
  func validate() throws(VAEError) {
    switch self {
    case .none: break
    case .linear(let epochs), .cyclical(let epochs):
      if !(epochs > 0 && epochs.isFinite) {
        throw VAEError(.configuration, "The KL warm-up's epochs must be positive and finite; they are \(epochs).")
      }
    }
  }
}
