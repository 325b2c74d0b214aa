import ArgumentParser
import VAECore
import VAEFiles

/// Some settings that one may type.
protocol SettingGroup {
  static var entries: [SettingEntry] { get }
}

/// Options that follow from a table of settings: `--batch-size` from "batch_size", its help, its default and how it is read.
///
/// ArgumentParser finds a command's options by reflection and decodes them by the same names; this type says which they are.
struct SettingOptions<Group: SettingGroup>: ParsableArguments, CustomReflectable {
  /// What was typed, by the names that settings have in files.
  private(set) var values: [String: SettingValue] = [:]

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingKey.self)
    for entry in Group.entries {
      let key = SettingKey(entry.name)
      values[entry.name] =
        entry.form == .flag
        ? try container.decode(Flag<Bool?>.self, forKey: key).wrappedValue.map { .flag($0) }
        : try container.decode(Option<SettingValue?>.self, forKey: key).wrappedValue
    }
  }

  var customMirror: Mirror {
    Mirror(self, children: Group.entries.map { (label: $0.name, value: SettingOptions.argument($0)) })
  }

  private static func argument(_ entry: SettingEntry) -> Any {
    let name = NameSpecification.customLong(entry.name.replacing("_", with: "-"))
    let help = ArgumentHelp(stringLiteral: entry.text)
    if entry.form == .flag {
      return Flag<Bool?>(name: name, inversion: .prefixedNo, exclusivity: .chooseLast, help: help)
    }
    var described = help
    described.valueName = entry.placeholder ?? entry.name.replacing("_", with: "-")
    return Option<SettingValue?>(
      name: name, parsing: entry.form.isNumber ? .unconditional : .next, help: described,
      completion: entry.form.words.map { .list($0) }
    ) { text in
      if let value = entry.form.value(of: text) { return value }
      throw ValidationError(entry.form.advice)
    }
  }
}

extension SettingEntry {
  /// What the help says of it.
  fileprivate var text: String {
    let usual = form == .flag ? "--no-\(name)" : usual ?? ""
    let words = form.words.flatMap { $0.allSatisfy { help.contains($0) } ? nil : $0.joined(separator: ", ") }
    let remarks = [words.map { "values: \($0)" }, usual.isEmpty ? nil : "default: \(usual)"].compactMap(\.self)
    return remarks.isEmpty ? help : "\(help) (\(remarks.joined(separator: "; ")))"
  }
}

extension SettingForm {
  /// Whether a value may begin with a minus.
  fileprivate var isNumber: Bool {
    switch self {
    case .number, .integer, .unsigned: true
    case .flag, .text, .word, .pattern, .numberOr, .integerFrom, .list, .object: false
    }
  }

  fileprivate var words: [String]? {
    switch self {
    case .word(let words): words
    case .number, .integer, .unsigned, .flag, .text, .pattern, .numberOr, .integerFrom, .list, .object: nil
    }
  }
}

/// Which data a run has.
enum DataSettings: SettingGroup {
  static var entries: [SettingEntry] {
    DataRequest.settingEntries.filter { !TableOptions.settingNames.contains($0.name) && !WhiteLevelSetting.isOwn($0) }
  }
}

/// How tables are read.
enum TableSettings: SettingGroup {
  static var entries: [SettingEntry] { TableOptions.settingEntries }
}

/// What stored numbers stand for.
enum WhiteLevelSetting: SettingGroup {
  static var entries: [SettingEntry] { DataRequest.settingEntries.filter(isOwn) }
  static func isOwn(_ entry: SettingEntry) -> Bool { DataRequest.names(of: \.whiteLevel).contains(entry.name) }
}

/// What a model is.
enum ModelSettings: SettingGroup {
  static var entries: [SettingEntry] { ModelConfiguration.settingEntries.filter { !$0.isDerived } }
}

/// What is minimised.
enum ObjectiveSettings: SettingGroup {
  static var entries: [SettingEntry] {
    let names = TrainingConfiguration.names(of: \.objective) + KLWarmUp.settingNames
    return TrainingConfiguration.settingEntries.filter { names.contains($0.name) }
  }
}

/// How it is minimised.
enum TrainingSettings: SettingGroup {
  static var entries: [SettingEntry] {
    let others = (ObjectiveSettings.entries + RunSettings.entries).map(\.name)
    return TrainingConfiguration.settingEntries.filter { !$0.isDerived && !others.contains($0.name) }
  }
}

/// How a run is kept.
enum RunSettings: SettingGroup {
  static var entries: [SettingEntry] {
    let stopping = TrainingConfiguration.names(of: \.earlyStopping)
    return RunPolicy.settingEntries + TrainingConfiguration.settingEntries.filter { stopping.contains($0.name) }
  }
}

extension SettingOptions<TableSettings> {
  /// What is given, beside what else holds.
  func applied(to options: TableOptions = TableOptions()) throws(VAEError) -> TableOptions {
    var options = options
    try options.apply(values)
    return options
  }
}

extension SettingOptions<WhiteLevelSetting> {
  /// The level that is given.
  func level() throws(VAEError) -> WhiteLevel {
    try DataRequest(settings: values.merging(["data": .text("")]) { $1 }).whiteLevel
  }
}
