import Foundation

/// Scores as sums over columns:
///
///     −ELBO(x) = Σ_j E_q[−log p(x_j|z)] + KL(q(z|x) ‖ p(z)),
///
/// or with P(|x'_j − x_j| ≤ t·s_j | z) in the place of p(x_j|z), see ``Score/negativeLogProbability(within:samples:)``.
public struct ColumnScores: Sendable {
  /// The score of each datum, the sum of its terms, in nats.
  public let scores: [Double]
  /// E_q[−log p(x_j|z)] of each datum and column `[N, D]`; 0 where the value is missing. Of a one-hot group the term is that of the column with
  /// the 1.
  public let columns: Matrix<Double>
  /// KL(q(z|x) ‖ p(z)) of each datum.
  public let kl: [Double]
}

extension VariationalAutoencoder {
  /// The scores of a set, each as a sum over columns; see ``Inference/scoreByColumn(_:samples:within:binarization:seed:)``.
  ///
  /// - Parameters:
  ///   - data: a set of the model's data.
  ///   - samples: L, the latent samples that the terms are averaged over.
  ///   - tolerance: t, or nil for −ELBO.
  ///   - binarization: what becomes of grey values; what became of them in training where nil.
  ///   - seed: determines the noise, with what a datum's values are.
  ///   - execution: how it is done.
  /// - Throws: as the score does, and where the likelihood knows nothing of single columns.
  public func scoreByColumn(
    _ data: some DataSource, samples: Int = 1, within tolerance: Double? = nil, binarization: Binarization? = nil,
    seed: UInt64 = 0, execution: Execution = Execution()
  ) throws -> ColumnScores {
    try Inference(self, execution: execution).scoreByColumn(
      data, samples: samples, within: tolerance, binarization: binarization, seed: seed)
  }
}

extension Inference {
  /// −ELBO of each datum of a set, in order, as a sum over columns: what ``score(_:by:binarization:seed:)`` gives, but for rounding.
  ///
  /// - Parameters:
  ///   - data: a set of the model's data.
  ///   - samples: L, the latent samples that the terms are averaged over.
  ///   - tolerance: t, or nil for −ELBO.
  ///   - binarization: what becomes of grey values; what became of them in training where nil.
  ///   - seed: determines the noise, with what a datum's values are.
  /// - Throws: as the score does, and where the likelihood knows nothing of single columns (``LikelihoodModel/takesGaps``).
  public func scoreByColumn(
    _ data: some DataSource, samples: Int = 1, within tolerance: Double? = nil, binarization: Binarization? = nil,
    seed: UInt64 = 0
  ) throws -> ColumnScores {
    let kernel = try model.kernelOfColumns(within: tolerance)
    let size = model.configuration.dataSize
    // (A probability has the same unit everywhere.)
    let volumes = tolerance == nil ? model.columnVolumes : Array(repeating: 0, count: size)
    var columns = Matrix<Double>(rows: data.count, columns: size)
    var kl = [Double](repeating: 0, count: data.count)
    var terms = Matrix<Element>(rows: TaskShape.rowsPerInference, columns: size)
    let all = terms.mutableView
    defer { withExtendedLifetime(terms) {} }
    let columnView = columns.mutableView
    func add(_ pass: EvaluationPass<Element>) {
      let some = all.rows(0..<pass.losses.count)
      kernel.writeTerms(of: pass.x, outputs: pass.outputs, into: some, math: VectorMath())
      for (index, position) in pass.positions.enumerated() {
        kl[position] = Double(pass.kl[0, index])
        for column in 0..<size where !pass.x[index, column].isNaN {
          for row in index * pass.samples..<(index + 1) * pass.samples {
            columnView[position, column] += (Double(some[row, column]) + volumes[column]) / Double(samples)
          }
        }
      }
    }
    let shares = DataShares(count: data.count, execution.communicator)
    let known = try model.binarization(binarization)
    try shares.compute { part in
      try forEachPass(
        over: data, part: part, samples: samples, binarization: known, seed: seed, noise: .byContent, work: .loss, add)
    }
    try shares.gather(&kl)
    try shares.gather(columnView)
    let scores = kl.indices.map { columns.row($0).reduce(kl[$0], +) }
    if let position = scores.firstIndex(where: { !$0.isFinite }) {
      throw VAEError.notFinite("score", of: position, in: data)
    }
    return ColumnScores(scores: scores, columns: columns, kl: kl)
  }
}

extension VariationalAutoencoder {
  /// The likelihood, whose columns can be asked for one by one, with so much tolerance.
  func kernelOfColumns(within tolerance: Double? = nil) throws(VAEError) -> any LikelihoodKernel {
    let kernel = configuration.kernelOfValues
    guard configuration.likelihood.model.kernel.takesGaps else {
      throw VAEError(
        .configuration, "The likelihood \(configuration.likelihood.name) knows nothing of the terms of single columns.")
    }
    guard let tolerance else { return kernel }
    guard tolerance > 0 && tolerance.isFinite else {
      throw VAEError(.configuration, "The tolerance of a score must be positive; it is \(tolerance).")
    }
    guard let tolerant = kernel.within(tolerance) else {
      throw VAEError(
        .configuration,
        "The likelihood \(configuration.likelihood.name) has densities alone, which compare as they are: score by −ELBO, without a tolerance."
      )
    }
    return tolerant
  }

  /// What the term of each column's value lies above that of the standardised value, log s.
  var columnVolumes: [Double] {
    guard let standardization, configuration.likelihood.isNormalized else {
      return Array(repeating: 0, count: configuration.dataSize)
    }
    return standardization.deviations.map { log($0) }
  }
}
