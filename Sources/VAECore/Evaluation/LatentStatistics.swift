import Foundation

/// What a set's posteriors have in common, dimension by dimension, in double precision.
struct LatentStatistics<S: Scalar> {
  private let size: Int
  private let keepsSamples: Bool
  private var count = 0
  private var divergences: [Double]
  private var means: [RunningMoments]
  /// Row by row: μ, log σ² and the first sample, where they are kept.
  private var kept: (mean: [Double], logVariance: [Double], z: [Double]) = ([], [], [])

  init(latentSize: Int, keepsSamples: Bool) {
    size = latentSize
    self.keepsSamples = keepsSamples
    divergences = Array(repeating: 0, count: latentSize)
    means = Array(repeating: RunningMoments(), count: latentSize)
  }

  /// Adds the data of a pass.
  mutating func add(_ pass: EvaluationPass<S>) {
    let (posteriors, z) = (pass.posteriors, pass.z)
    for row in 0..<posteriors.rows {
      count += 1
      for column in 0..<size {
        let mean = Double(posteriors[row, column])
        let s = GaussianLatent.bounded(Double(posteriors[row, size + column]))
        divergences[column] += GaussianLatent.kl(mean: mean, logVariance: s)
        means[column].add(mean)
        if keepsSamples {
          kept.mean.append(mean)
          kept.logVariance.append(s)
          kept.z.append(Double(z[row * pass.samples, column]))
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
