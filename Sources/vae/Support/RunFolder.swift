import Foundation
import VAECore
import VAEFiles

/// The folder of a training run and the files in it.
struct RunFolder {
  let path: String

  static let modelName = "model.safetensors"
  private static let names = ["config.json", modelName, "metrics.jsonl", "reconstructions.png", "samples.png"]

  var configuration: String { file("config.json") }
  var model: String { file(Self.modelName) }
  var metrics: String { file("metrics.jsonl") }
  var reconstructions: String { file("reconstructions.png") }
  var samples: String { file("samples.png") }

  private func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// Makes the folder; throws where it holds another run, unless told to overwrite that.
  func prepare(overwriting: Bool) throws(VAEError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      throw VAEError(.file, "\(path) is a file: give a folder for the run.")
    }
    if !overwriting, let taken = Self.names.first(where: { FileManager.default.fileExists(atPath: file($0)) }) {
      throw VAEError(.file, "\(path) holds another run (\(taken)): give another folder, or --overwrite.")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw VAEError(.file, "The folder \(path) cannot be made: \(reason(error))")
    }
  }

  private func reason(_ error: any Error) -> String {
    ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.localizedDescription ?? error.localizedDescription
  }
}

/// The epoch's line in metrics.jsonl.
struct EpochMetrics: Codable {
  let epoch: Int
  let step: Int
  let train: Loss
  let test: Loss?
  let seconds: Double
  let imagesPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case epoch, step, train, test, seconds
    case imagesPerSecond = "images_per_second"
  }
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
