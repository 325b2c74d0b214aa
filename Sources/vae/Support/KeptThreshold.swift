import CommandSupport
import Foundation
import VAECore

/// A threshold that is kept beside a model, in threshold.json.
struct KeptThreshold: Codable {
  let threshold: ScoreThreshold
  /// The steps that the model had taken: that of another is another's.
  let steps: Int

  init(threshold: ScoreThreshold, steps: Int) { (self.threshold, self.steps) = (threshold, steps) }

  /// The one of the model at a path; nil where there is none.
  ///
  /// - Throws: where it cannot be read.
  init?(ofModelAt model: String) throws(VAEError) {
    let path = RunFolder(ofModelAt: model).threshold
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do { self = try JSONDecoder().decode(KeptThreshold.self, from: Data(contentsOf: URL(filePath: path))) } catch {
      throw VAEError(
        .file, "\(path) is no threshold that vae score --quantile has written: remove it, or have it written again.")
    }
  }

  /// Writes it beside the model at a path, and says where.
  func write(besideModelAt model: String) throws -> String {
    let path = RunFolder(ofModelAt: model).threshold
    try AtomicFile.write(try Terminal.json(self, pretty: true) + "\n", to: path)
    return path
  }

  /// The threshold, where it is of such scores of this model; else it is said why it is not used.
  func threshold(for score: VAECore.Score, _ seed: UInt64, _ steps: Int) -> ScoreThreshold? {
    if steps != self.steps {
      Terminal.note(
        "note: the threshold that is kept is of the model after \(self.steps) steps, this one has \(steps): it is not used"
      )
    } else if score != threshold.score || seed != threshold.seed {
      Terminal.note("note: the threshold that is kept is of another score, or by other samples: it is not used")
    } else {
      return threshold
    }
    return nil
  }

  var description: String {
    "threshold \(threshold.value.short): \((100 * threshold.quantile).short) % of \(threshold.count) scores lie at or below it"
  }
}
