import Foundation
import TestSupport
import Testing
import VAECore

/// Data some of whose values are missing: terms of what is there, by themselves, against JAX and against central differences.
struct GapsTests {
  // MARK: Terms

  /// Values that a likelihood takes, some of them missing: of one-hot groups all of a group.
  private func data(_ likelihood: Likelihood, rows: Int, missing: (Int, Int) -> Bool) -> Matrix<Double> {
    let size = 6
    var x: Matrix<Double> = likelihood.exampleData(rows: rows, columns: size, seed: 4)
    for row in 0..<rows { for column in 0..<size where missing(row, column) { x[row, column] = .nan } }
    return x
  }

  /// Of columns that are missing or there together.
  private static func group(_ likelihood: Likelihood, _ column: Int) -> Int {
    if likelihood == .categorical(groups: [2, 4]) { return column < 2 ? 0 : 1 }
    // The mix with a group of its own, in the columns 1 and 2.
    if likelihood.name == "mixed" && likelihood.formula.contains("OA_gk") { return column == 2 ? 1 : column }
    return column
  }

  /// What is there has the terms that it has by itself: those of some columns and those of the others make up the whole, and a missing
  /// value has no derivative; on every level and in either precision.
  @Test(arguments: Likelihood.ofSixColumns + [.mixed([.init(6, .mode)])])
  func termsAreOfWhatIsThere(likelihood: Likelihood) throws {
    let rows = 40
    func isInFirst(_ row: Int, _ column: Int) -> Bool { (row * 7 + Self.group(likelihood, column) * 3) % 5 < 2 }
    let whole = data(likelihood, rows: rows) { _, _ in false }
    let first = data(likelihood, rows: rows) { !isInFirst($0, $1) }
    let second = data(likelihood, rows: rows) { isInFirst($0, $1) }
    let width = likelihood.model.outputs(dataSize: 6).reduce(0) { $0 + $1.size }
    var random = TestRandom(8)
    let outputs: Matrix<Double> = random.matrix(rows, width)
    // An error is a mean over all columns.
    for level in supportedLevels {
      let all = likelihood.evaluate(x: whole, outputs: outputs, level: level)
      let some = likelihood.evaluate(x: first, outputs: outputs, level: level)
      let others = likelihood.evaluate(x: second, outputs: outputs, level: level)
      #expect(relativeDifference(zip(some.losses, others.losses).map { $0 + $1 }, all.losses) < 1e-12)
      let sums = zip(some.derivatives.elements, others.derivatives.elements).map { $0 + $1 }
      #expect(relativeDifference(sums, all.derivatives.elements) < 1e-12)
      // A derivative is of one of the two.
      #expect(zip(some.derivatives.elements, others.derivatives.elements).allSatisfy { $0 == 0 || $1 == 0 })
      let nothing = data(likelihood, rows: rows) { _, _ in true }
      let none = likelihood.evaluate(x: nothing, outputs: outputs, level: level)
      #expect(none.losses.allSatisfy { $0 == 0 } && none.derivatives.elements.allSatisfy { $0 == 0 })
      func float(_ x: Matrix<Double>) -> Matrix<Float> {
        Matrix(rows: x.rows, columns: x.columns, elements: x.elements.map { Float($0) })
      }
      let single = likelihood.evaluate(x: float(first), outputs: float(outputs), level: level)
      #expect(relativeDifference(single.losses.map { Double($0) }, some.losses) < 2e-5)
    }
  }

  // MARK: Gradients

  struct Fixture: Decodable {
    struct Case: Decodable {
      let objective: String
      let patterned: Bool
      let loss: Double
      let gradient: [String: [Double]]
    }
    let data: [Double?]
    let rates, noise: [Double]
    let tensors: [String: [Double]]
    let cases: [Case]
  }

  static let fixture: Fixture = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Fixtures/reference_gaps.json")
    return try! JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }()

  static let columns: [Likelihood.Columns] = [
    .init(2, .gaussian(variance: .learned)), .init(1, .bernoulli), .init(1, .category(sizes: [3])), .init(1, .poisson),
  ]

  private func model(_ treatment: Gaps.Treatment, rates: [Double]) throws -> VariationalAutoencoder<Double> {
    try VariationalAutoencoder<Double>(
      ModelConfiguration(
        dataSize: 5, encoderHidden: [6], latentSize: 2, likelihood: .mixed(Self.columns),
        gaps: Gaps(treatment, rates: rates)))
  }

  @Test func agreesWithJAX() throws {
    let fixture = Self.fixture
    #expect(fixture.cases.count == 4)
    for wanted in fixture.cases {
      var model = try model(wanted.patterned ? .patterned : .masked, rates: fixture.rates)
      #expect(Set(model.parameters.names) == Set(wanted.gradient.keys))
      for name in model.parameters.names { model.parameters[name] = fixture.tensors[name]! }
      let x = Matrix(rows: 9, columns: 5, elements: fixture.data.map { $0 ?? .nan })
      let (loss, gradient) = try model.gradient(
        of: x, noise: Matrix(rows: 27, columns: 2, elements: fixture.noise),
        objective: wanted.objective == "iwae" ? .importanceWeightedBound() : .evidenceLowerBound())
      #expect(abs(loss.total - wanted.loss) < 1e-12 * abs(wanted.loss))
      let worst = worstTensor(gradient) { wanted.gradient[$0]! }
      #expect(worst.difference < 1e-11, "\(worst) of \(wanted.objective)")
    }
  }

  @Test(arguments: [Gaps.Treatment.masked, .patterned]) func agreesWithCentralDifferences(treatment: Gaps.Treatment)
    throws
  {
    for likelihood in [Likelihood.table, .gaussian(variance: .learned), .negativeBinomial] {
      let rates = [0.3, 0, 0.2, 0.5, 0, 0.4]
      var model = try randomModel(
        ModelConfiguration(
          dataSize: 6, encoderHidden: [5], latentSize: 2, likelihood: likelihood, gaps: Gaps(treatment, rates: rates)))
      let x = data(likelihood, rows: 8) { ($0 + 2 * $1) % 3 == 0 }
      var random = TestRandom(2)
      let noise: Matrix<Double> = random.matrix(16, 2)
      let gradient = try model.gradient(of: x, noise: noise).gradient
      for name in model.parameters.names {
        let values = model.parameters[name]
        let quotients = try values.indices.map { index in
          let step = 1e-5
          func loss(_ shift: Double) throws -> Double {
            model.parameters[name][index] = values[index] + shift
            defer { model.parameters[name] = values }
            return try model.loss(of: x, noise: noise).total
          }
          return try (loss(step) - loss(-step)) / (2 * step)
        }
        let difference = zip(quotients, gradient[name]).map { abs($0 - $1) }.max()!
        #expect(difference < 1e-7 * max(1, gradient[name].map(abs).max()!), "\(name), \(likelihood.name)")
      }
    }
  }

  // MARK: The old path

  /// Where nothing is missing, and nothing was in training, losses and gradients are those of a model that knows no gaps, bit for
  /// bit, in either precision.
  @Test(arguments: Likelihood.ofSixColumns.filter(\.model.hasMinimum)) func nothingMissingIsTheOldPath(
    likelihood: Likelihood
  ) throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      var plain = ModelConfiguration(dataSize: 6, encoderHidden: [20], latentSize: 2, likelihood: likelihood)
      let before = try VariationalAutoencoder<S>(plain, seed: 3)
      plain.gaps = Gaps(.patterned, rates: Array(repeating: 0, count: 6))
      let after = try VariationalAutoencoder<S>(plain, seed: 3)
      #expect(before.parameters.names == after.parameters.names)
      let x: Matrix<S> = likelihood.exampleData(rows: 70, columns: 6)
      let noise: Matrix<S> = .standardNormal(rows: 140, columns: 2, seed: 1)
      let (one, other) = (try before.gradient(of: x, noise: noise), try after.gradient(of: x, noise: noise))
      #expect(one.loss == other.loss)
      for name in before.parameters.names { #expect(one.gradient[name] == other.gradient[name]) }
    }
    try check(Float.self)
    try check(Double.self)
  }

  // MARK: Data

  private static func set(_ values: [Double], _ size: Int = 2) -> Dataset {
    Dataset(name: "values", doubles: values, dataSize: size)
  }

  @Test func ratesAreThoseOfTheData() throws {
    let nan = Double.nan
    #expect(try Gaps.rates(of: Self.set([1, nan, 2, 3, nan, 4, 5, nan])) == [0.25, 0.5])
    #expect(try Gaps.rates(of: Dataset(name: "bytes", bytes: [1, 2, 3, 4], dataSize: 2)) == [0, 0])
    let error = #expect(throws: VAEError.self) { try Gaps.rates(of: Self.set([1, nan, 2, nan])) }
    #expect(error?.lacks(["values", "column 2", "no value", "leave it out"]) == [])
    #expect(try Gaps(of: Self.set([1, nan, 2, 3])).treatment == .masked)
  }

  @Test func standardizationIsOfWhatIsThere() throws {
    let nan = Double.nan
    let data = Self.set([1, nan, 3, 10, nan, 30, 5, 20])
    let standardization = try Standardization(of: data, likelihood: .gaussian(), gaps: Gaps(.masked))
    #expect(standardization.means == [3, 20])
    #expect(zip(standardization.deviations, [8.0 / 3, 200.0 / 3]).allSatisfy { abs($0 - $1.squareRoot()) < 1e-12 })
    #expect(throws: VAEError.self) { try Standardization(of: data, likelihood: .gaussian()) }
  }

  /// −log p of a datum in its own unit counts the units of what is there.
  @Test func volumeIsOfWhatIsThere() throws {
    var random = TestRandom(3)
    let values = (0..<200).map { $0 % 2 == 0 ? 100 + 10 * random.normal() : random.normal() }
    let gaps = Gaps(.masked, rates: [0.1, 0.1])
    let configuration = ModelConfiguration(
      dataSize: 2, encoderHidden: [], latentSize: 1, likelihood: .gaussian(),
      initializer: .normal(standardDeviation: 0),
      gaps: gaps)
    var training = TrainingConfiguration()
    training.standardizes = true
    let model = try VariationalAutoencoder<Double>(configuration, training: training, data: Self.set(values))
    let standardization = try #require(model.standardization)
    let scores = try model.score(Self.set([100, .nan, .nan, 0.5, 100, 0.5]))
    func expected(_ x: Double, _ column: Int) -> Double {
      let y = (x - standardization.means[column]) / standardization.deviations[column]
      return 0.5 * (log(2 * .pi) + y * y) + log(standardization.deviations[column])
    }
    // All weights are 0: q is the prior.
    #expect(abs(scores[0] - expected(100, 0)) < 1e-9)
    #expect(abs(scores[1] - expected(0.5, 1)) < 1e-9)
    #expect(abs(scores[2] - scores[0] - scores[1]) < 1e-9)
  }

  @Test func whatTakesGapsAndWhatDoesNot() throws {
    let likelihood = Likelihood.mixed([.init(1, .gaussian()), .init(1, .category(sizes: [3]))])
    var configuration = ModelConfiguration(dataSize: 2, encoderHidden: [3], latentSize: 1, likelihood: likelihood)
    let plain = try VariationalAutoencoder<Double>(configuration)
    configuration.gaps = Gaps(.masked)
    let gapped = try VariationalAutoencoder<Double>(configuration)
    let some = Self.set([.nan, 1, 0.5, .nan])
    #expect(throws: VAEError.self) { try plain.check(some) }
    #expect(throws: Never.self) { try gapped.check(some) }
    // What is there is looked at as ever.
    let error = #expect(throws: VAEError.self) { try gapped.check(Self.set([.nan, 3])) }
    #expect(error?.lacks(["3 categories", "column 2"]) == [])
    #expect(throws: VAEError.self) { try gapped.check(Self.set([.infinity, 1])) }
    let empty = #expect(throws: VAEError.self) { try gapped.check(Self.set([.nan, .nan, 1, 1])) }
    #expect(empty?.lacks(["datum 0", "every value is missing"]) == [])
    for rates in [[0.5], [0.5, 1], [0.5, -0.1], [.nan, 0]] {
      configuration.gaps = Gaps(.masked, rates: rates)
      #expect(throws: VAEError.self) { try configuration.validate() }
    }
  }

  @Test func missingPixelsStayMissing() throws {
    var configuration = ModelConfiguration(dataSize: 2, encoderHidden: [3], latentSize: 1)
    configuration.gaps = Gaps(.masked, rates: [0.5, 0])
    let model = try VariationalAutoencoder<Float>(configuration)
    let data = Self.set([.nan, 0.9, 0.2, 0.1])
    for binarization in [Binarization.threshold, .dynamic] {
      let scores = try model.score(data, binarization: binarization)
      #expect(scores.allSatisfy { $0.isFinite })
    }
    for level in supportedLevels {
      var x = Matrix<Float>(rows: 1, columns: 3, elements: [.nan, 0.7, 0.2])
      let view = x.mutableView
      VectorMath<Float>(level: level).binarizeByThreshold(view)
      #expect(x[0, 0].isNaN && x[0, 1] == 1 && x[0, 2] == 0)
    }
  }

  // MARK: Patterns

  /// Two columns are missing together, one more often where another is large: what is drawn lacks values at those rates, together, and never
  /// all of them.
  @Test func synthesizedRowsLackWhatTheDataLack() throws {
    var random = TestRandom(4)
    let count = 4000
    var values: [Double] = []
    for _ in 0..<count {
      let (a, b, c) = (random.normal(), random.normal(), random.normal())
      let isMissing = random.uniform(0...1) < 0.3
      values += [
        a, isMissing ? .nan : b, isMissing ? .nan : c, random.uniform(0...1) < (a > 0.5 ? 0.8 : 0.05) ? .nan : a + b,
      ]
    }
    let data = Self.set(values, 4)
    let configuration = ModelConfiguration(
      dataSize: 4, encoderHidden: [32], latentSize: 4, likelihood: .gaussian(variance: .learned),
      gaps: try Gaps(of: data, .patterned))
    #expect(abs(configuration.gaps.rates[1] - 0.3) < 0.03 && configuration.gaps.rates[0] == 0)
    var training = TrainingConfiguration()
    (training.epochs, training.learningRate) = (60, 0.005)
    let model = try VariationalAutoencoder<Float>(configuration, training: training, data: data)
    var trainer = try Trainer(model, configuration: training)
    for _ in 0..<training.epochs { try trainer.trainEpoch(on: data) }
    let drawn = try Inference(trainer.model).synthesize(rows: 0..<4000)
    func rate(_ isSo: (Int) -> Bool) -> Double { Double((0..<4000).count(where: isSo)) / 4000 }
    #expect(rate { drawn[$0, 0].isNaN } == 0)
    #expect(abs(rate { drawn[$0, 1].isNaN } - configuration.gaps.rates[1]) < 0.05)
    #expect(abs(rate { drawn[$0, 3].isNaN } - configuration.gaps.rates[3]) < 0.05)
    #expect(rate { drawn[$0, 1].isNaN != drawn[$0, 2].isNaN } < 0.1)
    let (high, low) = (rate { drawn[$0, 0] > 0.5 }, rate { drawn[$0, 0] <= 0.5 })
    #expect(rate { drawn[$0, 0] > 0.5 && drawn[$0, 3].isNaN } / high > 0.5)
    #expect(rate { drawn[$0, 0] <= 0.5 && drawn[$0, 3].isNaN } / low < 0.25)
    // Scores are of what is there, not of what is missing.
    let masked = try VariationalAutoencoder<Float>(
      ModelConfiguration(
        dataSize: 4, encoderHidden: [32], latentSize: 4, likelihood: .gaussian(variance: .learned),
        gaps: Gaps(.masked, rates: configuration.gaps.rates)))
    var same = masked
    for name in masked.parameters.names {
      let values = trainer.model.parameters[name]
      // (Beside what is missing the encoder sees −1, and 1 where patterns are no part of the model.)
      let isFirst = values.count == 32 * 7
      same.parameters[name] = values.enumerated().map { isFirst && $0 % 7 >= 4 ? -$1 : $1 }
    }
    let trained = trainer.model
    #expect(try same.score(data.prefix(50)) == trained.score(data.prefix(50)))
  }

  @Test func neverLacksEverything() throws {
    let configuration = ModelConfiguration(
      dataSize: 2, encoderHidden: [], latentSize: 1, likelihood: .gaussian(),
      gaps: Gaps(.patterned, rates: [0.9, 0.99]))
    let drawn = try Inference(VariationalAutoencoder<Double>(configuration)).synthesize(rows: 0..<500)
    #expect((0..<500).allSatisfy { !drawn[$0, 0].isNaN || !drawn[$0, 1].isNaN })
    #expect((0..<500).count { drawn[$0, 1].isNaN } > 450)
  }
}
