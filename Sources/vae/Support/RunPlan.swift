import VAECore
import VAEFiles

/// What a run's settings come to: its data, its model and how that is trained.
struct RunPlan {
  let request: DataRequest
  private(set) var input: TrainingInput
  let model: ModelConfiguration
  let training: TrainingConfiguration
  let policy: RunPolicy
  /// What the settings were taken from that nobody gave, of a table.
  let tablePreset: Preset?

  var data: DataSplit { input.data }

  /// What a datum is called, in the plural.
  var noun: String { data.train.columns == nil ? "data" : "rows" }

  /// Opens the data, and takes what they determine into the settings.
  ///
  /// - Parameters:
  ///   - memory: the bytes for data to be held in memory.
  ///   - choosesWindow: whether the shuffle window follows from the memory; else it is settled.
  init(_ settings: Settings, memory: Int, choosesWindow: Bool) throws {
    var request = try settings.requireDataRequest()
    request.memory = memory
    var settings = settings
    if choosesWindow { settings.remove(\TrainingConfiguration.shuffleWindow) }
    let preliminary = try settings.decode(TrainingConfiguration.self)
    try preliminary.validate()
    policy = try settings.decode(RunPolicy.self)
    try policy.checkSettings()
    self.request = request
    var input = try TrainingInput(request, window: preliminary.shuffleWindow, memory: memory, isSplit: policy.splits)
    try input.complete(policy, request, seed: preliminary.seed, memory: memory)
    if request.seesModes { try input.encodeModes(seed: preliminary.seed) }
    self.input = input
    let data = input.data
    tablePreset = try settings.fillForTable(data.train)
    if choosesWindow {
      let window = input.pass?.windowSize ?? data.train.shuffleWindow(memory: memory)
      if let window { settings[\TrainingConfiguration.shuffleWindow] = .integer(window) }
    }
    if let pass = input.pass {
      guard settings[\TrainingConfiguration.shuffleWindow] == .integer(pass.windowSize) else {
        throw VAEError(
          .data,
          "The data come once (standard input, or a pipe). They were held in memory when the run began, and take more now "
            + "than \(memory) bytes: give more --memory.")
      }
      try settings.limitToOneEpoch()
    }
    training = try settings.decode(TrainingConfiguration.self)
    try training.validate()
    if let pass = input.pass { try training.check(pass) }
    try settings.set(from: data.train)
    var model = try settings.decode(ModelConfiguration.self)
    let gaps = settings[\ModelConfiguration.gaps.treatment].flatMap { Gaps.Treatment(settingValue: $0) }
    if request.table.missing.isForModel {
      if model.gaps.rates.isEmpty { model.gaps = try Gaps(of: data.train, gaps) }
    } else if model.gaps.areTaken {
      throw VAEError(
        .configuration,
        "What becomes of gaps (gaps) is a question where the model takes missing values for what they are: give --missing model."
      )
    }
    self.model = model
    if training.needsValidation && data.validation == nil && data.test == nil {
      throw VAEError(
        .configuration,
        "Early stopping and the schedule plateau need data to judge by, and \(request.location) has no test part: give "
          + "--validation 0.1, or a file.")
    }
  }

  /// Takes all parts of the data for what the model takes them; throws where they are not its own.
  mutating func match(_ model: VariationalAutoencoder<Float>) throws(VAEError) { try input.match(model) }

  /// By what to know the data again, part by part.
  func fingerprints() throws(VAEError) -> [String: DataFingerprint] {
    var fingerprints: [String: DataFingerprint] = [:]
    for part in data.parts { fingerprints[part.name] = try part.data.fingerprint() }
    return fingerprints
  }
}

/// What config.json holds: all settings, in the form that `--config` takes.
extension RunPlan: Encodable {
  func encode(to encoder: any Encoder) throws {
    try request.encodeSettings(to: encoder)
    try model.encode(to: encoder)
    try training.encode(to: encoder)
    try policy.encodeSettings(to: encoder)
  }
}
