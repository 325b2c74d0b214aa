/// An experiment by name: everything that its source states of the model and of how it was trained.
///
/// A preset runs on any data that its likelihood takes, once ``model`` has their size.
public struct Preset: Sendable {
  /// As on the command line, "burda2015-k50".
  public let name: String
  /// What it is and where it comes from, in a line.
  public let summary: String
  /// The architecture, for data of one value.
  public let model: ModelConfiguration
  /// How it is trained.
  public private(set) var training: TrainingConfiguration
  /// Whether it is for tables, whose schema decides the likelihood: see ``Likelihood/table(_:data:seed:)``.
  public let isForTables: Bool
  /// Whether a table's numbers are given by modes: see ``DataSource/inModes(seed:)``.
  public let seesModes: Bool
  /// What follows from the number of data.
  private let adapt: (@Sendable (inout TrainingConfiguration, Int, Int?) -> Void)?

  init(
    _ name: String, _ summary: String, _ model: ModelConfiguration, isForTables: Bool = false,
    seesModes: Bool = false, adapt: (@Sendable (inout TrainingConfiguration, Int, Int?) -> Void)? = nil,
    _ change: (inout TrainingConfiguration) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.model = model
    self.isForTables = isForTables
    self.seesModes = seesModes
    self.adapt = adapt
    var training = TrainingConfiguration()
    change(&training)
    self.training = training
  }

  /// The same for so many data, and for so many epochs where somebody says how many, where these decide how it is trained.
  public func adapted(toData count: Int, epochs: Int? = nil) -> Preset {
    var preset = self
    adapt?(&preset.training, max(count, 1), epochs)
    return preset
  }

  /// The preset of a name; throws where there is none such.
  public static func named(_ name: String) throws(VAEError) -> Preset {
    if let preset = all.first(where: { $0.name == name }) { return preset }
    throw VAEError(
      .configuration, "There is no preset \"\(name)\": choose \(all.map(\.name).joined(separator: ", ")).")
  }

  /// All presets.
  public static let all: [Preset] = [
    // Section 5 and figure 2: Adagrad with a step size from {0.01, 0.02, 0.1}, weights from N(0, 0.01), and the weight
    // decay that the prior p(θ) = N(0, I) amounts to, λ = 1/N for N = 60,000. The paper goes on for 10⁸ data.
    kingma2013(
      "kingma2013-mnist", "Kingma and Welling (2013) on MNIST: 500 tanh units, 20 latent dimensions, Adagrad",
      ModelConfiguration(
        dataSize: 1, encoderHidden: [500], latentSize: 20, likelihood: .bernoulli,
        initializer: .normal(standardDeviation: 0.1)), weightDecay: 1 / 60_000),
    // N = 1965.
    kingma2013(
      "kingma2013-frey", "the same on Frey Face: 200 tanh units, 10 latent dimensions, Gaussian outputs",
      ModelConfiguration(
        dataSize: 1, encoderHidden: [200], latentSize: 10, likelihood: .gaussian(variance: .learned, mean: .sigmoid),
        initializer: .normal(standardDeviation: 0.1)), weightDecay: 1 / 1965),
    burda2015(samples: 1), burda2015(samples: 5), burda2015(samples: 50),
    Preset(
      "gated-mlp", "two gated layers of 300 units on either side, 40 latent dimensions, a rate that falls to 0",
      ModelConfiguration(
        dataSize: 1, encoderHidden: [300, 300], latentSize: 40, activation: .identity, isGated: true)
    ) {
      $0.binarization = .dynamic
      $0.schedule = .cosine()
      $0.outputBias = .data
      $0.klWarmUp = .linear(epochs: 40)
      $0.epochs = 120
    },
    table, tvae,
  ]

  private static func kingma2013(
    _ name: String, _ summary: String, _ model: ModelConfiguration, weightDecay: Double
  ) -> Preset {
    Preset(name, summary, model) {
      $0.optimizer = .adagrad()
      $0.learningRate = 0.02
      $0.weightDecay = weightDecay
      $0.epochs = 1600
    }
  }

  /// Section 5: one stochastic layer, two deterministic ones on either side, 3280 epochs with a rate that falls.
  private static func burda2015(samples: Int) -> Preset {
    Preset(
      "burda2015-k\(samples)", "Burda et al. (2015), one stochastic layer, importance-weighted with K = \(samples)",
      ModelConfiguration(dataSize: 1, encoderHidden: [200, 200], latentSize: 50)
    ) {
      $0.batchSize = 20
      $0.samplesPerDatum = samples
      $0.objective = .importanceWeightedBound()
      $0.optimizer = .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-4)
      $0.schedule = .burda()
      $0.binarization = .dynamic
      $0.outputBias = .data
      $0.epochs = 3280
    }
  }
}
