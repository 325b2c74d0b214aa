import VAECore

/// What minibatches of different sizes cost and give: how many samples are enough.
///
/// Within a time budget T one can average T/t gradients that take t each, so the variance of what is known then is
/// variance·t/T. The best minibatch has the smallest product of variance and time.
public struct SamplingPlan: Sendable, Encodable {
  /// One size of minibatch.
  public struct Point: Sendable {
    /// M
    public let batchSize: Int
    /// L
    public let samples: Int
    /// tr Cov ĝ, measured on minibatches.
    public let measured: MeasuredVariance
    /// tr Cov ĝ by the law of total variance, V_x/M + V_ε/(M·L); nil where there is no such split.
    public let predicted: Estimate?
    /// The median time of a training step, optimizer included.
    public let secondsPerStep: Double

    /// The measured variance times the time of a step.
    public var varianceTimesSeconds: Double { measured.total.value * secondsPerStep }

    /// The variance of the mean of all gradients that a time budget allows; nil where it does not allow one.
    public func variance(within seconds: Double) -> Double? {
      let steps = (seconds / secondsPerStep).rounded(.down)
      return steps < 1 ? nil : measured.total.value / steps
    }
  }

  /// Where the variance comes from; nil where the objective couples a datum's samples or a minibatch's data, so that each
  /// size of minibatch has a gradient of its own on average.
  public let split: GradientVariance?
  /// All sizes of minibatch, in the order asked for.
  public let points: [Point]

  /// ‖E g‖², from the largest minibatches; nil where it is not the same for all.
  public var squaredNorm: Estimate? {
    split == nil ? nil : points.max { $0.batchSize * $0.samples < $1.batchSize * $1.samples }!.measured.squaredNorm
  }

  /// ‖E g‖ / √(tr Cov ĝ) of a size of minibatch; nil where the estimate of ‖E g‖² is not positive.
  public func signalToNoise(of point: Point) -> Double? {
    let squaredNorm = squaredNorm ?? point.measured.squaredNorm
    return squaredNorm.value > 0 ? (squaredNorm.value / point.measured.total.value).squareRoot() : nil
  }

  /// The size with the least variance after a time budget; nil where none fits into it, or where the sizes have gradients
  /// of different losses, whose variances do not compare.
  public func best(within seconds: Double) -> Point? {
    if split == nil { return nil }
    return points.filter { $0.variance(within: seconds) != nil }
      .min { $0.variance(within: seconds)! < $1.variance(within: seconds)! }
  }
}

extension SamplingPlan.Point: Encodable {
  enum CodingKeys: String, CodingKey {
    case batchSize = "batch_size"
    case samples, measured, predicted
    case secondsPerStep = "seconds_per_step"
    case varianceTimesSeconds = "variance_times_seconds"
  }

  /// As a flat object.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(batchSize, forKey: .batchSize)
    try values.encode(samples, forKey: .samples)
    try values.encode(measured, forKey: .measured)
    try values.encodeIfPresent(predicted, forKey: .predicted)
    try values.encode(secondsPerStep, forKey: .secondsPerStep)
    try values.encode(varianceTimesSeconds, forKey: .varianceTimesSeconds)
  }
}

extension VariationalAutoencoder {
  /// Measures the gradient's variance and its cost for each combination of batch sizes and numbers of samples, and splits
  /// the variance where the objective couples neither samples nor data.
  ///
  /// - Parameters:
  ///   - data: the set that minibatches are drawn from, with replacement.
  ///   - batchSizes: the M to measure at.
  ///   - samples: the L to measure at.
  ///   - objective: what is differentiated.
  ///   - binarization: what becomes of grey values.
  ///   - draws: for the split; see ``gradientVariance(on:objective:binarization:draws:seed:execution:)``.
  ///   - pairs: of minibatches for each M and L.
  ///   - seed: determines the draws.
  ///   - execution: how it is done.
  /// - Throws: where the data are not the model's, the objective needs a likelihood that it has not, the minibatches need
  ///   more memory than the machine has, or a loss is not finite; and what the execution's `progress` does.
  public func samplingPlan(
    on data: Dataset, batchSizes: [Int], samples: [Int], objective: Objective = .evidenceLowerBound(),
    binarization: Binarization? = nil, draws: Int = 200,
    pairs: Int = 32, seed: UInt64 = 0, execution: Execution = Execution()
  ) throws -> SamplingPlan {
    precondition(!batchSizes.isEmpty && !samples.isEmpty, "no sizes of minibatch")
    let data = try matching(data).inMemory()
    let binarization = try self.binarization(binarization)
    try objective.check(configuration.likelihood)
    try objective.check(configuration.prior)
    let parts = 1 + batchSizes.count * samples.count
    let split =
      objective.isMean
      ? try gradientVariance(
        on: data, objective: objective, binarization: binarization, draws: draws, seed: seed,
        execution: execution.part(0, of: parts)) : nil
    var points: [SamplingPlan.Point] = []
    for batchSize in batchSizes {
      for samples in samples {
        // Passes of a few thousand rows: more would only take memory.
        let width = objective.couplesSamples ? samples : max(1, 4096 / batchSize)
        let accumulation: GradientAccumulation = samples <= width ? .joint : .accumulated(samplesPerPass: width)
        var training = TrainingConfiguration()
        (training.batchSize, training.samplesPerDatum, training.gradient) = (batchSize, samples, accumulation)
        try MemoryLimit.check(
          "Batches of \(batchSize) data with \(min(width, samples)) samples at once",
          training.byteCount(training: self, threads: execution.threadCount()),
          remedy: "choose smaller batches or fewer samples")
        let measured = try measureGradientVariance(
          on: data, batchSize: batchSize, samples: samples, objective: objective, binarization: binarization,
          accumulation: accumulation, pairs: pairs, seed: seed, execution: execution.part(points.count + 1, of: parts))
        points.append(
          SamplingPlan.Point(
            batchSize: batchSize, samples: samples, measured: measured,
            predicted: split?.total.variance(batchSize: batchSize, samples: samples),
            secondsPerStep: try GradientSampler(
              self, data, objective, self.binarization(binarization), batchSize: batchSize, samples: samples,
              accumulation: accumulation, seed: seed, execution: execution
            ).secondsPerStep()))
      }
    }
    return SamplingPlan(split: split, points: points)
  }
}
