import Foundation
import TestSupport
import Testing
import VAECore

/// The peer's model against the program of its authors, from Tests/Fixtures/reference_tvae.py.
struct TVAETests {
  struct Fixture: Decodable {
    struct Tensor: Decodable {
      let values, gradient: [Double]
    }
    let sizes: [Int]
    let modes: [Bool]
    let data, noise: [Double]
    let tensors: [String: Tensor]
    let loss: Double
  }

  static let fixture: Fixture = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/reference_tvae.json")
    // A missing or damaged fixture must fail, not skip.
    return try! JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }()

  /// At the same weights and noise: theirs is twice ours at β = ½, but for ½ log 2π of each number.
  @Test func lossAndGradient() throws {
    let fixture = Self.fixture
    let columns = zip(fixture.sizes, fixture.modes).flatMap { size, isMode in
      (isMode ? [Likelihood.Columns(1, .mode)] : [])
        + [Likelihood.Columns(1, .category(sizes: [size], choice: .mostProbable))]
    }
    let (rows, size, latent) = (7, columns.count, 3)
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(
        dataSize: size, encoderHidden: [6, 5], latentSize: latent, decoderHidden: [5, 6], activation: .relu,
        likelihood: .mixed(columns)))
    #expect(Set(model.parameters.names) == Set(fixture.tensors.keys))
    for (name, tensor) in fixture.tensors { model.parameters[name] = tensor.values }
    let (loss, gradient) = try model.gradient(
      of: Matrix(rows: rows, columns: size, elements: fixture.data),
      noise: Matrix(rows: rows, columns: latent, elements: fixture.noise),
      objective: Preset.tvae.training.objective)
    let constant = 0.5 * log(2 * .pi) * Double(fixture.modes.count { $0 })
    #expect(abs(2 * (loss.total - constant) - fixture.loss) < 1e-12 * abs(fixture.loss))
    let worst = worstTensor(gradient) { fixture.tensors[$0]!.gradient.map { $0 / 2 } }
    #expect(worst.difference < 1e-12, "\(worst)")
  }

  private func open(_ text: String) throws -> Dataset {
    var options = TableOptions()
    options.schema = try TableStream.discoverSchema(BytesReader(Array(text.utf8), path: "t.csv"))
    var stream = try TableStream(BytesReader(Array(text.utf8), path: "t.csv"), options)
    return try stream.inMemory()
  }

  private func table(rows: Int) -> String {
    var random = TestRandom(6)
    return "place,size,kind,day\n"
      + (0..<rows).map { row in
        let size = row % 3 == 0 ? 100 + Int(10 * random.normal()) : Int((3 * random.normal()).rounded())
        return
          "\(random.uniform(0...5)),\(size),\(["a", "b", "c"][row % 3]),2024-0\(random.integer(1...9))-1\(random.integer(0...9))\n"
      }.joined()
  }

  /// What is encoded comes back, but for what lies beyond four deviations.
  @Test func modesAndBack() throws {
    let data = try open(table(rows: 600))
    let encoded = try data.inModes(seed: 3)
    let schema = try #require(encoded.columns?.schema)
    #expect(encoded.dataSize == 7)
    #expect(
      schema.columns.map(\.name) == ["place", "place (mode)", "size", "size (mode)", "kind", "day", "day (mode)"])
    #expect(schema.decoded == data.columns?.schema)
    let likelihood = try Likelihood.table(schema, data: encoded)
    let configuration = ModelConfiguration(
      dataSize: 7, encoderHidden: [8], latentSize: 2, activation: .relu, likelihood: likelihood)
    let model = try VariationalAutoencoder<Double>(configuration, training: TrainingConfiguration(), data: encoded)
    let seen = try encoded.inMemory().rows(0..<600, as: Double.self)
    let rows = model.tableRows(seen, nil)
    let original = data.rows(0..<600, as: Double.self)
    for row in 0..<600 {
      for (column, unit) in [5.0, 200, 1, 300].enumerated() {
        #expect(abs(rows[row, column] - original[row, column]) < 1e-5 * unit)
      }
      #expect(abs(seen[row, 0]) <= 0.99 && seen[row, 1] == seen[row, 1].rounded())
    }
    // The two hills of sizes have modes of their own.
    let modes = { (kind: Double) in Set((0..<600).filter { seen[$0, 4] == kind }.map { seen[$0, 3] }) }
    #expect(modes(0).isDisjoint(with: modes(1).union(modes(2))))
    // A model takes the table as it was for what it takes, alone and in pieces, and through a file.
    let matched = try model.matching(data).inMemory()
    #expect(matched.rows(0..<600, as: Double.self) == seen)
    #expect(try model.matching(data.read(100..<200)).inMemory().rows(0..<100, as: Double.self) == seen.rows(100..<200))
    try withTemporaryFolder { folder in
      try Checkpoint(model: model).write(to: folder.file("m.safetensors"))
      let again = try Checkpoint<Double>(contentsOf: folder.file("m.safetensors")).model
      #expect(again.schema == model.schema)
      #expect(try again.matching(data).inMemory().rows(0..<600, as: Double.self) == seen)
    }
    #expect(throws: VAEError.self) { try model.matching(open("place,size\n0.5,3\n1.5,4\n0.25,5\n")) }
  }

  /// Modes are drawn: of a number between two hills either is there, in its share.
  @Test func modesAreDrawn() throws {
    let mixture = NormalMixture(weights: [3, 1], means: [-1, 1], deviations: [1, 1])
    #expect(abs(mixture.responsibilities(of: 0)[0] - 0.75) < 1e-15)
    let text =
      "n\n" + (0..<3000).map { $0 % 3 == 0 ? "0.5\n" : $0 % 3 == 1 ? "\(Double($0 % 90) / 90)\n" : "1.5\n" }.joined()
    let data = try open(text)
    let encoded = try data.inModes()
    let schema = try #require(encoded.columns?.schema)
    let found = try #require(schema.encoding?.mixtures[0])
    let shares = found.responsibilities(of: 0.5)
    let seen = try encoded.inMemory().rows(0..<3000, as: Double.self)
    let drawn = stride(from: 0, to: 3000, by: 3).map { Int(seen[$0, 1]) }
    for (mode, share) in shares.enumerated() {
      let part = Double(drawn.count { $0 == mode }) / 1000
      #expect(abs(part - share) < 4 * (share * (1 - share) / 1000).squareRoot() + 1e-9)
    }
  }

  /// The most probable category, and places held to what tanh reaches.
  @Test func draws() throws {
    let likelihood = Likelihood.category(sizes: [3], counts: [9, 5, 1], choice: .mostProbable)
    #expect(DrawTests.draws(likelihood, [0, 0, 0], count: 100).allSatisfy { $0 == [0] })
    #expect(DrawTests.draws(likelihood, [0, 3, 0], count: 100).allSatisfy { $0 == [1] })
    let places = DrawTests.draws(.mode, [0.5, 0.2], count: 20_000).map { $0[0] }
    #expect(places.allSatisfy { abs($0) <= 1 } && places.contains(1))
    let mean = places.reduce(0, +) / 20_000
    #expect(abs(mean - 0.5) < 0.02)
  }

  @Test func otherDataAreRefused() throws {
    #expect(throws: VAEError.self) { try Dataset(name: "n", floats: [1, 2], dataSize: 1).inModes() }
  }
}
