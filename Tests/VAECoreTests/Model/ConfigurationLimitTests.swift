import Foundation
import TestSupport
import Testing
import VAECore

/// Settings that no machine can follow, refused before anything is allocated.
struct ConfigurationLimitTests {
  private static func model(_ change: (inout ModelConfiguration) -> Void) -> ModelConfiguration {
    var configuration = ModelConfiguration(dataSize: 4)
    change(&configuration)
    return configuration
  }

  static let models: [(ModelConfiguration, [String])] = [
    (model { $0.dataSize = 0 }, ["data size", "at least 1"]), (model { $0.dataSize = .min }, ["data size"]),
    (model { $0.latentSize = -1 }, ["latent size", "-1"]),
    // The noise of a datum has 2²⁶ dimensions.
    (model { $0.latentSize = 1 << 26 + 1 }, ["latent size", "67108864"]),
    (model { $0.latentSize = .max }, ["latent size", "9223372036854775807"]),
    (model { $0.encoderHidden = [5, 0] }, ["hidden", "at least 1"]),
    (model { $0.decoderHidden = [.max] }, ["hidden", "9223372036854775807"]),
    (model { $0.encoderHidden = Array(repeating: 1, count: 1001) }, ["1000 hidden layers", "1001"]),
    (model { $0.imageShape = ImageShape(height: 3, width: 2) }, ["3 × 2", "data size 4"]),
    (model { $0.imageShape = ImageShape(height: -2, width: -2) }, ["-2 × -2"]),
    (model { $0.imageShape = ImageShape(height: .max, width: .max) }, ["pixels"]),
    (model { $0.likelihood = .gaussian(variance: .fixed(0)) }, ["variance", "from 1e-30"]),
    (model { $0.likelihood = .gaussian(variance: .fixed(-1)) }, ["variance", "-1"]),
    (model { $0.likelihood = .gaussian(variance: .fixed(.nan)) }, ["variance", "nan"]),
    (model { $0.likelihood = .gaussian(variance: .fixed(.infinity)) }, ["variance", "inf"]),
    (model { $0.likelihood = .laplace(scale: .fixed(0)) }, ["scale", "from 1e-30"]),
    (model { $0.likelihood = .categorical(groups: []) }, ["groups", "3,4,2"]),
    (model { $0.likelihood = .categorical(groups: [3]) }, ["add up to 3", "4 values"]),
    (model { $0.likelihood = .categorical(groups: [3, 1]) }, ["one-hot group", "2 to all"]),
    (model { $0.likelihood = .categorical(groups: [.max, .max]) }, ["9223372036854775807"]),
    (model { $0.likelihood = .category(sizes: []) }, ["category_sizes", "3,4,2"]),
    (model { $0.likelihood = .category(sizes: [.max, .max, 2, 2]) }, ["16777216 together"]),
    (model { $0.likelihood = .category(sizes: [1, 1, 0, 1]) }, ["at least 1"]),
    (model { $0.likelihood = .category(sizes: [2, 2, 2, 2], counts: [1, 2]) }, ["2, for 8 categories"]),
    (model { $0.likelihood = .category(sizes: [1, 1, 1, 1], counts: [1, 2, 3, -1]) }, ["none below 0"]),
    (model { $0.likelihood = .mixture(MixtureColumn(components: .max)) }, ["from 1 to 32"]),
    (model { $0.likelihood = .mixture(MixtureColumn(points: [1, 1])) }, ["2 points", "different"]),
    (model { $0.likelihood = .mixture(MixtureColumn(mean: .nan)) }, ["mean nan"]),
    (model { $0.likelihood = .mixed([.init(4, .category(sizes: [.max, .max, .max, .max]))]) }, ["16777216 together"]),
    (model { $0.likelihood = .mixed([]) }, ["columns", "gaussian:5"]),
    (model { $0.likelihood = .mixed([.init(0, .poisson), .init(4, .poisson)]) }, ["group of columns", "1 to all"]),
    (model { $0.likelihood = .mixed([.init(2, .poisson), .init(3, .poisson)]) }, ["2, 3", "add up to 5"]),
    (model { $0.likelihood = .mixed([.init(-1, .poisson), .init(5, .poisson)]) }, ["-1 of", "1 to all"]),
    (model { $0.likelihood = .mixed([.init(.min, .categorical(groups: [2, 2]))]) }, ["-9223372036854775808 of"]),
    (model { $0.likelihood = .mixed([.init(.max, .poisson), .init(.max, .poisson)]) }, ["9223372036854775807 of"]),
    (model { $0.likelihood = .mixed([.init(4, .squaredError())]) }, ["mixed", "squared-error"]),
    (model { $0.likelihood = .mixed([.init(4, .mixed([.init(4, .poisson)]))]) }, ["cannot hold mixed"]),
    (model { $0.likelihood = .mixed([.init(4, .categorical(groups: [3]))]) }, ["add up to 3"]),
    (model { $0.likelihood = .mixed([.init(4, .laplace(scale: .fixed(-1)))]) }, ["scale", "-1"]),
  ]

  @Test(arguments: models) func modelsThatCannotBe(configuration: ModelConfiguration, words: [String]) {
    let error = #expect(throws: VAEError.self) { _ = try VariationalAutoencoder<Float>(configuration) }
    #expect(error?.kind == .configuration)
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }

  /// The memory is counted in bytes, not in parameters.
  @Test func saysHowManyBytesAModelNeeds() throws {
    let size = 1 << 26
    let configuration = ModelConfiguration(dataSize: size, encoderHidden: [size], latentSize: 1)
    func bytes<S: Scalar>(_ type: S.Type) throws -> Int {
      let error = #expect(throws: VAEError.self) { _ = try VariationalAutoencoder<S>(configuration) }
      let number = try #require(error?.description.firstMatch(of: /need (\d+) bytes/))
      return try #require(Int(number.1))
    }
    let parameters = 2 * size * size + 5 * size
    let (single, double) = (try bytes(Float.self), try bytes(Double.self))
    #expect(single >= 4 * parameters && single < 5 * parameters)
    #expect(double == 2 * single)
  }

  private static func training(_ change: (inout TrainingConfiguration) -> Void) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    change(&configuration)
    return configuration
  }

  static let trainings: [(TrainingConfiguration, [String])] = [
    (training { $0.batchSize = 0 }, ["batch_size", "at least 1"]), (training { $0.batchSize = .min }, ["batch_size"]),
    (training { $0.samplesPerDatum = 0 }, ["samples", "from 1"]),
    (training { $0.samplesPerDatum = .max }, ["samples", "16777216"]),
    (training { $0.gradient = .accumulated(samplesPerPass: 0) }, ["samples_per_pass"]),
    (training { $0.epochs = -1 }, ["epochs"]), (training { $0.epochs = .max }, ["epochs", "9223372036854775807"]),
    (training { $0.learningRate = -1 }, ["learning_rate", "-1"]),
    (training { $0.learningRate = .nan }, ["learning_rate", "nan"]),
    (training { $0.learningRate = .infinity }, ["learning_rate", "inf"]),
    (training { $0.weightDecay = -1 }, ["weight_decay"]), (training { $0.weightDecay = .nan }, ["weight_decay"]),
    (training { $0.objective = .evidenceLowerBound(beta: -0.5) }, ["-0.5"]),
    (training { $0.objective = .evidenceLowerBound(beta: .nan) }, ["nan"]),
    (training { $0.optimizer = .sgd(momentum: 1) }, ["momentum", "below 1"]),
    (training { $0.optimizer = .sgd(momentum: .nan) }, ["momentum", "nan"]),
    (training { $0.optimizer = .adam(beta2: 1) }, ["beta2"]),
    (training { $0.optimizer = .adagrad(epsilon: -1) }, ["epsilon"]),
    (training { $0.optimizer = .rmsprop(decay: -0.1) }, ["decay"]),
    // These would have to be allocated.
    (training { $0.batchSize = 1 << 40 }, ["1099511627776 data", "bytes"]),
    (training { $0.batchSize = .max }, ["more bytes than can be counted"]),
    (training { ($0.batchSize, $0.precision) = (.max, .mixed) }, ["more bytes than can be counted"]),
    (training { ($0.batchSize, $0.precision) = (1 << 57, .mixed) }, ["more bytes than can be counted"]),
    (training { ($0.batchSize, $0.precision) = (1 << 40, .mixed) }, ["1099511627776 data", "bytes"]),
    (
      training {
        $0.batchSize = 1 << 20
        $0.samplesPerDatum = 1 << 24
      }, ["16777216 samples", "accumulated"]
    ),
  ]

  @Test(arguments: trainings) func trainingsThatCannotBe(configuration: TrainingConfiguration, words: [String]) throws {
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 2))
    let error = #expect(throws: VAEError.self) { _ = try Trainer(model, configuration: configuration) }
    #expect(error?.kind == .configuration)
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }
}
