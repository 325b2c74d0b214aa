import ArgumentParser
import CommandSupport
import VAECore

struct Evaluate: SharedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how well a model explains data.",
    discussion: """
      Prints −ELBO and its two terms in nats per datum (summed over dimensions, averaged over data and samples), with \
      standard errors over the data; with --importance-samples also −log p(x), which lies below −ELBO by what the \
      encoder's posterior is off. Then what the model makes of its latent variable, as a whole and by dimension: a \
      dimension with a KL divergence near 0 is not used.

        vae evaluate runs/fashion --data fashion-mnist --importance-samples 5000 --limit 1000 --limit-seed 1

      --baseline ppca sets probabilistic PCA beside it, fitted in closed form to the training part of the data, or to \
      the data themselves where there is none, standardised where the model's are. It is a density of the data: compare it \
      with models of a Gaussian likelihood.
      """)

  enum Baseline: String, CaseIterable, ExpressibleByArgument { case ppca }

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @OptionGroup var noise: EvaluationOptions
  @Option(help: "Fit a simple model, too, and compare.") var baseline: Baseline?
  @Option(help: "The baseline's latent dimensions. (default: the model's)") var baselineLatent: Int?
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: JSONFlag

  func validate() throws {
    if baselineLatent != nil && baseline == nil {
      throw ValidationError("--baseline-latent belongs to --baseline.")
    }
  }

  func run(with ranks: Ranks) throws {
    try ranks.checkIsForAll(data.data)
    let (checkpoint, sets) = try ranks.together {
      let checkpoint = try openModel(self.model.model)
      return (checkpoint, try data.openWithTraining(for: checkpoint.model, at: self.model.model))
    }
    let model = checkpoint.model
    try ranks.checkAgreement(on: model, sets.chosen)
    let binarization = noise.binarization(of: checkpoint)
    if baseline != nil, binarization.makesBinary {
      throw SharedFailure(
        error: VAEError(
          .configuration,
          "--baseline ppca is a density of the data as they are, and the model is measured on 0 and 1 that are made of them: "
            + "the two cannot be compared. Leave --baseline out."))
    }
    let comparison = try baseline.flatMap { _ in
      try ranks.whileOthersWait {
        try ProbabilisticPCA.fit(
          sets.training, latentSize: baselineLatent ?? model.configuration.latentSize,
          standardization: model.standardization
        )
        .evaluate(on: sets.chosen)
      }
    }
    let evaluation = try model.evaluate(
      on: sets.chosen, samples: noise.samples, importanceSamples: noise.importanceSamples, binarization: binarization,
      seed: noise.seed, withDetails: true, precision: precision.precision,
      execution: ranks.execution(threads.threads).shown)
    Terminal.clearStatus()
    if output.json { return try Terminal.printJSON(Result(evaluation: evaluation, ppca: comparison)) }
    let samples = noise.samples
    print("\(sets.chosen.name): \(evaluation.count) data, \(samples) latent sample\(samples == 1 ? "" : "s") each")
    let text = EvaluationText(evaluation, of: model.configuration, ppca: comparison, binarization: binarization)
    print("\n\(text.text)")
    if model.schema?.table?.encoding != nil {
      print(
        "\nThe model sees numbers by their modes, which were drawn before: these are no densities of the rows, and cannot be compared "
          + "with those of other models.")
    }
    if let comparison {
      print(
        "\nppca: a density with \(comparison.latentSize) latent dimensions, σ² = \(comparison.noiseVariance.short), "
          + "fitted to \(sets.training.count) data of \(sets.training.name); compare it with densities.")
    }
  }

  private struct Result: Encodable {
    let evaluation: Evaluation
    let ppca: ProbabilisticPCA.Evaluation?

    enum CodingKeys: String, CodingKey { case ppca }

    func encode(to encoder: any Encoder) throws {
      try evaluation.encode(to: encoder)
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encodeIfPresent(ppca, forKey: .ppca)
    }
  }
}
