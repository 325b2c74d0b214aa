import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model and writes it, its metrics and its pictures into a folder.",
    discussion: """
      The folder then holds config.json (the settings; --config takes it again), model.safetensors, metrics.jsonl \
      (a line per epoch), reconstructions.png and samples.png, all of them renewed after each epoch.

      Losses are in nats per datum: summed over dimensions, averaged over data and samples.
      """)

  @OptionGroup var options: TrainOptions
  @Option(name: .long, help: ArgumentHelp("The run's folder.", valueName: "run")) var out: String
  @Flag(help: "Replace the run that the folder holds.") var overwrite = false
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: JSONFlag

  func run() throws {
    var settings = try options.settings()
    var request = try settings.requireDataRequest()
    request.memory = options.memoryBytes
    try settings.decode(TrainingConfiguration.self).validate()
    let data = try DataLocation.open(request).inMemory(upTo: options.memoryBytes)
    try options.setShuffleWindow(&settings, for: data.train)
    let training = try settings.decode(TrainingConfiguration.self)
    try training.validate()
    try settings.set(from: data.train)
    let configuration = try settings.decode(ModelConfiguration.self)
    let model = try VariationalAutoencoder<Float>(configuration, training: training, data: data.train)
    if let test = data.test { try model.check(test) }
    let trainer = try Trainer(model, configuration: training, threads: threads.threads)

    let folder = RunFolder(path: out)
    try folder.prepare(overwriting: overwrite)
    var run = TrainingRun(
      folder: folder, data: data, trainer: trainer,
      settings: RunSettings(data: request, model: configuration, training: training),
      threads: threads.threads, isQuiet: output.json)
    let metrics = try run.train()
    if output.json {
      try Terminal.printJSON(Result(metrics: metrics, folder: folder, hasImages: configuration.imageShape != nil))
    } else {
      print(summary(metrics, folder, configuration, training.objective))
    }
  }

  private func summary(
    _ metrics: EpochMetrics?, _ folder: RunFolder, _ configuration: ModelConfiguration, _ objective: Objective
  ) -> String {
    var lines: [String] = []
    if let metrics {
      let loss = metrics.test ?? metrics.train
      lines.append(
        "\(metrics.test == nil ? "Training" : "Test") \(lossName(configuration, objective)) "
          + "\(loss.total.digits(2))\(configuration.likelihood.isNormalized ? " nats per datum" : "") "
          + "(\(lossTerms(loss, objective))) after \(metrics.epoch) epochs"
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

/// What config.json holds: all settings, in the form that `--config` takes.
struct RunSettings: Encodable {
  let data: DataRequest
  let model: ModelConfiguration
  let training: TrainingConfiguration

  func encode(to encoder: any Encoder) throws {
    try data.encode(to: encoder)
    try model.encode(to: encoder)
    try training.encode(to: encoder)
  }
}
