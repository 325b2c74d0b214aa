import Foundation
import TestSupport
import Testing
import VAECore

/// The Gaussian of all data's posteriors, and draws from it.
struct AggregatePosteriorTests {
  private let data: Dataset = {
    var random = TestRandom(4)
    return Dataset(name: "random", floats: (0..<700 * 6).map { _ in Float(random.uniform()) }, dataSize: 6)
  }()

  private func model() throws -> VariationalAutoencoder<Double> {
    var random = TestRandom(8)
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 6, encoderHidden: [7], latentSize: 3), seed: 2)
    for name in model.parameters.names {
      model.parameters[name] = model.parameters[name].map { $0 + 0.5 * random.normal() }
    }
    return model
  }

  /// The mean of the means, and their covariance beside the mean of the variances.
  @Test func hasTheMixturesMoments() throws {
    let model = try model()
    let posterior = model.encode(data.rows(0..<data.count))
    let aggregate = try model.aggregatePosterior(of: data)
    let count = Double(data.count)
    let mean = (0..<3).map { k in (0..<data.count).reduce(0) { $0 + posterior.mean[$1, k] } / count }
    #expect(relativeDifference(aggregate.mean, mean) < 1e-12)
    var covariance = Matrix<Double>(rows: 3, columns: 3)
    for row in 0..<data.count {
      for i in 0..<3 {
        covariance[i, i] += exp(posterior.logVariance[row, i]) / count
        for j in 0..<3 {
          covariance[i, j] += (posterior.mean[row, i] - mean[i]) * (posterior.mean[row, j] - mean[j]) / count
        }
      }
    }
    #expect(relativeDifference(aggregate.covariance.elements, covariance.elements) < 1e-12)
    #expect(
      try model.aggregatePosterior(of: data, execution: Execution(threads: 2)).mean
        == model.aggregatePosterior(of: data, execution: Execution(threads: 1)).mean)
  }

  @Test func drawsHaveItsMoments() throws {
    let mean = [1.0, -2, 0.5]
    let covariance = Matrix<Double>(rows: 3, columns: 3, elements: [2, 0.9, -0.3, 0.9, 1, 0.2, -0.3, 0.2, 0.5])
    let aggregate = try AggregatePosterior(mean: mean, covariance: covariance)
    let count = 40_000
    let z: Matrix<Double> = aggregate.sample(count: count, seed: 3)
    for i in 0..<3 {
      let average = (0..<count).reduce(0) { $0 + z[$1, i] } / Double(count)
      #expect(abs(average - mean[i]) < 5 * (covariance[i, i] / Double(count)).squareRoot())
      for j in 0..<3 {
        let product = (0..<count).reduce(0) { $0 + (z[$1, i] - mean[i]) * (z[$1, j] - mean[j]) } / Double(count)
        // Isserlis: the product's variance is C_ii·C_jj + C_ij².
        let error =
          ((covariance[i, i] * covariance[j, j] + covariance[i, j] * covariance[i, j]) / Double(count)).squareRoot()
        #expect(abs(product - covariance[i, j]) < 5 * error, "\(i), \(j)")
      }
    }
    // Draw by draw: more of them begin with the fewer.
    let fewer: Matrix<Double> = aggregate.sample(count: 100, seed: 3)
    #expect(relativeDifference(fewer.elements, z.rows(0..<100).elements) < 1e-13)
    #expect(aggregate.sample(count: 100, seed: 4, as: Double.self) != fewer)
  }

  @Test func samplesAreDecodedDraws() throws {
    let model = try model()
    let aggregate = try model.aggregatePosterior(of: data)
    let inference = Inference(model)
    #expect(inference.sample(count: 9, from: aggregate, seed: 2) == model.decode(aggregate.sample(count: 9, seed: 2)))
    #expect(inference.sample(count: 9, from: aggregate, seed: 2) != model.sample(count: 9, seed: 2))
  }

  @Test func refusesWhatIsNoCovariance() throws {
    let error = #expect(throws: VAEError.self) {
      _ = try AggregatePosterior(mean: [0, 0], covariance: Matrix(rows: 2, columns: 2, elements: [1, 2, 2, 1]))
    }
    #expect(error?.kind == .numerics && error?.lacks("positive definite") == [])
    var overflowing = try model()
    overflowing.parameters["mean.weight"][0] = 1e200
    let failure = #expect(throws: VAEError.self) { _ = try overflowing.aggregatePosterior(of: data) }
    #expect(failure?.lacks("finite") == [])
  }
}
