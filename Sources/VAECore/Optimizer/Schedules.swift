import Foundation

extension ScheduleModel {
  var spansAllEpochs: Bool { false }
  var patience: Int? { nil }

  /// γ as a setting.
  static func factorSetting(_ path: WritableKeyPath<Self, Double> & Sendable) -> Setting<Self> {
    Setting(
      "schedule_factor", path,
      """
      Factor of the schedule: of step, every so many epochs (0.1); of exponential, each epoch (0.95); of cosine, at the \
      end (0); of plateau, each time (0.1).
      """, .between(0, 1), usual: "")
  }

  /// k as a setting.
  static func epochsSetting<Epochs: SettingRepresentable & Equatable>(
    _ path: WritableKeyPath<Self, Epochs> & Sendable
  ) -> Setting<Self> {
    Setting(
      "schedule_epochs", path,
      """
      Epochs of the schedule: of step, between steps (10); of cosine, to the end (all); of plateau, without an \
      improvement (10).
      """, .from(1), usual: "")
  }
}

struct ConstantSchedule: ScheduleModel {
  static let name = "constant"
  static let usual = Self()
  static let settings: [Setting<Self>] = []

  var changesWithinEpochs: Bool { false }

  func factor(epoch e: Double, of epochs: Int, reductions r: Int) -> Double { 1 }
}

struct StepSchedule: ScheduleModel {
  static let name = "step"
  static let usual = Self()
  static let settings = [factorSetting(\.factor), epochsSetting(\.epochs)]

  var factor = 0.1
  var epochs = 10

  var changesWithinEpochs: Bool { false }

  func factor(epoch e: Double, of epochs: Int, reductions r: Int) -> Double {
    pow(factor, (e / Double(self.epochs)).rounded(.down))
  }
}

struct ExponentialSchedule: ScheduleModel {
  static let name = "exponential"
  static let usual = Self()
  static let settings = [factorSetting(\.factor)]

  var factor = 0.95

  var changesWithinEpochs: Bool { true }

  func factor(epoch e: Double, of epochs: Int, reductions r: Int) -> Double { pow(factor, e) }
}

struct CosineSchedule: ScheduleModel {
  static let name = "cosine"
  static let usual = Self()
  static let settings = [factorSetting(\.factor), epochsSetting(\.epochs)]

  var factor = 0.0
  var epochs: Int?

  var changesWithinEpochs: Bool { true }
  var spansAllEpochs: Bool { epochs == nil }

  func factor(epoch e: Double, of epochs: Int, reductions r: Int) -> Double {
    let part = min(e / Double(max(self.epochs ?? epochs, 1)), 1)
    return factor + (1 - factor) * 0.5 * (1 + cos(.pi * part))
  }
}

struct BurdaSchedule: ScheduleModel {
  static let name = "burda"
  static let usual = Self()
  static let settings: [Setting<Self>] = []

  var changesWithinEpochs: Bool { false }

  func factor(epoch e: Double, of epochs: Int, reductions r: Int) -> Double {
    // Stage i ends with epoch 1 + 3 + … + 3^i.
    var (stage, end, length) = (0, 1, 3)
    while stage < 7 && e >= Double(end) { (stage, end, length) = (stage + 1, end + length, 3 * length) }
    return pow(10, -Double(stage) / 7)
  }
}

struct PlateauSchedule: ScheduleModel {
  static let name = "plateau"
  static let usual = Self()
  static let settings = [factorSetting(\.factor), epochsSetting(\.epochs)]

  var factor = 0.1
  var epochs = 10

  var changesWithinEpochs: Bool { false }
  var patience: Int? { epochs }

  func factor(epoch e: Double, of epochs: Int, reductions r: Int) -> Double { pow(factor, Double(r)) }
}

extension LearningRateSchedule {
  /// s = 1
  public static func constant(warmupSteps: Int = 0) -> Self { Self(ConstantSchedule(), warmupSteps: warmupSteps) }

  /// s = γ^⌊e/k⌋: by a factor γ every k epochs.
  public static func step(factor: Double = 0.1, epochs: Int = 10, warmupSteps: Int = 0) -> Self {
    Self(StepSchedule(factor: factor, epochs: epochs), warmupSteps: warmupSteps)
  }

  /// s = γ^e: by a factor γ each epoch, evenly.
  public static func exponential(factor: Double = 0.95, warmupSteps: Int = 0) -> Self {
    Self(ExponentialSchedule(factor: factor), warmupSteps: warmupSteps)
  }

  /// s = γ + (1 − γ)·½ (1 + cos(π·min(e/k, 1))): down to the factor γ after k epochs, by default all that are
  /// configured, and no further. Loshchilov and Hutter (2016), "SGDR", without its restarts.
  public static func cosine(factor: Double = 0, epochs: Int? = nil, warmupSteps: Int = 0) -> Self {
    Self(CosineSchedule(factor: factor, epochs: epochs), warmupSteps: warmupSteps)
  }

  /// s = 10^(−i/7) for 3^i epochs, i = 0 … 7, which are 3280 epochs in all, and 10⁻¹ from then on: Burda et al.
  /// (2015), "Importance weighted autoencoders", with η = 0.001.
  public static func burda(warmupSteps: Int = 0) -> Self { Self(BurdaSchedule(), warmupSteps: warmupSteps) }

  /// s = γ^r: by a factor γ each time that k epochs in a row bring no improvement of the loss on a validation set, r
  /// being how often that has been; see ``ValidationHistory``.
  public static func plateau(factor: Double = 0.1, epochs: Int = 10, warmupSteps: Int = 0) -> Self {
    Self(PlateauSchedule(factor: factor, epochs: epochs), warmupSteps: warmupSteps)
  }
}
