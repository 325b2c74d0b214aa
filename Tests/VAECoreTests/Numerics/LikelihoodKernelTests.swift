import Foundation
import Testing
import VAECore

/// Losses of rows and their derivatives by the decoder's outputs, against the formulas in double precision.
struct LikelihoodKernelTests {
  /// What one output (or one mean with its log-variance) adds to the loss, the magnitudes that round on the way, and
  /// its derivatives.
  struct Term {
    var loss: Double
    var magnitude: Double
    var derivatives: [Double]
    var derivativeMagnitudes: [Double]
  }

  static func bernoulli(x: Double, logit o: Double) -> Term {
    // softplus(o) - x o, so that nothing cancels where x is 0 or 1.
    let loss = (1 - x) * max(o, 0) + x * max(-o, 0) + log1p(exp(-abs(o)))
    let sigmoid = Double.sigmoid(o)
    return Term(
      loss: loss, magnitude: x == 0 || x == 1 ? loss : abs(o) + 1, derivatives: [sigmoid - x],
      derivativeMagnitudes: [sigmoid + x])
  }

  static func squared(x: Double, mean: Double) -> Term {
    let d = mean - x
    return Term(loss: d * d, magnitude: d * d, derivatives: [2 * d], derivativeMagnitudes: [abs(2 * d)])
  }

  static func gaussian(x: Double, mean: Double, logVariance s: Double, bounds: ClosedRange<Double>) -> Term {
    let b = min(max(s, bounds.lowerBound), bounds.upperBound)
    let d = mean - x
    let q = d * d * exp(-b)
    return Term(
      loss: 0.5 * (log(2 * .pi) + b + q), magnitude: 0.5 * (2 + abs(b) + q),
      derivatives: [d * exp(-b), bounds.contains(s) ? 0.5 * (1 - q) : 0],
      derivativeMagnitudes: [abs(d) * exp(-b), bounds.contains(s) ? 0.5 * (1 + q) : 0])
  }

  /// Calls the kernel with delta nil, apart, and in place of the outputs, and compares with the sum of the terms.
  private func check<S: Scalar>(
    x: Matrix<S>, outputs: Matrix<S>, scale: Double, weight: Double = 1, constant: Double = 0,
    term: (_ x: Double, _ outputs: [Double]) -> Term,
    kernel: (MatrixView<S>, MatrixView<S>, MatrixView<S>?, MatrixView<S>) -> Void
  ) {
    let columns = x.columns
    let samples = outputs.rows / x.rows
    let parts = outputs.columns / columns
    var (losses, plain, inPlaceLosses) = (
      Buffer<S>(count: outputs.rows), Buffer<S>(count: outputs.rows), Buffer<S>(count: outputs.rows)
    )
    var delta = Matrix<S>(rows: outputs.rows, columns: outputs.columns)
    var inPlace = outputs
    withExtendedLifetime((x, outputs)) {
      kernel(x.view, outputs.view, nil, plain.mutableView)
      kernel(x.view, outputs.view, delta.mutableView, losses.mutableView)
      let both = inPlace.mutableView
      kernel(x.view, both, both, inPlaceLosses.mutableView)
    }
    #expect(inPlace == delta)
    #expect(inPlaceLosses == losses)

    var worst = Worst()
    for row in 0..<outputs.rows {
      var (loss, magnitude) = (constant, abs(constant))
      for column in 0..<columns {
        let term = term(
          Double(x[row / samples, column]), (0..<parts).map { Double(outputs[row, column + $0 * columns]) })
        loss += weight * term.loss
        magnitude += weight * term.magnitude
        for part in 0..<parts {
          let expected = scale * weight * term.derivatives[part]
          let error = abs(Double(delta[row, column + part * columns]) - expected)
          let bound = 6 * S.epsilon * scale * weight * term.derivativeMagnitudes[part]
          worst.add(error, bound: bound, "derivative \(part) at [\(row), \(column)] in \(S.self): \(expected)")
        }
      }
      // Few terms, or many partial sums: half an epsilon for each, and what a term itself rounds.
      let bound = (8 + Double(columns) / 2) * S.epsilon * magnitude
      for sums in [plain, losses] {
        worst.add(abs(Double(sums[row]) - loss), bound: bound, "loss \(row) of \(columns) columns in \(S.self)")
      }
    }
    #expect(worst.isWithinBounds, "\(worst)")
  }

  /// Every remainder of a vector, one and several samples.
  static let shapes = (1...67).map { (data: $0 % 3 + 1, samples: $0 % 4 + 1, columns: $0) }

  @Test(arguments: supportedLevels) func bernoulli(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(1)
      let math = VectorMath<S>(level: level)
      for (data, samples, columns) in Self.shapes {
        var x: Matrix<S> = random.unitMatrix(data, columns)
        for column in 0..<columns where column % 4 < 3 { x[0, column] = S(column % 4) / 2 }
        let logits = Matrix<S>(
          rows: data * samples, columns: columns,
          elements: (0..<data * samples * columns).map { _ in S(5 * random.normal()) })
        self.check(
          x: x, outputs: logits, scale: 0.3, term: { Self.bernoulli(x: $0, logit: $1[0]) },
          kernel: { math.bernoulli(x: $0, logits: $1, scale: 0.3, delta: $2, losses: $3) })
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
            self.check(
              x: Matrix<S>(rows: 1, columns: columns, elements: Array(repeating: S(x), count: columns)),
              outputs: Matrix<S>(rows: 1, columns: columns, elements: Array(repeating: S(logit), count: columns)),
              scale: 1, term: { Self.bernoulli(x: $0, logit: $1[0]) },
              kernel: { math.bernoulli(x: $0, logits: $1, scale: 1, delta: $2, losses: $3) })
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
      for (data, samples, columns) in Self.shapes {
        let x: Matrix<S> = random.matrix(data, columns)
        let mean: Matrix<S> = random.matrix(data * samples, columns)
        self.check(
          x: x, outputs: mean, scale: 0.7, weight: 0.25, constant: 1.5, term: { Self.squared(x: $0, mean: $1[0]) },
          kernel: {
            math.squaredDifference(x: $0, mean: $1, weight: 0.25, constant: 1.5, scale: 0.7, delta: $2, losses: $3)
          })
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
      for (data, samples, columns) in Self.shapes {
        let x: Matrix<S> = random.matrix(data, columns)
        let special: [S] = [-2, 1.5, 1e4, -1e4]
        var outputs: Matrix<S> = random.matrix(data * samples, 2 * columns)
        for row in 0..<outputs.rows {
          for column in columns..<2 * columns {
            let choice = (row + column) % 9
            outputs[row, column] = choice < 4 ? special[choice] : 2 * outputs[row, column]
          }
        }
        self.check(
          x: x, outputs: outputs, scale: 0.4,
          term: { Self.gaussian(x: $0, mean: $1[0], logVariance: $1[1], bounds: bounds) },
          kernel: { math.gaussian(x: $0, outputs: $1, scale: 0.4, delta: $2, losses: $3, bounds: bounds) })
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
      math.gaussian(x: x.view, outputs: outputs.view, scale: 1, delta: nil, losses: loss.mutableView, bounds: -9...9)
      #expect(loss[0].isNaN)
      if place < 33 {
        let half = Matrix(rows: 1, columns: 33, elements: Array(outputs.elements[0..<33]))
        math.bernoulli(x: x.view, logits: half.view, scale: 1, delta: nil, losses: loss.mutableView)
        #expect(loss[0].isNaN)
      }
    }
  }
}
