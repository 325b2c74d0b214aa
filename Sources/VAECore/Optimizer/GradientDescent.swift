import Foundation

/// See ``Optimizer/sgd(momentum:)``.
struct SGD: OptimizerModel {
  static let name = "sgd"
  static let usual = Self()
  static let settings = [Setting("momentum", \Self.momentum, "Momentum of sgd.", .belowOne)]

  var momentum = 0.0

  var state: [OptimizerMemory] { momentum == 0 ? [] : [.gradients] }

  func step(_ t: Int) -> OptimizerStep {
    var step = OptimizerStep(.sgd)
    step.momentum = momentum
    return step
  }
}

/// See ``Optimizer/adagrad(epsilon:)``.
struct Adagrad: OptimizerModel {
  static let name = "adagrad"
  static let usual = Self()
  static let settings = [epsilonSetting(\Self.epsilon)]

  var epsilon = 1e-8

  var state: [OptimizerMemory] { [.squares] }

  func step(_ t: Int) -> OptimizerStep {
    var step = OptimizerStep(.adagrad)
    step.epsilon = epsilon
    return step
  }
}

/// See ``Optimizer/rmsprop(decay:epsilon:)``.
struct RMSprop: OptimizerModel {
  static let name = "rmsprop"
  static let usual = Self()
  static let settings = [
    Setting("decay", \Self.decay, "Decay of rmsprop.", .belowOne), epsilonSetting(\Self.epsilon),
  ]

  var decay = 0.99
  var epsilon = 1e-8

  var state: [OptimizerMemory] { [.squares] }

  func step(_ t: Int) -> OptimizerStep {
    var step = OptimizerStep(.rmsprop)
    (step.decay, step.epsilon) = (decay, epsilon)
    return step
  }
}

/// ε as a setting. If it were 0 in Float, it would divide 0 by 0 where a gradient is exactly 0.
func epsilonSetting<Model: OptimizerModel>(_ path: WritableKeyPath<Model, Double> & Sendable) -> Setting<Model> {
  Setting("epsilon", path, "What keeps quotients finite in all but sgd.", .between(1e-30, 1e30))
}

extension Optimizer {
  /// v ← μ·v + g, w ← w − η·v, with momentum μ.
  public static func sgd(momentum: Double = 0) -> Optimizer { Optimizer(SGD(momentum: momentum)) }

  /// s ← s + g², w ← w − η·g / (√s + ε): Duchi et al. (2011), used by Kingma and Welling (2013).
  public static func adagrad(epsilon: Double = 1e-8) -> Optimizer { Optimizer(Adagrad(epsilon: epsilon)) }

  /// s ← ρ·s + (1 − ρ)·g², w ← w − η·g / (√s + ε): Tieleman and Hinton (2012).
  public static func rmsprop(decay: Double = 0.99, epsilon: Double = 1e-8) -> Optimizer {
    Optimizer(RMSprop(decay: decay, epsilon: epsilon))
  }
}
