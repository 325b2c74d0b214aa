import Foundation

extension VariationalAutoencoder {
  /// The Gaussian of the aggregate posterior of a data set.
  ///
  /// - Throws: where the data are not the model's, or their posteriors are not finite; and what the execution's `progress`
  ///   does.
  public func aggregatePosterior(
    of data: some DataSource, binarization: Binarization? = nil, seed: UInt64 = 0,
    execution: Execution = Execution()
  ) throws -> AggregatePosterior {
    let binarization = try self.binarization(binarization)
    var latent = LatentStatistics<Element>(network, keepsSamples: true)
    // A pass goes through the decoder, too, which costs little beside what it saves: another way to load data.
    try Inference(self, execution: execution).forEachPass(
      over: data, samples: 1, binarization: binarization, seed: seed, work: .encoding
    ) { pass in latent.add(pass) }
    let (mean, covariance) = latent.moments
    guard covariance.elements.allSatisfy(\.isFinite) else {
      throw VAEError(
        .numerics, "The posteriors are not finite: the parameters or the data are too large. (\(data.name))")
    }
    return try AggregatePosterior(mean: mean, covariance: covariance)
  }
}
