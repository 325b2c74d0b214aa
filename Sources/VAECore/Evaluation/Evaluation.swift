import Foundation

/// How well a model explains a data set, and what it makes of its latent variable. With a condition c, p(x) stands for
/// p(x|c), q(z|x) for q(z|x, c), and I(x; z) for what z tells of both. All in nats per datum unless it says
/// otherwise; standard errors are over data and nil of one datum.
public struct Evaluation: Sendable, Codable, Hashable {
  /// The number of data.
  public var count: Int
  /// L, the latent samples of each.
  public var samples: Int
  /// The objective's loss, with K = L samples where it is importance-weighted, and its terms. By default and with a
  /// normalised likelihood, `loss.total` is −ELBO; of free bits the KL divergences are those of all data.
  public var loss: Loss
  /// The standard error of `loss.total`; nil, too, where that is no mean over data (``Objective/couplesData``). (Each
  /// datum's own few samples are part of what varies.)
  public var standardError: Double?
  /// −log p(x) by importance sampling, where it was asked for.
  public var importance: ImportanceEstimate?
  /// −log p(x), or −ELBO where that was not asked for, in bits per data dimension; nil where the data or the likelihood
  /// have none.
  public var bitsPerDimension: BitsPerDimension?
  /// The KL divergence of each latent dimension from N(0, 1), averaged over the data: under the standard prior their sum is
  /// `loss.kl`.
  public var klPerDimension: [Double]
  /// Var_x(E_q[z_k]), the variance over the data of each latent dimension's posterior mean.
  public var meanVariancePerDimension: [Double]
  /// The latent dimensions whose mean varies by more than 0.01 (Burda et al. 2015).
  public var activeUnits: Int
  /// What the evaluation found out beyond that, where it was asked for.
  public var details: Details?

  /// What takes time of its own to find out.
  public struct Details: Sendable, Codable, Hashable {
    /// I(x; z) = loss.kl − KL(q(z) ‖ p(z)) under the encoder, q(z) the mean of these data's posteriors (Hoffman and
    /// Johnson 2016), by one sample of each against all posteriors.
    public var mutualInformation: Double
    /// log N, the most that the estimate of I(x; z) can be; close to it, it says little.
    public var mutualInformationLimit: Double
    /// KL(q(z) ‖ p(z)) of the aggregate posterior: what the prior misses of it.
    public var aggregateKL: Double
    /// (1/D) Σ_j (x_j − E[x_j|z = μ(x)])², averaged over the data, in the data's own unit squared.
    public var reconstructionError: Double

    enum CodingKeys: String, CodingKey {
      case mutualInformation = "mutual_information"
      case mutualInformationLimit = "mutual_information_limit"
      case aggregateKL = "aggregate_kl"
      case reconstructionError = "reconstruction_error"
    }
  }

  enum CodingKeys: String, CodingKey {
    case count, samples, loss, importance, details
    case standardError = "standard_error"
    case bitsPerDimension = "bits_per_dimension"
    case klPerDimension = "kl_per_dimension"
    case meanVariancePerDimension = "mean_variance_per_dimension"
    case activeUnits = "active_units"
  }
}

extension VariationalAutoencoder {
  /// Evaluates the model on a data set, each datum with `samples` latent samples.
  ///
  /// Noise is determined by the seed, the datum's position and the sample alone, so two models, or two epochs of one,
  /// meet the same noise. Dynamic binarisation draws once per seed. The result does not depend on threads.
  ///
  /// - Parameters:
  ///   - data: a set of the model's data.
  ///   - samples: L of the loss, from 1 to 2²⁴.
  ///   - importanceSamples: K of ``ImportanceEstimate``, from 1 to 2²⁴; nil for none. It takes K decoder rows per datum.
  ///   - objective: what `loss` is of.
  ///   - binarization: what becomes of grey values; what became of them in training where nil.
  ///   - seed: determines the noise.
  ///   - withDetails: whether to find out ``Evaluation/Details``, which compares each datum with every other.
  ///   - precision: in which precision matrices are multiplied; what training did is of no matter.
  ///   - execution: how it is done.
  /// - Throws: where the data are not the model's, a number of samples is out of range, models of this type are not
  ///   multiplied in such a precision, the objective or importance
  ///   sampling needs a likelihood that the model does not have, or a loss is not finite; and what the execution's
  ///   `progress` does.
  public func evaluate(
    on data: some DataSource, samples: Int = 1, importanceSamples: Int? = nil,
    objective: Objective = .evidenceLowerBound(),
    binarization: Binarization? = nil, seed: UInt64 = 0, withDetails: Bool = false,
    precision: Precision = .full, execution: Execution = Execution()
  ) throws -> Evaluation {
    try objective.validate()
    try objective.check(configuration.prior)
    let data = try matching(data)
    let binarization = try self.binarization(binarization)
    var latent = LatentStatistics<Element>(network, keepsSamples: withDetails)
    let shares = DataShares(count: data.count, execution.communicator)
    var shared =
      shares.isShared ? SharedPosteriors<Element>(count: data.count, latentSize: configuration.latentSize) : nil
    var squares = Array(repeating: 0.0, count: shares.blockCount)
    let inference = try Inference(self, precision: precision, execution: execution)
    let kernel = objective.kernel
    let terms = try inference.terms(
      of: data, samples: samples, objective: kernel, binarization: binarization, seed: seed, work: .loss
    ) { pass in
      guard pass.firstSample == 0 else { return }
      if shared == nil { latent.add(pass) } else { shared!.add(pass) }
      if withDetails { squares[shares.block(of: pass.positions.lowerBound)] = squaredErrors(pass, inference) }
    }
    try shared?.gather(shares, into: &latent)
    try shares.gather(perBlock: &squares)
    if let position = terms.firstIndex(where: { !($0.reconstruction + $0.kl).isFinite }) {
      throw VAEError.notFinite("loss", of: position, in: data)
    }
    let count = Double(data.count)
    let loss = kernel.loss(of: terms, klPerDimension: latent.klPerDimension)
    let losses = kernel.losses(of: terms)
    let importance = try importanceSamples.map { samples in
      let weights = try inference.importanceWeights(of: data, samples: samples, binarization: binarization, seed: seed)
      let values = weights.map { $0.negativeLogMean(of: samples) }
      return ImportanceEstimate(
        samples: samples, negativeLogLikelihood: values.reduce(0, +) / count,
        standardError: values.count > 1 ? Estimate(values).standardError : nil,
        effectiveSamples: weights.reduce(0) { $0 + $1.effectiveCount } / count)
    }
    let details = try latent.mutualInformation(execution).map {
      Evaluation.Details(
        mutualInformation: $0, mutualInformationLimit: log(count), aggregateKL: loss.kl - $0,
        reconstructionError: squares.reduce(0, +) / (count * Double(data.dataSize)))
    }
    let nats = importance?.negativeLogLikelihood ?? objective.boundName.map { _ in loss.total }
    return Evaluation(
      count: data.count, samples: samples, loss: loss,
      standardError: losses.flatMap { $0.count > 1 ? Estimate($0).standardError : nil }, importance: importance,
      bitsPerDimension: nats.flatMap {
        BitsPerDimension(
          nats: $0, of: data, likelihood: configuration.likelihood, binarization: binarization,
          gaps: configuration.gaps)
      },
      klPerDimension: latent.klPerDimension, meanVariancePerDimension: latent.meanVariances,
      activeUnits: latent.meanVariances.count { $0 > 0.01 }, details: details)
  }

  /// Σ (x − E[x|z = μ(x)])² over a pass's data and their dimensions.
  private func squaredErrors(_ pass: EvaluationPass<Element>, _ inference: Inference<Element>) -> Double {
    let x = pass.x
    var mean = Matrix<Element>(rows: x.rows, columns: configuration.latentSize)
    mean.mutableView.copy(from: pass.posteriors.columns(0..<mean.columns))
    let condition = pass.condition.map { view in
      var condition = Matrix<Element>(rows: view.rows, columns: view.columns)
      condition.mutableView.copy(from: view)
      return condition
    }
    let reconstructions = inference.decode(mean, condition: condition)
    let view = reconstructions.view
    defer { withExtendedLifetime(reconstructions) {} }
    var sum = 0.0
    for row in 0..<x.rows {
      for column in 0..<x.columns {
        let seen = Double(x[row, column])
        if seen.isNaN { continue }
        let value = standardization.map { seen * $0.deviations[column] + $0.means[column] } ?? seen
        let difference = value - Double(view[row, column])
        sum += difference * difference
      }
    }
    return sum
  }
}
