import Foundation
import TestSupport
import Testing
import VAECore

/// An evaluation is the loss over a set, each datum with its own noise.
struct EvaluationTests {
  private let data: Dataset = {
    var random = TestRandom(4)
    return Dataset(name: "random", floats: (0..<1100 * 6).map { _ in Float(random.uniform()) }, dataSize: 6)
  }()

  private func model(_ likelihood: Likelihood = .bernoulli) throws -> VariationalAutoencoder<Double> {
    var random = TestRandom(8)
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 6, encoderHidden: [7], latentSize: 3, likelihood: likelihood), seed: 2)
    for name in model.parameters.names {
      model.parameters[name] = model.parameters[name].map { $0 + 0.3 * random.normal() }
    }
    return model
  }

  /// The noise of an evaluation, in the order that the loss takes it.
  private func noise(samples: Int, seed: UInt64) -> Matrix<Double> {
    var noise = Matrix<Double>(rows: data.count * samples, columns: 3)
    let view = noise.mutableView
    (0..<UInt64(data.count)).map { $0 }.withUnsafeBufferPointer {
      VectorMath().normals(
        NoiseStream(seed: seed, purpose: .evaluation), positions: $0, firstSample: 0, samples: samples, into: view)
    }
    return noise
  }

  /// More data than go through at once, and more samples.
  @Test(arguments: Likelihood.ofSixColumns) func isTheMeanLoss(likelihood: Likelihood) throws {
    let model = try model(likelihood)
    let example: Matrix<Float> = likelihood.exampleData(rows: self.data.count, columns: 6)
    let data = Dataset(name: "examples", floats: example.elements, dataSize: 6)
    let objective = Objective.evidenceLowerBound(beta: 0.7)
    for samples in [1, 7] {
      let evaluation = try model.evaluate(on: data, samples: samples, objective: objective, seed: 5)
      let loss = try model.loss(
        of: data.rows(0..<data.count), noise: noise(samples: samples, seed: 5), objective: objective)
      #expect(evaluation.count == data.count && evaluation.samples == samples)
      #expect(relativeDifference([evaluation.loss.total], [loss.total]) < 1e-12)
      #expect(relativeDifference([evaluation.loss.reconstruction], [loss.reconstruction]) < 1e-12)
      #expect(relativeDifference([evaluation.loss.kl], [loss.kl]) < 1e-12)
      #expect(
        relativeDifference(
          [evaluation.loss.total], [evaluation.loss.reconstruction + 0.7 * evaluation.loss.kl]) < 1e-14)
    }
  }

  /// Whatever the objective, a set's loss is that of all its data as one minibatch.
  @Test(arguments: Objective.examples + [.evidenceLowerBound(beta: 0.5, freeBits: 1)])
  func isTheObjectivesLoss(objective: Objective) throws {
    let model = try model()
    let evaluation = try model.evaluate(on: data, samples: 3, objective: objective, seed: 5)
    let loss = try model.loss(
      of: data.rows(0..<data.count), noise: noise(samples: 3, seed: 5), objective: objective)
    #expect(relativeDifference([evaluation.loss.total], [loss.total]) < 1e-12)
    #expect(relativeDifference([evaluation.loss.reconstruction], [loss.reconstruction]) < 1e-12)
    #expect(relativeDifference([evaluation.loss.kl], [loss.kl]) < 1e-12)
    // What is no mean over data has no standard error of one.
    #expect((evaluation.standardError == nil) == objective.couplesData)
    // Bits are of bounds alone.
    #expect((evaluation.bitsPerDimension == nil) == (objective.boundName == nil))
  }

  /// Where some dimensions cost more than their free bits and some less.
  @Test func freeBitsCount() throws {
    let kls = try model().evaluate(on: data).klPerDimension.sorted()
    let freeBits = (kls[0] + kls[1]) / 2
    let objective = Objective.evidenceLowerBound(freeBits: freeBits)
    let loss = try model().evaluate(on: data, objective: objective).loss
    let expected = loss.reconstruction + freeBits + kls[1] + kls[2]
    #expect(relativeDifference([loss.total], [expected]) < 1e-12)
  }

  @Test(arguments: [Likelihood.squaredError(), .difference()]) func errorsHaveNoImportanceWeights(
    likelihood: Likelihood
  )
    throws
  {
    let error = #expect(throws: VAEError.self) {
      _ = try model(likelihood).evaluate(on: data, objective: .importanceWeightedBound())
    }
    #expect(error?.lacks(likelihood.name, "evidence lower bound") == [])
  }

  /// ½ (μ² + σ² − 1 − log σ²) of each dimension, from the posterior; together they are the KL divergence.
  @Test func klPerDimension() throws {
    let model = try model()
    let evaluation = try model.evaluate(on: data)
    let posterior = model.encode(data.rows(0..<data.count))
    let expected = (0..<3).map { column in
      (0..<data.count).reduce(0.0) { sum, row in
        let (mean, s) = (posterior.mean[row, column], posterior.logVariance[row, column])
        return sum + 0.5 * (mean * mean + exp(s) - 1 - s)
      } / Double(data.count)
    }
    #expect(relativeDifference(evaluation.klPerDimension, expected) < 1e-12)
    #expect(relativeDifference([evaluation.klPerDimension.reduce(0, +)], [evaluation.loss.kl]) < 1e-12)
  }

  @Test(arguments: [Binarization.unchanged, .threshold, .dynamic]) func threadsChangeNothing(binarization: Binarization)
    throws
  {
    let model = try model()
    let one = try model.evaluate(on: data, samples: 3, binarization: binarization, execution: Execution(threads: 1))
    for threads in 2...3 {
      #expect(
        try model.evaluate(on: data, samples: 3, binarization: binarization, execution: Execution(threads: threads))
          == one)
    }
  }

  @Test func theSeedDetermines() throws {
    let model = try model()
    let first = try model.evaluate(on: data, seed: 1)
    #expect(try model.evaluate(on: data, seed: 1) == first)
    let second = try model.evaluate(on: data, seed: 2)
    #expect(second.loss.reconstruction != first.loss.reconstruction)
    #expect(second.loss.kl == first.loss.kl)
  }

  /// A datum meets the same noise whatever stands behind it.
  @Test(arguments: [1, 3, 600]) func aSetDoesNotDependOnWhatFollows(count: Int) throws {
    let model = try model()
    let evaluation = try model.evaluate(on: data.prefix(count), seed: 5)
    let loss = try model.loss(of: data.rows(0..<count), noise: noise(samples: 1, seed: 5).rows(0..<count))
    #expect(relativeDifference([evaluation.loss.total], [loss.total]) < 1e-12)
  }

  /// White pixels of a threshold are white data.
  @Test func binarizes() throws {
    let model = try model()
    let rounded = Dataset(
      name: "rounded", floats: data.rows(0..<data.count, as: Float.self).elements.map { $0 >= 0.5 ? 1 : 0 }, dataSize: 6
    )
    #expect(
      try model.evaluate(on: data, binarization: .threshold).loss == model.evaluate(on: rounded).loss)
    #expect(try model.evaluate(on: rounded, binarization: .dynamic).loss == model.evaluate(on: rounded).loss)
    #expect(try model.evaluate(on: data, binarization: .dynamic).loss != model.evaluate(on: data).loss)
  }

  @Test func refusesOtherData() throws {
    let model = try model()
    for data in [Dataset(name: "narrow", floats: [0, 1], dataSize: 2), try data.prefix(0)] {
      let error = #expect(throws: VAEError.self) { _ = try model.evaluate(on: data) }
      #expect(error?.kind == .data)
      #expect(error?.lacks(data.name) == [])
    }
  }

  @Test func refusesALossThatIsNotFinite() throws {
    var model = try model()
    model.parameters["mean.bias"][0] = 1e200
    let error = #expect(throws: VAEError.self) { _ = try model.evaluate(on: data) }
    #expect(error?.kind == .numerics)
  }

  // MARK: Uncertainty

  /// Sets drawn again and again scatter as the standard errors say.
  @Test func standardErrorsAreWhatRepetitionShows() throws {
    let model = try model()
    var random = TestRandom(12)
    var bounds: [Evaluation] = []
    for seed in 0..<300 as Range<UInt64> {
      let set = Dataset(name: "set", floats: (0..<40 * 6).map { _ in Float(random.uniform()) }, dataSize: 6)
      bounds.append(
        try model.evaluate(on: set, samples: 2, importanceSamples: 3, seed: seed, execution: Execution(threads: 1)))
    }
    func check(_ value: (Evaluation) -> Double, _ error: (Evaluation) -> Double?) throws {
      let values = bounds.map(value)
      let mean = values.reduce(0, +) / 300
      let scatter = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 299).squareRoot()
      let claimed = try bounds.reduce(0) { $0 + pow(try #require(error($1)), 2) / 300 }.squareRoot()
      // A standard deviation from 300 draws is known to 4 %.
      #expect(abs(claimed / scatter - 1) < 0.16, "\(claimed), \(scatter)")
    }
    try check(\.loss.total, \.standardError)
    try check(\.importance!.negativeLogLikelihood, \.importance?.standardError)
  }

  @Test func oneDatumHasNoStandardError() throws {
    let evaluation = try model().evaluate(on: data.prefix(1), importanceSamples: 5, withDetails: true)
    #expect(evaluation.standardError == nil && evaluation.importance?.standardError == nil)
    #expect(evaluation.details?.mutualInformation == 0)
  }

  // MARK: The latent variable and the reconstructions

  @Test func activeUnits() throws {
    var model = try model()
    // A dimension that the data do not move, and one that they hardly move.
    let weights = model.parameters["mean.weight"]
    model.parameters["mean.weight"] = weights.indices.map { $0 / 7 == 0 ? weights[$0] : $0 / 7 == 1 ? 0 : 1e-3 }
    let evaluation = try model.evaluate(on: data)
    let mean = model.encode(data.rows(0..<data.count)).mean
    let expected = (0..<3).map { k in
      let average = (0..<data.count).reduce(0) { $0 + mean[$1, k] } / Double(data.count)
      return (0..<data.count).reduce(0) { $0 + pow(mean[$1, k] - average, 2) } / Double(data.count)
    }
    #expect(relativeDifference(evaluation.meanVariancePerDimension, expected) < 1e-12)
    #expect(expected[0] > 0.01 && expected[1] < 1e-20 && expected[2] > 1e-20 && expected[2] < 0.01)
    #expect(evaluation.activeUnits == 1 && evaluation.details == nil)
  }

  /// Those that take grey values.
  static let ofGreyValues = (Likelihood.ofSixColumns + [.gaussian(variance: .learned)]).filter {
    (try? $0.check(Dataset(name: "grey", floats: Array(repeating: 0.5, count: 6), dataSize: 6))) != nil
  }

  @Test(arguments: ofGreyValues)
  func reconstructionError(likelihood: Likelihood) throws {
    let model = try model(likelihood)
    let rounded = Dataset(
      name: "rounded", floats: data.rows(0..<data.count, as: Float.self).elements.map { $0 >= 0.5 ? 1 : 0 }, dataSize: 6
    )
    for (set, seen, binarization) in [(data, data, Binarization.unchanged), (data, rounded, .threshold)]
    where likelihood.takesBinarized || binarization == .unchanged {
      let evaluation = try model.evaluate(on: set, samples: 5, binarization: binarization, withDetails: true)
      let x: Matrix<Double> = seen.rows(0..<seen.count)
      let errors = zip(x.elements, model.reconstruct(x).elements).map { ($0 - $1) * ($0 - $1) }
      let expected = errors.reduce(0, +) / Double(errors.count)
      #expect(abs(try #require(evaluation.details).reconstructionError / expected - 1) < 1e-12)
    }
  }

  // MARK: Bits

  /// Nats over D ln 2, and for a density of bytes the eight bits, or nearly, of a level's width.
  @Test func bitsPerDimension() throws {
    let bytes = Dataset(name: "bytes", bytes: (0..<60).map { UInt8($0 * 4) }, dataSize: 6, whiteLevel: .value(255))
    let scale = 6 * log(2.0)
    func bits(_ likelihood: Likelihood, _ data: Dataset, _ binarization: Binarization = .unchanged) throws -> Double? {
      let evaluation = try model(likelihood).evaluate(on: data, binarization: binarization)
      return evaluation.bitsPerDimension.map { $0.value - evaluation.loss.total / scale }
    }
    #expect(abs(try #require(try bits(.bernoulli, bytes))) < 1e-12)
    #expect(abs(try #require(try bits(.bernoulli, data, .dynamic))) < 1e-12)
    #expect(abs(try #require(try bits(.gaussian(), bytes)) - log2(255)) < 1e-12)
    #expect(try bits(.gaussian(), data) == nil)
    #expect(try bits(.continuousBernoulli, bytes, .threshold) == nil)
    #expect(try bits(.squaredError(), bytes) == nil)
    // Of −log p(x) where that was asked for, and never of another objective than the bound.
    let evaluation = try model().evaluate(on: bytes, importanceSamples: 4)
    #expect(abs(evaluation.bitsPerDimension!.value - evaluation.importance!.negativeLogLikelihood / scale) < 1e-12)
    #expect(try model().evaluate(on: bytes, objective: .evidenceLowerBound(beta: 2)).bitsPerDimension == nil)
    // A mix of densities is one, and of a density and a probability there is no unit.
    #expect(
      abs(try #require(try bits(.mixed([.init(2, .gaussian()), .init(4, .laplace())]), bytes)) - log2(255)) < 1e-12)
    #expect(abs(try #require(try bits(.mixed([.init(2, .bernoulli), .init(4, .bernoulli)]), bytes))) < 1e-12)
    #expect(try bits(.mixed([.init(2, .gaussian()), .init(4, .bernoulli)]), bytes) == nil)
  }
}
