import ArgumentParser
import CommandSupport
import VAECore

struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Scores each datum: the higher, the less the model expected it.",
    discussion: """
      Writes −ELBO of each datum in nats, or, with --importance-samples, −log p(x): as NPY, a vector, or as CSV, a table of \
      datum, where the datum stands in its file, from 0 on, and neg_elbo or neg_log_likelihood. Data unlike those that the \
      model was trained on stand out by high scores.

        vae score runs/fashion --data fashion-mnist --out scores.npy
      """)

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @Option(help: ArgumentHelp("The file of scores to write, .npy or .csv.", valueName: "scores.npy")) var out: String
  @OptionGroup var noise: EvaluationOptions
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    if noise.importanceSamples != nil && noise.samples != 1 {
      throw ValidationError("--samples belongs to −ELBO; --importance-samples scores by −log p(x).")
    }
  }

  func run() throws {
    let out = try OutputFile("--out", out, as: [.npy, .csv])
    try OutputFile.check([out], reading: [.model(model.model)] + data.files)
    let checkpoint = try openModel(model.model)
    let dataset = try data.open(for: checkpoint.model, at: model.model)
    let scores = try checkpoint.model.score(
      dataset,
      by: noise.importanceSamples.map { .negativeLogLikelihood(importanceSamples: $0) }
        ?? .negativeELBO(samples: noise.samples),
      binarization: noise.binarization(of: checkpoint), seed: noise.seed, precision: precision.precision,
      execution: threads.execution.shown)
    Terminal.clearStatus()
    let name =
      noise.importanceSamples == nil
      ? lossName(checkpoint.model.configuration) : likelihoodName(checkpoint.model.configuration)
    if out.format == .csv {
      let column = scoreColumn(checkpoint.model.configuration, isLikelihood: noise.importanceSamples != nil)
      try out.write(columns: [column], of: dataset) { append throws(VAEError) in
        try append(Matrix(rows: scores.count, columns: 1, elements: scores))
      }
    } else {
      try NPY.write(scores, to: out.path)
    }
    print("\(name) of \(scores.count) data: \(out.path)")
  }
}
