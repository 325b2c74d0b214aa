/// How the learning rate changes while a model is trained: a factor on ``TrainingConfiguration/learningRate``.
///
///     η_t = η · min(1, (t + 1)/W) · s(e)
///
/// t counts the steps taken before, from 0; e the epochs completed, with the part of the current one; W is the length
/// of the warm-up; without one, that factor is 1. The rate depends on these alone, and that of a plateau on how often it was reduced, that
/// of a cosine on how many epochs there are to be, so a run that is
/// continued needs nothing but their values.
///
/// ```swift
/// training.schedule = .cosine(warmupSteps: 500)
/// ```
public struct LearningRateSchedule: Chosen {
  /// What s(e) is.
  let model: any ScheduleModel
  /// W, the steps over which the rate rises evenly to what s says; 0 for none.
  public var warmupSteps: Int

  /// The schedules that settings can name: each is one type.
  public static let choices = Choices(
    "schedule",
    [
      ConstantSchedule.self, StepSchedule.self, ExponentialSchedule.self, CosineSchedule.self, BurdaSchedule.self,
      PlateauSchedule.self,
    ])

  init(_ model: some ScheduleModel, warmupSteps: Int) { (self.model, self.warmupSteps) = (model, warmupSteps) }

  /// One of the ``choices``; nil of anything else.
  public init?(choice: any Choice) {
    guard let model = choice as? any ScheduleModel else { return nil }
    (self.model, warmupSteps) = (model, 0)
  }

  /// What was chosen.
  public var choice: any Choice { model }

  /// Whether both are the same.
  public static func == (a: Self, b: Self) -> Bool { a.choice.equals(b.choice) && a.warmupSteps == b.warmupSteps }

  /// The factor on the learning rate.
  ///
  /// - Parameters:
  ///   - step: t, the steps taken before.
  ///   - epoch: e, the epochs completed; ⌊e⌋ are whole ones.
  ///   - epochs: how many there are to be.
  ///   - reductions: r, how often a plateau has reduced the rate.
  public func factor(step: Int, epoch: Double, epochs: Int, reductions: Int = 0) -> Double {
    let rise = step + 1 < warmupSteps ? Double(step + 1) / Double(warmupSteps) : 1
    return rise * model.factor(epoch: epoch, of: epochs, reductions: reductions)
  }

  /// Whether the schedule runs over all epochs that there are to be, however many: a run that is given more of them then
  /// goes on along another curve than it began on.
  public var spansAllEpochs: Bool { model.spansAllEpochs }

  /// Whether the rate changes within an epoch.
  var changesWithinEpochs: Bool { model.changesWithinEpochs }

  /// After how many epochs in a row without an improvement of a validation loss the rate is reduced; nil where it never is.
  var patience: Int? { model.patience }
}

/// What a schedule must know: s(e).
protocol ScheduleModel: Choice {
  /// s after e epochs of so many, a plateau having reduced the rate r times.
  func factor(epoch e: Double, of epochs: Int, reductions r: Int) -> Double
  /// See ``LearningRateSchedule/spansAllEpochs``.
  var spansAllEpochs: Bool { get }
  /// Whether s changes between whole epochs.
  var changesWithinEpochs: Bool { get }
  /// See ``LearningRateSchedule/patience``.
  var patience: Int? { get }
}
