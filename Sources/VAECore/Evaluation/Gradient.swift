extension VariationalAutoencoder {
  /// The loss of a minibatch at given noise, and its gradient with respect to every parameter.
  ///
  /// - Parameters:
  ///   - x: the data `[M, D]`.
  ///   - noise: ε `[M·L, Z]`; row i·L + l is sample l of datum i.
  ///   - condition: c `[M, C]`, where the model takes one.
  ///   - objective: what to differentiate.
  ///   - accumulation: option 1 or option 2.
  ///   - precision: how matrices are multiplied; mixed of a model of `Float` only.
  ///   - execution: how it is done; nobody is told of its progress.
  /// - Returns: the loss in nats per datum, and ∂loss/∂w for every parameter w.
  /// - Throws: where the objective makes no sense, or the loss is not finite.
  public func gradient(
    of x: Matrix<Element>, noise: Matrix<Element>, condition: Matrix<Element>? = nil,
    objective: Objective = .evidenceLowerBound(), accumulation: GradientAccumulation = .joint,
    precision: Precision = .full, execution: Execution = Execution(threads: 1)
  ) throws(VAEError) -> (loss: Loss, gradient: Parameters<Element>) {
    try objective.validate()
    try objective.check(configuration.prior)
    try precision.check(Element.self)
    let samples = samplesPerDatum(x, noise, condition)
    let engine = Engine<Element>(
      self, data: x.rows, samples: accumulation.samplesPerPass(of: samples),
      team: ThreadTeam(threads: execution.threadCount()), purpose: .training, precision: precision)
    var gradient = Parameters<Element>(network)
    defer { withExtendedLifetime((self, x, noise, condition)) {} }
    let loss = try engine.loss(
      .init(count: x.rows, samples: samples, objective: objective, accumulation: accumulation), parameters.buffer.view,
      MatrixSource(x: x.view, condition: condition?.view, noise: noise.view), gradient: gradient.buffer.mutableView)
    return (loss, gradient)
  }

  /// The loss of a minibatch at given noise; see ``gradient(of:noise:condition:objective:accumulation:precision:execution:)``.
  public func loss(
    of x: Matrix<Element>, noise: Matrix<Element>, condition: Matrix<Element>? = nil,
    objective: Objective = .evidenceLowerBound()
  ) throws(VAEError) -> Loss {
    try objective.validate()
    try objective.check(configuration.prior)
    let samples = samplesPerDatum(x, noise, condition)
    let engine = Engine<Element>(
      self, data: x.rows, samples: samples, team: ThreadTeam(threads: 1), purpose: .trainingLoss)
    defer { withExtendedLifetime((self, x, noise, condition)) {} }
    return try engine.loss(
      .init(count: x.rows, samples: samples, objective: objective, accumulation: .joint), parameters.buffer.view,
      MatrixSource(x: x.view, condition: condition?.view, noise: noise.view))
  }

  private func samplesPerDatum(_ x: Matrix<Element>, _ noise: Matrix<Element>, _ condition: Matrix<Element>?) -> Int {
    precondition(
      x.rows > 0 && x.columns == configuration.dataSize && noise.columns == configuration.latentSize
        && noise.rows > 0 && noise.rows % x.rows == 0,
      "data [\(x.rows), \(x.columns)] and noise [\(noise.rows), \(noise.columns)] for a model of "
        + "\(configuration.dataSize) data and \(configuration.latentSize) latent dimensions")
    requireFit(condition, rows: x.rows)
    return noise.rows / x.rows
  }
}
