import VAECore

/// Trains a small model, and uses it in all the ways a program may: to compress, to generate, to compare.
@main struct Embedding {
  static func main() throws {
    let data = Dataset.synthetic(count: 2_000)
    let test = Dataset.synthetic(count: 500, seed: 1)

    let architecture = ModelConfiguration(
      dataSize: data.dataSize, imageShape: data.imageShape, encoderHidden: [100], latentSize: 8, activation: .relu)
    var training = TrainingConfiguration()
    training.batchSize = 50
    training.seed = 7

    let fresh = try VariationalAutoencoder<Float>(architecture, seed: training.seed)
    let before = try fresh.evaluate(on: test).loss.total

    var trainer = try Trainer(fresh, configuration: training)
    for _ in 0..<5 {
      let loss = try trainer.trainEpoch(on: data)
      print("epoch \(trainer.epoch): \(loss.total) nats per image")
    }
    let model = trainer.model
    let after = try model.evaluate(on: test).loss.total
    print("−ELBO of new images: \(before) before, \(after) after")

    let images = test.rows(0..<3, as: Float.self)
    let codes = model.encode(images).mean
    let decoded = model.decode(codes)
    let invented = model.sample(count: 3, seed: 1)
    print("\(images.rows) images of \(images.columns) values, as \(codes.columns) numbers each: \(codes.row(0))")
    print("back again: \(decoded.columns) values; made up: \(invented.rows) images")

    guard after < 0.5 * before else { fatalError("the model has learned nothing: \(before) → \(after)") }
  }
}
