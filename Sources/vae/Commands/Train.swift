import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct Train: SharedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model and writes it, its metrics and its pictures into a folder.",
    discussion: """
      The folder then holds config.json (the settings; --config takes it again), model.safetensors, metrics.jsonl \
      (a line per epoch), reconstructions.png and samples.png, all of them renewed after each epoch; best.safetensors, \
      the model of the epoch with the least loss on the validation set (--validation; else the test set, where there is \
      one); and checkpoints, from which

        vae train --resume runs/fashion

      goes on after whatever has ended the run, as if nothing had happened. It takes all settings from config.json; \
      --epochs may ask for more of them, and --data, --condition, --weights, --validation and --validation-condition say \
      where the same data are now. Ctrl-C finishes the step and saves.

      Losses are in nats per datum: summed over dimensions, averaged over data and samples.
      """)

  @OptionGroup var options: TrainOptions
  @OptionGroup(title: "Long runs") var policy: SettingOptions<RunSettings>
  @Option(name: .long, help: ArgumentHelp("The run's folder.", valueName: "run")) var out: String?
  @Option(help: ArgumentHelp("Go on with the run in a folder.", valueName: "run")) var resume: String?
  @Flag(help: "Replace the run that the folder holds.") var overwrite = false
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: JSONFlag

  func validate() throws {
    if out == nil && resume == nil {
      throw ValidationError(
        "Missing expected argument '--out <run>', the folder for a new run; --resume goes on with one.")
    }
    if resume != nil && (out != nil || overwrite) {
      throw ValidationError("--resume goes on in the run's own folder: leave --out and --overwrite out.")
    }
  }

  func run(with ranks: Ranks) throws {
    var settings = try options.settings()
    settings.override(with: policy.values)
    if let resume { return try resumeRun(in: RunFolder(path: resume), settings, ranks) }
    let folder = RunFolder(path: out!)
    let (plan, model) = try ranks.together {
      if ranks.leads { try folder.check(overwriting: overwrite) }
      return try open(settings, folder, ranks)
    }
    let trainer = try ranks.together {
      try Trainer(model, configuration: plan.training, execution: ranks.execution(threads.threads))
    }
    let fingerprints = try ranks.together { try plan.fingerprints() }
    try agree(plan, ranks)
    let lock = try ranks.together { ranks.leads ? try folder.prepare(overwriting: overwrite) : nil }
    var run = TrainingRun(
      folder: folder, plan: plan, trainer: trainer, fingerprints: fingerprints, ranks: ranks, isQuiet: output.json)
    try run.begin()
    try finish(&run, lock)
  }

  /// The data, and a model for them.
  private func open(
    _ settings: Settings, _ folder: RunFolder, _ ranks: Ranks
  ) throws -> (RunPlan, VariationalAutoencoder<Float>) {
    let request = try settings.requireDataRequest()
    try ranks.checkIsForAll(request.location)
    for input in InputFiles.data(request.location, condition: request.condition) {
      try input.check(folder.model, of: "--out")
    }
    // A configuration's window stays unless memory is given: it is part of what determines the result.
    var plan = try RunPlan(
      settings, memory: options.memoryBytes,
      choosesWindow: options.memory != nil || settings[\TrainingConfiguration.shuffleWindow] == nil)
    let model = try VariationalAutoencoder<Float>(
      plan.model, training: plan.training, data: plan.data.train, substitutes: plan.data.substitutes)
    try plan.match(model)
    return (plan, model)
  }

  private func resumeRun(in folder: RunFolder, _ given: Settings, _ ranks: Ranks) throws {
    let lock = try ranks.together { ranks.leads ? try folder.lockRun() : nil }
    let resumed = try ranks.resumedRun(folder, given, memory: options.memoryBytes)
    let trainer = try ranks.together {
      try Trainer(resuming: resumed.checkpoint, execution: ranks.execution(threads.threads))
    }
    try agree(resumed.plan, ranks)
    var run = TrainingRun(
      folder: folder, plan: resumed.plan, trainer: trainer, fingerprints: resumed.checkpoint.data, ranks: ranks,
      isQuiet: output.json)
    try run.resume()
    if let scheduled = resumed.scheduled { run.report.rescheduled(from: scheduled, run.trainer.state) }
    try finish(&run, lock)
  }

  /// Throws where the ranks would not do the same.
  private func agree(_ plan: RunPlan, _ ranks: Ranks) throws {
    if ranks.count == 1 { return }
    var agreement = RankAgreement()
    try ranks.together { try agreement.add(plan) }
    try agreement.check(ranks)
  }

  /// Trains to the end, and says what came of it.
  private func finish(_ run: inout TrainingRun, _ lock: borrowing RunLock?) throws {
    let metrics = try run.train()
    let (folder, plan) = (run.folder, run.plan)
    if !run.ranks.leads { return }
    if output.json {
      try Terminal.printJSON(Result(metrics: metrics, folder: folder, hasImages: plan.model.imageShape != nil))
    } else {
      print(summary(metrics, folder, plan))
    }
  }

  private func summary(_ metrics: EpochMetrics?, _ folder: RunFolder, _ plan: RunPlan) -> String {
    let (configuration, training) = (plan.model, plan.training)
    var lines: [String] = []
    if let metrics {
      let unit = configuration.likelihood.isNormalized ? " nats per datum" : ""
      let bound = lossName(configuration, training.objective, samples: training.evaluationSamples)
      // While the KL divergence warms up, the steps of the epoch have other objectives; and weights are of training alone.
      let isPlain = training.klWarmUp.isNone && plan.request.weights == nil && training.trim == 0
      let trainingLoss = (isPlain ? bound : "loss") + (training.trim > 0 ? " without what is trimmed" : "")
      let (name, loss) =
        metrics.test.map { ("Test \(bound)", $0) } ?? metrics.validation.map { ("Validation \(bound)", $0) }
        ?? ("Training \(trainingLoss)", metrics.train)
      lines.append(
        "\(name) \(loss.total.digits(2))\(unit) (\(lossTerms(loss, training.objective))) after \(counted(metrics.epoch, "epoch"))"
      )
    }
    lines.append("Model           \(folder.model)")
    if configuration.imageShape != nil {
      lines += ["Reconstructions \(folder.reconstructions)", "Samples         \(folder.samples)"]
    }
    return lines.joined(separator: "\n")
  }

  /// What `--json` prints.
  private struct Result: Encodable {
    let metrics: EpochMetrics?
    let model: String
    let reconstructions: String?
    let samples: String?

    init(metrics: EpochMetrics?, folder: RunFolder, hasImages: Bool) {
      self.metrics = metrics
      model = folder.model
      reconstructions = hasImages ? folder.reconstructions : nil
      samples = hasImages ? folder.samples : nil
    }
  }
}
