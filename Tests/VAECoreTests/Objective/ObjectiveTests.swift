import TestSupport
import Testing
import VAECore

/// What objectives promise on average, at their limits, and of settings that contradict each other.
struct ObjectiveTests {
  private let model = try! ObjectiveReferenceTests.fixture.model(as: Double.self)

  private var x: Matrix<Double> {
    let fixture = ObjectiveReferenceTests.fixture
    return Matrix(rows: fixture.batchSize, columns: fixture.dataSize, elements: fixture.data)
  }

  private static func iwae(_ gradient: Objective.LatentGradient = .total) -> Objective {
    .importanceWeightedBound(latentGradient: gradient)
  }

  // MARK: Expectations

  /// The mean difference of two gradients over fresh noise, in standard errors, along some random directions in the
  /// encoder's parameters.
  private func bias(of other: Objective, from plain: Objective, samples: Int, draws: Int) throws -> [Double] {
    var random = TestRandom(31)
    let names = model.parameters.names.filter { !$0.hasPrefix("decoder") && !$0.hasPrefix("output") }
    let directions = (0..<4).map { _ in names.map { name in model.parameters[name].map { _ in random.normal() } } }
    var sums = directions.map { _ in (mean: 0.0, square: 0.0) }
    for _ in 0..<draws {
      let noise: Matrix<Double> = random.matrix(x.rows * samples, model.configuration.latentSize)
      let a = try model.gradient(of: x, noise: noise, objective: other).gradient
      let b = try model.gradient(of: x, noise: noise, objective: plain).gradient
      for (index, direction) in directions.enumerated() {
        var difference = 0.0
        for (name, weights) in zip(names, direction) {
          for (weight, (one, two)) in zip(weights, zip(a[name], b[name])) { difference += weight * (one - two) }
        }
        sums[index].mean += difference / Double(draws)
        sums[index].square += difference * difference / Double(draws)
      }
    }
    return sums.map { $0.mean / (($0.square - $0.mean * $0.mean) / Double(draws - 1)).squareRoot() }
  }

  @Test func stickingTheLandingIsUnbiased() throws {
    let bias = try bias(
      of: .evidenceLowerBound(beta: 0.7, latentGradient: .stickingTheLanding), from: .evidenceLowerBound(beta: 0.7),
      samples: 2,
      draws: 4000)
    #expect(bias.allSatisfy { abs($0) < 3 }, "\(bias)")
  }

  @Test func doublyReparameterizedIsUnbiased() throws {
    let bias = try bias(of: Self.iwae(.doublyReparameterized), from: Self.iwae(), samples: 5, draws: 4000)
    #expect(bias.allSatisfy { abs($0) < 3 }, "\(bias)")
  }

  /// Tucker et al. (2018): not so with importance weights. (And the two tests above can fail.)
  @Test func stickingTheLandingIsBiasedWithWeights() throws {
    let bias = try bias(of: Self.iwae(.stickingTheLanding), from: Self.iwae(), samples: 5, draws: 4000)
    #expect(bias.contains { abs($0) > 5 }, "\(bias)")
  }

  /// With one sample the importance-weighted bound is the evidence lower bound, its KL divergence sampled.
  @Test func oneSampleIsTheEvidenceLowerBound() throws {
    var random = TestRandom(5)
    let draws = 4000
    let differences = try (0..<draws).map { _ in
      let noise: Matrix<Double> = random.matrix(x.rows, model.configuration.latentSize)
      let loss = try model.loss(of: x, noise: noise, objective: Self.iwae())
      return loss.total - (loss.reconstruction + loss.kl)
    }
    let mean = differences.reduce(0, +) / Double(draws)
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws - 1)
    #expect(abs(mean) < 3 * (variance / Double(draws)).squareRoot())
    #expect(variance > 0.01)
  }

  /// The bound rises with K on a trained model: by far more than its noise.
  @Test func theBoundRisesWithTheSamples() throws {
    let data = Dataset.synthetic(count: 1000)
    var configuration = TrainingConfiguration()
    configuration.objective = .importanceWeightedBound()
    configuration.samplesPerDatum = 5
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(ModelConfiguration(dataSize: data.dataSize, encoderHidden: [50], latentSize: 5)),
      configuration: configuration)
    for _ in 0..<3 { try trainer.trainEpoch(on: data) }
    let bounds = try [1, 5, 50].map { samples in
      try trainer.model.evaluate(on: data, samples: samples, objective: Self.iwae()).loss.total
    }
    #expect(bounds[1] < bounds[0] - 0.1 && bounds[2] < bounds[1] - 0.1, "\(bounds)")
    // K copies of one sample weigh the same, and are one sample.
    var random = TestRandom(8)
    let noise: Matrix<Double> = random.matrix(x.rows, model.configuration.latentSize)
    let copies = Matrix(
      rows: 6 * x.rows, columns: noise.columns, elements: (0..<6 * x.rows).flatMap { noise.row($0 / 6) })
    let (one, same) = (
      try model.loss(of: x, noise: noise, objective: Self.iwae()).total,
      try model.loss(of: x, noise: copies, objective: Self.iwae()).total
    )
    #expect(abs(one - same) < 1e-12)
  }

  // MARK: Training

  static let objectives: [Objective] = [
    .evidenceLowerBound(freeBits: 0.2), .evidenceLowerBound(latentGradient: .stickingTheLanding), iwae(),
    iwae(.stickingTheLanding),
    iwae(.doublyReparameterized),
  ]

  @Test(arguments: objectives) func neitherThreadsNorLearningFail(objective: Objective) throws {
    let data = Dataset.synthetic(count: 600)
    func train(threads: Int) throws -> (Parameters<Float>, [Double]) {
      var configuration = TrainingConfiguration()
      configuration.samplesPerDatum = 8
      configuration.objective = objective
      var trainer = try Trainer(
        VariationalAutoencoder<Float>(ModelConfiguration(dataSize: data.dataSize, encoderHidden: [30], latentSize: 3)),
        configuration: configuration, execution: Execution(threads: threads))
      let losses = try (0..<4).map { _ in try trainer.trainEpoch(on: data).total }
      return (trainer.model.parameters, losses)
    }
    let one = try train(threads: 1)
    #expect(one.1.last! < 0.9 * one.1[0], "\(one.1)")
    for threads in 2...4 {
      let other = try train(threads: threads)
      let isEqual = other.0 == one.0 && other.1 == one.1
      #expect(isEqual, "\(threads) threads")
    }
  }

  /// Where the KL divergence costs its free bits anyway, the encoder uses them.
  @Test func freeBitsAreUsed() throws {
    let data = Dataset.synthetic(count: 600)
    func divergences(_ freeBits: Double) throws -> [Double] {
      var configuration = TrainingConfiguration()
      configuration.objective = .evidenceLowerBound(freeBits: freeBits)
      var trainer = try Trainer(
        VariationalAutoencoder<Float>(ModelConfiguration(dataSize: data.dataSize, encoderHidden: [30], latentSize: 8)),
        configuration: configuration)
      for _ in 0..<8 { try trainer.trainEpoch(on: data) }
      return try trainer.model.evaluate(on: data).klPerDimension
    }
    let (without, with) = (try divergences(0), try divergences(1))
    let carry = [without, with].map { $0.filter { $0 > 0.95 }.count }
    #expect(carry[0] <= 3 && carry[1] >= 6, "\(without) \(with)")
  }

  // MARK: Settings

  @Test func warmUp() {
    #expect(KLWarmUp.none.factor(after: 0) == 1)
    let linear = KLWarmUp.linear(epochs: 4)
    #expect([0, 1, 2, 4, 9].map(linear.factor(after:)) == [0, 0.25, 0.5, 1, 1])
    #expect(KLWarmUp.linear(epochs: 0).factor(after: 0) == 1)
    let cycles = KLWarmUp.cyclical(epochs: 4)
    #expect([0, 1, 2, 3, 4, 5.5].map(cycles.factor(after:)) == [0, 0.5, 1, 1, 0, 0.75])
    var configuration = TrainingConfiguration()
    configuration.objective = .evidenceLowerBound(beta: 3)
    configuration.klWarmUp = linear
    #expect(configuration.objective(at: 1).beta == 0.75 && configuration.objective.beta == 3)
  }

  /// What a preset begins with can be done without.
  @Test func noWarmUp() throws {
    var warmUp = KLWarmUp.linear(epochs: 40)
    try warmUp.apply(["kl_warmup": .number(0)])
    #expect(warmUp.isNone)
  }

  @Test(
    arguments: [
      (.evidenceLowerBound(freeBits: 1, latentGradient: .stickingTheLanding), "stl"),
      (.evidenceLowerBound(freeBits: -1), "-1"), (.evidenceLowerBound(beta: .nan), "nan"),
    ] as [(Objective, String)])
  func contradictions(objective: Objective, word: String) throws {
    let error = #expect(throws: VAEError.self) { try objective.validate() }
    #expect(error!.description.contains(word))
  }

  @Test(
    arguments: [(["beta": .number(2)], "beta 2.0"), (["free_bits": .number(1)], "free_bits")]
      as [([String: SettingValue], String)])
  func theImportanceWeightedBoundHasNoKLDivergence(settings: [String: SettingValue], word: String) throws {
    let error = #expect(throws: VAEError.self) { try Objective(name: "iwae", settings: settings).validate() }
    #expect(error!.description.contains(word))
  }

  /// What the engine's kernels compute, the plain function says, and its derivatives are those of differences.
  @Test(arguments: Objective.examples.filter(\.differentiatesLoss)) func theLossOfADatum(objective: Objective) throws {
    var random = TestRandom(3)
    let noise: Matrix<Double> = random.matrix(4, model.configuration.latentSize)
    let one = x.rows(0..<1)
    let data = Dataset(name: "x", floats: one.elements.map { Float($0) }, dataSize: one.columns)
    if objective.couplesData { return }
    let exact = Matrix<Double>(rows: 1, columns: one.columns, elements: data.rows(0..<1, as: Double.self).elements)
    let loss = try model.loss(of: exact, noise: noise, objective: objective)
    let terms = try (0..<4).map { sample in
      let alone = try model.loss(
        of: exact, noise: noise.rows(sample..<sample + 1), objective: .importanceWeightedBound())
      return (reconstruction: alone.reconstruction, logRatio: alone.total - alone.reconstruction)
    }
    func plain(_ change: (inout DatumTerms) -> Void) -> (loss: Double, derivatives: LossDerivatives) {
      var datum = DatumTerms(samples: 4)
      (datum.reconstruction, datum.logRatios, datum.kl) = (terms.map(\.reconstruction), terms.map(\.logRatio), loss.kl)
      change(&datum)
      var derivatives = LossDerivatives(samples: 4)
      return (objective.model.loss(datum, derivatives: &derivatives), derivatives)
    }
    let (value, derivatives) = plain { _ in }
    #expect(relativeDifference([value], [loss.total]) < 1e-12)
    func quotient(_ path: WritableKeyPath<DatumTerms, Double>) -> Double {
      (plain { $0[keyPath: path] += 1e-4 }.loss - plain { $0[keyPath: path] -= 1e-4 }.loss) / 2e-4
    }
    for sample in 0..<4 {
      #expect(abs(quotient(\.reconstruction[sample]) - derivatives.reconstruction[sample]) < 1e-7)
      #expect(abs(quotient(\.logRatios[sample]) - derivatives.logRatios[sample]) < 1e-7)
    }
    #expect(abs(quotient(\.kl) - derivatives.kl) < 1e-7)
  }

  @Test func trainingRefusesWhatCannotBe() throws {
    func refuse(_ word: String, likelihood: Likelihood = .bernoulli, _ change: (inout TrainingConfiguration) -> Void)
      throws
    {
      var configuration = TrainingConfiguration()
      configuration.objective = .importanceWeightedBound()
      change(&configuration)
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 3, encoderHidden: [2], latentSize: 1, likelihood: likelihood))
      let error = #expect(throws: VAEError.self) { _ = try Trainer(model, configuration: configuration) }
      #expect(error?.description.contains(word) == true)
    }
    try refuse("joint") { $0.gradient = .accumulated() }
    try refuse("warm up") { $0.klWarmUp = .linear(epochs: 2) }
    try refuse("positive") {
      $0.objective = .evidenceLowerBound()
      $0.klWarmUp = .cyclical(epochs: 0)
    }
    try refuse("likelihood", likelihood: .squaredError()) { _ in }
  }
}
