/// What happened in some training steps besides the loss.
public struct TrainingStatistics: Hashable, Sendable, Codable {
  /// The steps.
  public private(set) var steps = 0
  /// The learning rate of the last of them.
  public private(set) var learningRate = 0.0
  /// How many of them had a gradient longer than ``TrainingConfiguration/clipNorm``.
  public private(set) var clippedSteps = 0
  /// How many elements of log σ² lay outside its bounds, where the bound takes their place and they get no gradient: of
  /// all data of all steps, Z for each. More than a few tell that the posterior has collapsed onto a point, or that
  /// training diverges.
  public private(set) var boundedLogVariances = 0

  init() {}

  enum CodingKeys: String, CodingKey {
    case steps
    case learningRate = "learning_rate"
    case clippedSteps = "clipped_steps"
    case boundedLogVariances = "bounded_log_variances"
  }

  /// Whether the numbers can have come about.
  var isPossible: Bool {
    learningRate >= 0 && (0..<1 << 36).contains(steps) && (0...steps).contains(clippedSteps)
      && (0..<1 << 60).contains(boundedLogVariances)
  }

  mutating func add(_ step: TrainingStep) {
    steps += 1
    learningRate = step.learningRate
    clippedSteps += step.result.isClipped ? 1 : 0
    boundedLogVariances += step.result.boundedLogVariances
  }
}

/// What happened in one step.
struct TrainingStep {
  /// M
  let count: Int
  let learningRate: Double
  let result: StepResult
}
