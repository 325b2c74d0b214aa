import Foundation
import Testing
import VAECore

/// The distributions that weights start from, and their names.
struct InitializerTests {
  /// A wide and a tall layer of hidden units.
  private func parameters<S: Scalar>(
    _ initializer: Initializer, seed: UInt64 = 1, as type: S.Type = S.self
  ) throws -> Parameters<S> {
    try VariationalAutoencoder<S>(
      ModelConfiguration(dataSize: 200, encoderHidden: [120], latentSize: 30, initializer: initializer), seed: seed
    ).parameters
  }

  static let weights = ["encoder.0.weight", "mean.weight", "logvar.weight", "decoder.0.weight", "output.weight"]
  static let all: [Initializer] = [.normal(standardDeviation: 0.01), .glorot, .he, .orthogonal, .uniform]

  /// Mean and variance within five standard errors; `kurtosis` is E x⁴ / (E x²)².
  private func check(_ values: [Double], variance: Double, kurtosis: Double, _ name: String) {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let second = values.reduce(0) { $0 + $1 * $1 } / n
    #expect(abs(mean) <= 5 * (variance / n).squareRoot(), "\(name)")
    #expect(abs(second - variance) <= 5 * variance * ((kurtosis - 1) / n).squareRoot(), "\(name)")
  }

  @Test func glorot() throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      let parameters = try parameters(.glorot, as: type)
      for name in Self.weights {
        let bound = (6 / Double(parameters.shape(of: name).reduce(0, +))).squareRoot()
        let values = parameters[name].map { Double($0) }
        #expect(values.allSatisfy { abs($0) <= Double(S(bound)) })
        #expect(values.max()! > 0.98 * bound && values.min()! < -0.98 * bound)
        self.check(values, variance: bound * bound / 3, kurtosis: 1.8, name)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// PyTorch's linear layers: biases, too.
  @Test func uniform() throws {
    let parameters: Parameters<Double> = try parameters(.uniform)
    for name in Self.weights {
      let bound = 1 / Double(parameters.shape(of: name)[1]).squareRoot()
      let bias = parameters[name.replacing(".weight", with: ".bias")]
      for values in [parameters[name], bias] {
        #expect(values.allSatisfy { abs($0) <= bound } && values.max()! > 0.5 * bound && values.min()! < -0.5 * bound)
      }
      check(parameters[name], variance: bound * bound / 3, kurtosis: 1.8, name)
      #expect(parameters[name].prefix(bias.count) != bias[...])
    }
    let glorot: Parameters<Double> = try self.parameters(.glorot)
    #expect(glorot["mean.bias"].allSatisfy { $0 == 0 })
  }

  @Test func he() throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      let parameters = try parameters(.he, as: type)
      for name in Self.weights {
        let inputs = Double(parameters.shape(of: name)[1])
        self.check(parameters[name].map { Double($0) }, variance: 2 / inputs, kurtosis: 3, name)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: [0.01, 0.5]) func normal(deviation: Double) throws {
    let parameters: Parameters<Double> = try parameters(.normal(standardDeviation: deviation))
    for name in Self.weights { check(parameters[name], variance: deviation * deviation, kurtosis: 3, name) }
  }

  @Test func normalWithoutDeviationIsZero() throws {
    let parameters: Parameters<Double> = try parameters(.normal(standardDeviation: 0))
    for name in Self.weights { #expect(parameters[name].allSatisfy { $0 == 0 }) }
  }

  /// W·Wᵀ = I where there are fewer rows than columns, else Wᵀ·W = I.
  @Test func orthogonal() throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      let parameters = try parameters(.orthogonal, as: type)
      var (wide, tall) = (0, 0)
      for name in Self.weights {
        let shape = parameters.shape(of: name)
        let w = Matrix<S>(rows: shape[0], columns: shape[1], elements: parameters[name])
        let isWide = w.rows <= w.columns
        if isWide { wide += 1 } else { tall += 1 }
        let size = min(w.rows, w.columns)
        var product = Matrix<S>(rows: size, columns: size)
        product.formProduct(w, by: w, transposingA: !isWide, transposingB: isWide)
        for i in 0..<size { product[i, i] -= 1 }
        #expect(product.doubles.allSatisfy { abs($0) <= 60 * S.epsilon }, "\(name) in \(type)")
      }
      #expect(wide > 0 && tall > 0)
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// The signs of uniformly distributed orthonormal columns are balanced, on the diagonal, too.
  @Test func orthogonalIsNotBiased() throws {
    let diagonal = try (0..<400).map { seed in
      try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 3, encoderHidden: [3], latentSize: 1, initializer: .orthogonal), seed: seed
      ).parameters["encoder.0.weight"]
    }
    for element in 0..<9 {
      // Of an orthogonal matrix of order 3 each element has the mean 0 and the variance 1/3.
      let mean = diagonal.reduce(0) { $0 + $1[element] } / 400
      #expect(abs(mean) <= 5 * (1.0 / 3 / 400).squareRoot(), "element \(element)")
    }
  }

  @Test(arguments: all.filter { $0 != .uniform }) func biasesAreZero(initializer: Initializer) throws {
    let parameters: Parameters<Float> = try parameters(initializer)
    let biases = parameters.names.filter { $0.hasSuffix(".bias") }
    #expect(biases.count == Self.weights.count)
    for name in biases { #expect(parameters[name].allSatisfy { $0 == 0 }) }
  }

  @Test(arguments: all) func seedDeterminesTheWeights(initializer: Initializer) throws {
    let one: Parameters<Float> = try parameters(initializer, seed: 1)
    #expect(try parameters(initializer, seed: 1) == one)
    let two: Parameters<Float> = try parameters(initializer, seed: 2)
    for name in Self.weights { #expect(one[name] != two[name]) }
    // Tensors of one shape have numbers of their own.
    #expect(one["mean.weight"] != one["logvar.weight"])
  }

  @Test(arguments: all + [.normal(standardDeviation: 1.5e-7)]) func setting(initializer: Initializer) throws {
    let value = try #require(initializer.settingValue)
    #expect(value == .text(initializer.name))
    #expect(Initializer(settingValue: value) == initializer)
  }

  @Test func names() {
    #expect(Initializer.normal(standardDeviation: 0.01).name == "normal(0.01)")
    #expect(Initializer(name: "normal") == .normal(standardDeviation: 0.01))
    #expect(Initializer(name: "normal(0.25)") == .normal(standardDeviation: 0.25))
    for initializer in Self.all { #expect(Initializer(name: initializer.name) == initializer) }
  }

  @Test(arguments: [
    "", "xavier", "Glorot", "normal(", "normal()", "normal(a)", "normal(-1)", "normal(nan)", "normal(inf)",
  ])
  func badName(name: String) {
    #expect(Initializer(name: name) == nil)
    let error = #expect(throws: VAEError.self) {
      _ = try ModelConfiguration(settings: ["data_size": .integer(1), "init": .text(name)])
    }
    #expect(error?.lacks("\"\(name)\"", "glorot, he, orthogonal") == [])
  }
}
