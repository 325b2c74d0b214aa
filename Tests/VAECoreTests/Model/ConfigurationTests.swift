import Foundation
import TestSupport
import Testing
import VAECore

/// Configurations as flat JSON objects and back, and settings that contradict each other.
struct ConfigurationTests {
  static let likelihoods: [Likelihood] =
    Likelihood.ofSixColumns + [.gaussian(), .gaussian(variance: .learned, mean: .tanh)]
    + [
      .mixed([
        .init(9, .gaussian(variance: .fixed(1.0 / 3), mean: .softplus)), .init(7, .categorical(groups: [3, 4])),
        .init(2, .laplace(scale: .learned)), .init(1, .bernoulli), .init(1, .continuousBernoulli),
      ])
    ]

  private func roundTrip<T: Codable & Equatable>(_ value: T) throws {
    #expect(try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value)) == value)
  }

  @Test(arguments: likelihoods) func modelRoundTrip(likelihood: Likelihood) throws {
    try roundTrip(ModelConfiguration(dataSize: 4, likelihood: likelihood))
  }

  @Test(arguments: [
    Initializer.glorot, .he, .orthogonal, .normal(standardDeviation: 0.01), .normal(standardDeviation: 3),
  ])
  func initializerRoundTrip(initializer: Initializer) throws {
    try roundTrip(ModelConfiguration(dataSize: 4, initializer: initializer))
    #expect(Initializer(name: initializer.name) == initializer)
  }

  @Test(arguments: Activation.allCases) func architectureRoundTrip(activation: Activation) throws {
    try roundTrip(
      ModelConfiguration(
        dataSize: 6, imageShape: ImageShape(height: 3, width: 2), encoderHidden: [5, 4], latentSize: 3,
        decoderHidden: [], activation: activation, isGated: activation == .tanh))
  }

  @Test func decoderMirrorsTheEncoder() {
    #expect(ModelConfiguration(dataSize: 1, encoderHidden: [3, 2, 1]).decoderHidden == [1, 2, 3])
    #expect(ModelConfiguration(dataSize: 1, encoderHidden: [3, 2], decoderHidden: [7]).decoderHidden == [7])
  }

  @Test(arguments: [
    Optimizer.sgd(), .sgd(momentum: 0.9), .adagrad(epsilon: 1e-6), .rmsprop(decay: 0.9, epsilon: 0), .adam(),
    .adam(beta1: 0.5, beta2: 0.9, epsilon: 1e-3), .adamW(),
  ])
  func optimizerRoundTrip(optimizer: Optimizer) throws {
    var training = TrainingConfiguration()
    training.optimizer = optimizer
    try roundTrip(training)
  }

  @Test(
    arguments: [GradientAccumulation.joint, .accumulated(), .accumulated(samplesPerPass: 4)], Binarization.allCases)
  func trainingRoundTrip(gradient: GradientAccumulation, binarization: Binarization) throws {
    var training = TrainingConfiguration()
    training.batchSize = 7
    training.samplesPerDatum = 11
    training.gradient = gradient
    training.objective = .evidenceLowerBound(beta: 0.1)
    training.binarization = binarization
    training.learningRate = 1.0 / 3
    training.weightDecay = 1e-20
    training.clipNorm = 2.5
    training.trim = 0.125
    training.outputBias = .data
    training.epochs = 0
    training.seed = .max
    try roundTrip(training)
  }

  @Test func defaults() throws {
    let model = try JSONDecoder().decode(ModelConfiguration.self, from: Data(#"{"data_size": 4}"#.utf8))
    #expect(model == ModelConfiguration(dataSize: 4))
    #expect(model.encoderHidden == [500] && model.decoderHidden == [500] && model.latentSize == 20)
    #expect(
      model.activation == .tanh && !model.isGated && model.likelihood == .bernoulli && model.initializer == .glorot)
    let training = try JSONDecoder().decode(TrainingConfiguration.self, from: Data("{}".utf8))
    #expect(training == TrainingConfiguration())
  }

  /// What a file writes is what a person may set.
  @Test func settingNames() throws {
    let keys = try Self.likelihoods.flatMap { likelihood in
      var configuration = ModelConfiguration(
        dataSize: 1, imageShape: ImageShape(height: 1, width: 1), conditionSize: 2,
        prior: .mixture(components: 3), likelihood: likelihood, gaps: Gaps(.masked, rates: [0.5]))
      (configuration.leastLogVariance, configuration.mostLogVariance) = (-6, 2)
      return (try JSONSerialization.jsonObject(with: JSONEncoder().encode(configuration)) as! [String: Any]).keys
    }
    #expect(Set(keys) == Set(ModelConfiguration.settingNames))
    for name in Optimizer.names {
      var training = TrainingConfiguration()
      training.optimizer = try Optimizer(name: name)
      let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(training)) as! [String: Any]
      #expect(Set(object.keys).isSubset(of: Set(TrainingConfiguration.settingNames)))
    }
  }

  @Test(arguments: [
    (#"{"variance": 2}"#, ["variance", "bernoulli"]),
    (#"{"likelihood": "squared-error", "variance": "learned"}"#, ["variance", "squared-error"]),
    (#"{"output_activation": "tanh"}"#, ["bernoulli", "logits"]),
    (#"{"likelihood": "gaussian", "variance": "small"}"#, ["variance", "learned"]),
    (#"{"likelihood": "weibull"}"#, ["weibull", "bernoulli, continuous-bernoulli, gaussian", "squared-error"]),
    (#"{"likelihood": "poisson", "variance": 1}"#, ["variance", "gaussian has", "poisson has no"]),
    (#"{"likelihood": "gaussian", "scale": 1}"#, ["scale", "laplace"]),
    (#"{"likelihood": "laplace", "scale": "wide"}"#, ["scale", "per-feature"]),
    (#"{"likelihood": "laplace", "variance": 1}"#, ["variance", "gaussian"]),
    (#"{"likelihood": "bernoulli", "groups": [4]}"#, ["groups", "categorical"]),
    (#"{"likelihood": "categorical"}"#, ["categorical", "groups", "3,4,2"]),
    (#"{"likelihood": "mixed"}"#, ["mixed", "columns", "gaussian:5"]),
    (#"{"likelihood": "mixed", "columns": "gaussian:4", "variance": 2}"#, ["variance", "gaussian(learned,sigmoid):5"]),
    (#"{"likelihood": "poisson", "columns": "gaussian:4"}"#, ["columns", "mixed"]),
    (#"{"likelihood": "poisson", "output_activation": "softplus"}"#, ["poisson", "log-rates"]),
    (#"{"likelihood": "mixed", "columns": ""}"#, ["gaussian:5"]),
    (#"{"likelihood": "mixed", "columns": "gaussian"}"#, [#""gaussian""#, "number of columns"]),
    (#"{"likelihood": "mixed", "columns": "gaussian:4:2"}"#, ["gaussian:4:2"]),
    (#"{"likelihood": "mixed", "columns": "gaussian:x"}"#, ["gaussian:x"]),
    (#"{"likelihood": "mixed", "columns": "normal:4"}"#, ["normal", "choose"]),
    (#"{"likelihood": "mixed", "columns": "gaussian(learned:4"}"#, ["brackets"]),
    (#"{"likelihood": "mixed", "columns": "gaussian(learned,0.5):4"}"#, ["0.5", "no setting of gaussian"]),
    (#"{"likelihood": "mixed", "columns": "gaussian():4"}"#, ["gaussian()"]),
    (#"{"likelihood": "mixed", "columns": "poisson(3):4"}"#, ["3", "no setting of poisson"]),
    (#"{"likelihood": "mixed", "columns": "poisson(tanh):4"}"#, ["tanh", "no setting of poisson"]),
    (#"{"likelihood": "mixed", "columns": "mixed:4"}"#, ["mixed", "columns"]),
    (#"{"init": "zeros"}"#, ["zeros", "glorot"]), (#"{"init": "normal(x)"}"#, ["normal(x)"]),
    (#"{"init": "normal(-1)"}"#, ["normal(-1)"]), (#"{"init": "normal(inf)"}"#, ["normal(inf)"]),
  ])
  func contradictionsInAModel(text: String, words: [String]) {
    let error = #expect(throws: VAEError.self) {
      _ = try JSONDecoder().decode(
        ModelConfiguration.self, from: Data(text.replacing("{", with: #"{"data_size": 4, "#).utf8)
      ).validate()
    }
    #expect(error?.kind == .configuration)
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }

  @Test(arguments: [
    (#"{"gradient": "both"}"#, ["both", "joint", "accumulated"]),
    (#"{"samples_per_pass": 2}"#, ["samples_per_pass", "joint"]),
    (#"{"optimizer": "lion"}"#, ["lion", "adam"]), (#"{"momentum": 0.5}"#, ["adam", "momentum"]),
    (#"{"optimizer": "sgd", "epsilon": 1, "beta1": 0}"#, ["sgd", "beta1"]),
  ])
  func contradictionsInTraining(text: String, words: [String]) {
    let error = #expect(throws: VAEError.self) {
      _ = try JSONDecoder().decode(TrainingConfiguration.self, from: Data(text.utf8))
    }
    #expect(error?.kind == .configuration)
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }
}
