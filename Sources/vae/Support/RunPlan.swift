import VAECore
import VAEFiles

/// What a run's settings come to: its data, its model and how that is trained.
struct RunPlan {
  let request: DataRequest
  let data: DataPair
  let model: ModelConfiguration
  let training: TrainingConfiguration
  let policy: RunPolicy

  /// Opens the data, and takes what they determine into the settings.
  ///
  /// - Parameters:
  ///   - memory: the bytes for data to be held in memory.
  ///   - setShuffleWindow: sets the shuffle window for the training data, where it is not settled yet.
  init(
    _ settings: Settings, memory: Int, setShuffleWindow: (inout Settings, any DataSource) throws -> Void = { _, _ in }
  ) throws {
    var request = try settings.requireDataRequest()
    request.memory = memory
    var settings = settings
    let preliminary = try settings.decode(TrainingConfiguration.self)
    try preliminary.validate()
    policy = try settings.decode(RunPolicy.self)
    try policy.validate()
    self.request = request
    data = try policy.validating(try DataLocation.open(request), request, seed: preliminary.seed).inMemory(upTo: memory)
    try setShuffleWindow(&settings, data.train)
    training = try settings.decode(TrainingConfiguration.self)
    try training.validate()
    try settings.set(from: data.train)
    model = try settings.decode(ModelConfiguration.self)
    if training.needsValidation && data.validation == nil && data.test == nil {
      throw VAEError(
        .configuration,
        "Early stopping and the schedule plateau need data to judge by, and \(request.location) has no test part: give "
          + "--validation 0.1, or a file.")
    }
  }

  /// Throws where the data are not the model's.
  func check(_ model: VariationalAutoencoder<Float>) throws(VAEError) {
    for part in data.parts { try model.check(part.data) }
  }

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
    try request.encode(to: encoder)
    try model.encode(to: encoder)
    try training.encode(to: encoder)
    try policy.encode(to: encoder)
  }
}
