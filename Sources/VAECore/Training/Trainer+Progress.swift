extension Trainer {
  /// How far an epoch has come.
  public struct Progress: Sendable {
    /// The epoch that runs, from 1.
    public let epoch: Int
    /// The steps done in this epoch.
    public let step: Int
    /// The steps of the whole epoch, where they are known: not of data that come once and do not say how many they are.
    public let steps: Int?
    /// The steps done in all epochs.
    public let totalSteps: Int
    /// The data seen in this epoch.
    public let count: Int
    /// The mean loss over the data seen in this epoch, in nats per datum.
    public let loss: Loss
    /// The part of the epoch that is over.
    var fraction: Double? { steps.map { Double(step) / Double($0) } }
  }

  /// How far training has come after a step.
  var progress: Progress {
    let hasEnded = state.position == 0
    func stepCount(_ data: Int) -> Int { (data + configuration.batchSize - 1) / configuration.batchSize }
    return Progress(
      epoch: state.epoch + (hasEnded ? 0 : 1), step: stepCount(state.losses.count),
      steps: state.dataCount > 0 ? stepCount(state.dataCount) : nil, totalSteps: state.step,
      count: state.losses.count, loss: state.losses.value)
  }
}
