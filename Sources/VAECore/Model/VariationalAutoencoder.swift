/// A variational autoencoder (Kingma and Welling 2013): an encoder q(z|x), a decoder p(x|z), and their parameters.
///
/// A value: assigning copies (lazily), and the functions that compute do not change it. Data and samples are the rows
/// of matrices; letters as in the whole library: M data, L samples per datum, D data and Z latent dimensions.
public struct VariationalAutoencoder<Element: Scalar>: Sendable {
  /// The architecture.
  public let configuration: ModelConfiguration
  /// The weights and biases.
  public var parameters: Parameters<Element>
  package let network: Network

  /// A model with fresh parameters, determined by the configuration and the seed.
  ///
  /// - Throws: where the configuration makes no sense or its parameters do not fit into memory.
  public init(_ configuration: ModelConfiguration, seed: UInt64 = 0) throws(VAEError) {
    self = try VariationalAutoencoder(zero: configuration)
    parameters = Parameters(network, initializer: configuration.initializer, seed: seed)
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
    VariationalAutoencoder<Other>(configuration, network, parameters.converted())
  }

  /// Throws where data of another size, or outside the likelihood's domain, are to go through the model.
  public func check(_ data: Dataset) throws(VAEError) {
    guard data.dataSize == configuration.dataSize else {
      throw VAEError(
        .data, "The data have \(data.dataSize) values each, the model takes \(configuration.dataSize): \(data.name).")
    }
    guard data.count > 0 else { throw VAEError(.data, "The data set is empty: \(data.name).") }
    try data.check(domain: configuration.likelihood.domain, of: configuration.likelihood.name)
  }
}

// MARK: Gradients

extension VariationalAutoencoder {
  /// The loss of a minibatch at given noise, and its gradient by every parameter.
  ///
  /// - Parameters:
  ///   - x: the data `[M, D]`.
  ///   - noise: ε `[M·L, Z]`; row i·L + l is sample l of datum i.
  ///   - objective: what to differentiate.
  ///   - estimator: option 1 or option 2.
  ///   - threads: how many threads compute; the result does not depend on it.
  /// - Returns: the loss in nats per datum, and ∂loss/∂w for every parameter w.
  /// - Throws: where the loss is not finite.
  public func gradient(
    of x: Matrix<Element>, noise: Matrix<Element>, objective: Objective = Objective(),
    estimator: GradientEstimator = .joint, threads: Int = 1
  ) throws(VAEError) -> (loss: Loss, gradient: Parameters<Element>) {
    let samples = samplesPerDatum(x, noise)
    let engine = Engine<Element>(
      configuration, data: x.rows, samples: estimator.samplesPerPass(of: samples), threads: threads, training: true)
    var gradient = Parameters<Element>(network)
    let loss = try engine.run(
      .init(count: x.rows, samples: samples, objective: objective, estimator: estimator), parameters.buffer.view,
      MatrixSource(x: x.view, noise: noise.view), gradient: gradient.buffer.mutableView)
    return (loss, gradient)
  }

  /// The loss of a minibatch at given noise; see ``gradient(of:noise:objective:estimator:threads:)``.
  public func loss(
    of x: Matrix<Element>, noise: Matrix<Element>, objective: Objective = Objective()
  ) throws(VAEError) -> Loss {
    let samples = samplesPerDatum(x, noise)
    let engine = Engine<Element>(configuration, data: x.rows, samples: samples, threads: 1, training: false)
    return try engine.run(
      .init(count: x.rows, samples: samples, objective: objective, estimator: .joint), parameters.buffer.view,
      MatrixSource(x: x.view, noise: noise.view))
  }

  private func samplesPerDatum(_ x: Matrix<Element>, _ noise: Matrix<Element>) -> Int {
    precondition(
      x.rows > 0 && x.columns == configuration.dataSize && noise.columns == configuration.latentSize
        && noise.rows > 0 && noise.rows % x.rows == 0,
      "data [\(x.rows), \(x.columns)] and noise [\(noise.rows), \(noise.columns)] for a model of "
        + "\(configuration.dataSize) data and \(configuration.latentSize) latent dimensions")
    return noise.rows / x.rows
  }
}
