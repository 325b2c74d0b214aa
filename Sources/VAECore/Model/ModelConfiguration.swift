/// The architecture of a variational autoencoder: everything that determines its tensors and what they compute.
///
///     x [M, D] → encoderHidden → μ, log σ² [M, Z] → z [M·L, Z] → decoderHidden → outputs [M·L, D]
///
/// With a condition c `[M, C]` the first layer of each stack takes (x ∣ c) and (z ∣ c): q(z|x, c), p(x|z, c) and, as
/// without one, p(z), which does not depend on c. That is the conditional VAE of Sohn et al. (2015), "Learning structured output
/// representation using deep conditional generative models", with the prior of Kingma et al. (2014), "Semi-supervised
/// learning with deep generative models", whose z does not depend on the label.
public struct ModelConfiguration: Hashable, Sendable {
  /// D, the data dimensions.
  public var dataSize: Int
  /// The shape of the data as images, where they are images.
  public var imageShape: ImageShape?
  /// The widths of the encoder's hidden layers, from the data on.
  public var encoderHidden: [Int]
  /// Z, the latent dimensions.
  public var latentSize: Int
  /// The widths of the decoder's hidden layers, from the latent variable on.
  public var decoderHidden: [Int]
  /// C, the size of the condition: the number of classes where it is a label; 0 where there is none.
  public var conditionSize: Int
  /// The activation of all hidden layers.
  public var activation: Activation
  /// Whether each hidden unit is multiplied by a gate, f(w·x + b) · σ(v·x + c), with weights v and c of its own.
  public var isGated: Bool
  /// What log σ² of q(z|x), and of a prior that is learned, is at least, where it is flat; from −30.
  public var leastLogVariance = GaussianLatent.widestBounds.lowerBound
  /// What it is at most; up to 20.
  public var mostLogVariance = GaussianLatent.widestBounds.upperBound
  /// Whether these hold log σ² more than numbers need.
  public var boundsLogVariance: Bool { leastLogVariance...mostLogVariance != GaussianLatent.widestBounds }
  /// p(z), what is known of the latent variable before a datum is seen.
  public var prior: Prior
  /// What the decoder's outputs mean.
  public var likelihood: Likelihood
  /// How the weights start.
  public var initializer: Initializer
  /// What becomes of values that are missing.
  public var gaps: Gaps

  /// A configuration. Without `decoderHidden` the decoder mirrors the encoder.
  public init(
    dataSize: Int, imageShape: ImageShape? = nil, encoderHidden: [Int] = [500], latentSize: Int = 20,
    decoderHidden: [Int]? = nil, conditionSize: Int = 0, activation: Activation = .tanh, isGated: Bool = false,
    prior: Prior = .standard, likelihood: Likelihood = .bernoulli, initializer: Initializer = .glorot,
    gaps: Gaps = Gaps()
  ) {
    self.dataSize = dataSize
    self.imageShape = imageShape
    self.encoderHidden = encoderHidden
    self.latentSize = latentSize
    self.decoderHidden = decoderHidden ?? encoderHidden.reversed()
    self.conditionSize = conditionSize
    self.activation = activation
    self.isGated = isGated
    self.prior = prior
    self.likelihood = likelihood
    self.initializer = initializer
    self.gaps = gaps
  }

  /// Throws where a size is not positive, the image shape is not the data's, the likelihood's settings make no
  /// sense for the data, or the parameters would be too many to address.
  public func validate() throws(VAEError) {
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !condition { throw VAEError(.configuration, problem()) }
    }
    // As many dimensions as a noise stream has.
    let limit = 4 << 24
    func checkSize(_ size: Int, _ name: String) throws(VAEError) {
      try check(size > 0, "\(name) must be at least 1; it is \(size).")
      try check(size <= limit, "\(name) is \(size); at most \(limit) is possible.")
    }
    try checkSize(dataSize, "The data size")
    try checkSize(latentSize, "The latent size")
    if conditionSize != 0 { try checkSize(conditionSize, "The condition's size") }
    try check(
      encoderHidden.count <= 1000 && decoderHidden.count <= 1000,
      "At most 1000 hidden layers are possible; there are \(max(encoderHidden.count, decoderHidden.count)).")
    for size in encoderHidden + decoderHidden { try checkSize(size, "A hidden layer's size") }
    if let shape = imageShape {
      try check(
        shape.height > 0 && shape.width > 0
          && shape.height.multipliedReportingOverflow(by: shape.width) == (dataSize, false),
        "Images of \(shape) do not have the data size \(dataSize).")
    }
    try likelihood.validate(dataSize: dataSize)
    try prior.checkSettings()
    try check(
      GaussianLatent.widestBounds.contains(leastLogVariance) && GaussianLatent.widestBounds.contains(mostLogVariance)
        && leastLogVariance < mostLogVariance,
      "log σ² is held from \(leastLogVariance) (logvar_min) to \(mostLogVariance) (logvar_max): give bounds from −30 to 20, the "
        + "lower one first.")
    try initializer.validate()
    try gaps.validate(dataSize: dataSize)
    try check(
      !gaps.areTaken || likelihood.model.kernel.takesGaps,
      "The likelihood \(likelihood.name) knows nothing of missing values.")
    var total = 0
    let kernel = kernel
    let outputs = max(2 * dataSize, kernel.outputs(dataSize: dataSize).reduce(0) { $0 + $1.size })
    let stacks = [
      [kernel.featureCount(dataSize: dataSize) + conditionSize] + encoderHidden + [2 * latentSize],
      [latentSize + conditionSize] + decoderHidden + [outputs],
    ]
    let layers =
      stacks.flatMap { zip($0, $0.dropFirst()) }
      + (prior.kernel.layer(latentSize: latentSize, offset: 0).map { [($0.inputs, $0.outputs)] } ?? [])
    for (inputs, outputs) in layers {
      // With as many gates, where there are any.
      let (weights, overflow) = inputs.multipliedReportingOverflow(by: isGated ? 2 * outputs : outputs)
      let (sum, overflowed) = total.addingReportingOverflow(weights)
      total = sum
      try check(
        !overflow && !overflowed && total < Int.max >> 8,
        "Layers of \(inputs) × \(outputs) weights do not fit into memory: choose smaller hidden sizes.")
    }
  }
}

extension ModelConfiguration: Configurable {
  /// The defaults, of data of one value.
  public static var usual: ModelConfiguration { ModelConfiguration(dataSize: 1) }

  /// By the names that they have in config.json. Without `decoder_hidden` the decoder mirrors the encoder.
  public static var settings: [Setting<ModelConfiguration>] {
    [
      Setting(
        "data_size", \.dataSize, "Values of a datum, D.", usual: "the data's", isRequired: true,
        isDerived: true),
      Setting(
        "image_shape", \.imageShape, "Height and width, where the data are images.", usual: "the data's",
        isDerived: true),
      Setting(
        "condition_size", \.conditionSize, "Values of the condition, C: of labels, their classes.", usual: "the data's",
        isDerived: true, isBrief: true),
      Setting(
        "hidden", \.mirroredHidden,
        "Widths of the encoder's hidden layers, as 500 or 500,200, or none; the decoder mirrors them.",
        placeholder: "sizes", replacing: ["decoder_hidden"]),
      Setting(
        "decoder_hidden", \.decoderHidden, "Widths of the decoder's hidden layers, where it is no mirror.",
        placeholder: "sizes", usual: "a mirror"),
      Setting("latent", \.latentSize, "Latent dimensions."),
      Setting("activation", \.activation, "Activation of the hidden layers."),
      Setting("gated", \.isGated, "Multiply each hidden unit by a sigmoid gate with weights of its own."),
      Setting("init", \.initializer, "Initial weights: normal (σ = 0.01), normal(σ), glorot, he, orthogonal, uniform."),
      Setting(
        "logvar_min", \.leastLogVariance, "What log σ² of the latent variable is held to from below.",
        placeholder: "number", isBrief: true),
      Setting(
        "logvar_max", \.mostLogVariance, "What log σ² of the latent variable is held to from above.",
        placeholder: "number", isBrief: true),
      Setting(
        choice: "prior", \.prior,
        "p(z): standard, N(0, I); or mixture, of normal distributions that are learned.", isBrief: true),
      Setting(choice: "likelihood", \.likelihood, "\(Likelihood.names.joined(separator: ", "))."),
      Setting(
        "gaps", \.gaps.treatment,
        """
        Missing values, with --missing model: masked, they have no part in the loss; patterned, which are missing is drawn with \
        the data, too.
        """, usual: "patterned of tables with a schema, else masked", isBrief: true),
      Setting(
        "gap_rates", \.gapRates, "The share of values that each column lacks in the training data.",
        usual: "the data's", isDerived: true, isBrief: true),
    ]
  }

  private var gapRates: NumberList {
    get { NumberList(gaps.rates) }
    set { gaps.rates = newValue.numbers }
  }

  /// The encoder's hidden layers, of which the decoder's follow where they are set.
  private var mirroredHidden: [Int] {
    get { encoderHidden }
    set { (encoderHidden, decoderHidden) = (newValue, newValue.reversed()) }
  }
}

extension ModelConfiguration: Codable {
  /// From a flat object of its settings; what is left out is as usual, only `data_size` must be there.
  public init(from decoder: any Decoder) throws { try self.init(decoding: decoder) }

  /// As a flat object of its settings.
  public func encode(to encoder: any Encoder) throws { try encodeSettings(to: encoder) }
}

extension ImageShape: SettingRepresentable {
  /// An object of height and width.
  public static var settingForm: SettingForm { .object }
  /// An object of height and width.
  public var settingValue: SettingValue? { .object(["height": height, "width": width]) }
  /// From an object of height and width.
  public init?(settingValue: SettingValue) {
    guard case .object(let sides) = settingValue, let height = sides["height"], let width = sides["width"],
      sides.count == 2
    else { return nil }
    self.init(height: height, width: width)
  }
}

extension Activation: SettingRepresentable {}
