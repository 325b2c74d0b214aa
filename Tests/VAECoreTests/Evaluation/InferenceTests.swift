import TestSupport
import Testing
import VAECore

/// Encoding, decoding and sampling against plain loops.
struct InferenceTests {
  private func model<S: Scalar>(
    _ type: S.Type = S.self, activation: Activation = .tanh, isGated: Bool = false, likelihood: Likelihood = .bernoulli
  ) throws -> VariationalAutoencoder<S> {
    var random = TestRandom(6)
    var model = try VariationalAutoencoder<S>(
      ModelConfiguration(
        dataSize: 6, encoderHidden: [6, 5], latentSize: 3, decoderHidden: [4], activation: activation,
        isGated: isGated, likelihood: likelihood), seed: 1)
    for name in model.parameters.names {
      model.parameters[name] = model.parameters[name].map { $0 + S(0.5 * random.normal()) }
    }
    return model
  }

  private func check<S: Scalar>(_ model: VariationalAutoencoder<S>, tolerance: Double) {
    var random = TestRandom(7)
    // More rows than go through at once, and not a multiple of that.
    let x: Matrix<S> = model.configuration.likelihood.exampleData(rows: 201, columns: 6)
    let z: Matrix<S> = random.matrix(201, 3)
    let naive = NaiveModel(model)
    let posterior = model.encode(x)
    let decoded = model.decode(z)
    let reconstructed = model.reconstruct(x)
    #expect(decoded.rows == 201 && decoded.columns == 6 && reconstructed.rows == 201)
    for row in [0, 1, 63, 64, 127, 128, 200] {
      let expected = naive.encode(x.row(row).map { Double($0) })
      #expect(relativeDifference(posterior.mean.row(row).map { Double($0) }, expected.mean) < tolerance)
      #expect(relativeDifference(posterior.logVariance.row(row).map { Double($0) }, expected.logVariance) < tolerance)
      #expect(
        relativeDifference(decoded.row(row).map { Double($0) }, naive.decode(z.row(row).map { Double($0) })) < tolerance
      )
      #expect(relativeDifference(reconstructed.row(row).map { Double($0) }, naive.decode(expected.mean)) < tolerance)
    }
  }

  static let likelihoods: [Likelihood] =
    Likelihood.ofSixColumns + [.gaussian(variance: .learned, mean: .tanh), .squaredError(output: .relu)]

  @Test(arguments: likelihoods) func everyLikelihood(likelihood: Likelihood) throws {
    check(try model(Double.self, likelihood: likelihood), tolerance: 1e-13)
    check(try model(Float.self, likelihood: likelihood), tolerance: 1e-5)
  }

  @Test(arguments: Activation.allCases) func everyActivation(activation: Activation) throws {
    for isGated in [false, true] {
      check(try model(Double.self, activation: activation, isGated: isGated), tolerance: 1e-13)
      check(try model(Float.self, activation: activation, isGated: isGated), tolerance: 1e-5)
    }
  }

  @Test func logVarianceIsHeldToItsBounds() throws {
    var model = try model(Double.self)
    model.parameters["logvar.bias"] = [1000, -1000, 0]
    let row = model.encode(Matrix(rows: 1, columns: 6)).logVariance.row(0)
    #expect(row[0] == 20 && row[1] == -30 && row[2] > -30 && row[2] < 20)
  }

  @Test func threadsChangeNothing() throws {
    var random = TestRandom(7)
    let model = try model(Float.self)
    let x: Matrix<Float> = random.unitMatrix(500, 6)
    let one = model.reconstruct(x)
    for threads in 2...4 { #expect(Inference(model, execution: Execution(threads: threads)).reconstruct(x) == one) }
  }

  @Test func manyRowsAreOneByOne() throws {
    var random = TestRandom(7)
    let model = try model(Double.self)
    let x: Matrix<Double> = random.unitMatrix(3 * 64 + 1, 6)
    let all = model.reconstruct(x)
    for row in 0..<x.rows {
      #expect(relativeDifference(all.row(row), model.reconstruct(x.rows(row..<row + 1)).row(0)) < 1e-13)
    }
  }

  @Test func noRowsGiveNoRows() throws {
    let model = try model(Float.self)
    #expect(model.encode(Matrix(rows: 0, columns: 6)).mean == Matrix(rows: 0, columns: 3))
    #expect(model.decode(Matrix(rows: 0, columns: 3)) == Matrix(rows: 0, columns: 6))
    #expect(model.sample(count: 0).rows == 0)
  }

  @Test func theSeedDeterminesSamples() throws {
    let model = try model(Float.self)
    let samples = model.sample(count: 100, seed: 3)
    #expect(samples == Inference(model, execution: Execution(threads: 1)).sample(count: 100, seed: 3))
    #expect(samples != model.sample(count: 100, seed: 4))
    #expect(Set((0..<100).map { samples.row($0) }).count == 100)
    // Sample by sample: more of them begin with the fewer.
    #expect(model.sample(count: 64, seed: 3) == samples.rows(0..<64))
  }

  /// A decoder that hands the latent variable on shows that it comes from N(0, I).
  @Test func samplesComeFromThePrior() throws {
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(
        dataSize: 2, encoderHidden: [], latentSize: 2, decoderHidden: [], likelihood: .gaussian()))
    model.parameters["output.weight"] = [1, 0, 0, 1]
    model.parameters["output.bias"] = [0, 0]
    let count = 20_000
    let z = model.sample(count: count, seed: 1).elements
    // Five standard errors of mean, variance and covariance.
    let bound = 5 / Double(count).squareRoot()
    for column in 0..<2 {
      let values = stride(from: column, to: z.count, by: 2).map { z[$0] }
      #expect(abs(values.reduce(0, +) / Double(count)) < bound)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } / Double(count) - 1) < bound * 2.0.squareRoot())
    }
    let products: [Double] = (0..<count).map { z[2 * $0] * z[2 * $0 + 1] }
    #expect(abs(products.reduce(0, +) / Double(count)) < bound)
  }
}
