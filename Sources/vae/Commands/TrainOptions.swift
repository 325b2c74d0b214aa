import ArgumentParser
import VAECore

private let usual = TrainingConfiguration()
private let usualModel = ModelConfiguration(dataSize: 1)
private let presetNames = Preset.all.map(\.name).joined(separator: ", ")

/// The settings of `vae train`, each of which may also stand in a configuration file.
struct TrainOptions: ParsableArguments {
  @Option(help: dataHelp) var data: String?

  @Option(
    help: """
      Give a condition to encoder and decoder: \(conditionHelp.abstract) none leaves a configuration's out. (default: none)
      """)
  var condition: String?

  @OptionGroup(title: "Tables") var table: TableOptionGroup

  @OptionGroup var white: WhiteLevelOption

  @Option(
    help: ArgumentHelp(
      "Weights of the training data: a file with a number for each; they are scaled to a mean of 1.", valueName: "file")
  )
  var weights: String?

  @Option(help: ArgumentHelp("Begin with the settings of an experiment: \(presetNames).", valueName: "name"))
  var preset: String?

  @Option(
    help: ArgumentHelp(
      "Read settings from a JSON file such as a run's config.json; options given here come before it.",
      valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "Widths of the encoder's hidden layers, as 500 or 500,200, or none; the decoder mirrors them. (default: 500)",
      valueName: "sizes"))
  var hidden: LayerSizes?

  @Option(
    help: ArgumentHelp("Widths of the decoder's hidden layers, where it is no mirror.", valueName: "sizes"))
  var decoderHidden: LayerSizes?

  @Option(parsing: .unconditional, help: "Latent dimensions. (default: \(usualModel.latentSize))") var latent: Int?

  @Option(parsing: .unconditional, help: "Data per minibatch, M. (default: \(usual.batchSize))") var batchSize: Int?

  @Option(parsing: .unconditional, help: "Latent samples per datum, L. (default: \(usual.samplesPerDatum))")
  var samples: Int?

  @Option(
    help: """
      How the gradient of the mean over the samples is computed: joint (option 1, one batch of M·L rows) or \
      accumulated (option 2, sample by sample). Both give the same. (default: \(usual.gradient.name))
      """)
  var gradient: String?

  @Option(parsing: .unconditional, help: "Samples per pass of the accumulated gradient. (default: 1)")
  var samplesPerPass: Int?

  @OptionGroup(title: "Objective") var objective: ObjectiveOptions

  @Option(help: "\(Likelihood.names.joined(separator: ", ")). (default: \(usualModel.likelihood.name))")
  var likelihood: String?

  @Option(
    help: """
      Variance of the gaussian likelihood: a number, per-feature (a parameter for each dimension), or learned (an \
      output of the decoder). (default: 1)
      """)
  var variance: String?

  @Option(help: "Scale of the laplace likelihood: a number, per-feature, or learned. (default: 1)") var scale: String?

  @Option(help: ArgumentHelp("Sizes of the categorical likelihood's one-hot groups, as 3,4,2.", valueName: "sizes"))
  var groups: LayerSizes?

  @Option(
    help: ArgumentHelp(
      """
      The mixed likelihood's groups of columns, in order, as gaussian:5,categorical:3,poisson:2; with settings as \
      gaussian(learned,sigmoid):5.
      """, valueName: "list"))
  var columns: String?

  @Option(
    help: "Activation of the gaussian's mean, the laplace's location or the squared-error's output. (default: identity)"
  )
  var outputActivation: Activation?

  @Option(
    help: """
      What becomes of grey values: none (they stay), threshold (at 1/2), dynamic (sampled anew each epoch). \
      (default: \(usual.binarization.rawValue))
      """)
  var binarize: Binarization?

  @Option(help: "Activation of the hidden layers. (default: \(usualModel.activation.rawValue))")
  var activation: Activation?

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Multiply each hidden unit by a sigmoid gate with weights of its own. (default: --no-gated)")
  var gated: Bool?

  @Option(
    name: .customLong("init"),
    help: "Initial weights: normal (σ = 0.01), normal(σ), glorot, he, orthogonal. (default: glorot)")
  var initializer: String?

  @Option(help: "\(Optimizer.names.joined(separator: ", ")). (default: \(usual.optimizer.name))") var optimizer: String?

  @Option(parsing: .unconditional, help: "Momentum of sgd. (default: 0)") var momentum: Double?

  @Option(parsing: .unconditional, help: "Decay of rmsprop. (default: 0.99)") var decay: Double?

  @Option(parsing: .unconditional, help: "First decay of adam and adamw. (default: 0.9)") var beta1: Double?

  @Option(parsing: .unconditional, help: "Second decay of adam and adamw. (default: 0.999)") var beta2: Double?

  @Option(parsing: .unconditional, help: "What keeps quotients finite in all but sgd. (default: 1e-8)")
  var epsilon: Double?

  @Option(parsing: .unconditional, help: "Learning rate. (default: \(usual.learningRate))") var learningRate: Double?

  @Option(
    help: """
      Course of the learning rate: \(LearningRateSchedule.names.joined(separator: ", ")). burda is 10^(−i/7) of it for \
      3^i epochs, i = 0 … 7. (default: \(usual.schedule.name))
      """)
  var schedule: String?

  @Option(
    parsing: .unconditional,
    help: """
      Factor of the schedule: of step, every so many epochs (default: 0.1); of exponential, each epoch (0.95); of \
      cosine, at the end (0).
      """)
  var scheduleFactor: Double?

  @Option(
    parsing: .unconditional,
    help: "Epochs of the schedule: of step, between steps (default: 10); of cosine, to the end (all).")
  var scheduleEpochs: Int?

  @Option(parsing: .unconditional, help: "Steps over which the learning rate rises from 0. (default: 0)")
  var warmupSteps: Int?

  @Option(
    parsing: .unconditional,
    help: "Scale a gradient down to this norm, over all parameters, where it is longer. (default: never)")
  var clipNorm: Double?

  @Option(parsing: .unconditional, help: "Weight decay. (default: 0)") var weightDecay: Double?

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: """
      Let the model see each column less its mean, in standard deviations; data go in and come out, and losses are, in \
      their own units. (default: --no-standardize)
      """)
  var standardize: Bool?

  @Option(
    help: """
      Where the output biases of a bernoulli model start: zero, or data (the log-odds of the data's means). \
      (default: \(usual.outputBias.rawValue))
      """)
  var outputBias: OutputBias?

  @Option(
    help: """
      Memory for training data, as 256MB or 4GB. A larger set is read while it is trained on, and shuffled in windows \
      of which two fit; of what comes once, as standard input, for one epoch. (default: half of the machine's)
      """)
  var memory: ByteCount?

  @Option(parsing: .unconditional, help: "How often each datum is seen. (default: \(usual.epochs))") var epochs: Int?

  @Option(help: "Determines initial weights, order and noise. (default: \(usual.seed))") var seed: UInt64?

  /// What these name.
  var files: [InputFiles] {
    InputFiles.data(data, condition: condition) + [
      InputFiles("the weights", weights), InputFiles("the configuration", config),
    ]
  }

  var memoryBytes: Int { memory?.bytes ?? ByteCount.halfOfMachine }

  /// The settings of the preset, then those of the configuration file, then those given on the command line.
  func settings() throws -> Settings {
    var settings = try preset.map { try Settings(Preset.named($0)) } ?? Settings()
    if let config { settings.override(with: try Settings(contentsOf: config)) }
    // What belongs to a choice goes with it.
    if hidden != nil { settings.remove(.model(.decoderHidden)) }
    if schedule != nil { settings.remove(.training(.scheduleFactor), .training(.scheduleEpochs)) }
    if optimizer != nil {
      settings.remove(
        .training(.momentum), .training(.decay), .training(.beta1), .training(.beta2), .training(.epsilon))
    }
    if likelihood != nil {
      settings.remove(.model(.variance), .model(.scale), .model(.groups), .model(.columns), .model(.outputActivation))
    }
    if gradient != nil { settings.remove(.training(.samplesPerPass)) }
    if condition == "none" || condition != nil && settings.condition != nil && condition != settings.condition {
      settings.remove(.model(.conditionSize))
    }
    settings.override(.data(.data), with: data.map { .text($0) })
    table.override(&settings)
    settings.override(.data(.whiteLevel), with: white.level.setting)
    settings.override(.data(.weights), with: weights.map { .text($0) })
    if let condition { settings.condition = condition == "none" ? nil : condition }
    settings.override(.model(.encoderHidden), with: hidden.map { .list($0.sizes) })
    settings.override(.model(.decoderHidden), with: decoderHidden.map { .list($0.sizes) })
    settings.override(.model(.latentSize), with: latent.map { .integer($0) })
    settings.override(.training(.batchSize), with: batchSize.map { .integer($0) })
    settings.override(.training(.samplesPerDatum), with: samples.map { .integer($0) })
    settings.override(.training(.gradient), with: gradient.map { .text($0) })
    settings.override(.training(.samplesPerPass), with: samplesPerPass.map { .integer($0) })
    objective.override(&settings)
    settings.override(.model(.likelihood), with: likelihood.map { .text($0) })
    settings.override(.model(.variance), with: variance.map { text in Double(text).map { .number($0) } ?? .text(text) })
    settings.override(.model(.scale), with: scale.map { text in Double(text).map { .number($0) } ?? .text(text) })
    settings.override(.model(.groups), with: groups.map { .list($0.sizes) })
    settings.override(.model(.columns), with: columns.map { .text($0) })
    settings.override(.model(.outputActivation), with: outputActivation.map { .text($0.rawValue) })
    settings.override(.training(.binarization), with: binarize.map { .text($0.rawValue) })
    settings.override(.model(.activation), with: activation.map { .text($0.rawValue) })
    settings.override(.model(.isGated), with: gated.map { .flag($0) })
    settings.override(.model(.initializer), with: initializer.map { .text($0) })
    settings.override(.training(.optimizer), with: optimizer.map { .text($0) })
    settings.override(.training(.momentum), with: momentum.map { .number($0) })
    settings.override(.training(.decay), with: decay.map { .number($0) })
    settings.override(.training(.beta1), with: beta1.map { .number($0) })
    settings.override(.training(.beta2), with: beta2.map { .number($0) })
    settings.override(.training(.epsilon), with: epsilon.map { .number($0) })
    settings.override(.training(.learningRate), with: learningRate.map { .number($0) })
    settings.override(.training(.schedule), with: schedule.map { .text($0) })
    settings.override(.training(.scheduleFactor), with: scheduleFactor.map { .number($0) })
    settings.override(.training(.scheduleEpochs), with: scheduleEpochs.map { .integer($0) })
    settings.override(.training(.warmupSteps), with: warmupSteps.map { .integer($0) })
    settings.override(.training(.clipNorm), with: clipNorm.map { .number($0) })
    settings.override(.training(.weightDecay), with: weightDecay.map { .number($0) })
    settings.override(.training(.standardizes), with: standardize.map { .flag($0) })
    settings.override(.training(.outputBias), with: outputBias.map { .text($0.rawValue) })
    settings.override(.training(.epochs), with: epochs.map { .integer($0) })
    settings.override(.training(.seed), with: seed.map { .unsigned($0) })
    return settings
  }
}
