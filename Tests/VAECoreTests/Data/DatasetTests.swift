import TestSupport
import Testing
import VAECore

/// Data as they come out of a set: in order, scaled, and refused where the model cannot take them.
struct DatasetTests {
  private let bytes = Dataset(
    name: "bytes", bytes: Array(0...255), dataSize: 4, imageShape: ImageShape(height: 2, width: 2))
  private let floats = Dataset(name: "floats", floats: [0, 0.5, 1, 0.25, 0.75, 0.125], dataSize: 2)

  /// Exactly b/255, rounded once.
  @Test func bytesAreScaled() {
    #expect(bytes.rows(0..<64, as: Double.self).elements == (0...255).map { Double($0) / 255 })
    #expect(bytes.rows(0..<64, as: Float.self).elements == (0...255).map { Float($0) / 255 })
  }

  @Test func floatsAreAsTheyAre() {
    #expect(floats.rows(0..<3, as: Float.self).elements == [0, 0.5, 1, 0.25, 0.75, 0.125])
    #expect(floats.rows(1..<2, as: Double.self) == Matrix(rows: 1, columns: 2, elements: [1, 0.25]))
  }

  @Test func rowsAreAPart() {
    let part = bytes.rows(10..<13, as: Double.self)
    #expect(part.rows == 3 && part.columns == 4)
    #expect(part.elements == (40..<52).map { Double($0) / 255 })
    #expect(bytes.rows(64..<64, as: Float.self).rows == 0)
  }

  @Test(arguments: [(-1, 0), (0, 0), (1, 1), (3, 3), (4, 3), (Int.max, 3)])
  func prefix(wanted: Int, there: Int) throws {
    let part = try floats.prefix(wanted)
    #expect(part.count == there && part.dataSize == 2 && part.name == "floats")
    #expect(part.rows(0..<there, as: Float.self) == floats.rows(0..<there, as: Float.self))
  }

  @Test func prefixKeepsTheShape() throws {
    let part = try bytes.prefix(5)
    #expect(part.imageShape == ImageShape(height: 2, width: 2))
    #expect(part.rows(4..<5, as: Float.self) == bytes.rows(4..<5, as: Float.self))
  }

  private func model(_ likelihood: Likelihood, size: Int = 2) throws -> VariationalAutoencoder<Float> {
    try VariationalAutoencoder(
      ModelConfiguration(dataSize: size, encoderHidden: [], latentSize: 1, likelihood: likelihood))
  }

  @Test(arguments: [
    (Float.nan, Likelihood.bernoulli, "0 to 1"), (1.001, .bernoulli, "0 to 1"), (-0.001, .bernoulli, "gaussian"),
    (.infinity, .bernoulli, "0 to 1"), (.nan, .gaussian(), "finite"), (-.infinity, .gaussian(), "finite"),
    (.infinity, .squaredError(), "finite"),
  ])
  func refusesValuesOutsideTheDomain(value: Float, likelihood: Likelihood, word: String) throws {
    let data = Dataset(name: "some file", floats: [0, 1, 0.5, value, 0, value], dataSize: 2)
    let model = try model(likelihood)
    let error = #expect(throws: VAEError.self) { try model.check(data) }
    #expect(error?.kind == .data)
    #expect(error?.lacks("some file, datum 1, column 2", "is \(value)", likelihood.name, word) == [])
  }

  @Test func acceptsValuesInsideTheDomain() throws {
    try model(.bernoulli).check(floats)
    try model(.bernoulli, size: 4).check(bytes)
    try model(.gaussian()).check(Dataset(name: "wide", floats: [-1e38, 1e38], dataSize: 2))
  }

  @Test func refusesAnotherSize() throws {
    let model = try model(.bernoulli, size: 3)
    let error = #expect(throws: VAEError.self) { try model.check(floats) }
    #expect(error?.lacks("2 values", "takes 3", "floats") == [])
  }

  /// Each datum with the same probability, none twice, in the set's order.
  @Test func subsets() throws {
    #expect(try bytes.subset(count: 64, seed: 1).rows(0..<64) as Matrix<Float> == bytes.rows(0..<64))
    #expect(try bytes.subset(count: 0, seed: 1).count == 0)
    #expect(try floats.subset(count: 2, seed: 1).dataSize == 2)
    var drawn = Array(repeating: 0, count: 64)
    for seed in 0..<2000 as Range<UInt64> {
      let subset = try bytes.subset(count: 16, seed: seed)
      let positions = subset.rows(0..<16, as: Double.self).elements.map { Int(($0 * 255).rounded()) / 4 }
      #expect(subset.count == 16 && subset.imageShape == bytes.imageShape)
      #expect(zip(positions, positions.dropFirst(4)).allSatisfy { $0 < $1 })
      for index in stride(from: 0, to: 64, by: 4) { drawn[positions[index]] += 1 }
    }
    // Binomial with probability ¼: five standard deviations.
    #expect(drawn.allSatisfy { abs(Double($0) - 500) < 5 * (2000 * 0.25 * 0.75).squareRoot() })
    #expect(
      try bytes.subset(count: 9, seed: 5).rows(0..<9) as Matrix<Float> == bytes.subset(count: 9, seed: 5).rows(0..<9))
    for count in [-1, 65] {
      let error = #expect(throws: VAEError.self) { _ = try bytes.subset(count: count, seed: 0) }
      #expect(error?.lacks("bytes", "64", "\(count)") == [])
    }
  }

  /// What a person sees who prints a set or a model: no thousands of numbers.
  @Test func descriptions() throws {
    let images = Dataset(
      name: "a", bytes: [1, 2, 3, 4, 5, 6], dataSize: 6, imageShape: ImageShape(height: 2, width: 3))
    #expect("\(images)" == "a: 1 data of 2 × 3 pixels")
    #expect("\(Dataset(name: "b", floats: [1, 2], dataSize: 1))" == "b: 2 data of 1 value")
    let configuration = ModelConfiguration(
      dataSize: 6, encoderHidden: [5], latentSize: 2, decoderHidden: [4, 3], conditionSize: 7, isGated: true,
      likelihood: .poisson)
    #expect(
      "\(try VariationalAutoencoder<Float>(configuration))" == "6 → 5 → 2 → 4 → 3 → 6, given 7, gated tanh, poisson")
  }
}
