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
    let batchSize = min(data.count, objective.couplesSamples ? max(1, 2048 / samples) : 512)
    let estimator =
      objective.couplesSamples
      ? GradientEstimator.joint : .accumulated(samplesPerPass: max(1, min(samples, 2048 / batchSize)))
    let engine = Engine<Element>(
      configuration, data: batchSize, samples: estimator.samplesPerPass(of: samples),
      threads: threads ?? availableCores, purpose: .evaluation)
    defer { withExtendedLifetime(self) {} }
    var loss = Loss.Mean()
    var klPerDimension = [Double](repeating: 0, count: configuration.latentSize)
    for first in stride(from: 0, to: data.count, by: batchSize) {
      let positions = (first..<min(first + batchSize, data.count)).map { UInt64($0) }
      let one = try positions.withUnsafeBufferPointer { positions throws(VAEError) in
        let source = DatasetSource<Element>(
          data, positions: positions, binarization: binarization,
          latentNoise: NoiseStream(seed: seed, purpose: .evaluation),
          binarizationNoise: NoiseStream(seed: seed, purpose: .evaluationBinarization))
        return try engine.run(
          .init(count: positions.count, samples: samples, objective: objective, estimator: estimator),
          parameters.buffer.view, source)
      }
      loss.add(one, count: positions.count)
      let head = engine.memory.block(data: 0..<positions.count, samples: 1).output(engine.network.encoderCount - 1)
      for dimension in klPerDimension.indices {
        klPerDimension[dimension] += Double(positions.count) * GaussianLatent.meanKL(head: head, dimension: dimension)
      }
    }
    let count = Double(data.count)
    return Evaluation(
      count: data.count, samples: samples, loss: loss.value,
      klPerDimension: klPerDimension.map { $0 / count })
  }
}
