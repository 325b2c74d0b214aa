import Foundation

/// What a set's posteriors have in common, dimension by dimension, in double precision.
struct LatentStatistics<S: Scalar> {
  private let size: Int
  private let latent: GaussianLatent
  private let keepsSamples: Bool
  private var count = 0
  private var divergences: [Double]
  private var means: [RunningMoments]
  /// Row by row: μ, log σ² and the first sample, where they are kept.
  private var kept: (mean: [Double], logVariance: [Double], z: [Double]) = ([], [], [])

  init(_ network: Network, keepsSamples: Bool) {
    let latentSize = network.latentSize
    (size, latent) = (latentSize, network.latent)
    self.keepsSamples = keepsSamples
    divergences = Array(repeating: 0, count: latentSize)
    means = Array(repeating: RunningMoments(), count: latentSize)
  }

  /// Adds the data of a pass.
  mutating func add(_ pass: EvaluationPass<S>) { add(posteriors: pass.posteriors, z: pass.z, samples: pass.samples) }

  /// Adds data by their posteriors `[M, 2Z]` and their z `[M·samples, Z]`.
  mutating func add(posteriors: MatrixView<S>, z: MatrixView<S>, samples: Int) {
    for row in 0..<posteriors.rows {
      count += 1
      for column in 0..<size {
        let mean = Double(posteriors[row, column])
        let s = latent.bounded(Double(posteriors[row, size + column]))
        divergences[column] += GaussianLatent.kl(mean: mean, logVariance: s)
        means[column].add(mean)
        if keepsSamples {
          kept.mean.append(mean)
          kept.logVariance.append(s)
          kept.z.append(Double(z[row * samples, column]))
        }
      }
    }
  }

  /// ½ (μ² + σ² − 1 − log σ²), averaged over the data.
  var klPerDimension: [Double] { divergences.map { $0 / Double(count) } }

  /// Var_x(μ), over the data as they are.
  var meanVariances: [Double] { means.map(\.variance) }

  /// The mean and the covariance of the data's posteriors' mixture, where samples were kept.
  var moments: (mean: [Double], covariance: Matrix<Double>) {
    let centred = matrix(kept.mean.enumerated().map { $1 - means[$0 % size].mean })
    var covariance = Matrix<Double>(rows: size, columns: size)
    covariance.formProduct(centred, by: centred, transposingA: true, alpha: 1 / Double(count))
    for (index, s) in kept.logVariance.enumerated() {
      covariance[index % size, index % size] += exp(s) / Double(count)
    }
    return (means.map(\.mean), covariance)
  }

  private func matrix(_ elements: [Double]) -> Matrix<Double> {
    Matrix(rows: count, columns: size, elements: elements)
  }

  /// I(x; z), where samples were kept.
  func mutualInformation(_ execution: Execution) throws -> Double? {
    guard keepsSamples else { return nil }
    return try MutualInformation(mean: matrix(kept.mean), logVariance: matrix(kept.logVariance), z: matrix(kept.z))
      .value(execution)
  }
}

/// The posteriors of all data, of which processes have their own, for statistics that are made in their order.
struct SharedPosteriors<S: Scalar> {
  /// μ beside log σ², not yet held to its bounds `[N, 2Z]`.
  private var posteriors: Matrix<S>
  /// The first sample of each `[N, Z]`.
  private var z: Matrix<S>

  init(count: Int, latentSize: Int) {
    posteriors = Matrix(rows: count, columns: 2 * latentSize)
    z = Matrix(rows: count, columns: latentSize)
  }

  mutating func add(_ pass: EvaluationPass<S>) {
    posteriors.mutableView.rows(pass.positions).copy(from: pass.posteriors)
    let own = z.mutableView
    for (index, position) in pass.positions.enumerated() {
      own.rows(position..<position + 1)
        .copy(from: pass.z.rows(index * pass.samples..<index * pass.samples + 1))
    }
  }

  /// Adds all of them to some statistics.
  mutating func gather(_ shares: DataShares, into statistics: inout LatentStatistics<S>) throws(VAEError) {
    try shares.gather(posteriors.mutableView)
    try shares.gather(z.mutableView)
    statistics.add(posteriors: posteriors.view, z: z.view, samples: 1)
  }
}
