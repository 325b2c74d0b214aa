import Foundation

/// How well a model explains a data set.
public struct Evaluation: Sendable, Codable, Hashable {
  /// The number of data.
  public var count: Int
  /// L, the latent samples of each.
  public var samples: Int
  /// The loss at the objective's KL weight, and its terms, in nats per datum. With a weight of 1 and a normalised
  /// likelihood, `loss.total` is −ELBO.
  public var loss: Loss
  /// The KL divergence of each latent dimension, averaged over the data, in nats.
  public var klPerDimension: [Double]

  enum CodingKeys: String, CodingKey {
    case count, samples, loss
    case klPerDimension = "kl_per_dimension"
  }
}

extension VariationalAutoencoder {
  /// Estimates the loss over a data set, each datum with `samples` latent samples.
  ///
  /// Noise is determined by the seed, the datum's position and the sample alone, so two models, or two epochs of one,
  /// meet the same noise. Dynamic binarisation draws once per seed.
  ///
  /// - Throws: where the data are not the model's, or the loss is not finite.
  public func evaluate(
    on data: Dataset, samples: Int = 1, objective: Objective = Objective(), binarization: Binarization = .none,
    seed: UInt64 = 0, threads: Int? = nil
  ) throws(VAEError) -> Evaluation {
    try check(data)
    precondition(samples > 0, "\(samples) samples")
    // As many rows at once as keep the engine's memory small; the result does not depend on threads.
    let batchSize = min(data.count, 512)
    let estimator = GradientEstimator.accumulated(samplesPerPass: max(1, min(samples, 2048 / batchSize)))
    let engine = Engine<Element>(
      configuration, data: batchSize, samples: estimator.samplesPerPass(of: samples),
      threads: threads ?? availableCores, purpose: .evaluation)
    defer { withExtendedLifetime(self) {} }
    var reconstruction = 0.0
    var kl = 0.0
    var klPerDimension = [Double](repeating: 0, count: configuration.latentSize)
    for first in stride(from: 0, to: data.count, by: batchSize) {
      let positions = (first..<min(first + batchSize, data.count)).map { UInt64($0) }
      let loss = try positions.withUnsafeBufferPointer { positions throws(VAEError) in
        let source = DatasetSource<Element>(
          data, positions: positions, binarization: binarization,
          latentNoise: NoiseStream(seed: seed, purpose: .evaluation),
          binarizationNoise: NoiseStream(seed: seed, purpose: .evaluationBinarization))
        return try engine.run(
          .init(count: positions.count, samples: samples, objective: objective, estimator: estimator),
          parameters.buffer.view, source)
      }
      reconstruction += loss.reconstruction * Double(positions.count)
      kl += loss.kl * Double(positions.count)
      engine.addKLPerDimension(of: positions.count, to: &klPerDimension)
    }
    let count = Double(data.count)
    return Evaluation(
      count: data.count, samples: samples,
      loss: Loss(reconstruction: reconstruction / count, kl: kl / count, objective: objective),
      klPerDimension: klPerDimension.map { $0 / count })
  }
}

extension Engine {
  /// Adds ½ (μ² + σ² − 1 − log σ²) of the first `count` data's latest posteriors, dimension by dimension.
  fileprivate func addKLPerDimension(of count: Int, to sums: inout [Double]) {
    let head = memory.block(data: 0..<count, samples: 1).output(network.encoderCount - 1)
    let bounds = GaussianLatent.logVarianceBounds
    for row in 0..<count {
      for column in sums.indices {
        let mean = Double(head[row, column])
        let s = min(max(Double(head[row, sums.count + column]), bounds.lowerBound), bounds.upperBound)
        sums[column] += 0.5 * (mean * mean + expm1(s) - s)
      }
    }
  }
}
