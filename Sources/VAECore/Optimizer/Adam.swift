import Foundation

/// What Adam and AdamW have in common.
protocol AdaptiveMoments: OptimizerModel {
  static var kernel: OptimizerKernel { get }
  var beta1: Double { get set }
  var beta2: Double { get set }
  var epsilon: Double { get set }
}

extension AdaptiveMoments {
  static func moments(
    _ beta1: WritableKeyPath<Self, Double> & Sendable, _ beta2: WritableKeyPath<Self, Double> & Sendable,
    _ epsilon: WritableKeyPath<Self, Double> & Sendable
  ) -> [Setting<Self>] {
    [
      Setting("beta1", beta1, "First decay of adam and adamw.", .belowOne),
      Setting("beta2", beta2, "Second decay of adam and adamw.", .belowOne), epsilonSetting(epsilon),
    ]
  }

  var state: [OptimizerMemory] { [.gradients, .squares] }

  func step(_ t: Int) -> OptimizerStep {
    var step = OptimizerStep(Self.kernel)
    (step.beta1, step.beta2, step.epsilon) = (beta1, beta2, epsilon)
    (step.correction1, step.correction2) = (1 - pow(beta1, Double(t)), 1 - pow(beta2, Double(t)))
    return step
  }
}

/// See ``Optimizer/adam(beta1:beta2:epsilon:)``.
struct Adam: AdaptiveMoments {
  static let name = "adam"
  static let kernel = OptimizerKernel.adam
  static let usual = Self()
  static let settings = moments(\.beta1, \.beta2, \.epsilon)

  var beta1 = 0.9
  var beta2 = 0.999
  var epsilon = 1e-8
}

/// See ``Optimizer/adamW(beta1:beta2:epsilon:)``.
struct AdamW: AdaptiveMoments {
  static let name = "adamw"
  static let kernel = OptimizerKernel.adamW
  static let usual = Self()
  static let settings = moments(\.beta1, \.beta2, \.epsilon)

  var beta1 = 0.9
  var beta2 = 0.999
  var epsilon = 1e-8
}

extension Optimizer {
  /// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η·m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and
  /// v̂ = v / (1 − β₂ᵗ): Kingma and Ba (2014).
  public static func adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) -> Optimizer {
    Optimizer(Adam(beta1: beta1, beta2: beta2, epsilon: epsilon))
  }

  /// Adam with w ← (1 − η·λ)·w instead of λ in the gradient: Loshchilov and Hutter (2017).
  public static func adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) -> Optimizer {
    Optimizer(AdamW(beta1: beta1, beta2: beta2, epsilon: epsilon))
  }
}
