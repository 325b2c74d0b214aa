import CVectorMath
import Foundation

/// How a gradient g changes the parameters w, at step t = 1, 2, … with learning rate η.
///
/// Weight decay λ is added to the gradient, g ← g + λ·w, for all parameters, biases included: with λ = 1/N it is the
/// gradient of the prior p(θ) = N(0, I) in nats per datum. For ``adamW(beta1:beta2:epsilon:)`` it shrinks the weights
/// instead. Squares, roots and quotients are element by element.
public enum Optimizer: Hashable, Sendable {
  /// v ← μ·v + g, w ← w − η·v, with momentum μ.
  case sgd(momentum: Double = 0)
  /// s ← s + g², w ← w − η·g / (√s + ε): Duchi et al. (2011), used by Kingma and Welling (2013).
  case adagrad(epsilon: Double = 1e-8)
  /// s ← ρ·s + (1 − ρ)·g², w ← w − η·g / (√s + ε): Tieleman and Hinton (2012).
  case rmsprop(decay: Double = 0.99, epsilon: Double = 1e-8)
  /// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η·m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and
  /// v̂ = v / (1 − β₂ᵗ): Kingma and Ba (2014).
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Adam with w ← (1 − η·λ)·w instead of λ in the gradient: Loshchilov and Hutter (2017).
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)

  /// The optimizers' names.
  public static let names = ["sgd", "adagrad", "rmsprop", "adam", "adamw"]

  /// One of ``names``.
  public var name: String {
    switch self {
    case .sgd: "sgd"
    case .adagrad: "adagrad"
    case .rmsprop: "rmsprop"
    case .adam: "adam"
    case .adamW: "adamw"
    }
  }

  /// The constants by their names: momentum, decay, beta1, beta2, epsilon, as far as the optimizer has them.
  public var constants: [String: Double] {
    switch self {
    case .sgd(let momentum): ["momentum": momentum]
    case .adagrad(let epsilon): ["epsilon": epsilon]
    case .rmsprop(let decay, let epsilon): ["decay": decay, "epsilon": epsilon]
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      ["beta1": beta1, "beta2": beta2, "epsilon": epsilon]
    }
  }

  /// An optimizer by its name, with the usual constants but for those given; throws where there is no optimizer of
  /// that name, or it has no such constant.
  public init(name: String, constants: [String: Double] = [:]) throws(VAEError) {
    func constant(_ name: String, _ usual: Double) -> Double { constants[name] ?? usual }
    switch name {
    case "sgd": self = .sgd(momentum: constant("momentum", 0))
    case "adagrad": self = .adagrad(epsilon: constant("epsilon", 1e-8))
    case "rmsprop": self = .rmsprop(decay: constant("decay", 0.99), epsilon: constant("epsilon", 1e-8))
    case "adam":
      self = .adam(
        beta1: constant("beta1", 0.9), beta2: constant("beta2", 0.999), epsilon: constant("epsilon", 1e-8))
    case "adamw":
      self = .adamW(
        beta1: constant("beta1", 0.9), beta2: constant("beta2", 0.999), epsilon: constant("epsilon", 1e-8))
    default:
      throw VAEError(
        .configuration,
        "There is no optimizer \"\(name)\": choose \(Optimizer.names.joined(separator: ", ")).")
    }
    for given in constants.keys.sorted() where self.constants[given] == nil {
      throw VAEError(.configuration, "The optimizer \(name) has no \(given).")
    }
  }

  /// Throws where a constant makes no sense.
  package func validate() throws(VAEError) {
    for (constant, value) in constants {
      // An epsilon that is 0 in Float would divide 0 by 0 where a gradient is exactly 0.
      let isEpsilon = constant == "epsilon"
      let allowed = isEpsilon ? (1e-30...1e30).contains(value) : value >= 0 && value < 1
      if !allowed {
        let range = isEpsilon ? "from 1e-30 to 1e30" : "at least 0 and below 1"
        throw VAEError(.configuration, "\(constant) of the optimizer \(name) must be \(range); it is \(value).")
      }
    }
  }

  /// How many numbers per parameter the optimizer remembers.
  package var stateCount: Int {
    switch self {
    case .sgd(let momentum): momentum == 0 ? 0 : 1
    case .adagrad, .rmsprop: 1
    case .adam, .adamW: 2
    }
  }

  package var kernel: vm_optimizer {
    switch self {
    case .sgd: VM_SGD
    case .adagrad: VM_ADAGRAD
    case .rmsprop: VM_RMSPROP
    case .adam: VM_ADAM
    case .adamW: VM_ADAMW
    }
  }

  /// The constants of step `step` = 1, 2, …
  package func update(learningRate: Double, weightDecay: Double, step: Int) -> vm_update {
    var update = vm_update()
    update.rate = learningRate
    update.weight_decay = weightDecay
    switch self {
    case .sgd(let momentum):
      update.momentum = momentum
    case .adagrad(let epsilon):
      update.epsilon = epsilon
    case .rmsprop(let decay, let epsilon):
      update.decay = decay
      update.epsilon = epsilon
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      update.beta1 = beta1
      update.beta2 = beta2
      update.epsilon = epsilon
      update.correction1 = 1 - pow(beta1, Double(step))
      update.correction2 = 1 - pow(beta2, Double(step))
    }
    return update
  }
}
