/// What becomes of grey values in [0, 1] before the model sees them.
public enum Binarization: String, Codable, Sendable, CaseIterable {
  /// They stay as they are.
  case unchanged = "none"
  /// x ← 1 where x ≥ ½, else 0.
  case threshold
  /// x ← 1 with probability x, else 0, sampled anew each epoch (Burda et al. 2015).
  case dynamic
  /// x ← 1 with probability x, else 0, sampled once for all epochs.
  case fixed

  /// Whether values become 0 and 1.
  public var makesBinary: Bool { self != .unchanged }

  /// What determines the draws of an epoch of training. (Those of an evaluation are the same in all epochs.)
  func noise(seed: UInt64, epoch: Int) -> NoiseStream {
    let isAnew =
      switch self {
      case .dynamic: true
      case .unchanged, .threshold, .fixed: false
      }
    return NoiseStream(seed: seed, purpose: .binarization, step: isAnew ? epoch : 0)
  }
}
