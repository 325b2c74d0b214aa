import CommandSupport
import Foundation
import VAECore

/// The lines of metrics.jsonl, one for each epoch. Lines of an earlier part of the run stay as they are.
struct MetricsLog {
  private var lines: [(epoch: Int, text: String)] = []
  /// The last epoch's metrics.
  private(set) var last: EpochMetrics?

  init() {}

  /// Reads a file; none has no lines.
  ///
  /// - Throws: where a line is no epoch's.
  init(contentsOf path: String) throws(VAEError) {
    if !FileManager.default.fileExists(atPath: path) { return }
    let reader = try FileReader(path: path)
    let text = String(decoding: try reader.read(reader.limit), as: UTF8.self)
    for (index, line) in text.split(separator: "\n").enumerated() {
      let metrics = try StrictJSON.decode(EpochMetrics.self, from: Array(line.utf8), "Line \(index + 1) of \(path)")
      lines.append((metrics.epoch, String(line)))
      last = metrics
    }
  }

  mutating func append(_ metrics: EpochMetrics) throws {
    lines.append((metrics.epoch, try Terminal.json(metrics)))
    last = metrics
  }

  /// Removes the lines of later epochs.
  mutating func cut(to epoch: Int) {
    lines.removeAll { $0.epoch > epoch }
    last = lines.last.flatMap { try? JSONDecoder().decode(EpochMetrics.self, from: Data($0.text.utf8)) }
  }

  var text: String { lines.map { $0.text + "\n" }.joined() }
}
