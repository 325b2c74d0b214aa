/// The settings of a training as a flat object of JSON, by the names that they have in config.json.
extension TrainingConfiguration: Codable {
  package enum CodingKeys: String, CodingKey, CaseIterable {
    case batchSize = "batch_size"
    case samplesPerDatum = "samples"
    case gradient
    case samplesPerPass = "samples_per_pass"
    case bound
    case klWeight = "beta"
    case klWarmUp = "kl_warmup"
    case klCycle = "kl_cycle"
    case freeBits = "free_bits"
    case latentGradient = "latent_gradient"
    case binarization = "binarize"
    case optimizer, momentum, decay, beta1, beta2, epsilon
    case learningRate = "learning_rate"
    case schedule
    case scheduleFactor = "schedule_factor"
    case scheduleEpochs = "schedule_epochs"
    case warmupSteps = "warmup_steps"
    case clipNorm = "clip_norm"
    case weightDecay = "weight_decay"
    case standardizes = "standardize"
    case outputBias = "output_bias"
    case shuffleWindow = "shuffle_window"
    case earlyStopping = "early_stopping"
    case epochs, seed
  }

  /// The names of the settings in a flat JSON object.
  public static var settingNames: [String] { CodingKeys.allCases.map(\.rawValue) }

  /// From a flat object; what is left out has its default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func set<T: Decodable>(_ key: CodingKeys, _ assign: (T) -> Void) throws {
      if let value = try values.decodeIfPresent(T.self, forKey: key) { assign(value) }
    }
    self.init()
    try set(.batchSize) { batchSize = $0 }
    try set(.samplesPerDatum) { samplesPerDatum = $0 }
    if let name = try values.decodeIfPresent(String.self, forKey: .gradient) {
      guard let estimator = GradientEstimator(name: name) else {
        throw VAEError(.configuration, "There is no gradient estimator \"\(name)\": choose joint or accumulated.")
      }
      gradient = estimator
    }
    if let width = try values.decodeIfPresent(Int.self, forKey: .samplesPerPass) {
      guard gradient != .joint else {
        throw VAEError(.configuration, "samples_per_pass belongs to the accumulated gradient; joint has one pass.")
      }
      gradient = .accumulated(samplesPerPass: width)
    }
    try set(.bound) { bound = $0 }
    try set(.klWeight) { klWeight = $0 }
    try set(.klWarmUp) { klWarmUp = .linear(epochs: $0) }
    if let epochs = try values.decodeIfPresent(Double.self, forKey: .klCycle) {
      guard klWarmUp == .none else {
        throw VAEError(.configuration, "The KL divergence warms up once (kl_warmup) or in cycles (kl_cycle), not both.")
      }
      klWarmUp = .cyclical(epochs: epochs)
    }
    try set(.freeBits) { freeBits = $0 }
    try set(.latentGradient) { latentGradient = $0 }
    try set(.binarization) { binarization = $0 }
    try set(.learningRate) { learningRate = $0 }
    schedule = try LearningRateSchedule(
      name: values.decodeIfPresent(String.self, forKey: .schedule) ?? schedule.name,
      factor: values.decodeIfPresent(Double.self, forKey: .scheduleFactor),
      epochs: values.decodeIfPresent(Int.self, forKey: .scheduleEpochs),
      warmupSteps: values.decodeIfPresent(Int.self, forKey: .warmupSteps) ?? 0)
    clipNorm = try values.decodeIfPresent(Double.self, forKey: .clipNorm)
    try set(.weightDecay) { weightDecay = $0 }
    try set(.standardizes) { standardizes = $0 }
    try set(.outputBias) { outputBias = $0 }
    shuffleWindow = try values.decodeIfPresent(Int.self, forKey: .shuffleWindow)
    earlyStopping = try values.decodeIfPresent(Int.self, forKey: .earlyStopping)
    try set(.epochs) { epochs = $0 }
    try set(.seed) { seed = $0 }
    var constants: [String: Double] = [:]
    for key in [CodingKeys.momentum, .decay, .beta1, .beta2, .epsilon] {
      constants[key.rawValue] = try values.decodeIfPresent(Double.self, forKey: key)
    }
    optimizer = try Optimizer(
      name: values.decodeIfPresent(String.self, forKey: .optimizer) ?? optimizer.name, constants: constants)
  }

  /// As a flat object.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    let usual = TrainingConfiguration()
    try values.encode(batchSize, forKey: .batchSize)
    try values.encode(samplesPerDatum, forKey: .samplesPerDatum)
    try values.encode(gradient.name, forKey: .gradient)
    if case .accumulated(let width) = gradient, width != 1 { try values.encode(width, forKey: .samplesPerPass) }
    if bound != usual.bound { try values.encode(bound, forKey: .bound) }
    try values.encode(klWeight, forKey: .klWeight)
    switch klWarmUp {
    case .none: break
    case .linear(let epochs): try values.encode(epochs, forKey: .klWarmUp)
    case .cyclical(let epochs): try values.encode(epochs, forKey: .klCycle)
    }
    if freeBits != usual.freeBits { try values.encode(freeBits, forKey: .freeBits) }
    if latentGradient != usual.latentGradient { try values.encode(latentGradient, forKey: .latentGradient) }
    try values.encode(binarization, forKey: .binarization)
    try values.encode(optimizer.name, forKey: .optimizer)
    for (name, value) in optimizer.constants { try values.encode(value, forKey: CodingKeys(stringValue: name)!) }
    try values.encode(learningRate, forKey: .learningRate)
    try values.encode(schedule.name, forKey: .schedule)
    try values.encodeIfPresent(schedule.factor, forKey: .scheduleFactor)
    try values.encodeIfPresent(schedule.period, forKey: .scheduleEpochs)
    try values.encode(schedule.warmupSteps, forKey: .warmupSteps)
    try values.encodeIfPresent(clipNorm, forKey: .clipNorm)
    try values.encode(weightDecay, forKey: .weightDecay)
    if standardizes { try values.encode(standardizes, forKey: .standardizes) }
    try values.encode(outputBias, forKey: .outputBias)
    try values.encodeIfPresent(shuffleWindow, forKey: .shuffleWindow)
    try values.encodeIfPresent(earlyStopping, forKey: .earlyStopping)
    try values.encode(epochs, forKey: .epochs)
    try values.encode(seed, forKey: .seed)
  }
}
