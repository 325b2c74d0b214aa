import ArgumentParser
import CommandSupport
import VAECore

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how well a model explains data.",
    discussion: """
      Prints −ELBO and its two terms in nats per datum (summed over dimensions, averaged over data and samples), and \
      the KL divergence of each latent dimension; a dimension near 0 is not used.
      """)

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @Option(help: "Latent samples per datum.") var samples = 1
  @Option(help: "Determines the noise.") var seed: UInt64 = 0
  @Option(help: "What becomes of grey values. (default: as in training)") var binarize: Binarization?
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: JSONFlag

  func validate() throws {
    if samples < 1 || samples > 1 << 24 {
      throw ValidationError("--samples must be from 1 to 16777216; it is \(samples).")
    }
  }

  func run() throws {
    let checkpoint = try openModel(model.model)
    let dataset = try data.open(for: checkpoint.model)
    let evaluation = try checkpoint.model.evaluate(
      on: dataset, samples: samples, binarization: binarize ?? checkpoint.training?.binarization ?? .none, seed: seed,
      threads: threads.threads)
    if output.json { return try Terminal.printJSON(evaluation) }
    print("\(dataset.name): \(evaluation.count) data, \(samples) latent sample\(samples == 1 ? "" : "s") each\n")
    let model = checkpoint.model.configuration
    var terms = Table(["", model.likelihood.isNormalized ? "nats per datum" : "squared error and nats"])
    terms.add([lossName(model, Objective()), evaluation.loss.total.digits(3)])
    terms.add(["reconstruction", evaluation.loss.reconstruction.digits(3)])
    terms.add(["KL", evaluation.loss.kl.digits(3)])
    print(terms.text)
    var dimensions = Table(["latent dimension", "KL", ""])
    for (index, kl) in evaluation.klPerDimension.enumerated() {
      dimensions.add([String(index), kl.digits(3), String(repeating: "█", count: Int((min(kl, 6) * 10).rounded()))])
    }
    print("\n\(dimensions.text)")
  }
}
