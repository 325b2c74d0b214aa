import TestSupport
import Testing
import VAECore

/// A first layer that multiplies only what is stored of sparse rows computes what it does of whole rows.
@Suite struct SparseInputTests {
  private static let size = 200

  /// Counts, of which about a hundredth are not zero.
  private static let counts: [Float] = {
    var generator = PhiloxGenerator(NoiseStream(seed: 3, purpose: .subset))
    return (0..<90 * size).map { _ in
      generator.next(below: 100) == 0 ? Float(1 + generator.next(below: 5)) : 0
    }
  }()

  private static let whole = Dataset(name: "counts", floats: counts, dataSize: size)

  private static func sparse() throws -> Dataset {
    let columns = counts.indices.filter { counts[$0] != 0 }
    let starts = (0...90).map { row in columns.count { $0 < row * size } }
    return Dataset(
      name: "counts",
      rows: try SparseRows(
        columnCount: size, starts: starts, columns: columns.map { $0 % size },
        values: columns.map { Double(counts[$0]) }))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var isGated = false
    var hidden = [30]
    var conditionSize = 0
    var isWeighted = false
    var change: @Sendable (inout TrainingConfiguration) -> Void = { _ in }
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "plain"), Case(name: "no hidden layer", hidden: []), Case(name: "gates", isGated: true),
    Case(name: "a wide layer", hidden: [300]), Case(name: "a condition", conditionSize: 3),
    Case(name: "weights", isWeighted: true),
    Case(name: "several passes") { ($0.samplesPerDatum, $0.gradient) = (3, .accumulated()) },
    Case(name: "importance weights") { ($0.samplesPerDatum, $0.objective) = (3, .importanceWeightedBound()) },
    Case(name: "clipping") { $0.clipNorm = 0.1 },
    Case(name: "windows") { $0.shuffleWindow = 32 },
    Case(name: "many rows") { ($0.batchSize, $0.samplesPerDatum) = (20, 30) },
  ]

  private func trained(
    _ data: Dataset, _ this: Case, threads: Int = 1, standardizes: Bool = false, binarization: Binarization = .unchanged
  ) throws -> (parameters: [Double], loss: Double, model: VariationalAutoencoder<Double>) {
    var configuration = TrainingConfiguration()
    (configuration.batchSize, configuration.optimizer, configuration.learningRate) = (25, .sgd(), 0.01)
    (configuration.standardizes, configuration.binarization) = (standardizes, binarization)
    this.change(&configuration)
    var set: any DataSource = data
    if this.conditionSize > 0 {
      set = try set.conditioned(on: Condition(name: "labels", labels: (0..<90).map { $0 % 3 }))
    }
    if this.isWeighted { set = try set.weighted(by: (0..<90).map { Float(1 + $0 % 4) }, from: "weights") }
    let likelihood: Likelihood =
      standardizes ? .gaussian(variance: .learned) : binarization.makesBinary ? .bernoulli : .poisson
    let model = try VariationalAutoencoder<Double>(
      ModelConfiguration(
        dataSize: Self.size, encoderHidden: this.hidden, latentSize: 4, conditionSize: this.conditionSize,
        isGated: this.isGated, likelihood: likelihood), training: configuration, data: set)
    var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: threads))
    let loss = try (0..<2).map { _ in try trainer.trainEpoch(on: set).total }.reduce(0, +)
    let parameters = trainer.model.parameters
    return (parameters.names.flatMap { parameters[$0] }, loss, trainer.model)
  }

  /// Steps of plain gradient descent differ as gradients do: by rounding.
  @Test(arguments: cases) func stepsAreThoseOfWholeRows(this: Case) throws {
    let (sparse, whole) = (try trained(Self.sparse(), this), try trained(Self.whole, this))
    #expect(relativeDifference(sparse.parameters, whole.parameters) < 1e-13)
    #expect(abs(sparse.loss - whole.loss) < 1e-12 * abs(whole.loss))
    // The same bits would mean that nothing was sparse.
    let isSame = sparse.parameters == whole.parameters
    #expect(!isSame)
    for threads in 2...3 {
      let more = try trained(Self.sparse(), this, threads: threads)
      #expect(more.parameters == sparse.parameters && more.loss == sparse.loss)
    }
  }

  @Test func evaluationIsThatOfWholeRows() throws {
    let model = try trained(Self.whole, Case(name: "plain")).model
    let (sparse, whole) = try (Self.sparse(), Self.whole)
    let (a, b) = (try model.score(sparse), try model.score(whole))
    #expect(relativeDifference(a, b) < 1e-13)
    let (code, other) = (try Inference(model).encode(sparse).mean, try Inference(model).encode(whole).mean)
    #expect(relativeDifference(code.elements, other.elements) < 1e-13)
    #expect(code == (try Inference(model).encode(sparse).mean))
    let (one, two) = (try model.evaluate(on: sparse, samples: 2), try model.evaluate(on: whole, samples: 2))
    #expect(abs(one.loss.total - two.loss.total) < 1e-12 * two.loss.total && one.activeUnits == two.activeUnits)
  }

  /// Of rows that are half full, whole products are sooner done; parts of a set go as the whole does, however full they are.
  @Test func fullRowsAreMultipliedWhole() throws {
    let counts = (0..<90 * Self.size).map { Float($0 % 2) }
    func set(_ rows: Int, starts: [Int]) throws -> Dataset {
      let columns = (0..<starts.last!).map { 2 * $0 % Self.size + 1 }
      return Dataset(
        name: "halves",
        rows: try SparseRows(
          columnCount: Self.size, starts: starts, columns: columns, values: columns.map { _ in 1 }))
    }
    let plain = Case(name: "plain")
    let half = try set(90, starts: (0...90).map { $0 * Self.size / 2 })
    let whole = Dataset(name: "halves", floats: counts, dataSize: Self.size)
    #expect(try trained(half, plain).parameters == trained(whole, plain).parameters)
    let model = try trained(whole, plain).model
    let mostlyEmpty = try set(9000, starts: [0] + (1...9000).map { _ in Self.size / 2 })
    let first = try model.score(mostlyEmpty)[0]
    #expect(try model.score(mostlyEmpty.read(0..<1)) == [first])
    #expect(abs(try model.score(whole.read(0..<1))[0] - first) < 1e-12 * abs(first))
  }

  /// Standardised or binarised, zeros are no zeros any more, or values are others than those stored: then the rows are
  /// multiplied whole, to the last bit.
  @Test func whatChangesValuesTakesWholeRows() throws {
    let plain = Case(name: "plain")
    let standardized = (
      try trained(Self.sparse(), plain, standardizes: true), try trained(Self.whole, plain, standardizes: true)
    )
    #expect(standardized.0.parameters == standardized.1.parameters)
    let shares = Self.counts.map { $0 / 5 }
    let columns = shares.indices.filter { shares[$0] != 0 }
    let rows = try SparseRows(
      columnCount: Self.size, starts: (0...90).map { row in columns.count { $0 < row * Self.size } },
      columns: columns.map { $0 % Self.size }, values: columns.map { Double(shares[$0]) })
    for binarization in [Binarization.dynamic, .threshold] {
      let sparse = try trained(Dataset(name: "shares", rows: rows), plain, binarization: binarization)
      let whole = try trained(
        Dataset(name: "shares", floats: shares, dataSize: Self.size), plain, binarization: binarization)
      #expect(sparse.parameters == whole.parameters)
    }
  }
}
