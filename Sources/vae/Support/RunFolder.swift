import Foundation
import VAECore
import VAEFiles

/// The folder of a training run and the files in it.
struct RunFolder {
  let path: String

  static let modelName = "model.safetensors"
  static let thresholdName = "threshold.json"
  private static let bestName = "best.safetensors"
  private static let checkpointsName = "checkpoints"
  private static let names = [
    "config.json", modelName, "metrics.jsonl", "reconstructions.png", "samples.png", bestName, checkpointsName,
    thresholdName,
  ]

  var configuration: String { file("config.json") }
  var model: String { file(Self.modelName) }
  var metrics: String { file("metrics.jsonl") }
  /// The model of the epoch with the least validation loss.
  var best: String { file(Self.bestName) }
  /// What scores are compared with.
  var threshold: String { file(Self.thresholdName) }
  var checkpoints: String { file(Self.checkpointsName) }
  var reconstructions: String { file("reconstructions.png") }
  var samples: String { file("samples.png") }

  private func file(_ name: String) -> String { path.path(of: name) }

  /// The settings that lie beside a model, given by its run's folder or its file.
  static func configuration(ofModelAt path: String) -> String? {
    let file = RunFolder(ofModelAt: path).configuration
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  /// Throws where a run could not be written into the folder, before there is one; see ``prepare(overwriting:)``. What this
  /// makes to find out, it removes again.
  func check(overwriting: Bool) throws(VAEError) {
    try checkIsFree(overwriting: overwriting)
    var made: [String] = []
    defer { for folder in made.reversed() { rmdir(folder) } }
    try make(path, &made)
    try checkIsWritable()
  }

  /// Makes the folder and locks it.
  ///
  /// - Throws: where it holds another run, unless told to overwrite that, or another process is writing it.
  func prepare(overwriting: Bool) throws(VAEError) -> RunLock {
    try checkIsFree(overwriting: overwriting)
    var made: [String] = []
    try make(path, &made)
    return try lock()
  }

  private func checkIsFree(overwriting: Bool) throws(VAEError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      throw VAEError(.file, "\(path) is a file: give a folder for the run.")
    }
    if !overwriting, let taken = Self.names.first(where: { FileManager.default.fileExists(atPath: file($0)) }) {
      throw VAEError(
        .file,
        "\(path) holds another run (\(taken)): give another folder, or --overwrite, or go on with --resume \(path).")
    }
  }

  private func checkIsWritable() throws(VAEError) {
    // Said now rather than after the first epoch.
    guard access(path, W_OK) == 0 else { throw .cannotWrite(path) }
  }

  /// Locks the folder of a run to go on with; throws where there is none, or another process is writing it.
  func lockRun() throws(VAEError) -> RunLock {
    guard FileManager.default.fileExists(atPath: configuration) else {
      throw VAEError(.file, "\(path) holds no run to go on with (no config.json): give a run's folder.")
    }
    return try lock()
  }

  /// The run's checkpoints.
  func checkpointFolder(_ plan: RunPlan) -> CheckpointFolder {
    let batchSize = plan.training.batchSize
    let stepsPerEpoch = plan.input.count.map { max(($0 + batchSize - 1) / batchSize, 1) }
    return CheckpointFolder(path: checkpoints, keep: plan.policy.keep) { [every = plan.policy.checkpointSteps] step in
      [stepsPerEpoch, every].contains { $0.map { step % $0 == 0 } ?? false }
    }
  }

  /// Locks the folder, and removes what a killed process has left in the middle of a write.
  private func lock() throws(VAEError) -> RunLock {
    try checkIsWritable()
    let lock = try RunLock(folder: path)
    AtomicFile.removeLeftovers(in: path) { Self.names.contains($0) }
    return lock
  }

  /// Makes a folder and those that it lies in, and notes which were not there. (Foundation does that too, but keeps the
  /// system's reason to itself.)
  private func make(_ folder: String, _ made: inout [String]) throws(VAEError) {
    func makeOne() -> Bool {
      if mkdir(folder, 0o777) == 0 { made.append(folder) } else if errno != EEXIST { return false }
      return true
    }
    if makeOne() { return }
    let parent = PathParts(folder).folder
    if errno == ENOENT, !parent.isEmpty, parent != folder {
      try make(parent, &made)
      if makeOne() { return }
    }
    throw VAEError(
      .file,
      "The folder \(folder.isEmpty ? "without a name" : folder) cannot be made: \(VAEError.reason()).")
  }

  /// Removes the model of an earlier run and all that belongs to it.
  func removeResults() {
    for file in [model, best, self.file(Self.thresholdName)] { unlink(file) }
    removePictures()
  }

  /// Removes the pictures of an earlier run, which would not be this one's.
  func removePictures() {
    unlink(reconstructions)
    unlink(samples)
  }
}

/// The epoch's line in metrics.jsonl.
struct EpochMetrics: Codable {
  let epoch: Int
  let step: Int
  let train: Loss
  let test: Loss?
  /// Where there is a set for validation.
  let validation: Loss?
  /// Of the epoch's last step.
  let learningRate: Double
  /// Nil where no gradient is ever clipped.
  let clippedSteps: Int?
  let boundedLogVariances: Int
  let seconds: Double
  let dataPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case epoch, step, train, test, validation
    case learningRate = "learning_rate"
    case clippedSteps = "clipped_steps"
    case boundedLogVariances = "bounded_log_variances"
    case seconds
    case dataPerSecond = "data_per_second"
  }

  /// What ``dataPerSecond`` was called when all data were images: such a run goes on, too.
  private enum OlderKeys: String, CodingKey { case imagesPerSecond = "images_per_second" }

  init(
    epoch: Int, step: Int, train: Loss, test: Loss?, validation: Loss?, learningRate: Double, clippedSteps: Int?,
    boundedLogVariances: Int, seconds: Double, dataPerSecond: Double
  ) {
    (self.epoch, self.step, self.train, self.test, self.validation) = (epoch, step, train, test, validation)
    (self.learningRate, self.clippedSteps, self.boundedLogVariances) = (learningRate, clippedSteps, boundedLogVariances)
    (self.seconds, self.dataPerSecond) = (seconds, dataPerSecond)
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let older = try decoder.container(keyedBy: OlderKeys.self)
    self.init(
      epoch: try values.decode(Int.self, forKey: .epoch), step: try values.decode(Int.self, forKey: .step),
      train: try values.decode(Loss.self, forKey: .train), test: try values.decodeIfPresent(Loss.self, forKey: .test),
      validation: try values.decodeIfPresent(Loss.self, forKey: .validation),
      learningRate: try values.decode(Double.self, forKey: .learningRate),
      clippedSteps: try values.decodeIfPresent(Int.self, forKey: .clippedSteps),
      boundedLogVariances: try values.decode(Int.self, forKey: .boundedLogVariances),
      seconds: try values.decode(Double.self, forKey: .seconds),
      dataPerSecond: try older.decodeIfPresent(Double.self, forKey: .imagesPerSecond)
        ?? values.decode(Double.self, forKey: .dataPerSecond))
  }

  /// What the epoch's model is judged by: the validation set, or else the test set.
  var judged: Loss? { validation ?? test }
}

/// The model in a file, or in a run's folder.
func openModel(_ path: String) throws(VAEError) -> Checkpoint<Float> {
  var isFolder: ObjCBool = false
  let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
  if isThere && isFolder.boolValue {
    let run = RunFolder(path: path)
    guard FileManager.default.fileExists(atPath: run.model) else {
      throw VAEError(
        .file, "The folder \(path) holds no \(RunFolder.modelName): give a run's folder, or the file of a model.")
    }
    return try Checkpoint(contentsOf: run.model)
  }
  return try Checkpoint(contentsOf: path)
}

extension RunFolder {
  /// The folder of a model, given by itself or by its file.
  init(ofModelAt path: String) {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    self.init(path: isThere && isFolder.boolValue ? path : PathParts(path).folder)
  }
}
