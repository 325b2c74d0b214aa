import VAECore

/// Data that a model makes of latent variables, draws or means, in rows as its table has them.
struct DecodedRows<Element: Scalar> {
  let model: VariationalAutoencoder<Element>
  let inference: Inference<Element>
  let observation: Observation
  let seed: UInt64

  /// Rows that go through the model at once.
  static var chunkSize: Int { 4096 }

  init(
    _ model: VariationalAutoencoder<Element>, _ observation: Observation, seed: UInt64, precision: Precision,
    execution: Execution
  ) throws(VAEError) {
    (self.model, self.observation, self.seed) = (model, observation, seed)
    inference = try Inference(model, precision: precision, execution: execution)
  }

  /// The rows of latent variables z `[R, Z]`, of which the first is that of a number.
  func rows(of z: Matrix<Element>, _ condition: Condition?, firstRow: Int) throws(VAEError) -> Matrix<Double> {
    let conditions: Matrix<Element>? = condition.map { $0.rows(0..<z.rows) }
    let x =
      switch observation {
      case .draw: try inference.draw(z, condition: conditions, firstRow: firstRow, seed: seed)
      case .mean: inference.decode(z, condition: conditions)
      }
    return model.tableRows(x, condition)
  }

  /// Writes the rows of latent variables `[R, Z]` and their condition.
  func write(_ z: Matrix<Float>, _ condition: Condition?, to out: OutputFile) throws(VAEError) {
    try out.write(rows: z.rows, of: model) { append throws(VAEError) in
      for first in stride(from: 0, to: z.rows, by: Self.chunkSize) {
        let range = first..<min(first + Self.chunkSize, z.rows)
        let chunk = Matrix<Element>(
          rows: range.count, columns: z.columns, elements: z.rows(range).elements.map { Element($0) })
        try append(rows(of: chunk, condition?.read([range]), firstRow: first))
      }
    }
  }

  /// Writes what becomes of data at their posteriors' means.
  func writeReconstructions(of data: any DataSource, to out: OutputFile) throws(VAEError) {
    try out.write(rows: data.count, of: model) { append throws(VAEError) in
      for first in stride(from: 0, to: data.count, by: Self.chunkSize) {
        let chunk = try data.read(first..<min(first + Self.chunkSize, data.count))
        let z = try inference.encode(chunk).mean
        // Of labels, as the model has their classes.
        let condition = model.configuration.conditionSize == 0 ? nil : try chunk.condition.map(model.matching)
        try append(rows(of: z, condition, firstRow: first))
      }
    }
  }
}
