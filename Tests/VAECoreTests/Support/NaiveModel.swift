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
    var hidden = features(x) + condition
    for index in configuration.encoderHidden.indices {
      hidden = self.hidden("encoder.\(index)", hidden)
    }
    return (
      layer("mean", .identity, hidden), layer("logvar", .identity, hidden).map { min(max($0, -30), 20) }
    )
  }

  /// What the encoder takes: categories in their one-hot form, numbers of a mixture in its unit with their points.
  private func features(_ x: [Double]) -> [Double] {
    var rest = x[...]
    return columns.flatMap { column -> [Double] in
      let own = rest.prefix(column.count)
      rest = rest.dropFirst(column.count)
      let settings = column.likelihood.settingValues
      switch column.likelihood.name {
      case "category":
        let sizes = [Int](settingValue: settings["category_sizes"]!)!
        return zip(own, sizes).flatMap { value, size -> [Double] in (0..<size).map { Double($0) == value ? 1 : 0 } }
      case "mixture":
        let mixture = NaiveMixture(settings)
        return own.flatMap { value -> [Double] in
          [min(max((value - mixture.mean) / mixture.deviation, -8), 8)] + mixture.points.map { $0 == value ? 1 : 0 }
        }
      default: return Array(own)
      }
    }
  }

  /// The groups of columns; all of them, where there is no mix.
  private var columns: [Likelihood.Columns] {
    if case .text(let list)? = configuration.likelihood.settingValues["columns"] {
      return try! Likelihood.Columns.list(list)
    }
    return [Likelihood.Columns(configuration.dataSize, configuration.likelihood)]
  }

  func decode(_ z: [Double], condition: [Double] = []) -> [Double] {
    var hidden = z + condition
    for index in configuration.decoderHidden.indices {
      hidden = self.hidden("decoder.\(index)", hidden)
    }
    if configuration.likelihood.name == "mixed" {
      return columns.enumerated().flatMap { mean($1, "output.\($0)", hidden) }
    }
    return mean(columns[0], "output", hidden)
  }

  private func mean(_ columns: Likelihood.Columns, _ tensor: String, _ hidden: [Double]) -> [Double] {
    let likelihood = columns.likelihood
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
    case "category":
      var rest = o[...]
      let sizes = [Int](settingValue: settings["category_sizes"]!)!
      let counts = [Int](settingValue: settings["category_counts"]!)!
      var shares = (counts.isEmpty ? o.map { _ in 1 } : counts.map { Double($0) + 1 })[...]
      return sizes.map { size in
        let odds = zip(rest.prefix(size), shares.prefix(size)).map { exp($0) * $1 }
        (rest, shares) = (rest.dropFirst(size), shares.dropFirst(size))
        return Double(odds.firstIndex(of: odds.max()!)!)
      }
    case "mixture":
      let means = layer(tensor.replacing("output", with: "output_mean"), .identity, hidden)
      return NaiveMixture(settings).means(logits: o, means: means, columns: columns.count)
    case "gaussian", "laplace", "squared-error", "difference":
      let mean = Activation(settingValue: settings["output_activation"]!)!
      return o.map { NaiveModel.apply(mean, $0) }
    default: preconditionFailure("no mean of \(likelihood.name)")
    }
  }
}

/// A mixture's column, from its settings.
private struct NaiveMixture {
  let mean, deviation: Double
  let points, weights, componentMeans, deviations: [Double]

  init(_ settings: [String: SettingValue]) {
    func numbers(_ name: String) -> [Double] {
      settings["mixture_" + name]!.text.split(separator: ";").map { Double($0)! }
    }
    (mean, deviation) = (numbers("mean")[0], numbers("deviation")[0])
    points = numbers("points")
    let count = Int(numbers("components")[0])
    let (weights, means, deviations) = (numbers("weights"), numbers("means"), numbers("deviations"))
    self.weights = weights.isEmpty ? Array(repeating: 1, count: points.count + count) : weights
    let even = (0..<count).map { [mean, deviation] in
      count == 1 ? mean : mean + deviation * (3 * Double($0) / Double(count - 1) - 1.5)
    }
    componentMeans = means.isEmpty ? even : means
    self.deviations =
      deviations.isEmpty ? even.map { [deviation] _ in count == 1 ? deviation : 0.5 * deviation } : deviations
  }

  /// Of the points and components of each column, the mean.
  func means(logits: [Double], means: [Double], columns: Int) -> [Double] {
    (0..<columns).map { column in
      let odds = weights.indices.map { weights[$0] * exp(logits[column * weights.count + $0]) }
      let values =
        points
        + componentMeans.indices.map {
          componentMeans[$0] + deviations[$0] * means[column * componentMeans.count + $0]
        }
      return zip(odds, values).reduce(0) { $0 + $1.0 * $1.1 } / odds.reduce(0, +)
    }
  }
}
