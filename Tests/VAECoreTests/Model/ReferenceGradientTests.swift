import Foundation
import Testing
import VAECore

/// Losses and gradients against JAX's, from Tests/Fixtures/reference_gradients.py.
struct ReferenceGradientTests {
  struct Fixture: Decodable {
    let cases: [Case]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    struct Tensor: Decodable {
      let shape: [Int]
      let values: [Double]
    }

    let name: String
    let data_size: Int
    let encoder_hidden: [Int]
    let latent_size: Int
    let decoder_hidden: [Int]
    let activation: Activation
    let likelihood: String
    let variance: Likelihood.Variance?
    let output_activation: Activation
    let beta: Double
    let samples: Int
    let batch_size: Int
    let parameters: [String: Tensor]
    let data: [Double]
    let noise: [Double]
    let loss: Double
    let reconstruction: Double
    let kl: Double
    let gradients: [String: [Double]]

    var testDescription: String { name }

    func model<S: Scalar>(as type: S.Type) throws -> VariationalAutoencoder<S> {
      let configuration = ModelConfiguration(
        dataSize: data_size, encoderHidden: encoder_hidden, latentSize: latent_size, decoderHidden: decoder_hidden,
        activation: activation,
        likelihood: try Likelihood(name: likelihood, variance: variance, outputActivation: output_activation))
      var model = try VariationalAutoencoder<S>(configuration)
      #expect(Set(model.parameters.names) == Set(parameters.keys))
      for (name, tensor) in parameters {
        #expect(model.parameters.shape(of: name) == tensor.shape)
        model.parameters[name] = tensor.values.map { S($0) }
      }
      return model
    }

    func check<S: Scalar>(in type: S.Type, tolerance: Double, estimator: GradientEstimator) throws {
      let (loss, gradient) = try model(as: type).gradient(
        of: Matrix(rows: batch_size, columns: data_size, elements: data.map { S($0) }),
        noise: Matrix(rows: batch_size * samples, columns: latent_size, elements: noise.map { S($0) }),
        objective: Objective(klWeight: beta), estimator: estimator)
      #expect(relativeDifference([loss.total], [self.loss]) < tolerance)
      #expect(relativeDifference([loss.reconstruction], [reconstruction]) < tolerance)
      #expect(relativeDifference([loss.kl], [kl]) < tolerance)
      let worst = worstTensor(gradient) { gradients[$0]! }
      #expect(worst.difference < tolerance, "\(worst)")
    }
  }

  static let cases: [Case] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/reference_gradients.json")
    // A missing or damaged fixture must fail, not skip.
    return try! JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file)).cases
  }()

  @Test func fixtureCoversEveryActivationAndLikelihood() {
    let covered = Set(Self.cases.map { "\($0.activation.rawValue) \($0.likelihood) \($0.variance == .learned)" })
    #expect(covered.count == Activation.allCases.count * 4)
  }

  @Test(arguments: cases) func inDouble(_ reference: Case) throws {
    try reference.check(in: Double.self, tolerance: 1e-10, estimator: .joint)
    try reference.check(in: Double.self, tolerance: 1e-10, estimator: .accumulated())
  }

  @Test(arguments: cases) func inFloat(_ reference: Case) throws {
    try reference.check(in: Float.self, tolerance: 1e-4, estimator: .joint)
  }
}
