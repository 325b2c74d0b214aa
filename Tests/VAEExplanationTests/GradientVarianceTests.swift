import Foundation
import TestSupport
import Testing
import VAECore
import VAEExplanation

/// The variance of the gradient and its two sources against a case with a closed form: a linear encoder and decoder with
/// one latent dimension and a squared error. There every derivative is a polynomial a + bε + cε² of the noise, with the
/// mean a + c and the variance b² + 2c².
struct GradientVarianceTests {
  private let data: Dataset
  private let model: VariationalAutoencoder<Double>
  private let objective = Objective.evidenceLowerBound(beta: 0.7)

  init() throws {
    var random = TestRandom(2)
    data = Dataset(name: "random", floats: (0..<8 * 3).map { _ in Float(random.normal()) }, dataSize: 3)
    model = try randomModel(
      ModelConfiguration(
        dataSize: 3, encoderHidden: [], latentSize: 1, decoderHidden: [], likelihood: .squaredError()))
  }

  private struct Exact {
    var data = 0.0
    var noise = 0.0
    var squaredNorm = 0.0
  }

  /// The derivatives by a tensor, as polynomials of ε, for a datum.
  private func polynomials(_ tensor: String, _ x: [Double]) -> [(a: Double, b: Double, c: Double)] {
    let p = model.parameters
    func dot(_ weights: [Double], _ bias: Double) -> Double { zip(weights, x).reduce(bias) { $0 + $1.0 * $1.1 } }
    let mean = dot(p["mean.weight"], p["mean.bias"][0])
    let s = dot(p["logvar.weight"], p["logvar.bias"][0])
    let sigma = exp(s / 2)
    let w = p["output.weight"]
    // 2/D times the residual of output j is constant[j] + slope[j]·ε.
    let constant = x.indices.map { 2.0 / 3 * (w[$0] * mean + p["output.bias"][$0] - x[$0]) }
    let slope = w.map { 2.0 / 3 * $0 * sigma }
    // ∂E/∂z, too, is a constant and a slope times ε.
    let latentConstant = zip(constant, w).reduce(0) { $0 + $1.0 * $1.1 }
    let latentSlope = zip(slope, w).reduce(0) { $0 + $1.0 * $1.1 }
    let byMean = (a: latentConstant + 0.7 * mean, b: latentSlope, c: 0.0)
    let byLogVariance = (a: 0.35 * (sigma * sigma - 1), b: 0.5 * sigma * latentConstant, c: 0.5 * sigma * latentSlope)
    func times(_ x: Double, _ g: (a: Double, b: Double, c: Double)) -> (a: Double, b: Double, c: Double) {
      (x * g.a, x * g.b, x * g.c)
    }
    switch tensor {
    case "mean.weight": return x.map { times($0, byMean) }
    case "mean.bias": return [byMean]
    case "logvar.weight": return x.map { times($0, byLogVariance) }
    case "logvar.bias": return [byLogVariance]
    case "output.weight":
      return x.indices.map { (constant[$0] * mean, constant[$0] * sigma + slope[$0] * mean, slope[$0] * sigma) }
    default: return x.indices.map { (constant[$0], slope[$0], 0) }
    }
  }

  private func exact(_ tensor: String) -> Exact {
    var exact = Exact()
    let all = (0..<data.count).map { polynomials(tensor, data.rows($0..<$0 + 1, as: Double.self).elements) }
    let count = Double(data.count)
    for element in all[0].indices {
      let means = all.map { $0[element].a + $0[element].c }
      let mean = means.reduce(0, +) / count
      exact.squaredNorm += mean * mean
      exact.data += means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      exact.noise += all.reduce(0) { $0 + $1[element].b * $1[element].b + 2 * $1[element].c * $1[element].c } / count
    }
    return exact
  }

  private var total: Exact {
    model.parameters.names.map(exact).reduce(into: Exact()) {
      $0.data += $1.data
      $0.noise += $1.noise
      $0.squaredNorm += $1.squaredNorm
    }
  }

  private func isWithin(_ errors: Double, _ estimate: Estimate, of exact: Double) -> Bool {
    abs(estimate.value - exact) < errors * estimate.standardError
  }

  /// The polynomials are the gradient's.
  @Test func theClosedFormIsTheGradient() throws {
    for (datum, epsilon) in [(0, 0.4), (5, -1.7)] {
      let x = data.rows(datum..<datum + 1, as: Double.self)
      let gradient = try model.gradient(
        of: x, noise: Matrix(rows: 1, columns: 1, elements: [epsilon]), objective: objective
      ).gradient
      for name in model.parameters.names {
        let expected = polynomials(name, x.elements).map { $0.a + $0.b * epsilon + $0.c * epsilon * epsilon }
        #expect(relativeDifference(gradient[name], expected) < 1e-12, "\(name)")
      }
    }
  }

  @Test func theSplitIsExactOnAverage() throws {
    let variance = try model.gradientVariance(
      on: data, objective: objective, draws: 20_000, seed: 1, execution: Execution(threads: 1))
    #expect(variance.tensors.map(\.name) == model.parameters.names)
    for (name, split, exact) in variance.tensors.map({ ($0.name, $0.split, exact($0.name)) })
      + [("all", variance.total, total)]
    {
      #expect(isWithin(3, split.data, of: exact.data), "\(name): \(split.data), \(exact)")
      #expect(isWithin(3, split.noise, of: exact.noise), "\(name): \(split.noise), \(exact)")
      #expect(isWithin(3, split.squaredNorm, of: exact.squaredNorm), "\(name): \(split.squaredNorm), \(exact)")
      #expect(isWithin(3, split.variance(batchSize: 10, samples: 4), of: exact.data / 10 + exact.noise / 40))
    }
    // So that three standard errors mean something.
    #expect(variance.total.data.standardError < 0.05 * total.data)
    #expect(variance.total.noise.standardError < 0.05 * total.noise)
  }

  @Test(arguments: [(1, 1), (1, 8), (6, 1), (5, 3)]) func minibatchesVaryAsTheSplitSays(batchSize: Int, samples: Int)
    throws
  {
    let expected = total.data / Double(batchSize) + total.noise / Double(batchSize * samples)
    let measured = try model.measureGradientVariance(
      on: data, batchSize: batchSize, samples: samples, objective: objective, pairs: 8000, seed: 4,
      execution: Execution(threads: 1))
    #expect(isWithin(3, measured.total, of: expected), "\(measured.total), \(expected)")
    #expect(measured.total.standardError < 0.05 * expected)
    for tensor in measured.tensors {
      let exact = exact(tensor.name)
      let expected = exact.data / Double(batchSize) + exact.noise / Double(batchSize * samples)
      #expect(isWithin(4, tensor.variance, of: expected), "\(tensor.name)")
    }
  }

  /// The standard errors are neither too small nor too large: over many seeds, the squared deviations in their unit
  /// average to one.
  @Test func theStandardErrorsAreRight() throws {
    let scores = try (0..<100).map { seed in
      let variance = try model.gradientVariance(
        on: data, objective: objective, draws: 400, seed: 100 + UInt64(seed), execution: Execution(threads: 1)
      ).total.variance(batchSize: 1, samples: 1)
      return (variance.value - total.data - total.noise) / variance.standardError
    }
    let mean = scores.reduce(0, +) / 100
    let square = scores.reduce(0) { $0 + $1 * $1 } / 100
    #expect(abs(mean) < 0.4 && square > 0.6 && square < 1.7, "\(mean), \(square)")
  }

  /// Joint or accumulated, it is the same gradient, and so the same variance.
  @Test func theEstimatorDoesNotMatter() throws {
    func measure(_ accumulation: GradientAccumulation) throws -> Double {
      try model.measureGradientVariance(
        on: data, batchSize: 3, samples: 5, objective: objective, accumulation: accumulation, pairs: 4
      ).total.value
    }
    #expect(relativeDifference([try measure(.joint)], [try measure(.accumulated(samplesPerPass: 2))]) < 1e-12)
  }

  /// The same data's model with a likelihood.
  private func gaussian() throws -> VariationalAutoencoder<Double> {
    var configuration = model.configuration
    configuration.likelihood = .gaussian()
    return try VariationalAutoencoder(configuration, seed: 1)
  }

  static let coupled = Objective.examples.filter { $0.couplesSamples || $0.couplesData }

  /// What couples samples or data has no such split; its variance is measured, each size for itself.
  @Test(arguments: coupled) func coupledObjectivesHaveNoSplit(objective: Objective) throws {
    #expect(Self.coupled.count == 4 && !objective.isMean)
    let model = try gaussian()
    let error = #expect(throws: VAEError.self) {
      _ = try model.gradientVariance(on: data, objective: objective, draws: 3)
    }
    #expect(error?.lacks("\(objective)", "V_x/M") == [])
    let plan = try model.samplingPlan(
      on: data, batchSizes: [2, 3000], samples: [3], objective: objective, pairs: 2, execution: Execution(threads: 1))
    #expect(plan.split == nil && plan.squaredNorm == nil && plan.best(within: 1e9) == nil)
    for point in plan.points {
      #expect(point.predicted == nil)
      let measured = try model.measureGradientVariance(
        on: data, batchSize: point.batchSize, samples: 3, objective: objective, pairs: 2,
        execution: Execution(threads: 1))
      #expect(relativeDifference([point.measured.total.value], [measured.total.value]) < 1e-9)
      #expect(
        plan.signalToNoise(of: point)
          == (measured.squaredNorm.value > 0
            ? (point.measured.squaredNorm.value / point.measured.total.value).squareRoot() : nil))
    }
  }

  /// The variance that is measured is that of the objective's gradient.
  @Test func theObjectiveMatters() throws {
    let model = try gaussian()
    let variances = try Objective.examples.map {
      try model.measureGradientVariance(on: data, batchSize: 2, samples: 3, objective: $0, pairs: 3).total.value
    }
    // Free bits that the only dimension exceeds change nothing.
    #expect(Set(variances).count == Objective.examples.count - 1)
  }

  @Test func errorsHaveNoImportanceWeights() throws {
    for body in [
      { _ = try model.measureGradientVariance(on: data, batchSize: 2, samples: 3, objective: $0) },
      { _ = try model.samplingPlan(on: data, batchSizes: [2], samples: [3], objective: $0) },
    ] as [(Objective) throws -> Void] {
      let error = #expect(throws: VAEError.self) { try body(.importanceWeightedBound()) }
      #expect(error?.lacks("importance-weighted bound", "squared-error") == [])
    }
  }
}
