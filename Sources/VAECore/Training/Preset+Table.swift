extension Preset {
  /// For tables of text, numbers and dates, whose columns have likelihoods of their own.
  ///
  /// So that a few thousand steps are enough, the rate is high and falls to 0, and Adam forgets its squares quickly. Weights begin
  /// small, so that the decoder begins at what each column is by itself. The KL divergence comes in slowly: with its whole
  /// weight from the beginning, latent dimensions die before the decoder has learnt to use them.
  public static let table = Preset(
    "table", "tables of text, numbers and dates: two gated layers of 96 units, 24 latent dimensions",
    ModelConfiguration(
      dataSize: 1, encoderHidden: [96, 96], latentSize: 24, isGated: true,
      initializer: .normal(standardDeviation: 0.05)), isForTables: true,
    adapt: adapt
  ) {
    $0.optimizer = .adam(beta2: 0.99)
    $0.learningRate = 0.02
    $0.schedule = .cosine(warmupSteps: 130)
    $0.clipNorm = 20
  }

  /// Small tables get small batches, and as many steps as it takes.
  @Sendable private static func adapt(_ training: inout TrainingConfiguration, toData count: Int, epochs: Int?) {
    training.batchSize = min(max(count / 50, 32), 500)
    let steps = max(count / training.batchSize, 1)
    training.epochs = epochs ?? max(25, (1300 + steps - 1) / steps)
    training.klWarmUp = training.epochs == 0 ? .none : .linear(epochs: 0.6 * Double(training.epochs))
  }
}
