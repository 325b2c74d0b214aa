import Foundation
import TestSupport
import Testing
import VAECore

@Suite struct SynthesisTests {
  private func model(
    _ likelihood: Likelihood = .gaussian(variance: .learned), conditionSize: Int = 0
  ) throws -> VariationalAutoencoder<Float> {
    var configuration = ModelConfiguration(dataSize: 3, encoderHidden: [8], latentSize: 2, likelihood: likelihood)
    configuration.conditionSize = conditionSize
    return try VariationalAutoencoder(configuration, seed: 3)
  }

  private func elements(_ a: Matrix<Float>) -> [UInt32] { a.elements.map(\.bitPattern) }

  /// Any rows are those of the whole, drawn or not, from either source, on however many threads.
  @Test(arguments: Observation.allCases, [1, 3]) func rowsAreThoseOfALongerTable(
    _ observation: Observation, threads: Int
  )
    throws
  {
    let model = try model()
    let aggregate = try AggregatePosterior(
      mean: [1, -1], covariance: Matrix(rows: 2, columns: 2, elements: [2, 0.3, 0.3, 1]))
    for source in [LatentSource.prior, .aggregate(aggregate)] {
      let whole = try Inference(model, execution: Execution(threads: 2)).synthesize(
        rows: 0..<1500, from: source, observation, seed: 9)
      let inference = Inference(model, execution: Execution(threads: threads))
      for rows in [0..<1, 0..<10, 3..<700, 511..<513, 1024..<1500, 7..<7] {
        let part = try inference.synthesize(rows: rows, from: source, observation, seed: 9)
        #expect(elements(part) == elements(whole.rows(rows)))
      }
      let other = try inference.synthesize(rows: 0..<10, from: source, observation, seed: 10)
      #expect(elements(other) != elements(whole.rows(0..<10)))
    }
  }

  /// Under a condition, rows are those of a longer table, too.
  @Test func conditions() throws {
    let model = try model(conditionSize: 2)
    let condition = Matrix<Float>.oneHot((0..<600).map { $0 % 2 }, classes: 2)
    let inference = Inference(model)
    let whole = try inference.synthesize(rows: 0..<600, condition: condition, seed: 1)
    let part = try inference.synthesize(rows: 100..<530, condition: condition.rows(100..<530), seed: 1)
    #expect(elements(part) == elements(whole.rows(100..<530)))
    let swapped = try inference.synthesize(
      rows: 0..<600, condition: Matrix<Float>.oneHot((0..<600).map { ($0 + 1) % 2 }, classes: 2), seed: 1)
    #expect(elements(swapped) != elements(whole))
  }

  /// Draws scatter around the mean as the likelihood says, in the data's own units where the model standardises them.
  @Test func drawsScatterAroundTheMean() throws {
    var model = try model(.gaussian(variance: .fixed(0.25)))
    model.standardization = Standardization(means: [100, 0, -5], deviations: [10, 1, 0.1])
    let z = Matrix<Float>(rows: 20_000, columns: 2, elements: (0..<20_000).flatMap { _ in [Float(0.3), -1] })
    let inference = Inference(model)
    let mean = inference.decode(z.rows(0..<1)).row(0)
    let draws = try inference.draw(z)
    for (column, deviation) in [10, 1, 0.1].enumerated() {
      let errors = (0..<draws.rows).map { Double(draws[$0, column] - mean[column]) }
      let average = errors.reduce(0, +) / Double(errors.count)
      let spread = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
      #expect(abs(average) < 0.02 * deviation)
      #expect(abs(spread - 0.5 * deviation) < 0.02 * deviation)
    }
  }

  @Test func whatIsNoDistributionIsNotDrawnFrom() throws {
    let model = try model(.squaredError())
    let error = #expect(throws: VAEError.self) { try Inference(model).synthesize(rows: 0..<3) }
    #expect(error?.remedy == .takeMean)
    #expect(error?.description.contains("squared-error") == true)
    let means = try Inference(model).synthesize(rows: 0..<3, .mean)
    #expect(means.rows == 3)
  }
}
