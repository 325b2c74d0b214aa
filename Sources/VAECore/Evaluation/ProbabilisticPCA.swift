import Foundation

/// Probabilistic principal component analysis (Tipping and Bishop 1999), the linear Gaussian model
///
///     x = μ + W z + noise,   z ~ N(0, I_q), noise ~ N(0, σ²I),   so   p(x) = N(μ, W Wᵀ + σ²I)
///
/// at its maximum likelihood in closed form, from the eigenvalues λ₁ ≥ … ≥ λ_D of the data's covariance (divided by N)
/// and its eigenvectors u:
///
///     W = U (Λ_q − σ²I)^½,   σ² = (λ_{q+1} + … + λ_D) / (D − q)
///
/// A VAE whose encoder and decoder are linear, with a Gaussian likelihood of one variance, can reach exactly this
/// likelihood, and no more (Lucas et al. 2019). Computed in double precision.
public struct ProbabilisticPCA: Sendable {
  /// μ `[D]`
  public let mean: [Double]
  /// The principal directions u₁ … u_q as the rows of a matrix `[q, D]`: orthonormal, and with the signs that make each
  /// one's largest component positive.
  public let directions: Matrix<Double>
  /// λ₁ … λ_D, falling.
  public let spectrum: [Double]
  /// σ²
  public let noiseVariance: Double
  /// How the data are centred and scaled before all that, if they are.
  public let standardization: Standardization?

  /// q
  public var latentSize: Int { directions.rows }
  /// λ₁ … λ_q, the model's variance along each direction.
  public var variances: ArraySlice<Double> { spectrum[..<latentSize] }

  /// The model of a data set with q latent dimensions, 1 ≤ q < D; with a standardisation, of y = (x − m)/s in place of x,
  /// a density of x nonetheless: log p(x) = log p(y) − Σ log s.
  ///
  /// - Throws: where q is out of range, the set is empty or not finite, its covariance does not fit into memory, or its
  ///   data span no more than q dimensions, so that σ² is 0 and the density infinite.
  public static func fit(
    _ data: some DataSource, latentSize: Int, standardization: Standardization? = nil
  ) throws(VAEError) -> ProbabilisticPCA {
    let size = data.dataSize
    guard latentSize > 0 && latentSize < size else {
      throw VAEError(
        .configuration,
        "Probabilistic PCA of \(size) data dimensions has 1 to \(size - 1) latent dimensions, not \(latentSize).")
    }
    guard data.count > 0 else { throw VAEError(.data, "The data set is empty: \(data.name).") }
    let (elements, overflow) = size.multipliedReportingOverflow(by: size)
    // The covariance, LAPACK's transposed copy and its workspace of two more.
    try MemoryLimit.check(
      "The covariance of \(size) data dimensions", overflow || elements > Int.max / 40 ? .max : 40 * elements,
      remedy: "use smaller data")
    let mean = try data.mean(standardization)
    var covariance = Matrix<Double>(rows: size, columns: size)
    try data.forEachChunk(standardization, centredAt: mean) { _, x in
      covariance.formProduct(x, by: x, transposingA: true, alpha: 1 / Double(data.count), beta: 1)
    }
    // Rising, and rounding may have moved zeros below 0.
    let eigenvalues = try LAPACK.diagonalize(covariance.mutableView).map { max($0, 0) }
    let spectrum = Array(eigenvalues.reversed())
    let noiseVariance = spectrum[latentSize...].reduce(0, +) / Double(size - latentSize)
    guard noiseVariance > 1e-14 * spectrum[0] else {
      throw VAEError(
        .numerics,
        "The data span no more than \(latentSize) dimensions, so nothing is left for the noise of probabilistic PCA: "
          + "choose fewer latent dimensions, or give more data. (\(data.name))")
    }
    var directions = Matrix<Double>(rows: latentSize, columns: size)
    for row in 0..<latentSize {
      let column = size - 1 - row
      let largest = (0..<size).map { covariance[$0, column] }.max { abs($0) < abs($1) }!
      for index in 0..<size {
        directions[row, index] = largest < 0 ? -covariance[index, column] : covariance[index, column]
      }
    }
    return ProbabilisticPCA(
      mean: mean, directions: directions, spectrum: spectrum, noiseVariance: noiseVariance,
      standardization: standardization)
  }

  /// log p(x) of each datum, in nats: −½ [D log 2π + Σ_k log λ_k + (D − q) log σ² + Σ_k y_k²/λ_k + |r|²/σ²] with y the
  /// coordinates of x − μ along the directions, and r the rest.
  ///
  /// - Throws: where the data are of another size or not finite.
  public func logLikelihood(of data: some DataSource) throws(VAEError) -> [Double] {
    guard data.dataSize == mean.count else {
      throw VAEError(
        .data, "The data have \(data.dataSize) values each, the model takes \(mean.count): \(data.name).")
    }
    let constant =
      Double(mean.count) * log(2 * .pi) + variances.reduce(0) { $0 + log($1) }
      + Double(mean.count - latentSize) * log(noiseVariance) + 2 * (standardization?.logVolume ?? 0)
    var result = Array(repeating: 0.0, count: data.count)
    try data.forEachChunk(standardization, centredAt: mean) { range, x in
      var coordinates = Matrix<Double>(rows: range.count, columns: latentSize)
      coordinates.formProduct(x, by: directions, transposingB: true)
      // What no direction explains, from the difference itself: that of the squares would cancel.
      var rest = x
      rest.formProduct(coordinates, by: directions, alpha: -1, beta: 1)
      for (row, position) in range.enumerated() {
        var distance = rest.row(row).reduce(0) { $0 + $1 * $1 } / noiseVariance
        for (y, variance) in zip(coordinates.row(row), variances) { distance += y * y / variance }
        result[position] = -0.5 * (constant + distance)
      }
    }
    return result
  }

  /// How well the model explains data.
  public struct Evaluation: Sendable, Codable, Hashable {
    /// q
    public let latentSize: Int
    /// The number of data.
    public let count: Int
    /// The mean of −log p(x), in nats per datum.
    public let negativeLogLikelihood: Double
    /// Its standard error over the data; nil of one datum.
    public let standardError: Double?
    /// The same in bits per data dimension, for data that were bytes.
    public let bitsPerDimension: BitsPerDimension?
    /// σ²
    public let noiseVariance: Double

    enum CodingKeys: String, CodingKey {
      case count
      case latentSize = "latent"
      case negativeLogLikelihood = "negative_log_likelihood"
      case standardError = "standard_error"
      case bitsPerDimension = "bits_per_dimension"
      case noiseVariance = "noise_variance"
    }
  }

  /// Evaluates the model on a data set; throws where ``logLikelihood(of:)`` does, and where the set is empty.
  public func evaluate(on data: some DataSource) throws(VAEError) -> Evaluation {
    guard data.count > 0 else { throw VAEError(.data, "The data set is empty: \(data.name).") }
    let losses = try logLikelihood(of: data).map { -$0 }
    let mean = losses.reduce(0, +) / Double(losses.count)
    return Evaluation(
      latentSize: latentSize, count: data.count, negativeLogLikelihood: mean,
      standardError: losses.count > 1 ? Estimate(losses).standardError : nil,
      bitsPerDimension: BitsPerDimension(
        nats: mean, of: data, likelihood: .gaussian(variance: .fixed(noiseVariance)), binarization: .unchanged),
      noiseVariance: noiseVariance)
  }
}

extension DataSource {
  /// The mean of the data `[D]`.
  fileprivate func mean(_ standardization: Standardization?) throws(VAEError) -> [Double] {
    var sums = Array(repeating: 0.0, count: dataSize)
    try forEachChunk(standardization, centredAt: Array(repeating: 0, count: dataSize)) { _, x in
      let view = x.view
      for row in 0..<x.rows { for column in 0..<dataSize { sums[column] += view[row, column] } }
    }
    return sums.map { $0 / Double(count) }
  }

  /// Hands out the data some hundred at a time, standardised, if they are, and less `centre` `[D]`, with their positions; throws where one is not finite.
  fileprivate func forEachChunk(
    _ standardization: Standardization?, centredAt centre: [Double], _ body: (Range<Int>, Matrix<Double>) -> Void
  ) throws(VAEError) {
    try forEachChunk { range, chunk throws(VAEError) in
      try Likelihood.gaussian().check(chunk)
      var x = chunk.rows(0..<chunk.count, as: Double.self)
      let view = x.mutableView
      for row in 0..<range.count {
        for column in 0..<dataSize {
          let y = standardization.map { (view[row, column] - $0.means[column]) / $0.deviations[column] }
          view[row, column] = (y ?? view[row, column]) - centre[column]
        }
      }
      body(range, x)
    }
  }
}
