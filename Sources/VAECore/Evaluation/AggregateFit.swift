import Foundation

extension VariationalAutoencoder {
  /// The Gaussian of the aggregate posterior of a data set.
  ///
  /// - Throws: where the data are not the model's, or their posteriors are not finite.
  public func aggregatePosterior(
    of data: some DataSource, binarization: Binarization? = nil, seed: UInt64 = 0, threads: Int? = nil
  ) throws(VAEError) -> AggregatePosterior {
    let size = configuration.latentSize
    let binarization = try self.binarization(binarization)
    var latent = LatentStatistics<Element>(latentSize: size, keepsSamples: true)
    // A pass goes through the decoder, too, which costs little beside what it saves: another way to load data.
    try Inference(self, threads: threads).forEachPass(
      over: data, samples: 1, binarization: binarization, seed: seed, measure: .loss, progress: nil
    ) { pass in latent.add(pass) }
    let (mean, covariance) = latent.moments
    guard covariance.elements.allSatisfy(\.isFinite) else {
      throw VAEError(
        .numerics, "The posteriors are not finite: the parameters or the data are too large. (\(data.name))")
    }
    return try AggregatePosterior(mean: mean, covariance: covariance)
  }

  /// E[x|z] `[count, D]` for z drawn from the Gaussian of an aggregate posterior, with a condition c `[count, C]` where the
  /// model takes one; the seed determines the draws.
  public func sample(
    count: Int, from posterior: AggregatePosterior, condition: Matrix<Element>? = nil, seed: UInt64 = 0,
    threads: Int? = nil
  ) -> Matrix<Element> {
    decode(posterior.sample(count: count, seed: seed), condition: condition, threads: threads)
  }
}
