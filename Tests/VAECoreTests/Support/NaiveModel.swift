import Foundation
import VAECore

/// A model's encoder and decoder once more, in plain loops over `Double` with libm's functions.
struct NaiveModel {
  private let configuration: ModelConfiguration
  private let weights: [String: [Double]]

  init<S: Scalar>(_ model: VariationalAutoencoder<S>) {
    configuration = model.configuration
    weights = Dictionary(
      uniqueKeysWithValues: model.parameters.names.map { ($0, model.parameters[$0].map { Double($0) }) })
  }

  static func apply(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .identity: x
    case .tanh: tanh(x)
    case .relu: max(x, 0)
    case .sigmoid: 1 / (1 + exp(-x))
    case .softplus: log1p(exp(x))
    case .elu: x > 0 ? x : exp(x) - 1
    case .silu: x / (1 + exp(-x))
    case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2
    }
  }

  private func layer(_ name: String, _ activation: Activation, _ input: [Double]) -> [Double] {
    let (weight, bias) = (weights[name + ".weight"]!, weights[name + ".bias"]!)
    return bias.indices.map { output in
      var sum = bias[output]
      for (index, value) in input.enumerated() { sum += weight[output * input.count + index] * value }
      return NaiveModel.apply(activation, sum)
    }
  }

  private func hidden(_ name: String, _ input: [Double]) -> [Double] {
    let units = layer(name, configuration.activation, input)
    return configuration.isGated ? zip(units, layer(name + ".gate", .sigmoid, input)).map { $0 * $1 } : units
  }

  /// The condition stands behind the data, and in the decoder behind the latent variables.
  func encode(_ x: [Double], condition: [Double] = []) -> (mean: [Double], logVariance: [Double]) {
    var hidden = x + condition
    for index in configuration.encoderHidden.indices {
      hidden = self.hidden("encoder.\(index)", hidden)
    }
    return (
      layer("mean", .identity, hidden), layer("logvar", .identity, hidden).map { min(max($0, -30), 20) }
    )
  }

  func decode(_ z: [Double], condition: [Double] = []) -> [Double] {
    var hidden = z + condition
    for index in configuration.decoderHidden.indices {
      hidden = self.hidden("decoder.\(index)", hidden)
    }
    if case .text(let list)? = configuration.likelihood.settingValues["columns"] {
      return try! Likelihood.Columns.list(list).enumerated().flatMap { mean($1.likelihood, "output.\($0)", hidden) }
    }
    return mean(configuration.likelihood, "output", hidden)
  }

  private func mean(_ likelihood: Likelihood, _ tensor: String, _ hidden: [Double]) -> [Double] {
    let o = layer(tensor, .identity, hidden)
    let settings = likelihood.settingValues
    switch likelihood.name {
    case "bernoulli": return o.map { NaiveModel.apply(.sigmoid, $0) }
    case "continuous-bernoulli": return o.map { abs($0) < 1e-3 ? 0.5 + $0 / 12 : 1 / (1 - exp(-$0)) - 1 / $0 }
    case "poisson", "negative-binomial": return o.map { exp($0) }
    case "categorical":
      var rest = o[...]
      return [Int](settingValue: settings["groups"]!)!.flatMap { size in
        let powers = rest.prefix(size).map { exp($0) }
        rest = rest.dropFirst(size)
        return powers.map { $0 / powers.reduce(0, +) }
      }
    case "gaussian", "laplace", "squared-error", "difference":
      let mean = Activation(settingValue: settings["output_activation"]!)!
      return o.map { NaiveModel.apply(mean, $0) }
    default: preconditionFailure("no mean of \(likelihood.name)")
    }
  }
}
