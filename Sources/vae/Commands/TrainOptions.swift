import ArgumentParser
import VAECore
import VAEFiles

private let presetNames = Preset.all.map(\.name).joined(separator: ", ")

/// The settings of `vae train`, each of which may also stand in a configuration file.
struct TrainOptions: ParsableArguments {
  @OptionGroup(title: "Data") var data: SettingOptions<DataSettings>
  @OptionGroup(title: "Data") var white: SettingOptions<WhiteLevelSetting>

  @Option(help: ArgumentHelp("Begin with the settings of an experiment: \(presetNames).", valueName: "name"))
  var preset: String?

  @Option(
    help: ArgumentHelp(
      "Read settings from a JSON file such as a run's config.json; options given here come before it.",
      valueName: "file"))
  var config: String?

  @Option(
    help: """
      Memory for training data, as 256MB or 4GB. A larger set is read while it is trained on, and shuffled in windows \
      of which two fit; of what comes once, as standard input, for one epoch. (default: half of the machine's)
      """)
  var memory: ByteCount?

  @OptionGroup(title: "Model") var model: SettingOptions<ModelSettings>
  @OptionGroup(title: "Objective") var objective: SettingOptions<ObjectiveSettings>
  @OptionGroup(title: "Training") var training: SettingOptions<TrainingSettings>
  @OptionGroup(title: "Tables") var table: SettingOptions<TableSettings>

  /// What these name.
  var files: [InputFiles] {
    func text(_ name: String) -> String? { data.values[name].flatMap { String(settingValue: $0) } }
    return InputFiles.data(text("data"), condition: text("condition")) + [
      InputFiles("the weights", text("weights")), InputFiles("the configuration", config),
    ]
  }

  var memoryBytes: Int { memory?.bytes ?? ByteCount.halfOfMachine }

  /// The settings of the preset, then those of the configuration file, then those given on the command line.
  func settings() throws -> Settings {
    var settings = try preset.map { Settings(try Preset.named($0)) } ?? Settings()
    if let config { settings.override(with: try Settings(contentsOf: config)) }
    let before = settings.condition
    for typed in [data.values, white.values, table.values, model.values, objective.values, training.values] {
      settings.override(with: typed)
    }
    let isNone = settings.condition == "none"
    // Another condition has a size of its own.
    if isNone || before != nil && settings.condition != before { settings.remove(\ModelConfiguration.conditionSize) }
    if isNone { settings.condition = nil }
    return settings
  }
}
