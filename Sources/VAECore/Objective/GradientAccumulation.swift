/// The two ways to the gradient of a mean over L samples. They give the same gradient, because differentiation is
/// linear; in floating point they agree to rounding.
public enum GradientAccumulation: Hashable, Sendable {
  /// Option 1, ∂/∂w (1/L) Σ_l E_l: all samples go through the network as one batch of M·L rows, and one backward
  /// pass differentiates their mean.
  case joint

  /// Option 2, (1/L) Σ_l ∂E_l/∂w: the samples go through a few at a time, each group with a backward pass of its
  /// own, and the gradients are added up. Memory does not grow with L.
  case accumulated(samplesPerPass: Int = 1)

  /// "joint" or "accumulated"
  public var name: String {
    switch self {
    case .joint: "joint"
    case .accumulated: "accumulated"
    }
  }

  /// How many samples a pass holds, where that is not all of them.
  public var samplesPerPass: Int? {
    switch self {
    case .joint: nil
    case .accumulated(let width): width
    }
  }

  /// How many of L samples the widest pass holds.
  func samplesPerPass(of samples: Int) -> Int { samplesPerPass.map { min(max($0, 1), samples) } ?? samples }
}

extension GradientAccumulation: Configurable {
  /// Jointly.
  public static var usual: GradientAccumulation { .joint }

  /// Its name, and the samples per pass.
  public static var settings: [Setting<GradientAccumulation>] { [setting] }

  private static let names = ["joint", "accumulated"]

  private static let setting = Setting<GradientAccumulation>(
    [
      SettingEntry(
        name: "gradient",
        help: """
          How the gradient of the mean over the samples is computed: joint (option 1, one batch of M·L rows) or \
          accumulated (option 2, a few samples at a time). Both give the same.
          """, form: .word(names), usual: usual.name, replaced: ["samples_per_pass"]),
      SettingEntry(
        name: "samples_per_pass", help: "Samples per pass of the accumulated gradient.", form: .integer, usual: "1"),
    ],
    write: { (gradient, values) throws(VAEError) in
      let (name, width) = (values["gradient"] ?? .text(gradient.name), values["samples_per_pass"])
      switch name {
      case .text("joint"):
        guard width == nil else {
          throw VAEError(.configuration, "samples_per_pass belongs to the accumulated gradient; joint has one pass.")
        }
        gradient = .joint
      case .text("accumulated"):
        guard let count = width.map(Int.init(settingValue:)) ?? 1 else {
          throw .impossible("samples_per_pass", width!, .integer)
        }
        gradient = .accumulated(samplesPerPass: count)
      case .integer, .unsigned, .number, .flag, .text, .list, .object: throw .impossible("gradient", name, .word(names))
      }
    },
    read: { gradient in
      let width = gradient.samplesPerPass.flatMap { $0 == 1 ? nil : ["samples_per_pass": SettingValue.integer($0)] }
      return ["gradient": .text(gradient.name)].merging(width ?? [:]) { $1 }
    },
    check: { (gradient) throws(VAEError) in
      try SettingDemand.from(1).check(gradient.samplesPerPass?.settingValue, "samples_per_pass")
    })
}
