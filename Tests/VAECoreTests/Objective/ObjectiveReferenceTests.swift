import Foundation
import TestSupport
import Testing
import VAECore

/// Every objective's loss and gradient at given noise against JAX's, from Tests/Fixtures/objective_gradients.py.
struct ObjectiveReferenceTests {
  struct Fixture: Decodable {
    let dataSize: Int
    let hidden: Int
    let latent: Int
    let batchSize: Int
    let samples: Int
    let components: Int
    let points: [Double]
    let densities: [Double]
    let parameters: [String: [Double]]
    let data: [Double]
    let noise: [Double]
    let cases: [Case]

    /// With so many components, or with N(0, I) where that is none.
    func model<S: Scalar>(as type: S.Type, components: Int = 0) throws -> VariationalAutoencoder<S> {
      var model = try VariationalAutoencoder<S>(
        ModelConfiguration(
          dataSize: dataSize, encoderHidden: [hidden], latentSize: latent,
          prior: components == 0 ? .standard : .mixture(components: components)))
      #expect(Set(model.parameters.names) == Set(parameters.keys.filter { components > 0 || !$0.hasPrefix("prior") }))
      for name in model.parameters.names { model.parameters[name] = parameters[name]!.map { S($0) } }
      return model
    }
  }

  struct Case: Decodable, Sendable {
    let bound: String
    let latentGradient: Objective.LatentGradient
    let beta: Double
    let freeBits: Double
    let components: Int
    let loss: Double
    let gradients: [String: [Double]]

    var objective: Objective {
      bound == "iwae"
        ? .importanceWeightedBound(latentGradient: latentGradient)
        : .evidenceLowerBound(beta: beta, freeBits: freeBits, latentGradient: latentGradient)
    }
  }

  static let fixture: Fixture = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/objective_gradients.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try! decoder.decode(Fixture.self, from: Data(contentsOf: file))
  }()

  private func check<S: Scalar>(
    _ reference: Case, in type: S.Type, tolerance: Double, accumulation: GradientAccumulation = .joint
  ) throws {
    let fixture = Self.fixture
    let (loss, gradient) = try fixture.model(as: type, components: reference.components).gradient(
      of: Matrix(rows: fixture.batchSize, columns: fixture.dataSize, elements: fixture.data.map { S($0) }),
      noise: Matrix(
        rows: fixture.batchSize * fixture.samples, columns: fixture.latent, elements: fixture.noise.map { S($0) }),
      objective: reference.objective, accumulation: accumulation, execution: Execution(threads: 2))
    #expect(relativeDifference([loss.total], [reference.loss]) < tolerance)
    let worst = worstTensor(gradient) { reference.gradients[$0]! }
    #expect(worst.difference < tolerance, "\(worst)")
  }

  @Test(arguments: fixture.cases) func gradient(_ reference: Case) throws {
    try check(reference, in: Double.self, tolerance: 1e-10)
    try check(reference, in: Float.self, tolerance: 1e-4)
    if !reference.objective.couplesSamples {
      for width in [1, 3] {
        try check(
          reference, in: Double.self, tolerance: 1e-10, accumulation: .accumulated(samplesPerPass: width))
      }
    }
  }

  @Test func theCasesAreTheObjectives() {
    func kind(_ objective: Objective) -> String {
      "\(objective.name) \(objective.settingValues["latent_gradient"] ?? .text("total")) \(objective.couplesData)"
    }
    #expect(Set(Self.fixture.cases.map { kind($0.objective) }) == Set(Objective.examples.map(kind)))
  }

  /// The mixture's density by SciPy.
  @Test func densities() throws {
    let fixture = Self.fixture
    let components = try #require(fixture.model(as: Double.self, components: fixture.components).priorComponents)
    for (index, density) in fixture.densities.enumerated() {
      let z = Array(fixture.points[index * fixture.latent..<(index + 1) * fixture.latent])
      #expect(abs(components.logDensity(at: z) - density) < 1e-12 * abs(density))
    }
  }

  /// One latent dimension is below its free bits, one above: each of the two branches is in the fixture.
  @Test func freeBitsDivideTheDimensions() throws {
    let fixture = Self.fixture
    let model = try fixture.model(as: Double.self)
    let data = Dataset(name: "x", floats: fixture.data.map { Float($0) }, dataSize: fixture.dataSize)
    let divergences = try model.evaluate(on: data).klPerDimension
    let freeBits = try #require(fixture.cases.map(\.freeBits).max())
    #expect(divergences.contains { $0 < freeBits } && divergences.contains { $0 > freeBits }, "\(divergences)")
  }
}
