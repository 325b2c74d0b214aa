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

  var kernel: vm_activation {
    switch self {
    case .identity: VM_IDENTITY
    case .tanh: VM_TANH
    case .relu: VM_RELU
    case .sigmoid: VM_SIGMOID
    case .softplus: VM_SOFTPLUS
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
    }
  }
}
