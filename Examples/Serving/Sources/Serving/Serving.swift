import Foundation
import VAECore

/// Stands for a server: many requests at once, of which each gets the answer that it would get alone, to the last bit.
@main struct Serving {
  static func main() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "serving-\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let data = Dataset.synthetic(count: 1_000, side: 8)
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(ModelConfiguration(dataSize: data.dataSize, encoderHidden: [32], latentSize: 4)),
      configuration: TrainingConfiguration())
    for _ in 0..<3 { try trainer.trainEpoch(on: data) }
    try Checkpoint(model: trainer.model).write(to: file)

    let scorer = try Scorer(modelAt: file)
    let answers = try await withThrowingTaskGroup(of: (Int, [Double]).self) { group in
      for request in 0..<50 {
        let rows = (0..<4).map { data.rows(4 * request + $0..<4 * request + $0 + 1, as: Float.self).row(0) }
        group.addTask { (request, try await scorer.scores(of: rows)) }
      }
      var answers: [Int: [Double]] = [:]
      for try await (request, scores) in group { answers[request] = scores }
      return answers
    }
    print("request 0: \(answers[0]!)")
    let alone = try await scorer.scores(of: [data.rows(0..<1, as: Float.self).row(0)])
    do {
      _ = try await scorer.scores(of: [[1, 2, 3]])
      fatalError("three values were taken")
    } catch { print("a row of three values: \(error.localizedDescription)") }
    guard answers.count == 50, alone[0] == answers[0]![0] else {
      fatalError("an answer depends on others: \(alone[0]) alone, \(answers[0]![0]) among others")
    }
  }
}
