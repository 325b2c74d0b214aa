/// All weights and biases of a model, or a gradient with respect to them: named tensors in one vector.
///
/// The names, in order: `encoder.{i}.weight`, `encoder.{i}.bias`, `mean.…`, `logvar.…`, `decoder.{i}.…`, `output.…`,
/// and, for what a likelihood learns besides, `output_logvar.…`, `output_logscale.…` or `output_logdispersion.…`; what
/// does not depend on z has a bias only, and a mixed likelihood's tensors are numbered, `output.0.…`. In gated layers
/// there is `encoder.{i}.gate.…` behind `encoder.{i}.…`, and so in the decoder. Weights are `[outputs, inputs]` and biases
/// `[outputs]`, as in PyTorch's `nn.Linear`.
public struct Parameters<Element: Scalar>: Sendable, Equatable {
  package let tensors: [TensorLayout]
  package var buffer: Buffer<Element>

  package init(_ network: Network) {
    tensors = network.tensors
    buffer = Buffer(count: network.parameterVectorCount)
  }

  /// The tensors' names, in order.
  public var names: [String] { tensors.map(\.name) }

  /// The number of parameters.
  public var count: Int { tensors.reduce(0) { $0 + $1.count } }

  /// Whether there is a tensor of that name.
  public func contains(_ name: String) -> Bool { tensors.contains { $0.name == name } }

  /// The shape of a tensor: `[outputs, inputs]` of a weight, `[outputs]` of a bias.
  public func shape(of name: String) -> [Int] { layout(name).shape }

  /// A tensor's elements, row by row. There must be a tensor of that name, and as many elements as it has.
  public subscript(name: String) -> [Element] {
    get { buffer.elements(layout(name).range) }
    set {
      let layout = layout(name)
      precondition(newValue.count == layout.count, "\(newValue.count) elements for \(name) \(layout.shape)")
      buffer.replace(layout.range, by: newValue)
    }
  }

  /// The same parameters in another precision.
  public func converted<Other: Scalar>(to type: Other.Type = Other.self) -> Parameters<Other> {
    Parameters<Other>(tensors: tensors, buffer: Buffer(buffer.elements(0..<buffer.count).map { Other($0) }))
  }

  private func layout(_ name: String) -> TensorLayout {
    guard let layout = tensors.first(where: { $0.name == name }) else {
      preconditionFailure("no tensor \(name) among \(names.joined(separator: ", "))")
    }
    return layout
  }

  fileprivate init(tensors: [TensorLayout], buffer: Buffer<Element>) {
    self.tensors = tensors
    self.buffer = buffer
  }
}

extension Parameters {
  /// Fresh parameters: weights, and what biases are not 0, by the initializer, determined by the seed.
  package init(_ network: Network, initializer: Initializer, prior: Prior, seed: UInt64) {
    self.init(network)
    let vector = buffer.mutableView
    if let index = network.prior {
      prior.kernel.fill(
        network.layers[index], in: vector,
        stream: NoiseStream(seed: seed, purpose: .initialization, step: tensors.count))
    }
    for (index, tensor) in network.products.flatMap({ TensorLayout.of(network.layers[$0]) }).enumerated() {
      let stream = NoiseStream(seed: seed, purpose: .initialization, step: index)
      if tensor.shape.count == 2 {
        initializer.fill(
          vector.matrix(at: tensor.offset, rows: tensor.shape[0], columns: tensor.shape[1]), stream: stream)
      } else if index > 0, tensors[index - 1].shape.count == 2 {
        initializer.fill(
          bias: vector.matrix(at: tensor.offset, rows: 1, columns: tensor.count), inputs: tensors[index - 1].shape[1],
          stream: stream)
      }
    }
  }
}
