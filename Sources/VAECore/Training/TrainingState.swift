/// Everything besides the parameters and the configuration that determines how training goes on.
///
/// Noise and order are functions of the seed, the epoch, the step and a datum's position, so there is nothing of theirs
/// to keep: a trainer that takes a state over goes on as if nothing had happened, bit for bit.
public struct TrainingState<Element: Scalar>: Sendable, Equatable {
  /// The epochs completed.
  public internal(set) var epoch = 0
  /// The optimizer steps taken.
  public internal(set) var step = 0
  /// The data seen in the epoch that has begun, a multiple of the batch size; 0 where none has.
  public internal(set) var position = 0
  /// N, the data of an epoch; 0 before the first, and where nobody knows how many will come.
  public internal(set) var dataCount = 0
  /// What the validation losses have come to.
  public internal(set) var validation = ValidationHistory()
  /// How often the run went back to a checkpoint because it diverged. Each time halves the learning rate.
  public internal(set) var rollbacks = 0
  /// What happened in the steps of the epoch that has begun, or else of the last one.
  var statistics = TrainingStatistics()
  /// The losses of those steps.
  var losses = Loss.Mean()
  var optimizer: OptimizerState<Element>

  init(_ optimizer: Optimizer, parameterCount: Int) {
    self.optimizer = OptimizerState(optimizer, parameterCount: parameterCount)
  }

  /// What divergence has left of the learning rate: 2⁻ʳ after r rollbacks.
  var rateFactor: Double { (0..<rollbacks).reduce(1) { factor, _ in factor / 2 } }

  /// The most rollbacks of a run.
  package static var mostRollbacks: Int { 10 }
}

extension TrainingState {
  /// What a file's metadata hold of a state; epoch and step stand beside it, the optimizer's vectors are tensors.
  struct Metadata: Codable {
    var position: Int
    var dataCount: Int
    var validation: ValidationHistory
    var rollbacks: Int
    var statistics: TrainingStatistics
    var losses: Loss.Mean

    enum CodingKeys: String, CodingKey {
      case position
      case dataCount = "data_count"
      case validation, rollbacks, statistics, losses
    }
  }

  var metadata: Metadata {
    Metadata(
      position: position, dataCount: dataCount, validation: validation, rollbacks: rollbacks, statistics: statistics,
      losses: losses)
  }

  /// A state from a file's metadata, its optimizer's vectors still zero.
  ///
  /// - Throws: where the numbers cannot be those of a training with these settings.
  init(
    _ metadata: Metadata, epoch: Int, step: Int, training: TrainingConfiguration, parameterCount: Int
  ) throws(VAEError) {
    self.init(training.optimizer, parameterCount: parameterCount)
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !condition { throw VAEError(.file, problem()) }
    }
    // Epochs and steps number the noise streams, which have 36 bits for them, and go on from here; positions have 40.
    for (name, value, limit) in [
      ("epoch", epoch, 1 << 35), ("step", step, 1 << 35), ("data_count", metadata.dataCount, 1 << 40),
      ("rollbacks", metadata.rollbacks, Self.mostRollbacks + 1),
    ] {
      try check((0..<limit).contains(value), "its \(name) is \(value).")
    }
    try check(
      (0..<(metadata.dataCount > 0 ? metadata.dataCount : 1 << 40)).contains(metadata.position),
      "its position is \(metadata.position) of \(metadata.dataCount) data.")
    try check(
      metadata.position % training.batchSize == 0,
      "its position \(metadata.position) is no multiple of the batch size \(training.batchSize).")
    try check(
      metadata.position == 0 || metadata.losses.count == metadata.position,
      "its losses are of \(metadata.losses.count) data, its position is \(metadata.position).")
    try check(metadata.statistics.isPossible, "its statistics cannot be.")
    try check(metadata.validation.isPossible, "its validation history cannot be.")
    self.epoch = epoch
    self.step = step
    position = metadata.position
    dataCount = metadata.dataCount
    validation = metadata.validation
    rollbacks = metadata.rollbacks
    statistics = metadata.statistics
    losses = metadata.losses
  }
}
