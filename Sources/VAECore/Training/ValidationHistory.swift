/// What the losses on a validation set, one after each epoch, have come to: for early stopping and for
/// ``LearningRateSchedule/plateau(factor:epochs:warmupSteps:)``.
///
/// An improvement is a loss below the least so far.
public struct ValidationHistory: Hashable, Sendable, Codable {
  /// The least loss so far, in nats per datum.
  public private(set) var best: Double?
  /// The epochs since then.
  public private(set) var epochsWithoutImprovement = 0
  /// How often the learning rate was reduced.
  public private(set) var reductions = 0
  /// The epochs since the last improvement or reduction.
  private var epochsOfPlateau = 0

  init() {}

  /// Adds an epoch's loss, and reduces the learning rate where the last `plateau` epochs were no improvement and no
  /// reduction. Whether the loss is the least so far.
  mutating func add(_ loss: Double, plateau: Int?) -> Bool {
    let isBest = best.map { loss < $0 } ?? true
    if isBest {
      best = loss
      (epochsWithoutImprovement, epochsOfPlateau) = (0, 0)
    } else {
      epochsWithoutImprovement += 1
      epochsOfPlateau += 1
    }
    if let plateau, epochsOfPlateau >= plateau { (reductions, epochsOfPlateau) = (reductions + 1, 0) }
    return isBest
  }

  /// Takes over the least loss of another history, where that is less.
  mutating func keepBest(of other: ValidationHistory) {
    if let loss = other.best { best = min(best ?? loss, loss) }
  }

  /// Whether the numbers can have come about.
  var isPossible: Bool {
    let limit = 1 << 36
    return (0..<limit).contains(epochsWithoutImprovement) && (0..<limit).contains(reductions)
      && (0...epochsWithoutImprovement).contains(epochsOfPlateau)
  }

  enum CodingKeys: String, CodingKey {
    case best
    case epochsWithoutImprovement = "epochs_without_improvement"
    case reductions
    case epochsOfPlateau = "epochs_of_plateau"
  }
}
