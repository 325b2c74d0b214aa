import ArgumentParser
import CommandSupport
import VAECore

struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Scores each datum: the higher, the less the model expected it.",
    discussion: """
      Writes −ELBO of each datum in nats, or, with --importance-samples, −log p(x): as NPY, or as CSV where the file's \
      name ends so. Data unlike those that the model was trained on stand out by high scores.

        vae score runs/fashion --data fashion-mnist --out scores.npy
      """)

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @Option(help: ArgumentHelp("The file of scores to write, .npy or .csv.", valueName: "scores.npy")) var out: String
  @OptionGroup var noise: EvaluationOptions
  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    if !out.hasSuffix(".npy") && !out.hasSuffix(".csv") {
      throw ValidationError("--out must end in .npy or .csv; it is \(out).")
    }
    if noise.importanceSamples != nil && noise.samples != 1 {
      throw ValidationError("--samples belongs to −ELBO; --importance-samples scores by −log p(x).")
    }
  }

  func run() throws {
    let checkpoint = try openModel(model.model)
    let dataset = try data.open(for: checkpoint.model, at: model.model)
    let scores = try checkpoint.model.score(
      dataset,
      by: noise.importanceSamples.map { .negativeLogLikelihood(importanceSamples: $0) }
        ?? .negativeELBO(samples: noise.samples),
      binarization: noise.binarization(of: checkpoint), seed: noise.seed, threads: threads.threads,
      progress: ProgressLine.show)
    Terminal.clearStatus()
    let name =
      noise.importanceSamples == nil
      ? lossName(checkpoint.model.configuration) : likelihoodName(checkpoint.model.configuration)
    if out.hasSuffix(".npy") {
      try NPY.write(scores, to: out)
    } else {
      var table = Table(["datum", name])
      for (index, score) in scores.enumerated() { table.add([String(index), String(score)]) }
      try AtomicFile.write(table.csv, to: out)
    }
    print("\(name) of \(scores.count) data: \(out)")
  }
}
