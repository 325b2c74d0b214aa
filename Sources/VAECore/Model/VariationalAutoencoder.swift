/// A variational autoencoder (Kingma and Welling 2013): an encoder q(z|x), a decoder p(x|z), and their parameters.
///
/// A value: assigning copies (lazily), and the functions that compute do not change it. Data and samples are the rows
/// of matrices; letters as in the whole library: M data, L samples per datum, D data and Z latent dimensions.
public struct VariationalAutoencoder<Element: Scalar>: Sendable {
  /// The architecture.
  public let configuration: ModelConfiguration
  /// The weights and biases.
  public var parameters: Parameters<Element>
  /// How the model sees its data, where not as they are.
  public package(set) var standardization: Standardization?
  /// What stands for a missing value of each column `[D]`, where something does: the training set's means, so that data
  /// are completed as those were that the model was trained on. Whoever reads data puts them in; the model takes only
  /// numbers.
  public internal(set) var substitutes: [Double]?
  /// What data the model is of; nil of one that has seen none.
  public internal(set) var schema: DataSchema?
  package let network: Network

  /// A model with fresh parameters, determined by the configuration and the seed.
  ///
  /// - Throws: where the configuration makes no sense, its parameters do not fit into memory, or nothing can be computed:
  ///   `VAECORE_SIMD` names kernels that this processor does not have, or OpenBLAS cannot have its memory.
  public init(_ configuration: ModelConfiguration, seed: UInt64 = 0) throws(VAEError) {
    self = try VariationalAutoencoder(zero: configuration)
    try Machine.checkKernels()
    parameters = Parameters(
      network, initializer: configuration.initializer, prior: configuration.prior, seed: seed)
  }

  /// A model with all parameters zero, to be filled.
  package init(zero configuration: ModelConfiguration) throws(VAEError) {
    try configuration.validate()
    let network = Network(configuration)
    try MemoryLimit.check(
      "The model's parameters", network.parameterVectorCount * Element.elementType.size,
      remedy: "choose smaller layers")
    self.configuration = configuration
    self.network = network
    parameters = Parameters(network)
  }

  private init(_ configuration: ModelConfiguration, _ network: Network, _ parameters: Parameters<Element>) {
    self.configuration = configuration
    self.network = network
    self.parameters = parameters
  }

  /// The same model in another precision.
  public func converted<Other: Scalar>(to type: Other.Type = Other.self) -> VariationalAutoencoder<Other> {
    var other = VariationalAutoencoder<Other>(configuration, network, parameters.converted())
    other.standardization = standardization
    other.substitutes = substitutes
    other.schema = schema
    return other
  }
}

extension VariationalAutoencoder: CustomStringConvertible {
  /// The widths of its layers and what its outputs mean: "784 → 500 → 20 → 500 → 784, tanh, bernoulli".
  public var description: String {
    let widths =
      [configuration.dataSize] + configuration.encoderHidden + [configuration.latentSize] + configuration.decoderHidden
      + [configuration.dataSize]
    let condition = configuration.conditionSize > 0 ? ", given \(configuration.conditionSize)" : ""
    let prior = configuration.prior.isLearned ? ", prior \(configuration.prior)" : ""
    return widths.map(String.init).joined(separator: " → ") + condition
      + ", \(configuration.isGated ? "gated " : "")\(configuration.activation.rawValue), \(configuration.likelihood.name)"
      + prior
  }
}
