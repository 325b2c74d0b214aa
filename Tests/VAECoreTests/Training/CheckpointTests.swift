import Foundation
import TestSupport
import Testing
import VAECore

/// A model in a file and back, bit for bit.
struct CheckpointTests {
  private static let configuration = ModelConfiguration(
    dataSize: 6, imageShape: ImageShape(height: 2, width: 3), encoderHidden: [5, 4], latentSize: 2,
    conditionSize: 3, activation: .softplus, likelihood: .gaussian(variance: .learned, mean: .sigmoid), initializer: .he
  )

  private static var training: TrainingConfiguration {
    var training = TrainingConfiguration()
    training.gradient = .accumulated(samplesPerPass: 3)
    training.optimizer = .rmsprop(decay: 0.9)
    training.seed = .max
    return training
  }

  private func roundTrip<S: Scalar>(_ type: S.Type) throws {
    try withTemporaryFolder { folder in
      let path = folder.file("model.safetensors")
      let model = try VariationalAutoencoder<S>(Self.configuration, seed: 9)
      try Checkpoint(model: model, training: Self.training, epoch: 7, step: 1 << 40).write(to: path)
      let read = try Checkpoint<S>(contentsOf: path)
      #expect(read.model.parameters == model.parameters)
      #expect(read.model.configuration == Self.configuration)
      #expect(read.training == Self.training)
      #expect(read.epoch == 7 && read.step == 1 << 40)
      try read.write(to: folder.file("again"))
      #expect(try folder.bytes("again") == folder.bytes("model.safetensors"))
      #expect(folder.names == ["again", "model.safetensors"])
    }
  }

  @Test func inFloat() throws { try roundTrip(Float.self) }

  @Test func inDouble() throws { try roundTrip(Double.self) }

  private func convert<From: Scalar, To: Scalar>(_: From.Type, to: To.Type) throws {
    try withTemporaryFolder { folder in
      var model = try VariationalAutoencoder<From>(Self.configuration, seed: 9)
      // Third parts have digits in every bit of either precision.
      for name in model.parameters.names { model.parameters[name] = model.parameters[name].map { $0 + 1 / 3 } }
      try Checkpoint(model: model).write(to: folder.file("model"))
      let read = try Checkpoint<To>(contentsOf: folder.file("model"))
      for name in model.parameters.names {
        #expect(read.model.parameters[name] == model.parameters[name].map { To($0) })
      }
      #expect(read.training == nil && read.epoch == 0 && read.step == 0)
    }
  }

  @Test func acrossPrecisions() throws {
    try convert(Float.self, to: Double.self)
    try convert(Double.self, to: Float.self)
  }

  /// The numbers for missing values are the same to the last bit, and a model without them says nothing of them.
  @Test func substitutes() throws {
    try withTemporaryFolder { folder in
      var random = TestRandom(6)
      let numbers =
        [0, -0.0, Double(Float.greatestFiniteMagnitude), .leastNonzeroMagnitude, -.leastNormalMagnitude, 0.1]
        + (0..<994).map { _ in random.normal() * pow(10, Double(random.integer(-30...30))) }
      let configuration = ModelConfiguration(dataSize: 1000, encoderHidden: [], latentSize: 1)
      let data = Dataset(name: "zeros", floats: Array(repeating: 0, count: 1000), dataSize: 1000)
      for substitutes in [numbers, nil] {
        let model = try VariationalAutoencoder<Double>(
          configuration, training: TrainingConfiguration(), data: data, substitutes: substitutes)
        try Checkpoint(model: model).write(to: folder.file("model"))
        let read = try Checkpoint<Float>(contentsOf: folder.file("model")).model
        #expect(read.substitutes?.map(\.bitPattern) == substitutes?.map(\.bitPattern))
        let text = String(decoding: try folder.bytes("model"), as: UTF8.self)
        #expect(text.contains("substitutes") == (substitutes != nil))
      }
    }
  }

  /// Older files say nothing of a condition, and a model without one says nothing either.
  @Test func withoutACondition() throws {
    try withTemporaryFolder { folder in
      let configuration = ModelConfiguration(dataSize: 6, encoderHidden: [], latentSize: 1)
      try Checkpoint(model: VariationalAutoencoder<Float>(configuration)).write(to: folder.file("model"))
      let bytes = try folder.bytes("model")
      #expect(!String(decoding: bytes, as: UTF8.self).contains("condition"))
      #expect(try Checkpoint<Float>(contentsOf: folder.file("model")).model.configuration.conditionSize == 0)
    }
  }

  @Test(arguments: Likelihood.ofSixColumns) func everyLikelihood(likelihood: Likelihood) throws {
    try withTemporaryFolder { folder in
      let configuration = ModelConfiguration(dataSize: 6, encoderHidden: [], latentSize: 1, likelihood: likelihood)
      let model = try VariationalAutoencoder<Float>(configuration)
      try Checkpoint(model: model).write(to: folder.file("model"))
      let read = try Checkpoint<Float>(contentsOf: folder.file("model"))
      #expect(read.model.configuration == configuration)
      #expect(read.model.parameters == model.parameters)
    }
  }

  /// A model that could not be read again is not written, and what was there stays.
  @Test(arguments: [Float.nan, .infinity, -.infinity]) func refusesToWriteWhatIsNotFinite(value: Float) throws {
    try withTemporaryFolder { folder in
      let path = try folder.write("before", "model")
      var model = try VariationalAutoencoder<Float>(Self.configuration)
      model.parameters["logvar.bias"][1] = value
      let error = #expect(throws: VAEError.self) { try Checkpoint(model: model).write(to: path) }
      #expect(error?.kind == .numerics)
      #expect(error?.lacks("logvar.bias", path, "learning rate") == [])
      #expect(try folder.bytes("model") == Array("before".utf8))
      #expect(folder.names == ["model"])
    }
  }
}
