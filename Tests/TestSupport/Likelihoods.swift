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
    .category(sizes: [3, 2, 1, 2, 2, 3], counts: [7, 0, 2, 1, 1, 9, 3, 3, 3, 3, 4, 5, 1]),
    .mixture(MixtureColumn(mean: 1, deviation: 2, points: [1.5], components: 1)), table,
  ]

  /// Columns of a table, for 6 columns.
  package static let table = Likelihood.mixed([
    .init(2, .category(sizes: [3, 2])), .init(1, .mixture(.ofWholeNumbers)), .init(1, .gaussian(variance: .perFeature)),
    .init(1, .mixture(MixtureColumn(components: 2))), .init(1, .category(sizes: [3], counts: [1, 0, 5])),
  ])
}

extension MixtureColumn {
  /// Whole numbers about 7 with many zeros.
  package static let ofWholeNumbers: MixtureColumn = {
    var column = MixtureColumn(mean: 7, deviation: 4, interval: 1, points: [0], components: 2)
    (column.weights, column.means, column.deviations) = ([0.3, 0.5, 0.2], [5, 11], [1.5, 3])
    return column
  }()
}
