import Foundation
import TestSupport
import Testing
import VAECore

/// The closed form against EM and SciPy's density, and against what defines it.
struct ProbabilisticPCATests {
  private func set(_ values: [Double], _ size: Int) -> Dataset {
    Dataset(name: "values", floats: values.map { Float($0) }, dataSize: size)
  }

  @Test(arguments: EvaluationFixture.shared.ppca) func agreesWithSciPy(reference: EvaluationFixture.PPCACase) throws {
    let model = try ProbabilisticPCA.fit(set(reference.data, reference.dataSize), latentSize: reference.latentSize)
    #expect(relativeDifference(model.spectrum, reference.spectrum) < 1e-13)
    #expect(abs(model.noiseVariance / reference.noiseVariance - 1) < 1e-9)
    let likelihoods = try model.logLikelihood(of: set(reference.other, reference.dataSize))
    #expect(relativeDifference(likelihoods, reference.logLikelihoods) < 1e-8)
  }

  /// More data than go through at once: the directions are the covariance's eigenvectors.
  @Test func directionsAreEigenvectors() throws {
    var random = TestRandom(5)
    let (count, size) = (2500, 5)
    let values = (0..<count).flatMap { _ in
      let common = random.normal()
      return (0..<size).map { Double($0) * common + random.normal() + 100 }
    }
    let data = set(values, size)
    let model = try ProbabilisticPCA.fit(data, latentSize: 3)
    let x = data.rows(0..<count, as: Double.self)
    var covariance = Matrix<Double>(rows: size, columns: size)
    for row in 0..<count {
      for i in 0..<size {
        for j in 0..<size {
          covariance[i, j] += (x[row, i] - model.mean[i]) * (x[row, j] - model.mean[j]) / Double(count)
        }
      }
    }
    for k in 0..<3 {
      let direction = model.directions.row(k)
      let image = (0..<size).map { i in (0..<size).reduce(0) { $0 + covariance[i, $1] * direction[$1] } }
      #expect(relativeDifference(image, direction.map { $0 * model.spectrum[k] }) < 1e-12)
      #expect(abs(direction.reduce(0) { $0 + $1 * $1 } - 1) < 1e-13)
      #expect(direction.max { abs($0) < abs($1) }! > 0)
    }
    #expect(abs(model.spectrum[3...].reduce(0, +) / 2 - model.noiseVariance) < 1e-12)
    // At the maximum, the mean of −log p is ½ [D log 2π + Σ log λ + (D − q) log σ² + D].
    let expected =
      0.5 * (5 * log(2 * .pi) + model.variances.reduce(0) { $0 + log($1) } + 2 * log(model.noiseVariance) + 5)
    let evaluation = try model.evaluate(on: data)
    #expect(abs(evaluation.negativeLogLikelihood - expected) < 1e-10)
    #expect(evaluation.count == count && evaluation.latentSize == 3 && evaluation.bitsPerDimension == nil)
  }

  @Test func refusesWhatHasNoFit() throws {
    let data = set([0, 1, 2, 3, 5, 4, 8, 7, 6], 3)
    func expectError(_ words: [String], _ body: () throws -> Void) {
      let error = #expect(throws: VAEError.self) { try body() }
      #expect(error?.lacks(words) == [])
    }
    for size in [-1, 0, 3] {
      expectError(["1 to 2", "\(size)"]) { _ = try ProbabilisticPCA.fit(data, latentSize: size) }
    }
    expectError(["no more than 2", "fewer"]) { _ = try ProbabilisticPCA.fit(data, latentSize: 2) }
    expectError(["empty"]) { _ = try ProbabilisticPCA.fit(data.prefix(0), latentSize: 1) }
    expectError(["datum 0, column 2", "nan"]) { _ = try ProbabilisticPCA.fit(set([0, .nan], 2), latentSize: 1) }
    let model = try ProbabilisticPCA.fit(data, latentSize: 1)
    expectError(["2 values", "takes 3"]) { _ = try model.logLikelihood(of: set([1, 2], 2)) }
  }

  /// A density of the data in their own units, whatever these are: standardised columns, in units a thousand times as
  /// large, are as likely, but for the units.
  @Test func standardized() throws {
    var random = TestRandom(7)
    let values = (0..<300).flatMap { _ in
      let common = random.normal()
      return (0..<4).map { common * Double($0) + random.normal() }
    }
    func fit(_ units: [Double]) throws -> (ProbabilisticPCA.Evaluation, plain: ProbabilisticPCA.Evaluation) {
      let scaled = values.enumerated().map { $1 * units[$0 % 4] + 7 }
      let data = Dataset(name: "values", doubles: scaled, dataSize: 4)
      let standardization = try Standardization(of: data, likelihood: .gaussian())
      return (
        try ProbabilisticPCA.fit(data, latentSize: 1, standardization: standardization).evaluate(on: data),
        try ProbabilisticPCA.fit(data, latentSize: 1).evaluate(on: data)
      )
    }
    let (first, second) = try (fit([1, 1, 1, 1]), fit([1, 1000, 0.01, 5]))
    let logUnits = log(1000.0) + log(0.01) + log(5.0)
    #expect(abs(second.0.negativeLogLikelihood - logUnits - first.0.negativeLogLikelihood) < 1e-9)
    #expect(abs(second.plain.negativeLogLikelihood - logUnits - first.plain.negativeLogLikelihood) > 1)
    // By hand: of standardised data the density of x is that of y over the product of the deviations.
    let data = Dataset(name: "values", doubles: values, dataSize: 4)
    let standardization = try Standardization(of: data, likelihood: .gaussian())
    let y = values.enumerated().map { ($1 - standardization.means[$0 % 4]) / standardization.deviations[$0 % 4] }
    let own = Dataset(name: "y", doubles: y, dataSize: 4)
    let expected = try ProbabilisticPCA.fit(own, latentSize: 1).evaluate(on: own).negativeLogLikelihood
    let model = try ProbabilisticPCA.fit(data, latentSize: 1, standardization: standardization)
    let found = try model.evaluate(on: data).negativeLogLikelihood
    #expect(abs(found - expected - standardization.logVolume) < 1e-9)
  }
}
