/// The layers of a configuration and where their parameters lie in the flat vector that all share.
package struct Network: Sendable {
  /// The encoder's layers, the last one being the latent variable's head, then the decoder's, the last one being
  /// the likelihood's outputs.
  package let layers: [DenseLayer]
  /// How many of the layers are the encoder's.
  package let encoderCount: Int
  package let tensors: [TensorLayout]
  /// The length of the parameter vector, gaps between tensors included.
  package let parameterVectorCount: Int

  package init(_ configuration: ModelConfiguration) {
    var layers: [DenseLayer] = []
    func appendStack(_ name: String, inputs: Int, hidden: [Int], last: [LayerOutput]) {
      // Of each stack the first layer takes the condition.
      var (inputs, conditionInputs) = (inputs, configuration.conditionSize)
      func append(_ parts: [LayerOutput], isGated: Bool = false) {
        layers.append(
          DenseLayer(
            inputs: inputs, conditionInputs: conditionInputs, parts: parts, isGated: isGated,
            offset: layers.last?.end ?? 0))
      }
      for (index, size) in hidden.enumerated() {
        var parts = [LayerOutput(name: "\(name).\(index)", size: size, activation: configuration.activation)]
        if configuration.isGated {
          parts.append(LayerOutput(name: "\(name).\(index).gate", size: size, activation: .sigmoid))
        }
        append(parts, isGated: configuration.isGated)
        (inputs, conditionInputs) = (size, 0)
      }
      append(last)
    }
    appendStack(
      "encoder", inputs: configuration.dataSize, hidden: configuration.encoderHidden,
      last: GaussianLatent.outputs(latentSize: configuration.latentSize))
    encoderCount = layers.count
    appendStack(
      "decoder", inputs: configuration.latentSize, hidden: configuration.decoderHidden,
      last: configuration.likelihood.model.outputs(dataSize: configuration.dataSize))
    self.layers = layers
    tensors = layers.flatMap(TensorLayout.of)
    parameterVectorCount = layers.last!.end
  }

  package var encoder: Range<Int> { 0..<encoderCount }
  package var decoder: Range<Int> { encoderCount..<layers.count }
}

/// A named tensor in the parameter vector.
package struct TensorLayout: Sendable, Equatable {
  package let name: String
  /// `[outputs, inputs]` of a weight, the condition's inputs included, `[outputs]` of a bias.
  package let shape: [Int]
  package let offset: Int

  package var count: Int { shape.reduce(1, *) }
  package var range: Range<Int> { offset..<offset + count }

  /// The tensors of a layer: each part's weight, where it has one, and bias.
  static func of(_ layer: DenseLayer) -> [TensorLayout] {
    var first = 0
    return layer.parts.flatMap { part in
      defer { first += part.size }
      let rows = layer.weightRows(of: first..<first + part.size)
      let weight = TensorLayout(
        name: part.name + ".weight", shape: [part.size, layer.weightColumns],
        offset: layer.weightOffset + rows.lowerBound * layer.weightColumns)
      let bias = TensorLayout(name: part.name + ".bias", shape: [part.size], offset: layer.biasOffset + first)
      return part.isConstant ? [bias] : [weight, bias]
    }
  }
}
