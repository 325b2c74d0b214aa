import Foundation
import TestSupport
import Testing
import VAECore

/// What the likelihoods promise beside their gradients: means, sums of columns, parameters that do not depend on z, and
/// which data they take.
struct LikelihoodTests {
  static let groups: [Likelihood.Columns] = [
    .init(2, .gaussian(variance: .perFeature, mean: .sigmoid)), .init(3, .categorical(groups: [3])),
    .init(1, .poisson), .init(2, .laplace(scale: .learned)), .init(1, .negativeBinomial), .init(1, .bernoulli),
    .init(2, .laplace(scale: .perFeature)), .init(1, .continuousBernoulli),
  ]
  static let mixed = Likelihood.mixed(groups)
  /// Columns of a table, some of which the encoder takes in another form.
  static let tableGroups: [Likelihood.Columns] = [
    .init(3, .category(sizes: [3, 2, 9])), .init(2, .mixture(.ofWholeNumbers)), .init(3, .gaussian(variance: .learned)),
    .init(1, .category(sizes: [4], counts: [1, 0, 5, 20])),
    .init(4, .mixture(MixtureColumn(points: [0.5, 1], components: 3))),
  ]

  /// Every likelihood with every setting that changes what is computed, for 13 columns.
  static let all: [Likelihood] = [
    .bernoulli, .continuousBernoulli, .gaussian(variance: .fixed(0.3)), .gaussian(variance: .learned),
    .gaussian(variance: .perFeature, mean: .tanh), .laplace(scale: .fixed(0.7)), .laplace(scale: .learned),
    .laplace(scale: .perFeature, location: .softplus), .poisson, .negativeBinomial, .categorical(groups: [4, 2, 7]),
    mixed, .squaredError(), .difference(), .category(sizes: [4, 2, 7, 1, 2, 2, 3, 17, 2, 2, 2, 33, 2]),
    .mixture(MixtureColumn(mean: 1, deviation: 2, points: [0, 1.5], components: 2)), .mixture(.ofWholeNumbers),
    .mixed(tableGroups),
  ]

  /// What a likelihood says of itself.
  struct Facts: Sendable {
    let likelihood: Likelihood
    /// Of 0 and 1 as bytes, in bits per dimension; nil where there are none.
    let convention: BitsPerDimension.Convention?
    let isNormalized: Bool
    let takesBinarized: Bool
    let isReal: [Bool]
    let hasMinimum: Bool
    let hasOutputBias: Bool

    init(
      _ likelihood: Likelihood, bits: BitsPerDimension.Convention?, isNormalized: Bool = true,
      takesBinarized: Bool = false,
      isReal: [Bool] = [false, false], hasMinimum: Bool = true, hasOutputBias: Bool = false
    ) {
      self.likelihood = likelihood
      convention = bits
      (self.isNormalized, self.takesBinarized) = (isNormalized, takesBinarized)
      (self.isReal, self.hasMinimum, self.hasOutputBias) = (isReal, hasMinimum, hasOutputBias)
    }
  }

  static let facts: [Facts] = [
    Facts(.bernoulli, bits: .probability, takesBinarized: true, hasOutputBias: true),
    Facts(.continuousBernoulli, bits: .density, takesBinarized: true),
    Facts(.gaussian(), bits: .density, isReal: [true, true]),
    Facts(.gaussian(variance: .learned), bits: .density, isReal: [true, true]),
    Facts(.gaussian(mean: .sigmoid), bits: .density),
    Facts(.laplace(), bits: .density, isReal: [true, true]),
    Facts(.laplace(location: .tanh), bits: .density),
    Facts(.poisson, bits: .probability), Facts(.negativeBinomial, bits: .probability),
    Facts(.categorical(groups: [2]), bits: .probability), Facts(.category(sizes: [2, 3]), bits: .probability),
    Facts(.mixture(MixtureColumn()), bits: .density), Facts(.mixture(MixtureColumn(interval: 1)), bits: .probability),
    Facts(.mixture(MixtureColumn(points: [0])), bits: nil), Facts(.mode, bits: .density),
    Facts(.mixed([.init(1, .bernoulli), .init(1, .continuousBernoulli)]), bits: nil, takesBinarized: true),
    Facts(.mixed([.init(1, .gaussian()), .init(1, .bernoulli)]), bits: nil, isReal: [true, false]),
    Facts(.squaredError(), bits: nil, isNormalized: false, takesBinarized: true, isReal: [true, true]),
    Facts(.squaredError(output: .sigmoid), bits: nil, isNormalized: false, takesBinarized: true),
    Facts(.difference(), bits: nil, isNormalized: false, takesBinarized: true, hasMinimum: false),
  ]

  @Test(arguments: facts) func saysWhatItIs(facts: Facts) throws {
    let likelihood = facts.likelihood
    let data = Dataset(name: "bytes", bytes: [0, 255, 255, 0, 0, 255], dataSize: 2, whiteLevel: .value(255))
    #expect(likelihood.isNormalized == facts.isNormalized)
    #expect(likelihood.takesBinarized == facts.takesBinarized)
    #expect(likelihood.standardizes(dataSize: 2) == facts.isReal)
    var model = try model(likelihood, size: 2)
    #expect(try model.evaluate(on: data).bitsPerDimension?.convention == facts.convention)
    let hasOutputBias = (try? model.setOutputBias(toLogOddsOf: data)) != nil
    #expect(hasOutputBias == facts.hasOutputBias)
    var canBeTrained = true
    do { _ = try Trainer(model, configuration: TrainingConfiguration()) } catch { canBeTrained = false }
    #expect(canBeTrained == facts.hasMinimum)
  }

  /// All of them say it.
  @Test func factsAreOfAllLikelihoods() {
    #expect(Set(Self.facts.map(\.likelihood.name)) == Set(Likelihood.names))
  }

  private func model(_ likelihood: Likelihood, size: Int = 13) throws -> VariationalAutoencoder<Double> {
    var random = TestRandom(11)
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: size, encoderHidden: [6], latentSize: 2, likelihood: likelihood), seed: 1)
    for name in model.parameters.names {
      model.parameters[name] = model.parameters[name].map { $0 + 0.4 * random.normal() }
    }
    return model
  }

  /// Values to sum over: counts from 0; middles of [0, 1], or of [−40, 40].
  struct Grid: Sendable {
    let values: [Double]
    let width: Double

    init(_ count: Int, _ width: Double) {
      let first: Double = width == 1 ? 0 : width == 1e-3 ? -40 : 0.5 * width
      values = (0..<count).map { first + Double($0) * width }
      self.width = width
    }
  }

  static let distributions: [Likelihood] = [
    .bernoulli, .poisson, .negativeBinomial, .continuousBernoulli, .gaussian(variance: .learned),
    .laplace(scale: .learned),
  ]
  static let grids = [
    Grid(2, 1), Grid(200, 1), Grid(4000, 1), Grid(20_000, 1 / 20_000), Grid(80_000, 1e-3), Grid(80_000, 1e-3),
  ]

  /// The densities are normalised, and E[x|z] is their mean: by an integral, or a sum over counts.
  @Test(arguments: zip(distributions, grids))
  func theMeanIsTheDistributions(likelihood: Likelihood, grid: Grid) throws {
    let (values, width) = (grid.values, grid.width)
    let parts = [.gaussian(variance: .learned), .laplace(scale: .learned), .negativeBinomial].contains(likelihood)
    for output in [-1.3, 0, 0.01, 0.8] {
      let outputs = parts ? [output, -0.2] : [output]
      let x = Matrix(rows: values.count, columns: 1, elements: values)
      let rows = Matrix<Double>(
        rows: values.count, columns: outputs.count, elements: values.flatMap { _ in outputs })
      let p = likelihood.evaluate(x: x, outputs: rows).losses.map { exp(-$0) * width }
      #expect(abs(p.reduce(0, +) - 1) < 1e-6, "\(likelihood.name) at \(output) adds up to \(p.reduce(0, +))")
      let mean = zip(p, values).reduce(0) { $0 + $1.0 * $1.1 }
      var model = try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 1, encoderHidden: [], latentSize: 1, likelihood: likelihood))
      model.parameters["output.weight"] = [0]
      model.parameters["output.bias"] = [output]
      let decoded = model.decode(Matrix(rows: 1, columns: 1))[0, 0]
      #expect(abs(decoded - mean) < 1e-6, "\(likelihood.name) at \(output): \(decoded), not \(mean)")
    }
  }

  @Test func theMeanOfGroupsAreTheirProbabilities() throws {
    let model = try model(.categorical(groups: [4, 2, 7]))
    let z: Matrix<Double> = .standardNormal(rows: 5, columns: 2)
    let means = model.decode(z)
    // A model of the same parameters whose outputs are the logits.
    var logits = try self.model(.squaredError())
    logits.parameters = model.parameters
    let outputs = logits.decode(z)
    for row in 0..<5 {
      for group in [0..<4, 4..<6, 6..<13] {
        let sum = group.reduce(0) { $0 + exp(outputs[row, $1]) }
        for column in group { #expect(abs(means[row, column] - exp(outputs[row, column]) / sum) < 1e-14) }
      }
    }
  }

  /// Each group of columns counts as it does alone.
  @Test(arguments: supportedLevels, [groups, tableGroups])
  func aMixIsTheSumOfItsColumns(level: VectorLevel, groups: [Likelihood.Columns]) throws {
    let mixed = Likelihood.mixed(groups)
    var random = TestRandom(5)
    let x: Matrix<Double> = mixed.exampleData(rows: 3, columns: 13)
    let widths = groups.map { group in
      group.likelihood.model.outputs(dataSize: group.count).reduce(0) { $0 + $1.size }
    }
    let outputs: Matrix<Double> = random.matrix(6, widths.reduce(0, +))
    let (losses, derivatives) = mixed.evaluate(x: x, outputs: outputs, level: level)
    var sums = [Double](repeating: 0, count: 6)
    var (column, output) = (0, 0)
    for (group, width) in zip(groups, widths) {
      func part(_ matrix: Matrix<Double>, _ range: Range<Int>) -> Matrix<Double> {
        Matrix(
          rows: matrix.rows, columns: range.count,
          elements: (0..<matrix.rows).flatMap { matrix.row($0)[range] })
      }
      let alone = group.likelihood.evaluate(
        x: part(x, column..<column + group.count), outputs: part(outputs, output..<output + width), level: level)
      #expect(alone.derivatives == part(derivatives, output..<output + width))
      for row in sums.indices { sums[row] += alone.losses[row] }
      (column, output) = (column + group.count, output + width)
    }
    #expect(relativeDifference(losses, sums) < 1e-14)
  }

  @Test(arguments: [Likelihood.gaussian(variance: .perFeature), .laplace(scale: .perFeature), mixed])
  func aPerFeatureSpreadHasABiasOnly(likelihood: Likelihood) throws {
    let model = try model(likelihood)
    let names = model.parameters.names.filter { $0.hasPrefix("output_") }
    let expected: [Likelihood: [String]] = [
      .gaussian(variance: .perFeature): ["output_logvar.bias"], .laplace(scale: .perFeature): ["output_logscale.bias"],
      Self.mixed: [
        "output_logvar.0.bias", "output_logscale.3.weight", "output_logscale.3.bias",
        "output_logdispersion.4.weight", "output_logdispersion.4.bias", "output_logscale.6.bias",
      ],
    ]
    #expect(names == expected[likelihood])
    if names.count == 1 { #expect(model.parameters.shape(of: names[0]) == [13]) }
  }

  /// With the weights of a learned variance at zero, it is a variance per feature.
  @Test func aPerFeatureVarianceIsALearnedOneWithoutWeights() throws {
    let perFeature = try model(.gaussian(variance: .perFeature))
    var learned = try model(.gaussian(variance: .learned))
    for name in perFeature.parameters.names { learned.parameters[name] = perFeature.parameters[name] }
    learned.parameters["output_logvar.weight"] = Array(repeating: 0, count: 13 * 6)
    let x: Matrix<Double> = .uniform(rows: 4, columns: 13)
    let noise: Matrix<Double> = .standardNormal(rows: 12, columns: 2)
    let (a, b) = (try perFeature.gradient(of: x, noise: noise), try learned.gradient(of: x, noise: noise))
    #expect(relativeDifference([a.loss.total], [b.loss.total]) < 1e-14)
    for name in perFeature.parameters.names {
      #expect(relativeDifference(a.gradient[name], b.gradient[name]) < 1e-13, "\(name)")
    }
  }

  @Test(arguments: all) func threadsAndEstimatorsChangeNothing(likelihood: Likelihood) throws {
    let model = try model(likelihood)
    let x: Matrix<Double> = likelihood.exampleData(rows: 300, columns: 13)
    let noise: Matrix<Double> = .standardNormal(rows: 600, columns: 2)
    let one = try model.gradient(of: x, noise: noise)
    for threads in [2, 3] {
      let many = try model.gradient(of: x, noise: noise, execution: Execution(threads: threads))
      #expect(many.gradient == one.gradient && many.loss.total == one.loss.total)
    }
    let accumulated = try model.gradient(of: x, noise: noise, accumulation: .accumulated())
    #expect(worstTensor(accumulated.gradient) { one.gradient[$0] }.difference < 1e-12)
  }

  /// Single precision computes the same as double, on what both hold.
  @Test(arguments: all) func floatFollowsDouble(likelihood: Likelihood) throws {
    let x: Matrix<Float> = likelihood.exampleData(rows: 8, columns: 13)
    let single = try model(likelihood).converted(to: Float.self)
    let noise: Matrix<Float> = .standardNormal(rows: 16, columns: 2)
    func wide(_ matrix: Matrix<Float>) -> Matrix<Double> {
      Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.doubles)
    }
    let a = try single.gradient(of: x, noise: noise)
    let b = try single.converted(to: Double.self).gradient(of: wide(x), noise: wide(noise))
    #expect(relativeDifference([a.loss.total], [b.loss.total]) < 1e-5)
    #expect(worstTensor(a.gradient) { b.gradient[$0] }.difference < 1e-4)
  }

  @Test(arguments: all) func examplesAreData(likelihood: Likelihood) throws {
    let x: Matrix<Float> = likelihood.exampleData(rows: 50, columns: 13, seed: 4)
    try likelihood.check(Dataset(name: "examples", floats: x.elements, dataSize: 13))
    #expect(x != likelihood.exampleData(rows: 50, columns: 13, seed: 5))
  }

  static let refused: [(Likelihood, [Float], Int, [String])] = [
    (.continuousBernoulli, [0.5, 1.5], 1, ["continuous-bernoulli", "1.5", "0 to 1"]),
    (.poisson, [3, -1], 1, ["poisson", "-1.0", "whole numbers from 0"]),
    (.poisson, [0.5, 1], 0, ["poisson", "0.5", "counts"]), (.poisson, [.infinity, 1], 0, ["inf", "counts"]),
    (.negativeBinomial, [3, .nan], 1, ["negative-binomial", "nan", "counts"]),
    (.laplace(), [.nan, 0], 0, ["laplace", "nan", "finite"]),
    (.categorical(groups: [2]), [0, 0], 0, ["categorical", "one 1 among zeros", "2 values"]),
    (.categorical(groups: [2]), [1, 1], 1, ["categorical", "one 1 among zeros"]),
    (.categorical(groups: [2, 2]), [1, 0, 0.5, 0.5], 2, ["categorical", "0.5"]),
    (.category(sizes: [2, 3]), [1, 3], 1, ["category", "3.0", "3 categories", "0 to 2"]),
    (.category(sizes: [2, 3]), [0.5, 1], 0, ["category", "0.5", "2 categories"]),
    (.category(sizes: [2]), [.nan], 0, ["category", "nan"]), (.category(sizes: [2]), [-1], 0, ["category", "-1.0"]),
    (.mixture(MixtureColumn()), [0, .infinity], 1, ["mixture", "inf", "finite"]),
    (
      .mixed([.init(2, .gaussian()), .init(1, .poisson)]), [0, 1, 2.5], 2,
      ["mixed", "2.5", "counts", "poisson, column 3"]
    ),
    (
      .mixed([.init(1, .poisson), .init(3, .categorical(groups: [3]))]), [2, 0, 1, 1], 3,
      ["mixed", "one 1 among zeros", "categorical, columns 2 to 4"]
    ),
  ]

  @Test(arguments: refused)
  func refusesDataOutsideTheDomain(likelihood: Likelihood, datum: [Float], column: Int, words: [String]) throws {
    let fitting: Matrix<Float> = likelihood.exampleData(rows: 2, columns: datum.count)
    let data = Dataset(name: "some file", floats: fitting.elements + datum, dataSize: datum.count)
    let error = #expect(throws: VAEError.self) { try likelihood.check(data) }
    #expect(error?.kind == .data)
    #expect(error?.lacks(words + ["some file, datum 2, column \(column + 1):"]) == [], "\(error?.description ?? "")")
  }

  /// Bytes stand for fractions, so few of them are counts.
  @Test func refusesBytesThatAreNoCounts() throws {
    try Likelihood.poisson.check(
      Dataset(name: "binary", bytes: [0, 255, 255, 0], dataSize: 2, whiteLevel: .value(255)))
    #expect(throws: VAEError.self) {
      try Likelihood.poisson.check(Dataset(name: "grey", bytes: [0, 7], dataSize: 2, whiteLevel: .value(255)))
    }
  }
}
