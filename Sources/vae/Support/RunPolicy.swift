import VAECore
import VAEFiles

/// How a run is kept: when it is saved, what becomes of it where it diverges, and by which data it is judged. Part of
/// the settings in config.json.
struct RunPolicy: Equatable {
  enum Divergence: String, CaseIterable, SettingRepresentable { case stop, rollback }

  /// What a run is judged by.
  enum Validation: Equatable {
    /// A part of the training data.
    case fraction(Double)
    case file(String)
  }

  var validation: Validation?
  /// What names the condition of a file's data for validation.
  var validationCondition: String?
  var checkpointSteps: Int?
  var checkpointMinutes: Double?
  var keep = 3
  var onDivergence = Divergence.stop

  /// Throws where a setting needs data to which one can come back.
  func checkSuitsPass() throws(VAEError) {
    let reason =
      splits
      ? "a part for validation cannot be drawn from them: give one of its own"
      : onDivergence == .rollback ? "there is no going back after a divergence: leave --on-divergence out" : nil
    guard let reason else { return }
    throw VAEError(
      .configuration,
      "The data come once (standard input, or a pipe), and are trained on as they come, so \(reason), or put them into a "
        + "file.")
  }

  /// The file of data for validation, where they are no part of the training data.
  var validationFile: String? { if case .file(let path) = validation { path } else { nil } }

  /// Whether it is a part of the training data.
  var splits: Bool { if case .fraction = validation { true } else { false } }

  /// The data with the set for validation.
  func validating(_ data: DataSplit, _ request: DataRequest, seed: UInt64) throws(VAEError) -> DataSplit {
    switch validation {
    case nil: data
    case .fraction(let fraction): try data.splitting(validation: fraction, seed: seed)
    case .file(let path): try data.validating(on: path, as: request, condition: validationCondition)
    }
  }
}

extension RunPolicy: Configurable {
  static var usual: RunPolicy { RunPolicy() }

  static var settings: [Setting<RunPolicy>] {
    [
      Setting(
        "validation", \.validation,
        """
        What the run is judged by while it is trained: a fraction of the training data, drawn by the seed and trained on \
        no more, as 0.1, or a file.
        """, placeholder: "fraction or file", usual: "the test set, where there is one"),
      Setting(
        "validation_condition", \.validationCondition,
        "The condition of the data of --validation FILE: \(DataRequest.conditionHelp)"),
      Setting(
        "checkpoint_steps", \.checkpointSteps, "Save a checkpoint every so many steps, besides each epoch's end.",
        .from(1),
        placeholder: "steps"),
      Setting(
        "checkpoint_minutes", \.checkpointMinutes, "Save a checkpoint every so many minutes, too.", .positive,
        placeholder: "minutes"),
      Setting(
        "keep", \.keep, "Keep so many checkpoints, the last, and as many of epochs' ends and --checkpoint-steps.",
        .from(1),
        placeholder: "count"),
      Setting(
        "on_divergence", \.onDivergence,
        """
        Where the loss or a gradient is no longer finite: stop, or rollback, which halves the learning rate and goes back \
        to the last checkpoint of an epoch's end or of --checkpoint-steps, and further where that did not help, at most \
        ten times.
        """),
    ]
  }
}

extension RunPolicy.Validation: SettingRepresentable {
  static var settingForm: SettingForm { .numberOr(nil) }

  var settingValue: SettingValue? {
    switch self {
    case .fraction(let fraction): .number(fraction)
    case .file(let path): .text(path)
    }
  }

  init?(settingValue: SettingValue) {
    if let fraction = Double(settingValue: settingValue) {
      self = .fraction(fraction)
    } else {
      guard let path = String(settingValue: settingValue) else { return nil }
      self = .file(path)
    }
  }
}
