import Foundation

/// Where the biases of the decoder's outputs start.
public enum OutputBias: String, Codable, Sendable, CaseIterable {
  /// At 0.
  case zero
  /// At the data's log-odds, see ``VariationalAutoencoder/setOutputBias(toLogOddsOf:binarization:)``.
  case data
}

extension VariationalAutoencoder {
  /// Sets the biases of the decoder's outputs to the log-odds of the data's means, log(m_j / (1 − m_j)), so that a
  /// Bernoulli model with small weights begins at the best that it can do without a latent variable; so did Burda et al.
  /// (2015), "Importance weighted autoencoders".
  ///
  /// The means m_j over the whole set are held to 0.001 … 0.999, so that a pixel that is always black does not start
  /// with −∞. Dynamic binarisation has the grey values' means.
  ///
  /// - Throws: where the data are not the model's, or its outputs are not the logits of a Bernoulli likelihood.
  public mutating func setOutputBias(
    toLogOddsOf data: some DataSource, binarization: Binarization = .unchanged
  ) throws(VAEError) {
    let likelihood = configuration.likelihood
    guard likelihood.model.outputBias(means: []) != nil else {
      throw VAEError(
        .configuration,
        "The output bias (output_bias) can start at the data's log-odds in a bernoulli model only; the likelihood is "
          + "\(likelihood.name).")
    }
    let data = try matching(data)
    let bias = likelihood.model.outputBias(means: try data.means(binarization: binarization)) ?? []
    parameters[OutputName.mean + ".bias"] = bias.map { Element($0) }
  }

  /// The model that a training run starts with: fresh parameters by the run's seed, its standardisation, its output bias,
  /// and the ``substitutes`` of the data's missing values, one for each column, where they have been replaced.
  ///
  /// - Throws: where the configuration makes no sense, its parameters do not fit into memory, or the data are not such a
  ///   model's.
  public init(
    _ configuration: ModelConfiguration, training: TrainingConfiguration, data: some DataSource,
    substitutes: [Double]? = nil
  ) throws(VAEError) {
    self = try VariationalAutoencoder(configuration, seed: training.seed)
    let data = try data.decidingWhiteLevel()
    schema = try DataSchema(
      of: data, conditionSize: configuration.conditionSize, binarization: training.binarization)
    try configuration.likelihood.check(training.binarization, isStandardized: training.standardizes)
    _ = try matcher.matching(data, binarization: training.binarization)
    if let substitutes {
      precondition(
        substitutes.count == readColumnCount,
        "\(substitutes.count) numbers for missing values of \(readColumnCount) columns")
    }
    self.substitutes = substitutes
    let isCentred =
      training.standardizes
      ? configuration.likelihood.standardizes(dataSize: configuration.dataSize)
      : Array(repeating: false, count: configuration.dataSize)
    try data.checkFloatTellsApart(columnsNotIn: isCentred)
    if training.standardizes {
      standardization = try Standardization(of: data, likelihood: configuration.likelihood, gaps: configuration.gaps)
    }
    if training.outputBias == .data { try setOutputBias(toLogOddsOf: data, binarization: training.binarization) }
  }
}

extension DataSource {
  /// The mean of each of the D values over all data that have it, in double precision; of those that a threshold makes, where there is
  /// one.
  func means(binarization: Binarization) throws(VAEError) -> [Double] {
    var sums = [Double](repeating: 0, count: dataSize)
    var counts = [Int](repeating: 0, count: dataSize)
    var x = Matrix<Float>(rows: 1, columns: dataSize)
    let view = x.mutableView
    let math = VectorMath<Float>()
    defer { withExtendedLifetime(x) {} }
    try forEachChunk { _, chunk in
      for row in 0..<chunk.count {
        chunk.load(row, into: view, scaling: nil, math: math)
        if binarization == .threshold { math.binarizeByThreshold(view) }
        for column in sums.indices where !view[0, column].isNaN {
          sums[column] += Double(view[0, column])
          counts[column] += 1
        }
      }
    }
    return zip(sums, counts).map { $0 / Double(max($1, 1)) }
  }
}
