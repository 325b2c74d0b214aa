import Foundation
import TestSupport
import Testing
import VAECore

/// The kernels of the likelihoods beyond Bernoulli's and Gauss's, against their definitions in double precision, at
/// ordinary values; LikelihoodReferenceTests has the extremes.
struct MoreLikelihoodKernelTests {
  static func continuousBernoulli(x: Double, logit o: Double) -> LikelihoodTerm {
    let y = o * o
    let isNear = abs(o) < 0.1
    let normalizer = isNear ? o / 2 + y / 24 * (1 - y / 120 * (1 - y / 63 * (1 - 3 * y / 160))) : log(expm1(o) / o)
    let mean = isNear ? 0.5 + o / 12 * (1 - y / 60 * (1 - y / 42 * (1 - y / 40))) : -1 / expm1(-o) - 1 / o
    return LikelihoodTerm(
      loss: normalizer - x * o, magnitude: 1 + abs(o), derivatives: [mean - x],
      derivativeMagnitudes: [1 + x + (isNear ? 0 : 1 / abs(o))])
  }

  static func laplace(x: Double, location: Double, logScale t: Double, bounds: ClosedRange<Double>) -> LikelihoodTerm {
    let b = exp(min(max(t, bounds.lowerBound), bounds.upperBound))
    let q = abs(location - x) / b
    let slope = location == x ? 0 : location > x ? 1 / b : -1 / b
    return LikelihoodTerm(
      loss: log(2 * b) + q, magnitude: log(2) + abs(log(b)) + q, derivatives: [slope, bounds.contains(t) ? 1 - q : 0],
      derivativeMagnitudes: [1 / b, 1 + q])
  }

  static func poisson(x: Double, logRate o: Double) -> LikelihoodTerm {
    LikelihoodTerm(
      loss: exp(o) - x * o + lgamma(x + 1), magnitude: 8 + exp(o) + abs(x * o) + lgamma(x + 1),
      derivatives: [exp(o) - x], derivativeMagnitudes: [exp(o) + x])
  }

  static func negativeBinomial(
    x: Double, logMean o: Double, logDispersion s: Double, bounds: ClosedRange<Double>
  ) -> LikelihoodTerm {
    let r = exp(-min(max(s, bounds.lowerBound), bounds.upperBound))
    let m = exp(o)
    let rising = (0..<Int(x)).reduce(0) { $0 + log(r + Double($1)) }
    let digamma = (0..<Int(x)).reduce(0) { $0 + 1 / (r + Double($1)) }
    let common = r * (m - x) / (r + m)
    return LikelihoodTerm(
      loss: lgamma(x + 1) - rising + r * log1p(m / r) + x * log1p(r / m),
      magnitude: 16 + lgamma(x + 1) + abs(rising) + r * log1p(m / r) + x * log1p(r / m),
      derivatives: [common, bounds.contains(s) ? r * (digamma - log1p(m / r)) + common : 0],
      derivativeMagnitudes: [4 * (x + m), 16 + 4 * (x + m) + r * digamma])
  }

  private func compare(
    _ level: VectorLevel, parts: Int, x datum: (inout TestRandom) -> Double,
    output: (inout TestRandom, _ part: Int) -> Double, term: (Double, [Double]) -> LikelihoodTerm,
    kernel: LikelihoodKernel
  ) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(4)
      let math = VectorMath<S>(level: level)
      for (data, samples, columns) in LikelihoodTerm.shapes {
        let x = Matrix<S>(rows: data, columns: columns, elements: (0..<data * columns).map { _ in S(datum(&random)) })
        let outputs = Matrix<S>(
          rows: data * samples, columns: parts * columns,
          elements: (0..<data * samples * parts * columns).map {
            S(output(&random, $0 % (parts * columns) / columns))
          })
        LikelihoodTerm.check(x: x, outputs: outputs, scale: 0.4, term: term) { kernel.run($0, math) }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  /// A kernel for both element types.
  enum LikelihoodKernel {
    case continuousBernoulli
    case laplace(fixed: Double)
    case learnedLaplace(ClosedRange<Double>)
    case poisson
    case negativeBinomial(ClosedRange<Double>)

    func run<S>(_ rows: LikelihoodRows<S>, _ math: VectorMath<S>) {
      switch self {
      case .continuousBernoulli: math.continuousBernoulli(rows)
      case .laplace(let logScale): math.laplace(rows, logScale: logScale)
      case .learnedLaplace(let bounds): math.laplace(rows, bounds: bounds)
      case .poisson: math.poisson(rows)
      case .negativeBinomial(let bounds): math.negativeBinomial(rows, bounds: bounds)
      }
    }
  }

  /// Logits on both sides of the series' end, and 0.
  @Test(arguments: supportedLevels) func continuousBernoulli(level: VectorLevel) {
    compare(
      level, parts: 1, x: { $0.uniform() },
      output: { random, _ in [random.uniform(-0.7...0.7), 8 * random.normal(), 0][random.integer(0...2)] },
      term: { Self.continuousBernoulli(x: $0, logit: $1[0]) }, kernel: .continuousBernoulli)
  }

  @Test(arguments: supportedLevels) func laplace(level: VectorLevel) {
    let bounds = -2.0...1.5
    compare(
      level, parts: 1, x: { Double($0.integer(-2...2)) }, output: { random, _ in Double(random.integer(-2...2)) },
      term: { Self.laplace(x: $0, location: $1[0], logScale: log(0.3), bounds: bounds) },
      kernel: .laplace(fixed: log(0.3)))
    compare(
      level, parts: 2, x: { $0.normal() },
      output: { random, part in
        part == 0 ? random.normal() : [random.normal(), -2, 1.5, 1e4, -1e4][random.integer(0...4)]
      },
      term: { Self.laplace(x: $0, location: $1[0], logScale: $1[1], bounds: bounds) }, kernel: .learnedLaplace(bounds))
  }

  @Test(arguments: supportedLevels) func poisson(level: VectorLevel) {
    compare(
      level, parts: 1, x: { Double($0.integer(0...20)) }, output: { random, _ in 2 * random.normal() },
      term: { Self.poisson(x: $0, logRate: $1[0]) }, kernel: .poisson)
  }

  @Test(arguments: supportedLevels) func negativeBinomial(level: VectorLevel) {
    let bounds = -3.0...2.0
    compare(
      level, parts: 2, x: { Double($0.integer(0...20)) },
      output: { random, part in
        part == 0 ? 2 * random.normal() : [random.normal(), -3, 2, 9, -9][random.integer(0...4)]
      },
      term: { Self.negativeBinomial(x: $0, logMean: $1[0], logDispersion: $1[1], bounds: bounds) },
      kernel: .negativeBinomial(bounds))
  }

  @Test(arguments: supportedLevels) func categorical(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(6)
      for groups in [[2], [3, 4, 2], [17, 2, 33]] {
        let columns = groups.reduce(0, +)
        let likelihood = Likelihood.categorical(groups: groups)
        let x: Matrix<S> = likelihood.exampleData(rows: 3, columns: columns)
        let logits = Matrix<S>(
          rows: 6, columns: columns, elements: (0..<6 * columns).map { _ in S(4 * random.normal()) })
        let (losses, derivatives) = likelihood.evaluate(x: x, outputs: logits, level: level)
        for row in 0..<6 {
          let o = logits.row(row).map { Double($0) }
          let datum = x.row(row / 2).map { Double($0) }
          var (loss, first) = (0.0, 0)
          for size in groups {
            let group = first..<first + size
            let sum = group.reduce(0) { $0 + exp(o[$1]) }
            loss += group.reduce(log(sum)) { $0 - datum[$1] * o[$1] }
            for column in group {
              #expect(abs(Double(derivatives[row, column]) - (exp(o[column]) / sum - datum[column])) < 8 * S.epsilon)
            }
            first += size
          }
          #expect(abs(Double(losses[row]) - loss) < 30 * S.epsilon * Double(groups.count))
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }
}
