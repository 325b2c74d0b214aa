/// The layers of a configuration and where their parameters lie in the flat vector that all share.
package struct Network: Sendable {
  /// The encoder's layers, the last one being the latent variable's head, then the decoder's, the last one being
  /// the likelihood's outputs, then a learned prior, whose outputs are components.
  package let layers: [DenseLayer]
  /// D, the data's dimensions.
  package let dataSize: Int
  /// Whether the first layer takes features of the data, not the data themselves.
  package let hasFeatures: Bool
  /// The latent variable that the encoder's head is the moments of.
  package let latent: GaussianLatent
  /// How many of the layers are the encoder's.
  package let encoderCount: Int
  /// The layer that is the prior, where that is learned.
  package let prior: Int?
  package let tensors: [TensorLayout]
  /// The length of the parameter vector, gaps between tensors included.
  package let parameterVectorCount: Int

  package init(_ configuration: ModelConfiguration) {
    var layers: [DenseLayer] = []
    dataSize = configuration.dataSize
    latent = GaussianLatent(bounds: configuration.leastLogVariance...configuration.mostLogVariance)
    let likelihood = configuration.kernel
    hasFeatures = likelihood.hasFeatures
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
      "encoder", inputs: likelihood.featureCount(dataSize: configuration.dataSize), hidden: configuration.encoderHidden,
      last: GaussianLatent.outputs(latentSize: configuration.latentSize))
    encoderCount = layers.count
    appendStack(
      "decoder", inputs: configuration.latentSize, hidden: configuration.decoderHidden,
      last: likelihood.outputs(dataSize: configuration.dataSize))
    let priorLayer = configuration.prior.kernel.layer(
      latentSize: configuration.latentSize, offset: layers.last!.end)
    prior = priorLayer.map { _ in layers.count }
    if let priorLayer { layers.append(priorLayer) }
    self.layers = layers
    tensors = layers.flatMap(TensorLayout.of)
    parameterVectorCount = layers.last!.end
  }

  package var encoder: Range<Int> { 0..<encoderCount }
  package var decoder: Range<Int> { encoderCount..<(prior ?? layers.count) }
  /// The layers that are matrix products, on the way from the data to the likelihood's outputs.
  package var products: Range<Int> { 0..<decoder.upperBound }
  /// The layer of the likelihood's outputs.
  package var outputs: Int { decoder.upperBound - 1 }
  /// Z
  package var latentSize: Int { layers[encoderCount].inputs }
}
