import Foundation
import TestSupport
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
    let dataSize: Int
    let encoderHidden: [Int]
    let latentSize: Int
    let decoderHidden: [Int]
    let activation: Activation
    let gated: Bool
    let likelihood: String
    let variance: SettingValue?
    let outputActivation: Activation
    let beta: Double
    let samples: Int
    let batchSize: Int
    let parameters: [String: Tensor]
    let data: [Double]
    let noise: [Double]
    let loss: Double
    let reconstruction: Double
    let kl: Double
    let gradients: [String: [Double]]

    var testDescription: String { name }

    /// Those that the likelihood has.
    private var settings: [String: SettingValue] {
      let all = ["variance": variance, "output_activation": outputActivation.settingValue].compactMapValues(\.self)
      let own = (try? Likelihood(name: likelihood).settingValues) ?? [:]
      return all.filter { own[$0.key] != nil }
    }

    func model<S: Scalar>(as type: S.Type) throws -> VariationalAutoencoder<S> {
      let configuration = ModelConfiguration(
        dataSize: dataSize, encoderHidden: encoderHidden, latentSize: latentSize, decoderHidden: decoderHidden,
        activation: activation, isGated: gated,
        likelihood: try Likelihood(name: likelihood, settings: settings))
      var model = try VariationalAutoencoder<S>(configuration)
      #expect(Set(model.parameters.names) == Set(parameters.keys))
      for (name, tensor) in parameters {
        #expect(model.parameters.shape(of: name) == tensor.shape)
        model.parameters[name] = tensor.values.map { S($0) }
      }
      return model
    }

    func check<S: Scalar>(in type: S.Type, tolerance: Double, accumulation: GradientAccumulation) throws {
      let (loss, gradient) = try model(as: type).gradient(
        of: Matrix(rows: batchSize, columns: dataSize, elements: data.map { S($0) }),
        noise: Matrix(rows: batchSize * samples, columns: latentSize, elements: noise.map { S($0) }),
        objective: .evidenceLowerBound(beta: beta), accumulation: accumulation)
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
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try! decoder.decode(Fixture.self, from: Data(contentsOf: file)).cases
  }()

  @Test func fixtureCoversEveryActivationAndLikelihood() {
    let plain = Self.cases.filter { !$0.gated }
    let covered = Set(plain.map { "\($0.activation.rawValue) \($0.likelihood) \($0.variance == .text("learned"))" })
    #expect(covered.count == Activation.allCases.count * 4)
    #expect(Set(Self.cases.filter(\.gated).map(\.activation)) == Set(Activation.allCases))
  }

  @Test(arguments: cases) func inDouble(_ reference: Case) throws {
    try reference.check(in: Double.self, tolerance: 1e-10, accumulation: .joint)
    try reference.check(in: Double.self, tolerance: 1e-10, accumulation: .accumulated())
  }

  @Test(arguments: cases) func inFloat(_ reference: Case) throws {
    try reference.check(in: Float.self, tolerance: 1e-4, accumulation: .joint)
  }
}
