import Foundation
import VAECore
import VAEExplanation

/// A likelihood and an objective that the library does not have: trained, evaluated, verified, explained, saved and resumed.
@main struct Extending {
  static func main() throws {
    // From here on, configurations and checkpoints may name them.
    try Likelihood.register(StudentT.self)
    try Objective.register(RenyiBound.self)

    let data = Dataset(name: "heavy tails", floats: heavyTails(count: 1_000), dataSize: 3)
    let architecture = ModelConfiguration(
      dataSize: 3, encoderHidden: [20], latentSize: 2, likelihood: Likelihood(StudentT(freedom: 3)))
    var training = TrainingConfiguration()
    (training.objective, training.samplesPerDatum, training.epochs) = (Objective(RenyiBound(alpha: 0.4)), 5, 6)

    var trainer = try Trainer(VariationalAutoencoder<Float>(architecture), configuration: training)
    func loss(_ model: VariationalAutoencoder<Float>) throws -> Double {
      try model.evaluate(on: data, samples: training.evaluationSamples, objective: training.objective).loss.total
    }
    let before = try loss(trainer.model)
    for _ in 0..<3 { try trainer.trainEpoch(on: data) }

    // A checkpoint names both; a program that knows them goes on where it was made.
    let file = FileManager.default.temporaryDirectory.appending(path: "extending-\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try trainer.checkpoint().write(to: file)
    var resumed = try Trainer(resuming: Checkpoint<Float>(contentsOf: file))
    for _ in 0..<3 {
      try trainer.trainEpoch(on: data)
      try resumed.trainEpoch(on: data)
    }
    let after = try loss(resumed.model)
    print("\(training.objective) of \(architecture.likelihood.name): \(before) before, \(after) after")

    let model = resumed.model.converted(to: Double.self)
    let (x, noise) = (data.rows(0..<4, as: Double.self), Matrix<Double>.standardNormal(rows: 12, columns: 2))
    let verification = try model.verify(x: x, noise: noise, quotientsPerTensor: 10)
    print("gradients of \(verification.results.count) objectives: \(verification.isRight ? "right" : "WRONG")")
    let weight = try model.parameters.address(named: "w5")
    let explanation = try model.explain(weight, x: x.row(0), noise: noise.rows(0..<2))
    print("∂loss/∂\(explanation.parameter) over all paths: \(explanation.gradient.sumOverPaths)")

    guard after < before - 0.5, resumed.model.parameters == trainer.model.parameters, verification.isRight,
      explanation.gradient.isConsistent
    else { fatalError("something does not hold") }
  }

  /// Three columns of one factor, now and then far off.
  static func heavyTails(count: Int) -> [Float] {
    let normals = Matrix<Float>.standardNormal(rows: count, columns: 5)
    return (0..<count).flatMap { row in
      (0..<3).map { normals[row, 0] * Float($0 + 1) + normals[row, $0 + 1] / max(abs(normals[row, 4]), 0.2) }
    }
  }
}
