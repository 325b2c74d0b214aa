import ArgumentParser
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
    let name = checkpoint.model.configuration.likelihood.isNormalized ? "−ELBO" : "loss"
    print(
      """
      \(dataset.name): \(evaluation.count) data, \(samples) latent sample\(samples == 1 ? "" : "s") each

      \(name.padded(16))\(evaluation.loss.total.digits(3).aligned(9))  nats per datum
      reconstruction  \(evaluation.loss.reconstruction.digits(3).aligned(9))
      KL              \(evaluation.loss.kl.digits(3).aligned(9))

      KL per latent dimension
      """)
    for (index, kl) in evaluation.klPerDimension.enumerated() {
      let bar = String(repeating: "█", count: Int((kl * 10).rounded()))
      print("\(String(index).aligned(5))\(kl.digits(3).aligned(9))  \(bar)")
    }
  }
}
