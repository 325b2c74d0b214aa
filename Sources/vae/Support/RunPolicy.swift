import ArgumentParser
import VAECore
import VAEFiles

/// How a run is kept: when it is saved, what becomes of it where it diverges, and by which data it is judged. Part of
/// the settings in config.json.
struct RunPolicy: Codable {
  enum Divergence: String, Codable, CaseIterable, ExpressibleByArgument { case stop, rollback }

  var checkpointSteps: Int?
  var checkpointMinutes: Double?
  var keep = 3
  var onDivergence = Divergence.stop
  /// A fraction of the training data, or a file.
  var validation: Settings.Value?
  /// What names the condition of a file's data for validation.
  var validationCondition: String?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case checkpointSteps = "checkpoint_steps"
    case checkpointMinutes = "checkpoint_minutes"
    case keep
    case onDivergence = "on_divergence"
    case validation
    case validationCondition = "validation_condition"
  }

  static var settingNames: [String] { CodingKeys.allCases.map(\.rawValue) }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    checkpointSteps = try values.decodeIfPresent(Int.self, forKey: .checkpointSteps)
    checkpointMinutes = try values.decodeIfPresent(Double.self, forKey: .checkpointMinutes)
    keep = try values.decodeIfPresent(Int.self, forKey: .keep) ?? keep
    onDivergence = try values.decodeIfPresent(Divergence.self, forKey: .onDivergence) ?? onDivergence
    validation = try values.decodeIfPresent(Settings.Value.self, forKey: .validation)
    validationCondition = try values.decodeIfPresent(String.self, forKey: .validationCondition)
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encodeIfPresent(checkpointSteps, forKey: .checkpointSteps)
    try values.encodeIfPresent(checkpointMinutes, forKey: .checkpointMinutes)
    try values.encode(keep, forKey: .keep)
    try values.encode(onDivergence, forKey: .onDivergence)
    try values.encodeIfPresent(validation, forKey: .validation)
    try values.encodeIfPresent(validationCondition, forKey: .validationCondition)
  }

  /// Throws where a setting makes no sense.
  func validate() throws(VAEError) {
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !condition { throw VAEError(.configuration, problem()) }
    }
    if let checkpointSteps {
      try check(checkpointSteps > 0, "checkpoint_steps must be at least 1; it is \(checkpointSteps).")
    }
    if let checkpointMinutes {
      try check(
        checkpointMinutes > 0 && checkpointMinutes.isFinite,
        "checkpoint_minutes must be positive and finite; it is \(checkpointMinutes).")
    }
    try check(keep > 0, "The checkpoints to keep (keep) must be at least 1; asked for \(keep).")
  }

  /// Throws where a setting needs data to which one can come back.
  func checkSuitsPass() throws(VAEError) {
    let reason =
      switch (validation, onDivergence) {
      case (.number, _), (.integer, _): "a part for validation cannot be drawn from them: give one of its own"
      case (_, .rollback): "there is no going back after a divergence: leave --on-divergence out"
      default: nil as String?
      }
    guard let reason else { return }
    throw VAEError(
      .configuration,
      "The data come once (standard input, or a pipe), and are trained on as they come, so \(reason), or put them into a "
        + "file.")
  }

  /// The file of data for validation, where they are no part of the training data.
  var validationFile: String? { if case .text(let path) = validation { path } else { nil } }

  /// Whether it is a part of the training data.
  var splits: Bool {
    switch validation {
    case .number, .integer: true
    case .unsigned, .flag, .text, .list, .object, nil: false
    }
  }

  /// The data with the set for validation.
  func validating(_ data: DataPair, _ request: DataRequest, seed: UInt64) throws(VAEError) -> DataPair {
    switch validation {
    case nil: data
    case .number(let fraction): try data.splitting(validation: fraction, seed: seed)
    case .integer(let number): try data.splitting(validation: Double(number), seed: seed)
    case .text(let path): try data.validating(on: path, as: request, condition: validationCondition)
    default: throw VAEError(.configuration, "The setting \"validation\" must be a fraction of the data, or a file.")
    }
  }
}

/// The options that say so.
struct RunPolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What the run is judged by while it is trained: a fraction of the training data, drawn by the seed and trained on \
      no more, as 0.1, or a file. (default: the test set, where there is one)
      """, valueName: "fraction or file"))
  var validation: String?

  @Option(help: "The condition of the data of --validation FILE: \(conditionHelp.abstract)") var validationCondition:
    String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "End after so many epochs without an improvement of the validation loss. (default: never)", valueName: "epochs"))
  var earlyStopping: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Save a checkpoint every so many steps, besides each epoch's end.", valueName: "steps"))
  var checkpointSteps: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Save a checkpoint every so many minutes, too.", valueName: "minutes"))
  var checkpointMinutes: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Keep so many checkpoints, the last, and as many of epochs' ends and --checkpoint-steps. (default: 3)",
      valueName: "count"))
  var keep: Int?

  @Option(
    help: """
      Where the loss or a gradient is no longer finite: stop, or rollback, which halves the learning rate and goes back \
      to the last checkpoint of an epoch's end or of --checkpoint-steps, and further where that did not help, at most \
      ten times. (default: stop)
      """)
  var onDivergence: RunPolicy.Divergence?

  func override(_ settings: inout Settings) {
    settings.override(
      .run(.validation), with: validation.map { text in Double(text).map { .number($0) } ?? .text(text) })
    settings.override(.run(.validationCondition), with: validationCondition.map { .text($0) })
    settings.override(.training(.earlyStopping), with: earlyStopping.map { .integer($0) })
    settings.override(.run(.checkpointSteps), with: checkpointSteps.map { .integer($0) })
    settings.override(.run(.checkpointMinutes), with: checkpointMinutes.map { .number($0) })
    settings.override(.run(.keep), with: keep.map { .integer($0) })
    settings.override(.run(.onDivergence), with: onDivergence.map { .text($0.rawValue) })
  }
}
