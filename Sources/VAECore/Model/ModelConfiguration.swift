/// The architecture of a variational autoencoder: everything that determines its tensors and what they compute.
///
///     x [M, D] → encoderHidden → μ, log σ² [M, Z] → z [M·L, Z] → decoderHidden → outputs [M·L, D]
///
/// With a condition c `[M, C]` the first layer of each stack takes (x ∣ c) and (z ∣ c): q(z|x, c), p(x|z, c) and, as
/// without one, p(z) = N(0, I). That is the conditional VAE of Sohn et al. (2015), "Learning structured output
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
  /// What the decoder's outputs mean.
  public var likelihood: Likelihood
  /// How the weights start.
  public var initializer: Initializer

  /// A configuration. Without `decoderHidden` the decoder mirrors the encoder.
  public init(
    dataSize: Int, imageShape: ImageShape? = nil, encoderHidden: [Int] = [500], latentSize: Int = 20,
    decoderHidden: [Int]? = nil, conditionSize: Int = 0, activation: Activation = .tanh, isGated: Bool = false,
    likelihood: Likelihood = .bernoulli, initializer: Initializer = .glorot
  ) {
    self.dataSize = dataSize
    self.imageShape = imageShape
    self.encoderHidden = encoderHidden
    self.latentSize = latentSize
    self.decoderHidden = decoderHidden ?? encoderHidden.reversed()
    self.conditionSize = conditionSize
    self.activation = activation
    self.isGated = isGated
    self.likelihood = likelihood
    self.initializer = initializer
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
        "Images of \(shape.height) × \(shape.width) pixels do not have the data size \(dataSize).")
    }
    try likelihood.validate(dataSize: dataSize)
    if case .normal(let deviation) = initializer {
      try check(
        deviation >= 0 && deviation.isFinite,
        "The initial weights' standard deviation must be finite and not negative; it is \(deviation).")
    }
    var total = 0
    let stacks = [
      [dataSize + conditionSize] + encoderHidden + [2 * latentSize],
      [latentSize + conditionSize] + decoderHidden + [2 * dataSize],
    ]
    for (inputs, outputs) in stacks.flatMap({ zip($0, $0.dropFirst()) }) {
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

extension ModelConfiguration: Codable {
  package enum CodingKeys: String, CodingKey, CaseIterable {
    case dataSize = "data_size"
    case imageShape = "image_shape"
    case encoderHidden = "hidden"
    case latentSize = "latent"
    case decoderHidden = "decoder_hidden"
    case conditionSize = "condition_size"
    case activation
    case isGated = "gated"
    case likelihood, variance, scale, groups, columns
    case outputActivation = "output_activation"
    case initializer = "init"
  }

  /// The names of the settings in a flat JSON object.
  public static var settingNames: [String] { CodingKeys.allCases.map(\.rawValue) }

  /// From a flat object; what is left out has its default, only `data_size` must be there.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<T: Decodable>(_ key: CodingKeys, _ type: T.Type = T.self) throws -> T? {
      try values.decodeIfPresent(type, forKey: key)
    }
    let output = try value(.outputActivation, Activation.self)
    self.init(
      dataSize: try values.decode(Int.self, forKey: .dataSize),
      imageShape: try value(.imageShape),
      encoderHidden: try value(.encoderHidden) ?? [500],
      latentSize: try value(.latentSize) ?? 20,
      decoderHidden: try value(.decoderHidden),
      conditionSize: try value(.conditionSize) ?? 0,
      activation: try value(.activation) ?? .tanh,
      isGated: try value(.isGated) ?? false,
      likelihood: try Likelihood(
        name: value(.likelihood) ?? "bernoulli", variance: value(.variance), scale: value(.scale),
        groups: value(.groups), columns: value(.columns), outputActivation: output),
      initializer: try value(.initializer) ?? .glorot)
  }

  /// As a flat object.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(dataSize, forKey: .dataSize)
    try values.encodeIfPresent(imageShape, forKey: .imageShape)
    try values.encode(encoderHidden, forKey: .encoderHidden)
    try values.encode(latentSize, forKey: .latentSize)
    try values.encode(decoderHidden, forKey: .decoderHidden)
    if conditionSize != 0 { try values.encode(conditionSize, forKey: .conditionSize) }
    try values.encode(activation, forKey: .activation)
    try values.encode(isGated, forKey: .isGated)
    try values.encode(likelihood.name, forKey: .likelihood)
    let settings = likelihood.settings
    try values.encodeIfPresent(settings.variance, forKey: .variance)
    try values.encodeIfPresent(settings.scale, forKey: .scale)
    try values.encodeIfPresent(settings.groups, forKey: .groups)
    try values.encodeIfPresent(settings.columns, forKey: .columns)
    try values.encodeIfPresent(settings.outputActivation, forKey: .outputActivation)
    try values.encode(initializer, forKey: .initializer)
  }
}
