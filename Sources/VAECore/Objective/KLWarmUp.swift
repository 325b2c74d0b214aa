/// How the weight of the KL divergence grows at the beginning, against latent dimensions that fall silent before the
/// decoder has learned to use them. A function of the progress alone: there is nothing to save.
public enum KLWarmUp: Hashable, Sendable {
  /// The full weight from the beginning.
  case none
  /// From 0 to the full weight in so many epochs: Bowman et al. (2016), Sønderby et al. (2016).
  case linear(epochs: Double)
  /// In cycles of so many epochs, from 0 to the full weight in the first half of each: Fu et al. (2019), with R = 0.5.
  case cyclical(epochs: Double)

  /// Whether the weight is the full one from the beginning.
  public var isNone: Bool { self == .none }

  /// Whether the weight is yet to be the full one for the first time, and stays it then.
  func isRising(after epochs: Double) -> Bool {
    switch self {
    case .none, .cyclical: false
    case .linear(let duration): epochs < duration
    }
  }

  /// What the KL weight is multiplied by after so many epochs, fractions included.
  public func factor(after epochs: Double) -> Double {
    switch self {
    case .none: 1
    case .linear(let duration): epochs < duration ? epochs / duration : 1
    case .cyclical(let duration):
      min(epochs.truncatingRemainder(dividingBy: duration) / (duration / 2), 1)
    }
  }

  /// The epochs of the linear warm-up; nil where it is another.
  private var linear: Double? {
    get { if case .linear(let epochs) = self { epochs } else { nil } }
    set { if let newValue { self = newValue == 0 ? .none : .linear(epochs: newValue) } }
  }

  /// The epochs of a cycle; nil where it is another.
  private var cycle: Double? {
    get { if case .cyclical(let epochs) = self { epochs } else { nil } }
    set { if let newValue { self = .cyclical(epochs: newValue) } }
  }
}

extension KLWarmUp: Configurable {
  /// None.
  public static var usual: KLWarmUp { .none }

  /// The epochs of either.
  public static var settings: [Setting<KLWarmUp>] {
    [
      Setting(
        "kl_warmup", \.linear, "Let the weight of the KL divergence grow from 0 in so many epochs.", .notNegative,
        placeholder: "epochs", replacing: ["kl_cycle"]),
      Setting(
        "kl_cycle", \.cycle,
        "Let the weight of the KL divergence grow anew in cycles of so many epochs, in the first half of each.",
        .positive,
        placeholder: "epochs", replacing: ["kl_warmup"]),
      Setting(
        [],
        write: { (_, values) throws(VAEError) in
          guard values["kl_warmup"] == nil || values["kl_cycle"] == nil else {
            throw VAEError(
              .configuration, "The KL divergence warms up once (kl_warmup) or in cycles (kl_cycle), not both.")
          }
        }, read: { _ in [:] }),
    ]
  }
}
