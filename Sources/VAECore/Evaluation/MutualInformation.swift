import Foundation

/// I(x; z) under the encoder, with x drawn from a set of N data (Hoffman and Johnson 2016):
///
///     I(x; z) = E_i[KL(q(z|x_i) ‖ p(z))] − KL(q(z) ‖ p(z)),   q(z) = (1/N) Σ_j q(z|x_j)
///             = E_i E_q(z|x_i)[log q(z|x_i) − log q(z)]       nats, from 0 to log N
///
/// Estimated by the second line with one z of each datum and the aggregate posterior q(z) of the whole set: N² densities.
struct MutualInformation {
  /// Beside −½z², z and 1 for each sample `[N, 2Z + 1]` …
  private let samples: Matrix<Double>
  /// … these give log q(z|x) as one product: 1/σ², μ/σ² and −½ Σ_k (μ²/σ² + log 2πσ²) `[N, 2Z + 1]`.
  private let posteriors: Matrix<Double>

  /// From posteriors and a sample of each: mean, log σ² and z `[N, Z]`.
  init(mean: Matrix<Double>, logVariance: Matrix<Double>, z: Matrix<Double>) {
    let (count, size) = (mean.rows, mean.columns)
    precondition(
      [logVariance, z].allSatisfy { $0.rows == count && $0.columns == size } && count > 0,
      "means [\(count), \(size)], log-variances [\(logVariance.rows), \(logVariance.columns)], "
        + "samples [\(z.rows), \(z.columns)]")
    var samples = Matrix<Double>(rows: count, columns: 2 * size + 1)
    var posteriors = samples
    for column in 0..<size {
      // Moving the origin changes no density, and the squares below cancel less around the middle.
      let origin = (0..<count).reduce(0) { $0 + mean[$1, column] } / Double(count)
      for row in 0..<count {
        let (at, m) = (z[row, column] - origin, mean[row, column] - origin)
        let s = logVariance[row, column]
        let precision = exp(-s)
        samples[row, column] = -0.5 * at * at
        samples[row, size + column] = at
        posteriors[row, column] = precision
        posteriors[row, size + column] = m * precision
        posteriors[row, 2 * size] -= 0.5 * (m * m * precision + s + log(2 * .pi))
      }
    }
    for row in 0..<count { samples[row, 2 * size] = 1 }
    self.samples = samples
    self.posteriors = posteriors
  }

  /// I(x; z) in nats; the result does not depend on threads.
  func value(_ execution: Execution) throws -> Double {
    let count = samples.rows
    let rows = Partition(count, intoPiecesOf: 128)
    let team = ThreadTeam(threads: execution.threadCount(atMost: rows.count))
    var memory = (0..<team.threads).map { _ in Buffer<Double>(count: 128 * Round.width) }
    var differences = Buffer<Double>(count: count)
    let round = Round(
      samples: samples.view, posteriors: posteriors.view, products: memory.indices.map { memory[$0].mutableView },
      differences: differences.mutableView, rows: rows, first: 0)
    try withExtendedLifetime((self, memory)) {
      try BLAS.withOneThread {
        // A few pieces at a time, so that somebody can be told.
        for first in stride(from: 0, to: rows.count, by: 64) {
          let pieces = min(64, rows.count - first)
          team.run(pieces, round.starting(at: first))
          try execution.report(.mutualInformation, Double(first + pieces) / Double(rows.count))
        }
      }
    }
    return differences.elements(0..<count).reduce(0, +) / Double(count)
  }

  /// Pieces of the samples, each against all posteriors.
  private struct Round: TeamTask {
    /// Posteriors at a time, so that the products stay in cache.
    static let width = 1024

    let samples, posteriors: MatrixView<Double>
    /// Memory for each worker.
    let products: [MutableMatrixView<Double>]
    /// log q(z_i|x_i) − log q(z_i) `[N]`
    let differences: MutableMatrixView<Double>
    let rows: Partition
    var first: Int

    func starting(at first: Int) -> Round {
      var round = self
      round.first = first
      return round
    }

    func run(worker: Int, index: Int) {
      let piece = rows[first + index]
      var sums = Array(repeating: LogSumExp(), count: piece.count)
      var own = Array(repeating: 0.0, count: piece.count)
      for start in stride(from: 0, to: posteriors.rows, by: Self.width) {
        let columns = start..<min(start + Self.width, posteriors.rows)
        let product = products[worker].matrix(rows: piece.count, columns: columns.count)
        BLAS.multiply(samples.rows(piece), by: posteriors.rows(columns), transposingB: true, into: product)
        for (row, position) in piece.enumerated() {
          for column in 0..<columns.count { sums[row].add(product[row, column]) }
          if columns.contains(position) { own[row] = product[row, position - start] }
        }
      }
      for (row, position) in piece.enumerated() {
        differences[0, position] = own[row] - sums[row].value + log(Double(posteriors.rows))
      }
    }
  }
}
