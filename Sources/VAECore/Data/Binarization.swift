/// What becomes of grey values in [0, 1] before the model sees them.
public enum Binarization: String, Codable, Sendable, CaseIterable {
  /// They stay as they are.
  case unchanged = "none"
  /// x ← 1 where x ≥ ½, else 0.
  case threshold
  /// x ← 1 with probability x, else 0, sampled anew each epoch (Burda et al. 2015).
  case dynamic

  /// Whether values become 0 and 1.
  public var makesBinary: Bool { self != .unchanged }
}
