/// The two ways to the gradient of a mean over L samples. They give the same gradient, because differentiation is
/// linear; in floating point they agree to rounding.
public enum GradientEstimator: Hashable, Sendable {
  /// Option 1, ∂/∂w (1/L) Σ_l E_l: all samples go through the network as one batch of M·L rows, and one backward
  /// pass differentiates their mean.
  case joint

  /// Option 2, (1/L) Σ_l ∂E_l/∂w: the samples go through a few at a time, each group with a backward pass of its
  /// own, and the gradients are added up. Memory does not grow with L.
  case accumulated(samplesPerPass: Int = 1)

  /// "joint" or "accumulated"
  public var name: String {
    switch self {
    case .joint: "joint"
    case .accumulated: "accumulated"
    }
  }

  /// An estimator by its name, option 2 one sample at a time; nil where there is none of that name.
  public init?(name: String) {
    switch name {
    case "joint": self = .joint
    case "accumulated": self = .accumulated()
    default: return nil
    }
  }

  /// How many of L samples the widest pass holds.
  func samplesPerPass(of samples: Int) -> Int {
    switch self {
    case .joint: samples
    case .accumulated(let width): min(max(width, 1), samples)
    }
  }
}
