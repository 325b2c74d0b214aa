import CVectorMath
import Foundation

/// The function f of a layer y = f(x·Wᵀ + b), applied to each element.
public enum Activation: String, Codable, Sendable, CaseIterable {
  /// f(x) = x
  case identity
  /// f(x) = tanh x
  case tanh
  /// f(x) = max(x, 0), with the derivative 0 at 0
  case relu
  /// f(x) = 1 / (1 + e⁻ˣ)
  case sigmoid
  /// f(x) = log(1 + eˣ)
  case softplus
  /// f(x) = x where x > 0, else eˣ − 1: Clevert et al. (2015), "Fast and accurate deep network learning by exponential
  /// linear units".
  case elu
  /// f(x) = x / (1 + e⁻ˣ): Elfwing et al. (2017), "Sigmoid-weighted linear units"; also called swish.
  case silu
  /// f(x) = x·Φ(x) with Φ(x) = ½ (1 + erf(x/√2)), exactly: Hendrycks and Gimpel (2016), "Gaussian error linear units".
  case gelu

  var kernel: vm_activation {
    switch self {
    case .identity: VM_IDENTITY
    case .tanh: VM_TANH
    case .relu: VM_RELU
    case .sigmoid: VM_SIGMOID
    case .softplus: VM_SOFTPLUS
    case .elu: VM_ELU
    case .silu: VM_SILU
    case .gelu: VM_GELU
    }
  }

  /// Whether f′(x) follows from f(x). It does not where f falls before it rises.
  var slopeFollowsFromValue: Bool {
    switch self {
    case .identity, .tanh, .relu, .sigmoid, .softplus, .elu: true
    case .silu, .gelu: false
    }
  }
}

extension Activation {
  /// f(x), one number at a time in plain arithmetic: what the kernels are compared with.
  package func value(_ x: Double) -> Double {
    switch self {
    case .identity: x
    case .tanh: Foundation.tanh(x)
    case .relu: x > 0 || x.isNaN ? x : 0
    case .sigmoid: x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x))
    case .softplus: x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
    case .elu: x > 0 ? x : expm1(x)
    case .silu: x * Activation.sigmoid.value(x)
    case .gelu: x * 0.5 * erfc(-x / 2.0.squareRoot())
    }
  }

  /// f′(x), by the pre-activation x.
  package func slope(_ x: Double) -> Double {
    switch self {
    case .identity: 1
    case .tanh: 1 - Foundation.tanh(x) * Foundation.tanh(x)
    case .relu: x > 0 ? 1 : 0
    case .sigmoid: value(x) * value(-x)
    case .softplus: Activation.sigmoid.value(x)
    case .elu: x > 0 ? 1 : exp(x)
    case .silu: Activation.sigmoid.value(x) + x * Activation.sigmoid.slope(x)
    case .gelu: 0.5 * erfc(-x / 2.0.squareRoot()) + x * exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
    }
  }
}
