/// A likelihood's settings as they stand in a flat JSON object, those that it has.
struct LikelihoodSettings {
  var variance: Likelihood.Variance?
  var scale: Likelihood.Scale?
  var groups: [Int]?
  /// As ``Likelihood/Columns/text``, separated by commas.
  var columns: String?
  var outputActivation: Activation?
}

extension Likelihood {
  /// The likelihoods without their settings, by name.
  enum Kind: String, CaseIterable {
    case bernoulli
    case continuousBernoulli = "continuous-bernoulli"
    case gaussian, laplace, poisson
    case negativeBinomial = "negative-binomial"
    case categorical, mixed
    case squaredError = "squared-error"
    case difference

    /// What the outputs are where no activation can be chosen; nil where one can.
    fileprivate var fixedOutput: String? {
      switch self {
      case .bernoulli, .continuousBernoulli: "takes logits and applies the sigmoid itself"
      case .poisson: "takes log-rates and applies the exponential itself"
      case .negativeBinomial: "takes logarithms and applies the exponential itself"
      case .categorical: "takes logits and applies the softmax itself"
      case .mixed: "takes an activation with each of its columns, as gaussian(sigmoid):5"
      case .gaussian, .laplace, .squaredError, .difference: nil
      }
    }
  }

  var kind: Kind {
    switch self {
    case .bernoulli: .bernoulli
    case .continuousBernoulli: .continuousBernoulli
    case .gaussian: .gaussian
    case .laplace: .laplace
    case .poisson: .poisson
    case .negativeBinomial: .negativeBinomial
    case .categorical: .categorical
    case .mixed: .mixed
    case .squaredError: .squaredError
    case .difference: .difference
    }
  }

  /// The likelihoods' names.
  public static let names = Kind.allCases.map(\.rawValue)

  /// A likelihood by its name and settings; throws where there is none of that name, a setting is not its own, or one
  /// that it needs is missing.
  ///
  /// - Parameters:
  ///   - name: one of ``names``.
  ///   - variance: of gaussian.
  ///   - scale: of laplace.
  ///   - groups: the group sizes of categorical.
  ///   - columns: of mixed, as "gaussian:5,categorical:3"; see ``Columns/text``.
  ///   - outputActivation: of the outputs, where they have one to choose.
  public init(
    name: String, variance: Variance? = nil, scale: Scale? = nil, groups: [Int]? = nil, columns: String? = nil,
    outputActivation: Activation? = nil
  ) throws(VAEError) {
    guard let kind = Kind(rawValue: name) else {
      throw VAEError(
        .configuration, "There is no likelihood \"\(name)\": choose \(Likelihood.names.joined(separator: ", ")).")
    }
    let settings: [(String, Bool, Kind)] = [
      ("A variance", variance != nil, .gaussian), ("A scale", scale != nil, .laplace),
      ("A list of groups", groups != nil, .categorical), ("A list of columns", columns != nil, .mixed),
    ]
    for (setting, isGiven, owner) in settings where isGiven && kind != owner {
      let advice = kind == .mixed ? ": give it with the columns, as gaussian(learned):5" : ""
      throw VAEError(
        .configuration, "\(setting) belongs to the \(owner.rawValue) likelihood; \(name) has none\(advice).")
    }
    if let output = kind.fixedOutput, outputActivation ?? .identity != .identity {
      throw VAEError(.configuration, "The \(name) likelihood \(output): leave the output activation out.")
    }
    let output = outputActivation ?? .identity
    switch kind {
    case .bernoulli: self = .bernoulli
    case .continuousBernoulli: self = .continuousBernoulli
    case .gaussian: self = .gaussian(variance: variance ?? .fixed(1), mean: output)
    case .laplace: self = .laplace(scale: scale ?? .fixed(1), location: output)
    case .poisson: self = .poisson
    case .negativeBinomial: self = .negativeBinomial
    case .categorical:
      guard let groups else {
        throw VAEError(
          .configuration, "The categorical likelihood needs its groups, the sizes of the one-hot groups, as 3,4,2.")
      }
      self = .categorical(groups: groups)
    case .mixed:
      guard let columns else {
        throw VAEError(
          .configuration, "The mixed likelihood needs its columns, as gaussian:5,categorical:3,poisson:2.")
      }
      self = .mixed(try Columns.list(columns))
    case .squaredError: self = .squaredError(output: output)
    case .difference: self = .difference(output: output)
    }
  }

  /// What ``init(name:variance:scale:groups:columns:outputActivation:)`` makes the likelihood from.
  var settings: LikelihoodSettings {
    switch self {
    case .bernoulli, .continuousBernoulli, .poisson, .negativeBinomial: LikelihoodSettings()
    case .gaussian(let variance, let mean): LikelihoodSettings(variance: variance, outputActivation: mean)
    case .laplace(let scale, let location): LikelihoodSettings(scale: scale, outputActivation: location)
    case .categorical(let groups): LikelihoodSettings(groups: groups)
    case .mixed(let columns): LikelihoodSettings(columns: columns.map(\.text).joined(separator: ","))
    case .squaredError(let output), .difference(let output): LikelihoodSettings(outputActivation: output)
    }
  }

  /// Throws where a spread makes no sense, or groups or columns are not the data's.
  func validate(dataSize: Int) throws(VAEError) {
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !condition { throw VAEError(.configuration, problem()) }
    }
    func checkSum(_ sizes: [Int], least: Int, _ name: String) throws(VAEError) {
      for size in sizes {
        try check(
          size >= least && size <= dataSize,
          "\(name) has \(size) of the data's \(dataSize) values; possible are \(least) to all of them.")
      }
      let sum = sizes.reduce(0, +)
      try check(
        sum == dataSize,
        "The sizes \(sizes.map(String.init).joined(separator: ", ")) add up to \(sum); the data have "
          + "\(dataSize) values.")
    }
    func checkSpread(_ value: Double, _ name: String) throws(VAEError) {
      // So that neither it nor its inverse leaves the range of Float.
      try check((1e-30...1e30).contains(value), "The \(name) must be positive, from 1e-30 to 1e30; it is \(value).")
    }
    switch self {
    case .gaussian(.fixed(let variance), _): try checkSpread(variance, "variance")
    case .laplace(.fixed(let scale), _): try checkSpread(scale, "scale")
    case .categorical(let groups): try checkSum(groups, least: 2, "A one-hot group")
    case .mixed(let columns):
      try checkSum(columns.map(\.count), least: 1, "A group of columns")
      for group in columns {
        try check(
          group.likelihood.kind != .mixed && group.likelihood.isNormalized,
          "The mixed likelihood cannot hold \(group.likelihood.name): it adds up log densities of columns.")
        try group.likelihood.validate(dataSize: group.count)
      }
    case .bernoulli, .continuousBernoulli, .gaussian, .laplace, .poisson, .negativeBinomial, .squaredError, .difference:
      break
    }
  }
}

extension Likelihood.Spread: Codable {
  /// From "learned", "per-feature" or a number; nil where it is neither.
  init?(text: String) {
    switch text {
    case "learned": self = .learned
    case "per-feature": self = .perFeature
    default:
      guard let number = Double(text) else { return nil }
      self = .fixed(number)
    }
  }

  /// "learned", "per-feature" or a number.
  var text: String {
    switch self {
    case .fixed(let number): "\(number)"
    case .learned: "learned"
    case .perFeature: "per-feature"
    }
  }

  /// From "learned", "per-feature" or a number.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Double.self) {
      self = .fixed(number)
    } else if let spread = Likelihood.Spread(text: try value.decode(String.self)), spread.isNamed {
      self = spread
    } else {
      let name = decoder.codingPath.last?.stringValue ?? "variance or scale"
      throw VAEError(.configuration, "A \(name) is a positive number, \"learned\" or \"per-feature\".")
    }
  }

  /// As "learned", "per-feature" or a number.
  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    if case .fixed(let number) = self { try value.encode(number) } else { try value.encode(text) }
  }

  private var isNamed: Bool { if case .fixed = self { false } else { true } }
}
