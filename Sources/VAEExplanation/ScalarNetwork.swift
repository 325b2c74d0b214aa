import Foundation
import VAECore

/// A model in plain arithmetic, one datum and one sample at a time: all stages with their values and local
/// derivatives, without a matrix product. It shares no code with the engine, so that each can check the other.
///
/// A condition is the same for all of it, so that W_c·c counts as a part of the biases b.
struct ScalarNetwork {
  private struct Layer {
    let weights: [Double]
    let biases: [Double]
    let inputs: Int
  }

  private let network: Network
  private let configuration: ModelConfiguration
  private let likelihood: any LikelihoodKernel
  private let layers: [Layer]

  init(_ model: VariationalAutoencoder<Double>, condition: [Double]) {
    network = model.network
    configuration = model.configuration
    likelihood = configuration.kernel
    let buffer = model.parameters.buffer
    layers = network.layers.map { layer in
      let rows = (0..<layer.outputs).map { output in
        // An output without a weight does not depend on the input.
        layer.weightRows(of: output..<output + 1).first.map { row in
          let first = layer.weightOffset + row * layer.weightColumns
          return buffer.elements(first..<first + layer.weightColumns)
        } ?? Array(repeating: 0, count: layer.weightColumns)
      }
      let biases = buffer.elements(layer.biasOffset..<layer.biasOffset + layer.outputs)
      return Layer(
        weights: rows.flatMap { $0.prefix(layer.inputs) },
        biases: zip(rows, biases).map { row, bias in
          zip(row.dropFirst(layer.inputs), condition).reduce(bias) { $0 + $1.0 * $1.1 }
        }, inputs: layer.inputs)
    }
  }

  /// The stage, in both chains below, of a layer's pre-activations.
  func preActivationStage(of layer: Int) -> Int {
    layer < network.encoderCount ? 1 + 2 * layer : 2 + 2 * layer
  }

  /// From the data to the moments of q(z|x), and on to the KL divergence, with the derivatives μ and σ − 1/σ.
  func encoderChain(x: [Double]) -> [ChainStage] {
    var (stages, pre) =
      network.hasFeatures
      ? hidden(layers: network.encoder, input: likelihood.features(of: x), units: .features, first: 1)
      : hidden(layers: network.encoder, input: x, units: .data, first: 1)
    let size = configuration.latentSize
    let bounds = network.latent.bounds
    let mean = Array(pre[..<size])
    let s = pre[size...].map { min(max($0, bounds.lowerBound), bounds.upperBound) }
    let deviation = s.map { exp(0.5 * $0) }
    // Outside the bounds log σ² is flat.
    let slopes = zip(pre[size...], deviation).map { bounds.contains($0) ? 0.5 * $1 : 0 }
    pre.replaceSubrange(size..., with: s)
    stages.append(ChainStage(units: .head, values: pre, link: .each(Array(repeating: 1, count: size) + slopes)))
    let derivatives = mean + deviation.map { $0 - 1 / $0 }
    stages.append(
      ChainStage(units: .moments, values: mean + deviation, link: .all(derivatives, inputs: 2 * size)))
    let kl = (0..<size).reduce(0) { $0 + 0.5 * (mean[$1] * mean[$1] + expm1(s[$1]) - s[$1]) }
    stages.append(ChainStage(units: .error, values: [kl], link: .each([1])))
    return stages
  }

  /// From the data through one draw of z to the error E_l of that sample.
  func chain(x: [Double], encoder: [ChainStage], noise: [Double]) -> [ChainStage] {
    let moments = encoder[encoder.count - 2].values
    let size = noise.count
    let z = (0..<size).map { moments[$0] + moments[size + $0] * noise[$0] }
    let joined = ChainStage(units: .moments, values: moments, link: .pairs(Array(repeating: 1, count: size) + noise))
    let firstUnit = 1 + configuration.encoderHidden.reduce(0, +)
    let (decoder, output) = hidden(layers: network.decoder, input: z, units: .latent, first: firstUnit)
    let terms = likelihood.terms(x: x, preActivations: output)
    let ends = [
      ChainStage(units: .output, values: output, link: .each(terms.slopes)),
      ChainStage(
        units: .outputActivation, values: terms.activations, link: .all(terms.derivatives, inputs: output.count)),
      ChainStage(units: .error, values: [terms.loss], link: .each([1])),
    ]
    return Array(encoder[..<(encoder.count - 2)]) + [joined] + decoder + ends
  }

  /// The stages from an input through hidden layers, up to the last layer's pre-activations, which come by themselves.
  private func hidden(
    layers range: Range<Int>, input: [Double], units: ChainStage.Units, first: Int
  ) -> (stages: [ChainStage], preActivations: [Double]) {
    var stages: [ChainStage] = []
    var (values, units, number) = (input, units, first)
    for index in range {
      let layer = layers[index]
      stages.append(
        ChainStage(units: units, values: values, link: .all(layer.weights, inputs: layer.inputs)))
      let pre = layer.biases.indices.map { output in
        values.indices.reduce(layer.biases[output]) { $0 + layer.weights[output * layer.inputs + $1] * values[$1] }
      }
      if index == range.upperBound - 1 { return (stages, pre) }
      let activation = configuration.activation
      if configuration.isGated {
        let size = pre.count / 2
        let (own, gates) = (pre[..<size].map(activation.value), pre[size...].map(Activation.sigmoid.value))
        values = zip(own, gates).map { $0 * $1 }
        let byOwn = zip(pre[..<size], gates).map { activation.slope($0) * $1 }
        let byGate = zip(own, pre[size...]).map { $0 * Activation.sigmoid.slope($1) }
        stages.append(ChainStage(units: .gated(first: number), values: pre, link: .pairs(byOwn + byGate)))
      } else {
        values = pre.map(activation.value)
        stages.append(ChainStage(units: .hidden(first: number), values: pre, link: .each(pre.map(activation.slope))))
      }
      units = .hiddenActivation(first: number)
      number += values.count
    }
    return (stages, values)
  }
}
