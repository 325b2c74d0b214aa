import Testing
import VAECore

/// Every preset is a model that trains, and says what its source says.
struct PresetTests {
  @Test(arguments: Preset.all.map(\.name)) func trains(name: String) throws {
    let preset = try Preset.named(name)
    let data = Dataset.synthetic(count: 60)
    var model = preset.model
    model.dataSize = data.dataSize
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(model, training: preset.training, data: data), configuration: preset.training)
    let first = try trainer.trainEpoch(on: data)
    #expect(first.total.isFinite && trainer.step == (60 + preset.training.batchSize - 1) / preset.training.batchSize)
  }

  @Test func kingmaAndWelling() throws {
    let mnist = try Preset.named("kingma2013-mnist")
    #expect(mnist.model.encoderHidden == [500] && mnist.model.decoderHidden == [500] && mnist.model.activation == .tanh)
    #expect(mnist.training.batchSize == 100 && mnist.training.samplesPerDatum == 1)
    #expect(mnist.training.optimizer == .adagrad() && mnist.training.weightDecay == 1 / 60_000)
    let frey = try Preset.named("kingma2013-frey")
    #expect(frey.model.encoderHidden == [200] && frey.model.likelihood == .gaussian(variance: .learned, mean: .sigmoid))
  }

  @Test(arguments: [1, 5, 50]) func burda(samples: Int) throws {
    let preset = try Preset.named("burda2015-k\(samples)")
    #expect(preset.model.encoderHidden == [200, 200] && preset.model.latentSize == 50)
    let training = preset.training
    #expect(
      training.batchSize == 20 && training.samplesPerDatum == samples
        && training.objective == .importanceWeightedBound())
    #expect(training.optimizer == .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-4) && training.binarization == .dynamic)
    #expect(training.epochs == (0...7).reduce(0) { sum, i in sum + (0..<i).reduce(1) { power, _ in 3 * power } })
    #expect(training.learningRate(step: 5, epoch: 0) == 0.001)
  }

  @Test func unknown() {
    let error = #expect(throws: VAEError.self) { try Preset.named("mnist") }
    #expect(error!.description.contains("burda2015-k50"))
  }
}
