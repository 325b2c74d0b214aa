extension TrainingConfiguration: Configurable {
  /// The defaults.
  public static var usual: TrainingConfiguration { TrainingConfiguration() }

  /// By the names that they have in config.json.
  public static var settings: [Setting<TrainingConfiguration>] {
    [
      Setting("batch_size", \.batchSize, "Data per minibatch, M.", .from(1)),
      Setting("samples", \.samplesPerDatum, "Latent samples per datum, L.", .between(1, 0x1p24)),
    ] + GradientAccumulation.settings.map { $0.lifted(to: \.gradient) } + [
      Setting(
        choice: "bound", \.objective,
        """
        What is maximised: elbo, the evidence lower bound, or iwae, the importance-weighted bound with K = L samples.
        """, isBrief: true, keepsSettings: true)
    ] + KLWarmUp.settings.map { $0.lifted(to: \.klWarmUp) } + [
      Setting(
        "precision", \.precision,
        """
        In which precision matrices are multiplied: full (single), or mixed (bfloat16, with sums in single), about twice as \
        fast on processors that have an instruction for it.
        """, isBrief: true),
      Setting(
        "binarize", \.binarization,
        "What becomes of grey values: none (they stay), threshold (at 1/2), dynamic (sampled anew each epoch), fixed (sampled once)."
      ),
      Setting(choice: "optimizer", \.optimizer, "\(Optimizer.names.joined(separator: ", "))."),
      Setting("learning_rate", \.learningRate, "Learning rate.", .notNegative),
      Setting(
        choice: "schedule", \.schedule,
        """
        Course of the learning rate: \(LearningRateSchedule.names.joined(separator: ", ")). burda is 10^(−i/7) of it for \
        3^i epochs, i = 0 … 7.
        """),
      Setting("warmup_steps", \.schedule.warmupSteps, "Steps over which the learning rate rises from 0.", .from(0)),
      Setting(
        "clip_norm", \.clipNorm, "Scale a gradient down to this norm, over all parameters, where it is longer.",
        .positive, usual: "never"),
      Setting(
        "trim", \.trim,
        """
        Leave out this part of each minibatch, the data with the largest losses: for sets that hold some odd ones (0.1 for a tenth).
        """, .between(0, 0.5)),
      Setting("weight_decay", \.weightDecay, "Weight decay.", .notNegative),
      Setting(
        "standardize", \.standardizes,
        """
        Let the model see each column less its mean, in standard deviations; data go in and come out, and losses are, in \
        their own units.
        """, isBrief: true),
      Setting(
        "output_bias", \.outputBias,
        "Where the output biases of a bernoulli model start: zero, or data (the log-odds of the data's means)."),
      Setting(
        "shuffle_window", \.shuffleWindow,
        "Data of the windows in which a set is shuffled that is larger than memory.", .from(1), usual: "all",
        isDerived: true),
      Setting(
        "early_stopping", \.earlyStopping, "End after so many epochs without an improvement of the validation loss.",
        .from(1), placeholder: "epochs", usual: "never"),
      Setting("epochs", \.epochs, "How often each datum is seen.", .between(0, 0x1p30)),
      Setting("seed", \.seed, "Determines initial weights, order and noise."),
    ]
  }
}

extension TrainingConfiguration: Codable {
  /// From a flat object of its settings; what is left out is as usual.
  public init(from decoder: any Decoder) throws { try self.init(decoding: decoder) }

  /// As a flat object of its settings.
  public func encode(to encoder: any Encoder) throws { try encodeSettings(to: encoder) }
}

extension Binarization: SettingRepresentable {}
extension Precision: SettingRepresentable {}
extension OutputBias: SettingRepresentable {}
