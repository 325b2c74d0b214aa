import CommandSupport
import VAECore

/// A run to go on with: its settings and its last checkpoint, which must agree with each other, with the data and with
/// what is asked for.
struct ResumedRun {
  let plan: RunPlan
  let checkpoint: Checkpoint<Float>
  /// What the learning rate would go on with if the epochs were those that it began with; nil where it does.
  let scheduled: (epochs: Int, learningRate: Double)?

  /// Reads a run's folder, which must be locked.
  ///
  /// - Parameter given: settings from the command line; only `epochs`, and where the data are, may differ from the run's.
  /// - Throws: where something disagrees, naming it, or there is nothing to go on with.
  init(_ folder: RunFolder, _ given: Settings, memory: Int) throws {
    var stored = try Settings(contentsOf: folder.configuration)
    let isPlace = Set(Settings.places)
    let epochs = TrainingConfiguration.names(of: \.epochs)
    var hasMoved = false
    for name in given.names where !epochs.contains(name) {
      var changed = stored
      changed.override(with: given, name: name)
      if isPlace.contains(name), stored.namesFile(name), given.namesFile(name) {
        hasMoved = try hasMoved || given.text(of: name) != stored.text(of: name)
        stored = changed
        continue
      }
      guard try ResumedRun.isSame(changed, stored) else {
        throw VAEError(
          .configuration,
          "The run in \(folder.path) has the setting \(name) \(try stored.text(of: name)), not "
            + "\(try given.text(of: name)): a run goes on as it began; leave the option out, or begin another run.")
      }
    }
    let before = try stored.decode(TrainingConfiguration.self)
    if let more = given[\TrainingConfiguration.epochs] { stored[\TrainingConfiguration.epochs] = more }
    var plan = try RunPlan(stored, memory: memory, choosesWindow: false)
    var checkpoint = try folder.checkpointFolder(plan).readNewest()
    let places = "\(folder.configuration) and the checkpoint of step \(checkpoint.step)"
    var training = checkpoint.training!
    training.epochs = plan.training.epochs
    checkpoint.training = training
    try ResumedRun.checkEqual(plan.training, training, places)
    try ResumedRun.checkEqual(plan.model, checkpoint.model.configuration, places)
    guard checkpoint.epoch <= training.epochs else {
      throw VAEError(
        .configuration,
        "The run in \(folder.path) has been trained for \(counted(checkpoint.epoch, "epoch")) already; --epochs says how many there "
          + "are to be in all, and is \(training.epochs).")
    }
    try plan.match(checkpoint.model)
    try ResumedRun.check(try plan.fingerprints(), against: checkpoint.data, plan, hasMoved: hasMoved)
    self.plan = plan
    self.checkpoint = checkpoint
    scheduled =
      training.schedule.spansAllEpochs && before.epochs != training.epochs
      ? (before.epochs, before.learningRate(step: checkpoint.step, epoch: Double(checkpoint.epoch))) : nil
  }

  /// Whether settings come to the same, however they are written.
  private static func isSame(_ some: Settings, _ others: Settings) throws -> Bool {
    guard try some.dataRequest() == others.dataRequest(),
      let model = try? some.decode(ModelConfiguration.self),
      let training = try? some.decode(TrainingConfiguration.self),
      let policy = try? some.decode(RunPolicy.self)
    else { return false }
    return try model == others.decode(ModelConfiguration.self) && training == others.decode(TrainingConfiguration.self)
      && policy == others.decode(RunPolicy.self)
  }

  /// Throws where a setting of the file is not the checkpoint's.
  private static func checkEqual<T: Configurable & Equatable>(_ file: T, _ checkpoint: T, _ places: String) throws {
    if file == checkpoint { return }
    let (one, other) = (file.settingValues, checkpoint.settingValues)
    let name = Set(one.keys).union(other.keys).sorted().first { one[$0] != other[$0] } ?? "settings"
    func text(_ value: SettingValue?) throws -> String { try value.map { try Terminal.json($0) } ?? "left out" }
    throw VAEError(
      .configuration,
      "\(places) contradict each other: \(name) is \(try text(one[name])) in the one and \(try text(other[name])) in the "
        + "other. A run goes on as it began: put the setting back.")
  }

  /// Throws where the data are not those that the run began with.
  private static func check(
    _ found: [String: DataFingerprint], against known: [String: DataFingerprint], _ plan: RunPlan, hasMoved: Bool
  ) throws(VAEError) {
    for name in Set(found.keys).union(known.keys).sorted() {
      let difference: String? =
        switch (known[name], found[name]) {
        case (let known?, let found?): known.difference(to: found)
        case (nil, _): "it was not there before"
        case (_, nil): "it is no longer there"
        }
      if let difference {
        let location =
          name == "validation" ? plan.policy.validationFile ?? plan.request.location : plan.request.location
        let problem = hasMoved ? "are not those that the run began with" : "have changed since the run began"
        let remedy = hasMoved ? "say where they are" : "put them back"
        throw VAEError(
          .data,
          "The data in \(location) \(problem), the \(name) part: \(difference). A run goes on with the same data: "
            + "\(remedy), or begin another run.")
      }
    }
  }
}
