import Foundation

/// How the learning rate changes while a model is trained: a factor on ``TrainingConfiguration/learningRate``.
///
///     η_t = η · min(1, (t + 1)/W) · s(e)
///
/// t counts the steps taken before, from 0; e the epochs completed, with the part of the current one; W is the length
/// of the warm-up. The rate depends on these alone, and that of a plateau on how often it was reduced, so a run that is
/// continued needs nothing but their values.
public struct LearningRateSchedule: Hashable, Sendable {
  /// s(e), the course of the rate.
  public enum Course: Hashable, Sendable {
    /// s = 1
    case constant
    /// s = γ^⌊e/k⌋: by a factor γ every k epochs.
    case step(factor: Double = 0.1, epochs: Int = 10)
    /// s = γ^e: by a factor γ each epoch, evenly.
    case exponential(factor: Double = 0.95)
    /// s = γ + (1 − γ)·½ (1 + cos(π·min(e/k, 1))): down to the factor γ after k epochs, by default all that are
    /// configured, and no further. Loshchilov and Hutter (2016), "SGDR", without its restarts.
    case cosine(factor: Double = 0, epochs: Int? = nil)
    /// s = 10^(−i/7) for 3^i epochs, i = 0 … 7, which are 3280 epochs in all, and as at last from then on: Burda et al.
    /// (2015), "Importance weighted autoencoders", with η = 0.001.
    case burda
    /// s = γ^r: by a factor γ each time that k epochs in a row bring no improvement of the loss on a validation set, r
    /// being how often that was; see ``ValidationHistory``.
    case plateau(factor: Double = 0.1, epochs: Int = 10)
  }

  /// s(e)
  public var course: Course
  /// W, the steps over which the rate rises evenly to what the course says; 0 for none.
  public var warmupSteps: Int

  /// A schedule; constant by default.
  public init(_ course: Course = .constant, warmupSteps: Int = 0) {
    self.course = course
    self.warmupSteps = warmupSteps
  }

  /// The factor on the learning rate.
  ///
  /// - Parameters:
  ///   - step: t, the steps taken before.
  ///   - epoch: e, the epochs completed; ⌊e⌋ are whole ones.
  ///   - epochs: how many there are to be.
  ///   - reductions: r, how often a plateau has reduced the rate.
  public func factor(step: Int, epoch: Double, epochs: Int, reductions: Int = 0) -> Double {
    let rise = step + 1 < warmupSteps ? Double(step + 1) / Double(warmupSteps) : 1
    switch course {
    case .constant:
      return rise
    case .step(let factor, let period):
      return rise * pow(factor, (epoch / Double(period)).rounded(.down))
    case .exponential(let factor):
      return rise * pow(factor, epoch)
    case .cosine(let factor, let length):
      let part = min(epoch / Double(max(length ?? epochs, 1)), 1)
      return rise * (factor + (1 - factor) * 0.5 * (1 + cos(.pi * part)))
    case .burda:
      // Stage i ends with epoch 1 + 3 + … + 3^i.
      var (stage, end, length) = (0, 1, 3)
      while stage < 7 && epoch >= Double(end) { (stage, end, length) = (stage + 1, end + length, 3 * length) }
      return rise * pow(10, -Double(stage) / 7)
    case .plateau(let factor, _):
      return rise * pow(factor, Double(reductions))
    }
  }

  /// Throws where a constant makes no sense.
  package func validate() throws(VAEError) {
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !condition { throw VAEError(.configuration, problem()) }
    }
    try check(warmupSteps >= 0, "warmup_steps must not be negative; it is \(warmupSteps).")
    for case (let constant, let value?) in [(Constant.factor, factor), (.epochs, period.map(Double.init))] {
      let isRight = constant == .factor ? value >= 0 && value <= 1 : value >= 1
      try check(
        isRight,
        "\(constant.rawValue) of the schedule \(name) must be \(constant == .factor ? "from 0 to 1" : "at least 1"); "
          + "it is \(value).")
    }
  }
}

extension LearningRateSchedule {
  /// The names of the courses.
  public static let names = ["constant", "step", "exponential", "cosine", "burda", "plateau"]

  /// One of ``names``.
  public var name: String {
    switch course {
    case .constant: "constant"
    case .step: "step"
    case .exponential: "exponential"
    case .cosine: "cosine"
    case .burda: "burda"
    case .plateau: "plateau"
    }
  }

  /// A schedule by its name, with the usual constants but for those given; throws where there is none of that name, or
  /// it has no such constant.
  public init(name: String, factor: Double? = nil, epochs: Int? = nil, warmupSteps: Int = 0) throws(VAEError) {
    let course: Course
    switch name {
    case "constant": course = .constant
    case "step": course = .step(factor: factor ?? 0.1, epochs: epochs ?? 10)
    case "exponential": course = .exponential(factor: factor ?? 0.95)
    case "cosine": course = .cosine(factor: factor ?? 0, epochs: epochs)
    case "burda": course = .burda
    case "plateau": course = .plateau(factor: factor ?? 0.1, epochs: epochs ?? 10)
    default:
      throw VAEError(
        .configuration,
        "There is no schedule \"\(name)\": choose \(LearningRateSchedule.names.joined(separator: ", ")).")
    }
    self.init(course, warmupSteps: warmupSteps)
    for (constant, isGiven, isKnown) in [
      (Constant.factor, factor != nil, self.factor != nil), (.epochs, epochs != nil, period != nil),
    ] where isGiven && !isKnown {
      throw VAEError(.configuration, "The schedule \(name) has no \(constant.rawValue).")
    }
  }

  /// Whether the course runs over all epochs that there are to be, however many: a run that is given more of them then goes
  /// on along another course than it began on.
  public var spansAllEpochs: Bool {
    switch course {
    case .cosine(_, let epochs): epochs == nil
    case .constant, .step, .exponential, .burda, .plateau: false
    }
  }

  /// The settings of a course.
  private enum Constant: String {
    case factor = "schedule_factor"
    case epochs = "schedule_epochs"
  }

  /// γ, where the course has one.
  public var factor: Double? {
    switch course {
    case .step(let factor, _), .exponential(let factor), .cosine(let factor, _), .plateau(let factor, _): factor
    case .constant, .burda: nil
    }
  }

  /// k of a plateau, which needs a validation loss after each epoch.
  var plateau: Int? {
    if case .plateau(_, let epochs) = course { return epochs }
    return nil
  }

  /// k, where the course has one and it is not left to the epochs that are configured.
  public var period: Int? {
    switch course {
    case .step(_, let epochs), .plateau(_, let epochs): epochs
    case .cosine(_, let epochs): epochs
    case .constant, .exponential, .burda: nil
    }
  }
}
