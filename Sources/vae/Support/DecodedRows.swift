import VAECore

/// Data that a model makes of latent variables, draws or means.
struct DecodedRows<Element: Scalar>: RowSource {
  /// Where the latent variables come from.
  enum Latent {
    /// They are given `[R, Z]`, with their condition.
    case given(Matrix<Float>, Condition?)
    /// They are the posteriors' means of data.
    case encoded(any DataSource)
  }

  let model: VariationalAutoencoder<Element>
  private let inference: Inference<Element>
  private let latent: Latent
  private let observation: Observation
  private let seed: UInt64

  /// Rows that go through the model at once.
  private static var chunkSize: Int { 4096 }

  init(
    _ model: VariationalAutoencoder<Element>, _ latent: Latent, _ observation: Observation, seed: UInt64,
    precision: Precision, execution: Execution
  ) throws(VAEError) {
    (self.model, self.latent, self.observation, self.seed) = (model, latent, observation, seed)
    inference = try Inference(model, precision: precision, execution: execution)
  }

  var count: Int {
    switch latent {
    case .given(let z, _): z.rows
    case .encoded(let data): data.count
    }
  }

  mutating func forEachPiece<Number: Scalar>(
    _ body: (Matrix<Number>) throws(VAEError) -> Void
  ) throws(VAEError) {
    for first in stride(from: 0, to: count, by: Self.chunkSize) {
      let (z, condition) = try variables(first..<min(first + Self.chunkSize, count))
      let conditions: Matrix<Element>? = condition.map { $0.rows(0..<z.rows) }
      let x =
        switch observation {
        case .draw: try inference.draw(z, condition: conditions, firstRow: first, seed: seed)
        case .mean: inference.decode(z, condition: conditions)
        }
      let rows = model.tableRows(x, condition)
      try body(Matrix(rows: rows.rows, columns: rows.columns, elements: rows.elements.map { Number($0) }))
    }
  }

  /// Some latent variables, and their condition where the model takes one.
  private func variables(_ range: Range<Int>) throws(VAEError) -> (z: Matrix<Element>, condition: Condition?) {
    switch latent {
    case .given(let z, let condition):
      let some = z.rows(range)
      return (
        Matrix(rows: some.rows, columns: some.columns, elements: some.elements.map { Element($0) }),
        condition?.read([range])
      )
    case .encoded(let data):
      let chunk = try data.read(range)
      let z = try inference.encode(chunk).mean
      guard model.configuration.conditionSize > 0, let condition = chunk.condition else { return (z, nil) }
      // Of labels, as the model has their classes.
      return (z, try model.matching(condition))
    }
  }
}
