import ArgumentParser
import CommandSupport
import Foundation
import VAECore

struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "One question at a time: encoding, decoding or scoring a few rows, again and again.",
    discussion: """
      By an `Inference` that is made anew for each question, with its memory and its threads, as \
      `VariationalAutoencoder.encode` does, and by one that is kept, on one thread and on several.
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
    func inference(threads: Int) throws -> Inference<Float> {
      try Inference(model, precision: shape.precision, execution: Execution(threads: threads))
    }
    let (alone, together) = (try inference(threads: 1), try inference(threads: threads))
    var rows: [Row] = []
    for count in try positiveSizes(counts, "--counts") {
      for question in Question.allCases {
        let ask = question.asking(shape, rows: count)
        let expected = try ask(inference(threads: threads))
        guard try ask(together) == expected && ask(alone) == expected else {
          throw VAEError(.numerics, "What \(question) answers about \(count) rows depends on who is asked.")
        }
        let questions = max(1, 1000 / count)
        func time(_ inference: @escaping () throws -> Inference<Float>) -> () throws -> Double {
          { try seconds { for _ in 0..<questions { _ = try ask(inference()) } } / Double(questions) }
        }
        let spreads = try interleaved(
          effort.rounds,
          [time { try inference(threads: threads) }, time { alone }, time { together }])
        rows.append(Row(question: question, rows: count, anew: spreads[0], alone: spreads[1], together: spreads[2]))
      }
    }
    var table = Table(["", "rows", "anew µs", "kept, 1 thread µs", "kept µs"])
    for row in rows {
      table.add(
        [row.question.rawValue, String(row.rows)]
          + [row.anew, row.alone, row.together].map { $0.text(in: 1e-6, digits: 1) })
    }
    let precision = shape.precision.rawValue
    try output.show(
      rows, table, on: machine,
      notes: [
        "D=\(shape.dataSize) H=\(shape.hidden) Z=\(shape.latent), \(precision) precision, "
          + "\(counted(threads, "thread")) but where it says 1."
      ])
  }

  /// What a model answers, as it comes.
  enum Answer: Equatable {
    case matrix(Matrix<Float>)
    case scores([Double])
  }

  /// What a model is asked.
  enum Question: String, CaseIterable, Encodable {
    case encode, decode, score

    /// Asks it about some rows, which are the same each time.
    func asking(_ shape: StepShape, rows: Int) -> (Inference<Float>) throws -> Answer {
      switch self {
      case .encode:
        let x = Matrix<Float>.uniform(rows: rows, columns: shape.dataSize)
        return { .matrix($0.encode(x).mean) }
      case .decode:
        let z = Matrix<Float>.uniform(rows: rows, columns: shape.latent)
        return { .matrix($0.decode(z)) }
      case .score:
        let data = Dataset(
          name: "rows", floats: Matrix<Float>.uniform(rows: rows, columns: shape.dataSize).elements,
          dataSize: shape.dataSize)
        return { .scores(try $0.score(data)) }
      }
    }
  }

  struct Row: Encodable {
    let question: Question
    let rows: Int
    let anew: Spread
    let alone: Spread
    let together: Spread

    enum CodingKeys: String, CodingKey {
      case question, rows
      case anew = "anew_seconds"
      case alone = "one_thread_seconds"
      case together = "threads_seconds"
    }
  }
}
