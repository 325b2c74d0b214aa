import VAECore

extension Likelihood {
  /// Every likelihood with every setting that changes a derivative, for 6 columns.
  package static let ofSixColumns: [Likelihood] = [
    .bernoulli, .gaussian(variance: .fixed(0.7)), .gaussian(variance: .learned, mean: .sigmoid),
    .gaussian(variance: .fixed(2), mean: .softplus), .squaredError(), .squaredError(output: .sigmoid),
    .difference(output: .sigmoid), .continuousBernoulli, .gaussian(variance: .perFeature, mean: .tanh),
    .laplace(scale: .fixed(0.7), location: .sigmoid), .laplace(scale: .learned), .laplace(scale: .perFeature), .poisson,
    .negativeBinomial, .categorical(groups: [2, 4]),
    .mixed([
      .init(1, .gaussian(variance: .perFeature)), .init(2, .categorical(groups: [2])), .init(1, .poisson),
      .init(1, .laplace(scale: .perFeature, location: .softplus)), .init(1, .negativeBinomial),
    ]),
  ]
}
