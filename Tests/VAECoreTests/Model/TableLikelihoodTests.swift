import Foundation
import TestSupport
import Testing
import VAECore

/// Likelihoods that follow from a table's schema.
struct TableLikelihoodTests {
  private func open(_ text: String) throws -> Dataset {
    var options = TableOptions()
    options.schema = try TableStream.discoverSchema(BytesReader(Array(text.utf8), path: "t.csv"))
    var stream = try TableStream(BytesReader(Array(text.utf8), path: "t.csv"), options)
    return try stream.inMemory()
  }

  @Test func eachColumnHasItsOwn() throws {
    var random = TestRandom(2)
    let rows = (0..<300).map { row in
      "\(["x", "y", "z"][row % 3]),\(row % 2 == 0 ? "True" : "False"),\(row % 3 == 0 ? 0 : random.integer(1...9999)),"
        + "\(random.uniform(0...1000)),2024-01-\(10 + row % 20),7,b\(row % 2)\n"
    }
    let data = try open("a,b,c,d,e,f,g\n" + rows.joined())
    let likelihood = try Likelihood.table(try #require(data.columns?.schema), data: data)
    #expect(likelihood.name == "mixed")
    let text = try #require(likelihood.model.settingValues["columns"]?.text)
    #expect(text.hasPrefix("category(") && text.hasSuffix(":1"))
    #expect(text.components(separatedBy: "mixture(").count == 5, "\(text)")
    // A spike has a probability of its own, whole numbers and days are rounded, and what never changes comes back.
    #expect(text.contains("points=0") && text.contains("points=7") && text.contains("interval=1"))
    #expect(throws: Never.self) { try likelihood.check(data) }
  }

  /// A table of one column comes back as its own histogram, whatever z is.
  @Test func oneColumnComesBack() throws {
    var random = TestRandom(8)
    // A third are 0, and the others in two hills.
    let values = (0..<20_000).map { _ in
      random.integer(0...2) == 0 ? 0 : (random.integer(0...1) == 0 ? 30 : 70) + Int((6 * random.normal()).rounded())
    }
    let data = try open("n\n" + values.map { "\($0)\n" }.joined())
    var configuration = ModelConfiguration(dataSize: 1, encoderHidden: [4], latentSize: 1)
    configuration.likelihood = try .table(try #require(data.columns?.schema), data: data)
    var model = try VariationalAutoencoder<Double>(configuration, training: TrainingConfiguration(), data: data)
    // The decoder says nothing, so that the column is what its likelihood begins with.
    for name in model.parameters.names where name.hasPrefix("output") {
      model.parameters[name] = model.parameters[name].map { _ in 0 }
    }
    let drawn = try Inference(model).synthesize(rows: 0..<200_000)
    var (real, made) = ([Int: Double](), [Int: Double]())
    for value in values { real[value, default: 0] += 1.0 / Double(values.count) }
    for value in drawn.elements { made[Int(value), default: 0] += 1 / 2e5 }
    let distance = Set(real.keys).union(made.keys).reduce(0) { $0 + abs((real[$1] ?? 0) - (made[$1] ?? 0)) } / 2
    #expect(distance < 0.03, "total variation \(distance)")
    #expect(abs(made[0]! - real[0]!) < 0.005)
  }

  /// Rare numbers far off leave the others as they are: the unit is that of the others, and what is drawn is as it was.
  @Test(arguments: [1, 4, 9, 18], [99_999_999.0, -1e12]) func farNumbers(count: Int, far: Double) throws {
    var random = TestRandom(3)
    let values = (0..<2000).map { row in
      row < count ? String(Int(far)) : String(format: "%.2f", 30 + 10 * random.normal())
    }
    let data = try open("n\n" + values.map { "\($0)\n" }.joined())
    let likelihood = try Likelihood.table(try #require(data.columns?.schema), data: data)
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 1, encoderHidden: [4], latentSize: 1, likelihood: likelihood),
      training: TrainingConfiguration(), data: data)
    for name in model.parameters.names where name.hasPrefix("output") {
      model.parameters[name] = model.parameters[name].map { _ in 0 }
    }
    let drawn = try Inference(model).synthesize(rows: 0..<100_000).elements
    let near = drawn.filter { abs($0) < 1000 }
    let share = Double(drawn.count - near.count) / 1e5
    let expected = Double(count) / 2000
    #expect(abs(share - expected) < 5 * (expected / 1e5).squareRoot(), "\(share), not \(expected)")
    let mean = near.reduce(0, +) / Double(near.count)
    let variance = near.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(near.count)
    #expect(abs(mean - 30) < 1 && abs(variance.squareRoot() - 10) < 0.5, "\(mean) \(variance)")
    // What is there five times and more comes back exactly.
    if count >= 5 { #expect(drawn.allSatisfy { abs($0) < 1000 || $0 == far }) }
    // Neither kind of number has an odd loss.
    let losses = try Inference(model).score(data)
    #expect(losses.allSatisfy { $0 < 40 }, "\(losses.max()!)")
  }

  /// A schema that the data contradict decides nothing.
  @Test func contradictions() throws {
    let data = try open(
      "a,b,c\n" + (0..<60).map { "\(25 * ($0 % 9)),\(Double($0) / 4),2024-01-\(10 + $0 % 20)\n" }.joined())
    let schema = try #require(data.columns?.schema)
    #expect(throws: Never.self) { try Likelihood.table(schema, data: data) }
    func refuses(_ change: (inout TableSchema) -> Void, _ words: String) {
      var other = schema
      change(&other)
      let error = #expect(throws: VAEError.self) { try Likelihood.table(other, data: data) }
      #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    }
    refuses({ $0.columns[0].range = 0...100 }, "from 0.0 to 100.0")
    refuses({ $0.columns[0].spacing = 50 }, "multiples of 50.0")
    refuses({ $0.columns[1].decimals = 1 }, "decimals: 1")
    refuses({ $0.columns[2].range = 0...19_740 }, "to 19740.0")
  }
}
