import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

/// How results leave the program.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print everything as JSON.") var json = false
  @Flag(help: "Print the table as comma-separated values.") var csv = false

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv exclude each other.") }
  }

  /// Prints a result in the form that was asked for.
  func show(_ result: some Encodable, _ table: Table, on machine: Machine, notes: [String] = []) throws {
    if json {
      try Terminal.printJSON(Report(machine: machine, result: result))
    } else if csv {
      print(table.csv, terminator: "")
    } else {
      print(machine.text + "\n\n" + table.text)
      if !notes.isEmpty { print("\n" + notes.joined(separator: "\n")) }
    }
  }

  private struct Report<Result: Encodable>: Encodable {
    let machine: Machine
    let result: Result
  }
}

struct PlotOption: ParsableArguments {
  @Option(help: ArgumentHelp("Draw the curves into an SVG file.", valueName: "file.svg")) var plot: String?

  /// Throws before the measurement where the plot could not be written after it.
  func checkWritable() throws {
    if let plot { try AtomicFile.check(plot) }
  }

  func draw(_ plot: @autoclosure () -> LinePlot) throws {
    if let path = self.plot { try plot().writeSVG(to: path) }
  }
}

/// How long to measure.
struct EffortOptions: ParsableArguments {
  @Option(help: "Rounds of measurements, everything once in each.") var rounds = 9

  func validate() throws {
    if !(1...10_000).contains(rounds) { throw ValidationError("--rounds must be from 1 to 10000; it is \(rounds).") }
  }
}

/// The shape of a training step.
struct StepShape: ParsableArguments {
  @Option(help: "Data per minibatch, M.") var batchSize = 100
  @Option(help: "Latent samples per datum, L.") var samples = 1
  @Option(help: "Data dimensions, D.") var dataSize = 784
  @Option(help: "Widths of the encoder's hidden layers, H, as 500 or 200,200; the decoder mirrors them.")
  var hidden = "500"
  @Option(help: "Latent dimensions, Z.") var latent = 20
  @Option(help: "Components of the prior, K; none stands for N(0, I).") var components = 0
  @Option(help: "The bound: elbo or iwae, the importance-weighted one.") var bound = "elbo"
  @Option(help: "In which precision matrices are multiplied.") var precision = Precision.full

  init() {}

  var hiddenSizes: [Int] { hidden.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 } }

  /// The usual one of its name.
  var objective: Objective { (try? Objective(name: bound)) ?? .evidenceLowerBound() }

  func validate() throws {
    _ = try Objective(name: bound)
    for (name, value) in [
      ("--batch-size", batchSize), ("--samples", samples), ("--data-size", dataSize), ("--latent", latent),
    ]
    where value < 1 {
      throw ValidationError("\(name) must be at least 1; it is \(value).")
    }
    if components < 0 { throw ValidationError("--components must not be negative; it is \(components).") }
    if batchSize.multipliedReportingOverflow(by: samples).overflow {
      throw ValidationError("\(batchSize) data of \(samples) samples are more rows than can be counted.")
    }
    if hiddenSizes.contains(where: { $0 < 1 }) {
      throw ValidationError("--hidden takes widths separated by commas, as 500 or 200,200; it is \(hidden).")
    }
  }

  var model: ModelConfiguration {
    ModelConfiguration(
      dataSize: dataSize, encoderHidden: hiddenSizes, latentSize: latent,
      prior: components == 0 ? .standard : .mixture(components: components))
  }

  var training: TrainingConfiguration {
    var training = TrainingConfiguration()
    training.batchSize = batchSize
    training.samplesPerDatum = samples
    training.objective = objective
    training.precision = precision
    return training
  }

  var text: String {
    "M=\(batchSize) L=\(samples) D=\(dataSize) H=\(hidden) Z=\(latent)\(components == 0 ? "" : " K=\(components)")\(objective == TrainingConfiguration().objective ? "" : " \(bound)")\(precision == TrainingConfiguration().precision ? "" : " \(precision.rawValue)")"
  }
}

extension Precision: ExpressibleByArgument {}

/// How many threads.
struct ThreadsOption: ParsableArguments {
  @Option(help: "Threads. (default: all that it may use)") var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024; it is \(threads).")
    }
  }

  /// The number of threads; says so where there are fewer cores.
  func resolve(_ machine: Machine) -> Int {
    let threads = threads ?? machine.cores
    if threads > machine.cores { Terminal.note("Note: \(threads) threads on \(machine.cores) cores.") }
    return threads
  }
}

extension StepShape: Encodable {
  private enum OutputKeys: String, CodingKey {
    case batchSize = "batch_size"
    case samples
    case dataSize = "data_size"
    case hidden, latent, components, bound, precision
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: OutputKeys.self)
    try values.encode(batchSize, forKey: .batchSize)
    try values.encode(samples, forKey: .samples)
    try values.encode(dataSize, forKey: .dataSize)
    try values.encode(hiddenSizes, forKey: .hidden)
    try values.encode(latent, forKey: .latent)
    try values.encode(components, forKey: .components)
    try values.encode(bound, forKey: .bound)
    try values.encode(precision.rawValue, forKey: .precision)
  }
}
