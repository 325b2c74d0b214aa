/// Where the latent variables of synthetic data come from.
public enum LatentSource: Sendable {
  /// The model's prior p(z): what comes of it is the model's p(x).
  case prior
  /// The Gaussian of an aggregate posterior.
  case aggregate(AggregatePosterior)

  /// Some rows of the latent variables that a seed determines.
  package func sample<Element: Scalar>(
    rows: Range<Int>, for model: VariationalAutoencoder<Element>, seed: UInt64
  ) -> Matrix<Element> {
    switch self {
    case .prior: model.samplePrior(rows: rows, seed: seed)
    case .aggregate(let posterior): posterior.sample(rows: rows, seed: seed)
    }
  }
}

/// What becomes of p(x|z).
public enum Observation: String, Sendable, CaseIterable {
  /// A draw from it.
  case draw
  /// Its mean, E[x|z].
  case mean
}

extension Inference {
  /// A datum for each of the latent variables z `[R, Z]`, drawn from p(x|z), or, under a condition c `[R, C]`, from p(x|z, c):
  /// `[R, D]`, in the data's units.
  ///
  /// - Parameters:
  ///   - z: the latent variables.
  ///   - condition: that of each row, in a model that takes one.
  ///   - firstRow: the number of the first row: what it draws is determined by it and the seed, whatever stands beside it.
  ///   - seed: determines all rows.
  /// - Throws: where the model has an error in place of a p(x|z).
  public func draw(
    _ z: Matrix<Element>, condition: Matrix<Element>? = nil, firstRow: Int = 0, seed: UInt64 = 0
  ) throws(VAEError) -> Matrix<Element> {
    let likelihood = model.configuration.likelihood
    guard likelihood.isNormalized else {
      throw VAEError(
        .configuration,
        "A model with the error \(likelihood.name) has no p(x|z) to draw from: take the mean, which its outputs are.",
        remedy: .takeMean)
    }
    var data = Matrix<Element>(rows: z.rows, columns: model.configuration.dataSize)
    let view = data.mutableView
    decode(z, condition: condition) { engine, rows, outputs in
      let draws = RowDraws(
        likelihood: model.configuration.kernel, outputs: outputs, data: view.rows(rows),
        firstRow: firstRow + rows.lowerBound,
        seed: seed)
      engine.team.run(draws.taskCount, draws)
      engine.scaling?.restore(view.rows(rows), math: engine.math)
    }
    return data
  }

  /// Some rows `[R, D]` of the synthetic data that a seed determines and that go on without end: row r is the same in whatever
  /// rows it is asked for, so that a longer table begins with the shorter one.
  ///
  /// - Parameters:
  ///   - rows: which rows.
  ///   - source: where z comes from.
  ///   - observation: whether x is drawn from p(x|z), or its mean.
  ///   - condition: that of each row, `[R, C]`, in a model that takes one.
  ///   - seed: determines z and x.
  /// - Throws: where x is to be drawn and the model has an error in place of a p(x|z).
  public func synthesize(
    rows: Range<Int>, from source: LatentSource = .prior, _ observation: Observation = .draw,
    condition: Matrix<Element>? = nil, seed: UInt64 = 0
  ) throws(VAEError) -> Matrix<Element> {
    precondition(
      condition == nil || condition!.rows == rows.count, "a condition of \(condition!.rows) for \(rows.count) rows")
    let z: Matrix<Element> = source.sample(rows: rows, for: model, seed: seed)
    return switch observation {
    case .draw: try draw(z, condition: condition, firstRow: rows.lowerBound, seed: seed)
    case .mean: decode(z, condition: condition)
    }
  }
}

/// Data that are drawn from the decoder's outputs: each task some rows.
private struct RowDraws<S: Scalar>: TeamTask {
  let likelihood: any LikelihoodModel
  let outputs: MatrixView<S>
  let data: MutableMatrixView<S>
  let firstRow: Int
  let seed: UInt64

  private static var rowsPerTask: Int { 32 }
  var taskCount: Int { (outputs.rows + Self.rowsPerTask - 1) / Self.rowsPerTask }

  func run(worker: Int, index: Int) {
    let first = index * Self.rowsPerTask
    withUnsafeTemporaryAllocation(of: Double.self, capacity: outputs.columns + data.columns) { memory in
      memory.initialize(repeating: 0)
      let row = UnsafeMutableBufferPointer(rebasing: memory[..<outputs.columns])
      let x = UnsafeMutableBufferPointer(rebasing: memory[outputs.columns...])
      for index in first..<min(first + Self.rowsPerTask, outputs.rows) {
        outputs.copyRow(index, to: row)
        var span = x.mutableSpan
        likelihood.draw(from: row.span, noise: ObservationNoise(seed: seed, row: firstRow + index), into: &span)
        data.setRow(index, to: UnsafeBufferPointer(x), times: 1)
      }
    }
  }
}
