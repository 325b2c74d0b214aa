import Foundation
import TestSupport
import Testing
import VAECore

/// Columns of numbers whose density is a mixture of normal distributions and points.
struct MixtureTests {
  static let columns: [MixtureColumn] = [
    MixtureColumn(components: 1), .ofWholeNumbers,
    MixtureColumn(mean: 3, deviation: 2, points: [3, 0, 4.5], components: 5),
    MixtureColumn(mean: 100, deviation: 40, interval: 0.01, components: 3),
    MixtureColumn(deviation: 1e5, interval: 1, points: [0], components: 2),
    MixtureColumn(deviation: 0.4, interval: 1, components: 4),
  ]

  @Test(arguments: supportedLevels, columns) func againstPlainArithmetic(level: VectorLevel, column: MixtureColumn) {
    checkKernel(Double.self, .mixture(column), level, columns: 1, spread: 0.7, tolerance: 40)
    checkKernel(Double.self, .mixture(column), level, columns: 3, spread: 0.7, tolerance: 40)
    checkKernel(Float.self, .mixture(column), level, columns: 3, spread: 0.7, tolerance: 40)
  }

  /// The same with the probability of what is near a value.
  @Test(arguments: supportedLevels, columns) func withinATolerance(level: VectorLevel, column: MixtureColumn) {
    for tolerance in [0.03, 1, 4] {
      checkKernel(
        Double.self, .mixture(column), level, columns: 3, spread: 0.7, tolerance: 40, within: tolerance)
      checkKernel(Float.self, .mixture(column), level, columns: 3, spread: 0.7, tolerance: 40, within: tolerance)
    }
  }

  /// The probability within a tolerance is the integral of the density there, and the points'.
  @Test func toleranceAgainstAnIntegral() throws {
    var random = TestRandom(4)
    let column = MixtureColumn(mean: 3, deviation: 2, points: [3, 0, 4.5], components: 5)
    let kernel = try #require(Likelihood.mixture(column).model.kernel.within(0.4))
    let reach = 0.8
    for _ in 0..<5 {
      let outputs = outputs(column, &random)
      let points = losses(column, column.points, outputs).map { exp(-$0) }
      for value in [-2.0, 0.1, 2.3, 3, 3.9, 8] {
        let steps = 400
        // (By the middles of steps, none of which is a point.)
        let nodes = (0..<steps).map { value - reach + 2 * reach * (Double($0) + 0.5) / Double(steps) + 1e-9 }
        var probability = losses(column, nodes, outputs).reduce(0) { $0 + exp(-$1) } * 2 * reach / Double(steps)
        for (point, mass) in zip(column.points, points) where abs(point - value) <= reach { probability += mass }
        let loss = kernel.terms(x: [value], preActivations: outputs).loss
        #expect(abs(exp(-loss) / probability - 1) < 1e-3, "\(value): \(exp(-loss)), \(probability)")
      }
    }
  }

  private func losses(_ column: MixtureColumn, _ values: [Double], _ outputs: [Double]) -> [Double] {
    Likelihood.mixture(column).evaluate(
      x: Matrix(rows: values.count, columns: 1, elements: values),
      outputs: Matrix(rows: values.count, columns: outputs.count, elements: values.flatMap { _ in outputs })
    ).losses
  }

  private func outputs(_ column: MixtureColumn, _ random: inout TestRandom) -> [Double] {
    (0..<column.points.count + 3 * column.components).map { _ in 0.7 * random.normal() }
  }

  private func decoded(_ column: MixtureColumn, _ outputs: [Double]) throws -> Double {
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 1, encoderHidden: [], latentSize: 1, likelihood: .mixture(column)))
    var rest = outputs[...]
    for name in ["output", "output_mean", "output_logscale"] {
      let count = model.parameters[name + ".bias"].count
      model.parameters[name + ".weight"] = Array(repeating: 0, count: count)
      model.parameters[name + ".bias"] = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    return model.decode(Matrix(rows: 1, columns: 1))[0, 0]
  }

  /// Over all values of a column with an interval the probabilities add up to 1, the points' among them, and E[x|z] is their
  /// mean but for what rounding adds.
  @Test(arguments: [
    MixtureColumn.ofWholeNumbers, MixtureColumn(mean: 2, deviation: 3, interval: 0.5, points: [1, -2], components: 3),
    MixtureColumn(deviation: 0.4, interval: 1, components: 4),
  ])
  func probabilitiesAddUpToOne(column: MixtureColumn) throws {
    var random = TestRandom(2)
    for _ in 0..<5 {
      let outputs = outputs(column, &random)
      let values = (-2000...2000).map { Double($0) * column.interval }
      let p = losses(column, values, outputs).map { exp(-$0) }
      #expect(abs(p.reduce(0, +) - 1) < 1e-12, "\(p.reduce(0, +))")
      let mean = zip(p, values).reduce(0) { $0 + $1.0 * $1.1 }
      // (A narrow component may lie beside all values.)
      let tolerance = (column.interval > column.deviation ? 0.5 : 0.05) * column.interval
      #expect(abs(try decoded(column, outputs) - mean) < tolerance)
    }
  }

  /// Without an interval, the points' probabilities and the integral of the density elsewhere do.
  @Test(arguments: [
    MixtureColumn(components: 1), MixtureColumn(mean: 3, deviation: 2, points: [3, 0], components: 5),
  ])
  func densityIntegratesToOne(column: MixtureColumn) throws {
    var random = TestRandom(3)
    for _ in 0..<5 {
      let outputs = outputs(column, &random)
      let width = 1e-3 * column.deviation
      // (Between the points.)
      let values = (-60_000...60_000).map { column.mean + (Double($0) + 0.4567) * width }
      let p =
        losses(column, values, outputs).map { exp(-$0) * width }
        + losses(column, column.points, outputs).map { exp(-$0) }
      #expect(abs(p.reduce(0, +) - 1) < 1e-10, "\(p.reduce(0, +))")
      let mean = zip(p, values + column.points).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(try decoded(column, outputs) - mean) < 1e-9 * column.deviation * 10)
    }
  }

  /// Far from every component and at every bound, losses and derivatives are finite, and the derivatives' signs say where x is.
  @Test(arguments: supportedLevels, [0.0, 1]) func extremes(level: VectorLevel, interval: Double) {
    func check<S: Scalar>(_ type: S.Type, _ far: [Double]) {
      let column = MixtureColumn(deviation: 10, interval: interval, components: 1)
      for x in far {
        for scale in [-1e4, -7.0, 0, 4, 1e4] {
          let (losses, derivatives) = Likelihood.mixture(column).evaluate(
            x: Matrix<S>(rows: 1, columns: 1, elements: [S(x)]),
            outputs: Matrix<S>(rows: 1, columns: 3, elements: [0, 0, S(scale)]), level: level)
          let isFinite = losses[0].isFinite && derivatives.elements.allSatisfy(\.isFinite)
          #expect(isFinite, "\(x), \(scale) in \(type)")
          #expect(x == 0 || (derivatives[0, 1] < 0) == (x > 0) || derivatives[0, 1] == 0)
          #expect(abs(scale) < 1e4 || derivatives[0, 2] == 0)
        }
      }
    }
    check(Float.self, [0, 1, -1, 1000, -30_000, 1e9])
    check(Double.self, [0, 1, -1, 1000, -30_000, 1e9, -1e100])
  }

  /// With ever smaller intervals, the probability becomes the density times the interval, without losing digits on the way.
  @Test func smallIntervalsAreDensities() {
    for c in [0.0, 0.3, -2, 20] {
      let density = losses(MixtureColumn(components: 1), [c], [0, 0, 0])[0]
      for (interval, tolerance) in [(1e-2, 3e-2), (1e-4, 1e-6), (1e-8, 1e-13), (1e-12, 1e-13)] {
        let loss = losses(MixtureColumn(interval: interval, components: 1), [c], [0, 0, 0])[0]
        #expect(abs(loss + log(interval) - density) <= tolerance * (1 + density), "\(c), \(interval)")
      }
    }
  }

  /// What is no number has no term and no derivative.
  @Test(arguments: supportedLevels) func withoutAValue(level: VectorLevel) {
    for column in Self.columns {
      let width = column.points.count + 3 * column.components
      let (losses, derivatives) = Likelihood.mixture(column).evaluate(
        x: Matrix<Float>(rows: 1, columns: 1, elements: [.nan]), outputs: Matrix(rows: 1, columns: width), level: level)
      #expect(losses == [0] && derivatives.elements.allSatisfy { $0 == 0 })
    }
  }

  /// A fitted column begins at the mixture of its values: the loss at outputs of 0 is that of the fit, and points have their
  /// shares.
  @Test func fittedColumns() {
    var random = TestRandom(9)
    let numbers = (0..<4000).map { _ in random.uniform() < 0.5 ? 20 + 3 * random.normal() : 50 + 8 * random.normal() }
    let values = numbers.map { $0.rounded() } + Array(repeating: 0, count: 6000)
    let whole = MixtureColumn(fitting: values, components: 2, interval: 1, points: [0], seed: 1)
    #expect(abs(whole.weights[0] - 0.6) < 1e-6 && abs(whole.weights.reduce(0, +) - 1) < 1e-5)
    #expect(abs(whole.means.min()! - 20) < 0.5 && abs(whole.means.max()! - 50) < 1)
    #expect(abs(whole.deviations.min()! - 3) < 0.3 && abs(whole.deviations.max()! - 8) < 0.6)
    let zeros = [Double](repeating: 0, count: 1 + 6)
    #expect(abs(exp(-losses(whole, [0], zeros)[0]) - 0.6) < 1e-3)
    let density = MixtureColumn(fitting: numbers, components: 2, seed: 1)
    let fit = NormalMixture(fitting: numbers, components: 2, seed: 1)
    for (loss, value) in zip(losses(density, Array(numbers.prefix(50)), Array(repeating: 0, count: 6)), numbers) {
      #expect(abs(loss + fit.logDensity(value)) < 1e-3)
    }
    // Nothing to fit but one value, or none beside a point.
    for values in [[7.0, 7, 7], [0, 0]] {
      let column = MixtureColumn(fitting: values, points: [0])
      let all = losses(column, values, Array(repeating: 0, count: 19))
      #expect(all.allSatisfy { $0.isFinite })
    }
  }

  /// The encoder sees numbers in the column's unit, within bounds, and which are points.
  @Test func features() throws {
    let column = MixtureColumn(mean: 100, deviation: 20, points: [0, 110], components: 2)
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 2, encoderHidden: [], latentSize: 1, likelihood: .mixture(column)))
    #expect(model.parameters.shape(of: "mean.weight") == [1, 6])
    for (index, expected) in [[-5, 8.0], [1, 0], [0, 0], [0.5, -1], [0, 0], [1, 0]].enumerated() {
      model.parameters["mean.weight"] = (0..<6).map { $0 == index ? 1 : 0 }
      model.parameters["mean.bias"] = [0]
      let codes = model.encode(Matrix(rows: 2, columns: 2, elements: [0, 110, 1e9, 80]))
      #expect(codes.mean.elements == expected, "feature \(index)")
    }
  }
}

extension MixtureColumn: CustomTestStringConvertible {
  public var testDescription: String { Likelihood.Columns(1, .mixture(self)).text }
}
