import Foundation
import TestSupport
import Testing
import VAECore

/// Scores are the terms of the mean, datum by datum, and tell what a model has not seen.
struct ScoreTests {
  /// Two classes of data, each on a curve of its own in eight dimensions.
  private func set(_ count: Int, unseen: Bool, seed: UInt64) -> [Float] {
    var random = TestRandom(seed)
    return (0..<count).flatMap { _ in
      let angle = random.uniform(0...(2 * .pi))
      return (0..<8).map { j in
        let phase = unseen ? Double(j * j) : Double(j)
        return Float(0.5 + 0.4 * sin(angle + phase) + 0.05 * random.normal())
      }
    }
  }

  private func model() throws -> VariationalAutoencoder<Float> {
    var configuration = TrainingConfiguration()
    configuration.learningRate = 0.003
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(
        ModelConfiguration(
          dataSize: 8, encoderHidden: [30], latentSize: 2, likelihood: .gaussian(variance: .fixed(0.01))), seed: 1),
      configuration: configuration)
    let data = Dataset(name: "seen", floats: set(1000, unseen: false, seed: 1), dataSize: 8)
    for _ in 0..<40 { try trainer.trainEpoch(on: data) }
    return trainer.model
  }

  @Test func findAHeldOutClass() throws {
    let model = try model()
    let data = Dataset(
      name: "both", floats: set(300, unseen: false, seed: 2) + set(100, unseen: true, seed: 3), dataSize: 8)
    let isUnseen = (0..<400).map { $0 >= 300 }
    for score in [Score.negativeELBO(samples: 4), .negativeLogLikelihood(importanceSamples: 100)] {
      let area = try ROC.areaUnderCurve(model.score(data, by: score), isPositive: isUnseen)
      #expect(area > 0.97, "\(score): \(area)")
    }
  }

  /// But for the noise, which is by position there and by what a datum is here: within four standard errors of what it changes.
  @Test func theirMeanIsTheEvaluation() throws {
    let model = try model()
    let data = Dataset(name: "seen", floats: set(700, unseen: false, seed: 2), dataSize: 8)
    let evaluation = try model.evaluate(on: data, samples: 3, importanceSamples: 6, seed: 4)
    for (score, expected) in [
      (Score.negativeELBO(samples: 3), evaluation.loss.total),
      (.reconstruction(samples: 3), evaluation.loss.reconstruction),
      (.negativeLogLikelihood(importanceSamples: 6), evaluation.importance!.negativeLogLikelihood),
    ] {
      let scores = try model.score(data, by: score, seed: 4)
      let differences = try zip(scores, model.score(data, by: score, seed: 5)).map { $0 - $1 }
      let error = (differences.reduce(0) { $0 + $1 * $1 }).squareRoot() / 700
      #expect(abs(scores.reduce(0, +) / 700 - expected) < 4 * error && error < 0.1, "\(score)")
    }
  }

  // MARK: Within a tolerance

  /// Columns add up to it, categories have their probabilities in it, and −ELBO is what it goes to where only probabilities are.
  @Test func withinATolerance() throws {
    let model = try randomModel(
      ModelConfiguration(
        dataSize: 6, encoderHidden: [20], latentSize: 3,
        likelihood: .mixed([
          .init(2, .category(sizes: [3, 2])), .init(1, .mixture(.ofWholeNumbers)), .init(2, .poisson),
          .init(1, .mixture(MixtureColumn(points: [0.5], components: 2))),
        ])))
    let x: Matrix<Double> = model.configuration.likelihood.exampleData(rows: 50, columns: 6)
    let data = Dataset(name: "rows", doubles: x.elements, dataSize: 6)
    let plain = try model.scoreByColumn(data, samples: 3, seed: 2)
    var last = plain.scores
    for tolerance in [0.5, 1, 3] {
      let near = try model.scoreByColumn(data, samples: 3, within: tolerance, seed: 2)
      #expect(near.kl == plain.kl)
      for column in [0, 1, 3, 4] {
        #expect((0..<50).allSatisfy { near.columns[$0, column] == plain.columns[$0, column] })
      }
      #expect((0..<50).allSatisfy { near.columns.row($0).allSatisfy { $0 >= 0 } })
      #expect(near.scores == (0..<50).map { near.columns.row($0).reduce(near.kl[$0], +) })
      #expect(
        near.scores == (try model.score(data, by: .negativeLogProbability(within: tolerance, samples: 3), seed: 2)))
      // The more is near, the more probable it is.
      if tolerance > 0.5 { #expect(zip(near.scores, last).allSatisfy { $0 < $1 }) }
      last = near.scores
    }
    #expect(
      Score.usual(for: model.configuration.likelihood, samples: 2) == .negativeLogProbability(within: 1, samples: 2))
    for likelihood in [Likelihood.bernoulli, .poisson, .gaussian(variance: .learned), .category(sizes: [3])] {
      #expect(Score.usual(for: likelihood) == .negativeELBO())
    }
    let gaussian = try randomModel(
      ModelConfiguration(dataSize: 6, encoderHidden: [], latentSize: 2, likelihood: .gaussian(variance: .learned)))
    for (model, tolerance, words) in [(gaussian, 1.0, ["gaussian", "−ELBO"]), (model, 0.0, ["positive", "0.0"])] {
      let error = #expect(throws: VAEError.self) { _ = try model.scoreByColumn(data, within: tolerance) }
      #expect(error?.lacks(words) == [])
    }
  }

  // MARK: A datum's own

  /// A datum has its score whatever is beside it, in whatever order, however many threads there are.
  @Test(arguments: [Precision.full, .mixed]) func isTheDatumsOwn(precision: Precision) throws {
    for (likelihood, isGated, condition) in [
      (Likelihood.bernoulli, false, 0), (.table, true, 0), (.gaussian(variance: .perFeature), true, 3),
    ] {
      let configuration = ModelConfiguration(
        dataSize: 6, encoderHidden: [300, 70], latentSize: 5, conditionSize: condition, isGated: isGated,
        likelihood: likelihood)
      let model = try randomModel(configuration).converted(to: Float.self)
      let x: Matrix<Float> = likelihood.exampleData(rows: 700, columns: 6)
      var labels = TestRandom(3)
      let all = Dataset(name: "rows", floats: x.elements, dataSize: 6)
      let classes = (0..<700).map { _ in labels.integer(0...2) }
      func set(_ rows: [Int]) throws -> Dataset {
        let some = Dataset(name: "rows", floats: rows.flatMap { x.row($0) }, dataSize: 6)
        return condition == 0
          ? some : try some.conditioned(on: Condition(name: "labels", labels: rows.map { classes[$0] }))
      }
      var scores = [Score.negativeELBO(samples: 3), .negativeLogLikelihood(importanceSamples: 20)]
      if likelihood == .table && precision == .full { scores.append(.reconstruction(samples: 2)) }
      for score in scores {
        func scores(_ rows: [Int], threads: Int = 1) throws -> [Double] {
          try model.score(try set(rows), by: score, precision: precision, execution: Execution(threads: threads))
        }
        let whole = try scores(Array(0..<all.count))
        #expect(try scores(Array(0..<all.count), threads: 3) == whole)
        for rows in [[5], [699, 5], Array((0..<700).reversed()), (0..<600).map { ($0 * 11) % 700 }, Array(300..<313)] {
          #expect(
            try scores(rows, threads: 2) == rows.map { whole[$0] },
            "\(rows.count) rows, \(likelihood.name), \(precision)")
        }
      }
    }
  }
}
