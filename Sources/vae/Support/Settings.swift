import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

/// The settings of a run as one flat JSON object: from a configuration file, then from the command line, then from the
/// data. Each belongs to one of four things that have a table of theirs, which says what may stand there; a setting is
/// addressed by the property that it is.
struct Settings {
  /// What has settings.
  private static let owners: [any Configurable.Type] = [
    DataRequest.self, ModelConfiguration.self, TrainingConfiguration.self, RunPolicy.self,
  ]

  /// What there is to say of all settings.
  static var entries: [SettingEntry] { owners.flatMap { $0.settingEntries } }

  /// The settings that say where a run's data lie. They may move: they are known again by what they are.
  static let places =
    [\DataRequest.location, \.condition, \.weights].flatMap { DataRequest.names(of: $0) }
    + [\RunPolicy.validation, \.validationCondition].flatMap { RunPolicy.names(of: $0) }

  private(set) var values: [String: SettingValue] = [:]
  /// A preset whose settings follow from the data.
  private var tablePreset: Preset?

  init() {}

  /// The settings of a JSON file; throws where one has an unknown name.
  init(contentsOf path: String) throws {
    let bytes = try readFile(path)
    do {
      values = try StrictJSON.decode([String: SettingValue].self, from: bytes, path)
    } catch {
      throw VAEError(
        .configuration,
        "\(error.description) A configuration is one JSON object of settings, as config.json in a run's folder.")
    }
    let known = Set(Self.entries.map(\.name))
    if let unknown = values.keys.sorted().first(where: { !known.contains($0) }) {
      throw VAEError(.configuration, "\(path): \(VAEError.unknown(unknown, among: known).description)")
    }
  }

  /// The settings of a preset, but for the data's size; of one for tables, once these are known.
  init(_ preset: Preset) {
    if preset.isForTables {
      self.init()
      tablePreset = preset
      // Tables of numbers have a schema, too.
      values[TableOptions.names(of: \.schemaChoice)[0]] = TableOptions.SchemaChoice.find.settingValue
      if preset.seesModes { self[\DataRequest.seesModes] = true.settingValue }
    } else {
      self.init(preset.model, preset.training)
    }
  }

  private init(_ model: ModelConfiguration, _ training: TrainingConfiguration) {
    values = model.settingValues.merging(training.settingValues) { $1 }
    remove(\ModelConfiguration.dataSize)
  }

  /// The setting that a property is; what is no setting does not begin to run.
  subscript<Owner: Configurable, Value: SettingRepresentable>(path: KeyPath<Owner, Value>) -> SettingValue? {
    get { values[Owner.names(of: path)[0]] }
    set { values[Owner.names(of: path)[0]] = newValue }
  }

  /// What names the condition of the data; nil where they have none.
  var condition: String? {
    get { self[\DataRequest.condition].flatMap { String(settingValue: $0) } }
    set { self[\DataRequest.condition] = newValue?.settingValue }
  }

  /// The names of all that are set, in order.
  var names: [String] { values.keys.sorted() }

  /// A setting as it stands in a file.
  func text(of name: String) throws -> String { try values[name].map { try Terminal.json($0) } ?? "left out" }

  /// Whether a setting is a text, as what names a file is.
  func namesFile(_ name: String) -> Bool { values[name].flatMap { String(settingValue: $0) } != nil }

  /// Sets what is typed. What belonged to something that is chosen anew goes with it.
  mutating func override(with typed: [String: SettingValue]) {
    for entry in Self.entries where typed[entry.name] != nil { for name in entry.replaced { values[name] = nil } }
    values.merge(typed) { $1 }
  }

  /// Sets all that others have, or what they have by one name.
  mutating func override(with others: Settings, name: String? = nil) {
    values.merge(others.values.filter { $0.key == name ?? $0.key }) { $1 }
  }

  /// Removes the setting that a property is.
  mutating func remove<Owner: Configurable, Value: SettingRepresentable>(_ path: KeyPath<Owner, Value>) {
    self[path] = nil
  }

  /// What the settings come to.
  func decode<Owner: Configurable>(_ type: Owner.Type) throws(VAEError) -> Owner { try Owner(settings: values) }

  /// The data of a run; nil where the settings name none.
  func dataRequest() throws(VAEError) -> DataRequest? {
    self[\DataRequest.location] == nil ? nil : try decode(DataRequest.self)
  }

  /// The data of a run; throws where the settings name none.
  func requireDataRequest() throws -> DataRequest {
    guard let request = try dataRequest() else {
      throw ValidationError("Say what to train on: --data fashion-mnist, --data synthetic, a file or a folder.")
    }
    return request
  }

  /// How tables are read by the run that a model lies in, where its settings are there.
  static func table(ofModelAt path: String) throws -> TableOptions {
    guard let file = RunFolder.configuration(ofModelAt: path) else { return TableOptions() }
    return try Settings(contentsOf: file).dataRequest()?.table ?? TableOptions()
  }
}

extension Settings {
  /// Takes what the data determine; throws where a setting contradicts it.
  mutating func set(from data: some DataSource) throws {
    func set(_ path: KeyPath<ModelConfiguration, Int>, _ size: Int, _ what: String) throws {
      if let given = self[path], given != .integer(size) {
        throw VAEError(
          .configuration,
          "\(data.name) has \(size) \(what), and the settings say \(ModelConfiguration.names(of: path)[0]) "
            + "\(try Terminal.json(given)).")
      }
      self[path] = .integer(size)
    }
    try set(\.dataSize, data.dataSize, "values for each datum")
    self[\ModelConfiguration.imageShape] = data.imageShape?.settingValue
    if condition != nil, let condition = data.condition {
      // There may be more classes than these data's labels show.
      if condition.labels == nil || self[\ModelConfiguration.conditionSize] == nil {
        try set(\.conditionSize, condition.size, "values in its condition")
      }
    }
  }

  /// Takes what suits a table for all that nobody has said: where its columns have a schema and no likelihood is given. Returns the
  /// preset that it took.
  mutating func fillForTable(_ data: some DataSource) throws(VAEError) -> Preset? {
    let isGiven = values[ModelConfiguration.names(of: \.likelihood)[0]] != nil
    guard let schema = data.columns?.schema, tablePreset != nil || !isGiven else {
      if let tablePreset {
        throw VAEError(
          .configuration, "The preset \(tablePreset.name) is for tables, and \(data.name) is none: leave it out.")
      }
      return nil
    }
    let epochs = self[\TrainingConfiguration.epochs].flatMap { Int(settingValue: $0) }
    let preset = (tablePreset ?? .table).adapted(toData: data.count, epochs: epochs)
    var model = preset.model
    if !isGiven {
      model.likelihood = try .table(schema, data: data, seed: decode(TrainingConfiguration.self).seed)
    }
    var filled = Settings(model, preset.training)
    filled.override(with: values)
    values = filled.values
    return preset
  }

  /// Sets the epochs for data that come once; throws where more are asked for.
  mutating func limitToOneEpoch() throws {
    let given = self[\TrainingConfiguration.epochs] ?? .integer(1)
    guard case .integer(0...1) = given else {
      throw VAEError(
        .configuration,
        "The data come once (standard input, or a pipe) and are more than there is memory for (--memory), so \(try Terminal.json(given)) epochs cannot "
          + "be: give --epochs 1, or put the data into a file (vae data convert).")
    }
    self[\TrainingConfiguration.epochs] = given
  }
}

private func readFile(_ path: String) throws(VAEError) -> [UInt8] {
  let reader = try FileReader(path: path)
  // Of a pipe nobody knows the length.
  let most = 1 << 20
  let bytes = try reader.read(most + 1)
  guard bytes.count <= most else {
    throw VAEError(.configuration, "\(path) has more than \(most) bytes; a configuration has a few hundred.")
  }
  return bytes
}
