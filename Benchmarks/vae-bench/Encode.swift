import ArgumentParser
import CommandSupport
import Foundation
import VAECore

struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "One question at a time: encoding a few rows, again and again.",
    discussion: """
      By `VariationalAutoencoder.encode`, which makes its memory and its threads anew for each question, and by an \
      `Inference` that keeps them, on one thread and on several.
      """)

  @OptionGroup var shape: StepShape
  @Option(help: "Numbers of rows to measure at.") var counts = "1,4,16,64,256"
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var effort: EffortOptions
  @OptionGroup var output: OutputOptions

  func validate() throws { _ = try positiveSizes(counts, "--counts") }

  func run() throws {
    let machine = Machine()
    let threads = threads.resolve(machine)
    let model = try VariationalAutoencoder<Float>(shape.model)
    let (alone, together) = (
      Inference(model, execution: Execution(threads: 1)), Inference(model, execution: Execution(threads: threads))
    )
    var rows: [Row] = []
    for count in try positiveSizes(counts, "--counts") {
      let x = Matrix<Float>.uniform(rows: count, columns: shape.dataSize)
      let expected = model.encode(x).mean
      guard together.encode(x).mean == expected && alone.encode(x).mean == expected else {
        throw VAEError(.numerics, "The codes of \(count) rows depend on who is asked.")
      }
      let questions = max(1, 1000 / count)
      func time(_ ask: @escaping () -> Posterior<Float>) -> () -> Double {
        { seconds { for _ in 0..<questions { _ = ask() } } / Double(questions) }
      }
      let spreads = try interleaved(
        effort.rounds,
        [
          time { Inference(model, execution: together.execution).encode(x) }, time { alone.encode(x) },
          time { together.encode(x) },
        ])
      rows.append(Row(rows: count, anew: spreads[0], alone: spreads[1], together: spreads[2]))
    }
    var table = Table(["rows", "anew µs", "kept, 1 thread µs", "kept µs"])
    for row in rows {
      table.add([String(row.rows)] + [row.anew, row.alone, row.together].map { $0.text(in: 1e-6, digits: 1) })
    }
    try output.show(
      rows, table, on: machine,
      notes: ["D=\(shape.dataSize) H=\(shape.hidden) Z=\(shape.latent), \(threads) threads but where it says 1."])
  }

  struct Row: Encodable {
    let rows: Int
    let anew: Spread
    let alone: Spread
    let together: Spread

    enum CodingKeys: String, CodingKey {
      case rows
      case anew = "anew_seconds"
      case alone = "one_thread_seconds"
      case together = "threads_seconds"
    }
  }
}
