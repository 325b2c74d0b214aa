import CVectorMath

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
