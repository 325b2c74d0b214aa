import Foundation
import TestSupport
import Testing
import VAECore

/// Losses of rows and their derivatives by the decoder's outputs, against the formulas in double precision.
struct LikelihoodKernelTests {
  static func bernoulli(x: Double, logit o: Double) -> LikelihoodTerm {
    // softplus(o) - x o, so that nothing cancels where x is 0 or 1.
    let loss = (1 - x) * max(o, 0) + x * max(-o, 0) + log1p(exp(-abs(o)))
    let sigmoid = Double.sigmoid(o)
    return LikelihoodTerm(
      loss: loss, magnitude: x == 0 || x == 1 ? loss : abs(o) + 1, derivatives: [sigmoid - x],
      derivativeMagnitudes: [sigmoid + x])
  }

  static func squared(x: Double, mean: Double) -> LikelihoodTerm {
    let d = mean - x
    return LikelihoodTerm(loss: d * d, magnitude: d * d, derivatives: [2 * d], derivativeMagnitudes: [abs(2 * d)])
  }

  static func gaussian(x: Double, mean: Double, logVariance s: Double, bounds: ClosedRange<Double>) -> LikelihoodTerm {
    let b = min(max(s, bounds.lowerBound), bounds.upperBound)
    let d = mean - x
    let q = d * d * exp(-b)
    return LikelihoodTerm(
      loss: 0.5 * (log(2 * .pi) + b + q), magnitude: 0.5 * (2 + abs(b) + q),
      derivatives: [d * exp(-b), bounds.contains(s) ? 0.5 * (1 - q) : 0],
      derivativeMagnitudes: [abs(d) * exp(-b), bounds.contains(s) ? 0.5 * (1 + q) : 0])
  }

  @Test(arguments: supportedLevels) func bernoulli(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(1)
      let math = VectorMath<S>(level: level)
      for (data, samples, columns) in LikelihoodTerm.shapes {
        var x: Matrix<S> = random.unitMatrix(data, columns)
        for column in 0..<columns where column % 4 < 3 { x[0, column] = S(column % 4) / 2 }
        let logits = Matrix<S>(
          rows: data * samples, columns: columns,
          elements: (0..<data * samples * columns).map { _ in S(5 * random.normal()) })
        LikelihoodTerm.check(
          x: x, outputs: logits, scale: 0.3, term: { Self.bernoulli(x: $0, logit: $1[0]) },
          kernel: { math.bernoulli($0) })
      }
    }
    check(Float.self)
    check(Double.self)
  }

  /// One datum alone in its row, so that no large loss hides a small one's error.
  @Test(arguments: supportedLevels) func bernoulliExtremes(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      let math = VectorMath<S>(level: level)
      for x in [0, 0.5, 1] {
        for logit in [0, 1e-30, 1e-5, 1, 15, 30, 80, 1e4, 1e30].flatMap({ [$0, -$0] }) {
          for columns in [1, 67] {
            LikelihoodTerm.check(
              x: Matrix<S>(rows: 1, columns: columns, elements: Array(repeating: S(x), count: columns)),
              outputs: Matrix<S>(rows: 1, columns: columns, elements: Array(repeating: S(logit), count: columns)),
              scale: 1, term: { Self.bernoulli(x: $0, logit: $1[0]) },
              kernel: { math.bernoulli($0) })
          }
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func squaredDifference(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(2)
      let math = VectorMath<S>(level: level)
      for (data, samples, columns) in LikelihoodTerm.shapes {
        let x: Matrix<S> = random.matrix(data, columns)
        let mean: Matrix<S> = random.matrix(data * samples, columns)
        LikelihoodTerm.check(
          x: x, outputs: mean, scale: 0.7, weight: 0.25, constant: 1.5, term: { Self.squared(x: $0, mean: $1[0]) },
          kernel: { math.squaredDifference($0, weight: 0.25, constant: 1.5) })
      }
    }
    check(Float.self)
    check(Double.self)
  }

  /// The log-variances reach beyond their bounds on both sides, where the derivative is 0, and lie on them.
  @Test(arguments: supportedLevels) func gaussian(level: VectorLevel) {
    let bounds = -2.0...1.5
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(3)
      let math = VectorMath<S>(level: level)
      for (data, samples, columns) in LikelihoodTerm.shapes {
        let x: Matrix<S> = random.matrix(data, columns)
        let special: [S] = [-2, 1.5, 1e4, -1e4]
        var outputs: Matrix<S> = random.matrix(data * samples, 2 * columns)
        for row in 0..<outputs.rows {
          for column in columns..<2 * columns {
            let choice = (row + column) % 9
            outputs[row, column] = choice < 4 ? special[choice] : 2 * outputs[row, column]
          }
        }
        LikelihoodTerm.check(
          x: x, outputs: outputs, scale: 0.4,
          term: { Self.gaussian(x: $0, mean: $1[0], logVariance: $1[1], bounds: bounds) },
          kernel: { math.gaussian($0, bounds: bounds) })
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func notANumberReachesTheLoss(level: VectorLevel) {
    let math = VectorMath<Float>(level: level)
    let x = Matrix<Float>(rows: 1, columns: 33)
    for place in [0, 16, 32, 33, 50, 65] {
      var outputs = Matrix<Float>(rows: 1, columns: 66)
      outputs[0, place] = .nan
      var loss = Buffer<Float>(count: 1)
      let kernels: [(LikelihoodRows<Float>) -> Void] = [
        { math.gaussian($0, bounds: -9...9) }, { math.laplace($0, bounds: -9...9) },
        { math.negativeBinomial($0, bounds: -9...9) },
      ]
      for kernel in kernels {
        kernel(LikelihoodRows(x: x.view, outputs: outputs.view, scale: 1, delta: nil, losses: loss.mutableView))
        #expect(loss[0].isNaN)
      }
      if place < 33 {
        let half = Matrix(rows: 1, columns: 33, elements: Array(outputs.elements[0..<33]))
        let kernels: [(LikelihoodRows<Float>) -> Void] = [
          { math.bernoulli($0) }, { math.continuousBernoulli($0) }, { math.poisson($0) },
          { math.laplace($0, logScale: 0) }, { math.categorical($0, groups: [20, 13]) },
        ]
        for kernel in kernels {
          kernel(LikelihoodRows(x: x.view, outputs: half.view, scale: 1, delta: nil, losses: loss.mutableView))
          #expect(loss[0].isNaN)
        }
      }
    }
  }
}
