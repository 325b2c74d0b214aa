/// Adjacent outputs of a layer that have tensors of their own name, and an activation.
public struct LayerOutput: Sendable, Equatable {
  /// The name of its tensors, "output" of `output.weight` and `output.bias`.
  public let name: String
  /// How many outputs.
  public let size: Int
  /// Their activation.
  public let activation: Activation
  /// Whether the outputs are f(b) whatever the input is: then there is no weight.
  public let isConstant: Bool

  /// Outputs of a name.
  public init(name: String, size: Int, activation: Activation = .identity, isConstant: Bool = false) {
    self.name = name
    self.size = size
    self.activation = activation
    self.isConstant = isConstant
  }
}
