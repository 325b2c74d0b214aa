extension VariationalAutoencoder {
  /// The components of the model's prior, where that is learned; nil of N(0, I).
  public var priorComponents: PriorComponents? {
    guard let index = network.prior else { return nil }
    defer { withExtendedLifetime(self) {} }
    let (layer, vector) = (network.layers[index], parameters.buffer.view)
    return PriorComponents(
      logits: layer.bias(in: vector), head: layer.weight(in: vector), bounds: network.latent.bounds)
  }

  /// Latent variables z `[count, Z]` that are drawn from the prior p(z); the seed determines them, and a longer matrix begins with the
  /// shorter.
  public func samplePrior(count: Int, seed: UInt64 = 0) -> Matrix<Element> { samplePrior(rows: 0..<count, seed: seed) }

  /// Some rows of the latent variables that a seed determines and that go on without end.
  public func samplePrior(rows: Range<Int>, seed: UInt64 = 0) -> Matrix<Element> {
    priorComponents?.sample(rows: rows, seed: seed)
      ?? .standardNormal(rows: rows, columns: configuration.latentSize, seed: seed)
  }

  /// Points of a two-dimensional latent space `[side², 2]`, row by row from the top: on the quantiles of each dimension under the
  /// prior, so that the unit square's even grid shows the prior evenly (Kingma and Welling 2013, figure 4).
  public func latentGrid(side: Int) -> Matrix<Element> {
    precondition(configuration.latentSize == 2, "a grid of \(configuration.latentSize) latent dimensions")
    let components = priorComponents
    return Matrix(side: side) { components?.quantile($0, dimension: $1) ?? normalQuantile($0) }
  }
}
