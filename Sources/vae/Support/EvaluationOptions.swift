import ArgumentParser
import CommandSupport
import VAECore

/// How data are put before a model to be measured.
struct EvaluationOptions: ParsableArguments {
  @Option(help: "Latent samples per datum, for −ELBO.") var samples = 1
  @Option(
    help: ArgumentHelp(
      "Estimate −log p(x), by so many samples per datum from the encoder. (default: −ELBO alone)", valueName: "count"))
  var importanceSamples: Int?
  @Option(help: "Determines the noise.") var seed: UInt64 = 0
  @Option(help: "What becomes of grey values. (default: as in training)") var binarize: Binarization?

  func validate() throws {
    for (name, value) in [("--samples", samples), ("--importance-samples", importanceSamples ?? 1)]
    where value < 1 || value > 1 << 24 {
      throw ValidationError("\(name) must be from 1 to 16777216; it is \(value).")
    }
  }

  func binarization(of checkpoint: Checkpoint<Float>) -> Binarization {
    binarize ?? checkpoint.model.schema?.binarization ?? .unchanged
  }
}
