import VAECore

/// Where the variance of a stochastic gradient comes from, by the law of total variance. g(x, ε) is the gradient of one
/// datum with one sample; a minibatch of M data with L samples each has the gradient
///
///     ĝ = (1/M) Σ_i (1/L) Σ_l g(x_i, ε_il),    tr Cov ĝ = V_x/M + V_ε/(M·L)
///     V_x = tr Cov_x(E_ε g),    V_ε = E_x(tr Cov_ε g)
///
/// More samples divide the second term only; more data divide both. The split is of objectives whose gradient is such a
/// mean: those that couple neither samples nor data (``/VAECore/Objective/isMean``).
public struct GradientVariance: Sendable, Encodable {
  /// The draws of one tensor, or of the whole gradient.
  struct Draws: Sendable {
    var data: [Double] = []
    var noise: [Double] = []
    var squaredNorm: [Double] = []

    mutating func add(_ other: (data: Double, noise: Double, squaredNorm: Double)) {
      data.append(other.data)
      noise.append(other.noise)
      squaredNorm.append(other.squaredNorm)
    }
  }

  /// The split of a tensor's variance, or of all.
  public struct Split: Sendable {
    let draws: Draws

    /// V_x: what drawing the data contributes, per datum.
    public var data: Estimate { Estimate(draws.data) }
    /// V_ε: what the latent noise contributes, per datum and sample.
    public var noise: Estimate { Estimate(draws.noise) }
    /// ‖E g‖², the squared norm of the gradient over all data and noise.
    public var squaredNorm: Estimate { Estimate(draws.squaredNorm) }

    /// tr Cov ĝ of a minibatch of M data with L samples each.
    public func variance(batchSize: Int, samples: Int) -> Estimate {
      let rows = Double(batchSize)
      return Estimate(zip(draws.data, draws.noise).map { $0 / rows + $1 / (rows * Double(samples)) })
    }
  }

  /// Of the whole gradient.
  public let total: Split
  /// Of each tensor.
  public let tensors: [Tensor]

  /// A tensor's split.
  public struct Tensor: Sendable, Encodable {
    /// The tensor's name.
    public let name: String
    /// Where the variance of its gradient comes from.
    public let split: Split
  }
}

/// The variance of the gradient at one size of minibatch, measured on minibatches.
public struct MeasuredVariance: Sendable, Encodable {
  enum CodingKeys: String, CodingKey {
    case total
    case squaredNorm = "squared_norm"
    case tensors
  }

  /// tr Cov ĝ of the whole gradient.
  public let total: Estimate
  /// ‖E g‖² of the whole gradient, from the products of independent minibatches.
  public let squaredNorm: Estimate
  /// Of each tensor.
  public let tensors: [Tensor]

  /// A tensor's part of the variance.
  public struct Tensor: Sendable, Encodable {
    /// The tensor's name.
    public let name: String
    /// tr Cov of its part of ĝ.
    public let variance: Estimate
  }
}

extension GradientVariance.Split: Encodable {
  enum CodingKeys: String, CodingKey {
    case data, noise
    case squaredNorm = "squared_norm"
  }

  /// As an object of the three estimates.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(data, forKey: .data)
    try values.encode(noise, forKey: .noise)
    try values.encode(squaredNorm, forKey: .squaredNorm)
  }
}

extension VariationalAutoencoder {
  /// Estimates where the variance of the gradient comes from.
  ///
  /// Each draw takes two data of the set, uniformly and independently, with two samples each: g₁, g₂ of the one and
  /// h₁, h₂ of the other, with independent noise. Then ½⟨g₁ − h₁, g₂ − h₂⟩ has the expectation V_x,
  /// ¼(‖g₁ − g₂‖² + ‖h₁ − h₂‖²) has V_ε, and ¼⟨g₁ + g₂, h₁ + h₂⟩ has ‖E g‖².
  ///
  /// - Parameters:
  ///   - data: the set that minibatches are drawn from, with replacement.
  ///   - objective: what is differentiated.
  ///   - binarization: what becomes of grey values; what became of them in training where nil.
  ///   - draws: how many, at least two; the standard errors fall with their root.
  ///   - seed: determines the draws.
  ///   - execution: how it is done.
  /// - Throws: where the data are not the model's, the objective couples samples or data, or a loss is not finite; and
  ///   what the execution's `progress` does.
  public func gradientVariance(
    on data: Dataset, objective: Objective = .evidenceLowerBound(), binarization: Binarization? = nil, draws: Int = 200,
    seed: UInt64 = 0, execution: Execution = Execution()
  ) throws -> GradientVariance {
    let data = try matching(data).inMemory()
    let binarization = try self.binarization(binarization)
    try objective.check(configuration.likelihood)
    try objective.check(configuration.prior)
    guard objective.isMean else {
      throw VAEError(
        .configuration,
        "The gradient of the objective, \(objective), is no mean over data and samples one by one, so that its variance "
          + "has no parts V_x/M and V_ε/(M·L): measure it at each M and L.")
    }
    let sampler = GradientSampler(
      self, data, objective, binarization, batchSize: 1, samples: 1, seed: seed, execution: execution)
    var gradients = (0..<4).map { _ in Parameters<Element>(network) }
    var total = GradientVariance.Draws()
    var tensors = parameters.tensors.map { _ in GradientVariance.Draws() }
    for draw in 0..<draws {
      try execution.report(.gradientVariance, Double(draw) / Double(draws))
      for (index, datum) in [0, 0, 1, 1].enumerated() {
        try sampler.draw(data: 2 * draw + datum, noise: 4 * draw + index, into: &gradients[index])
      }
      var sum = (data: 0.0, noise: 0.0, squaredNorm: 0.0)
      for (index, tensor) in parameters.tensors.enumerated() {
        let part = products(gradients, tensor.range)
        tensors[index].add(part)
        sum = (sum.data + part.data, sum.noise + part.noise, sum.squaredNorm + part.squaredNorm)
      }
      total.add(sum)
    }
    return GradientVariance(
      total: .init(draws: total),
      tensors: zip(parameters.names, tensors).map { .init(name: $0, split: .init(draws: $1)) })
  }

  /// Measures the variance of the gradient of minibatches of M data with L samples each: half the squared distance of
  /// two independent ones has it as its expectation. It may be far from normally distributed, so that a few pairs give
  /// too small a standard error.
  ///
  /// - Parameters:
  ///   - data: the set that minibatches are drawn from, with replacement.
  ///   - batchSize: M.
  ///   - samples: L.
  ///   - objective: what is differentiated.
  ///   - binarization: what becomes of grey values; what became of them in training where nil.
  ///   - accumulation: how each gradient is computed: jointly, where the objective couples samples.
  ///   - pairs: how many, at least two.
  ///   - seed: determines the draws.
  ///   - execution: how it is done.
  /// - Throws: where the data are not the model's, the objective needs a likelihood that it has not, or a loss is not
  ///   finite; and what the execution's `progress` does.
  public func measureGradientVariance(
    on data: Dataset, batchSize: Int, samples: Int, objective: Objective = .evidenceLowerBound(),
    binarization: Binarization? = nil, accumulation: GradientAccumulation = .joint, pairs: Int = 32, seed: UInt64 = 0,
    execution: Execution = Execution()
  ) throws -> MeasuredVariance {
    let data = try matching(data).inMemory()
    let binarization = try self.binarization(binarization)
    try objective.check(configuration.likelihood)
    try objective.check(configuration.prior)
    let sampler = GradientSampler(
      self, data, objective, binarization, batchSize: batchSize, samples: samples, accumulation: accumulation,
      seed: seed,
      execution: execution)
    var (first, second) = (Parameters<Element>(network), Parameters<Element>(network))
    var (total, norms) = ([Double](), [Double]())
    var tensors = parameters.tensors.map { _ in [Double]() }
    for pair in 0..<pairs {
      try execution.report(.gradientVariance, Double(pair) / Double(pairs))
      try sampler.draw(data: 2 * pair, noise: 2 * pair, into: &first)
      try sampler.draw(data: 2 * pair + 1, noise: 2 * pair + 1, into: &second)
      var (sum, norm) = (0.0, 0.0)
      for (index, tensor) in parameters.tensors.enumerated() {
        var squares = 0.0
        for element in tensor.range {
          let (a, b) = (Double(first.buffer[element]), Double(second.buffer[element]))
          squares += (a - b) * (a - b)
          norm += a * b
        }
        tensors[index].append(0.5 * squares)
        sum += 0.5 * squares
      }
      total.append(sum)
      norms.append(norm)
    }
    return MeasuredVariance(
      total: Estimate(total), squaredNorm: Estimate(norms),
      tensors: zip(parameters.names, tensors).map { .init(name: $0, variance: Estimate($1)) })
  }

  /// The unbiased products of four gradients, over some of their elements.
  private func products(
    _ gradients: [Parameters<Element>], _ range: Range<Int>
  ) -> (data: Double, noise: Double, squaredNorm: Double) {
    let views = gradients.map(\.buffer.view)
    let (g1, g2, h1, h2) = (views[0], views[1], views[2], views[3])
    var (data, noise, squaredNorm) = (0.0, 0.0, 0.0)
    for index in range {
      let (a, b) = (Double(g1[0, index]), Double(g2[0, index]))
      let (c, d) = (Double(h1[0, index]), Double(h2[0, index]))
      data += (a - c) * (b - d)
      noise += (a - b) * (a - b) + (c - d) * (c - d)
      squaredNorm += (a + b) * (c + d)
    }
    withExtendedLifetime(gradients) {}
    return (0.5 * data, 0.25 * noise, 0.25 * squaredNorm)
  }
}
