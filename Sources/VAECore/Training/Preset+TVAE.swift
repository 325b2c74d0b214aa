extension Preset {
  /// TVAE of Xu et al. (2019), "Modeling tabular data using conditional GAN", as the authors’ program has it (ctgan 0.12), to compare
  /// with.
  ///
  /// Its loss is twice the terms of the reconstruction, without ½ log 2π of each number, plus the KL divergence: twice ours at
  /// β = ½. Adam does not see the factor, and the decay of weights, 10⁻⁵ there, is half of it here.
  public static let tvae = Preset(
    "tvae", "Xu et al. (2019), TVAE: two layers of 128 ReLU units, 128 latent dimensions, numbers by their modes",
    ModelConfiguration(
      dataSize: 1, encoderHidden: [128, 128], latentSize: 128, activation: .relu, initializer: .uniform),
    isForTables: true, seesModes: true
  ) {
    $0.optimizer = .adam()
    $0.learningRate = 0.001
    $0.weightDecay = 0.5e-5
    $0.objective = .evidenceLowerBound(beta: 0.5)
    $0.batchSize = 500
    $0.epochs = 300
  }
}
