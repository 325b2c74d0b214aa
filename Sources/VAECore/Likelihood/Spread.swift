extension Likelihood {
  /// How wide a density is: the variance σ² of a Gaussian, the scale b of a Laplace likelihood.
  public enum Spread: Hashable, Sendable {
    /// One positive number for all dimensions.
    case fixed(Double)
    /// A parameter for each dimension, its logarithm, the same for all z.
    case perFeature
    /// The logarithm is an output of the decoder like the mean.
    ///
    /// Both logarithms are held to bounds, log σ² between −10 and 10, log b between −5 and 10.
    case learned
  }

  /// The variance of a Gaussian likelihood.
  public typealias Variance = Spread
  /// The scale of a Laplace likelihood.
  public typealias Scale = Spread
}

extension Likelihood.Spread: SettingRepresentable {
  private static let words: [(String, Self)] = [("per-feature", .perFeature), ("learned", .learned)]

  /// A number, "per-feature" or "learned".
  public static var settingForm: SettingForm { .numberOr(words.map(\.0)) }

  /// A number, "per-feature" or "learned".
  public var settingValue: SettingValue? {
    if case .fixed(let number) = self { return .number(number) }
    return Self.words.first { $0.1 == self }.map { .text($0.0) }
  }

  /// From a number, "per-feature" or "learned".
  public init?(settingValue: SettingValue) {
    if let number = Double(settingValue: settingValue) {
      self = .fixed(number)
    } else {
      guard let named = Self.words.first(where: { .text($0.0) == settingValue }) else { return nil }
      self = named.1
    }
  }

  /// So that neither a number nor its inverse leaves the range of Float.
  static let demand = SettingDemand.between(1e-30, 1e30)

  /// The outputs that hold its logarithms, where there are any.
  func outputs(_ name: String, size: Int) -> [LayerOutput] {
    switch self {
    case .fixed: []
    case .perFeature: [LayerOutput(name: name, size: size, isConstant: true)]
    case .learned: [LayerOutput(name: name, size: size)]
    }
  }
}
