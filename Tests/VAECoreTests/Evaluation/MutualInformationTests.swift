import Foundation
import TestSupport
import Testing
import VAECore

/// I(x; z), through evaluations of linear encoders, against the double sum written out and where it is known.
struct MutualInformationTests {
  /// An encoder whose μ is the data and whose log σ² is constant.
  private func model(logVariance: Double, gain: Double = 1) throws -> VariationalAutoencoder<Double> {
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(
        dataSize: 2, encoderHidden: [], latentSize: 2, decoderHidden: [], likelihood: .gaussian()), seed: 1)
    model.parameters["mean.weight"] = [gain, 0, 0, gain]
    model.parameters["logvar.weight"] = [0, 0, 0, 0]
    model.parameters["logvar.bias"] = [logVariance, logVariance]
    return model
  }

  private func data(_ count: Int, offset: Double = 0) -> Dataset {
    var random = TestRandom(9)
    return Dataset(
      name: "normal", floats: (0..<count * 2).map { _ in Float(offset + random.normal()) }, dataSize: 2)
  }

  private func details(_ model: VariationalAutoencoder<Double>, _ data: Dataset, threads: Int? = nil) throws
    -> (evaluation: Evaluation, details: Evaluation.Details)
  {
    let evaluation = try model.evaluate(on: data, seed: 3, withDetails: true, execution: Execution(threads: threads))
    return (evaluation, try #require(evaluation.details))
  }

  /// More posteriors than are compared at once; far from the origin too, where squares would cancel.
  @Test(arguments: [0.0, 1000]) func isTheDoubleSum(offset: Double) throws {
    let (model, data) = (try model(logVariance: -2), data(1300, offset: offset))
    let noise = VectorMath<Double>().normals(
      NoiseStream(seed: 3, purpose: .evaluation), positions: (0..<1300).map { UInt64($0) }, columns: 2)
    let x = data.rows(0..<1300, as: Double.self).elements
    let sigma = exp(-1.0)
    var sum = 0.0
    for i in 0..<1300 {
      let z = (0..<2).map { x[2 * i + $0] + sigma * noise[i, $0] }
      var aggregate = 0.0
      for j in 0..<1300 {
        aggregate += exp(-0.5 * (pow(z[0] - x[2 * j], 2) + pow(z[1] - x[2 * j + 1], 2)) / (sigma * sigma))
      }
      sum += -0.5 * (pow(noise[i, 0], 2) + pow(noise[i, 1], 2)) - log(aggregate / 1300)
    }
    let (evaluation, details) = try details(model, data)
    #expect(abs(details.mutualInformation - sum / 1300) < 1e-9)
    #expect(abs(details.aggregateKL + details.mutualInformation - evaluation.loss.kl) < 1e-12 * evaluation.loss.kl)
  }

  /// With x ~ N(0, I) and z = x + noise of variance v, I = ½ log(1 + 1/v) per dimension; the set's sample of x
  /// and z leaves some hundredths.
  @Test func isKnownOfNormals() throws {
    let details = try details(model(logVariance: log(0.5)), data(4000)).details
    #expect(abs(details.mutualInformation - log(3)) < 0.08)
  }

  @Test func itsLimits() throws {
    // Posteriors that nothing tells apart, and some that do not touch: a datum's number is all there is to know.
    #expect(abs(try details(model(logVariance: 0, gain: 0), data(500)).details.mutualInformation) < 1e-12)
    #expect(abs(try details(model(logVariance: -25), data(500)).details.mutualInformation - log(500)) < 1e-6)
  }

  @Test func threadsChangeNothing() throws {
    let (model, data) = (try model(logVariance: -2), data(1300))
    let one = try details(model, data, threads: 1).evaluation
    for threads in 2...3 { #expect(try details(model, data, threads: threads).evaluation == one) }
  }
}
