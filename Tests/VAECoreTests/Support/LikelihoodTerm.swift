import Testing
import VAECore

/// What one output (or one mean with its log-variance) adds to the loss, the magnitudes that round on the way, and
/// its derivatives.
struct LikelihoodTerm {
  var loss: Double
  var magnitude: Double
  var derivatives: [Double]
  var derivativeMagnitudes: [Double]
}

extension LikelihoodTerm {
  /// Calls the kernel with delta nil, apart, and in place of the outputs, and compares with the sum of the terms.
  static func check<S: Scalar>(
    x: Matrix<S>, outputs: Matrix<S>, scale: Double, weight: Double = 1, constant: Double = 0,
    term: (_ x: Double, _ outputs: [Double]) -> LikelihoodTerm,
    kernel: (LikelihoodRows<S>) -> Void
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
      func run(_ outputs: MatrixView<S>, _ delta: MutableMatrixView<S>?, _ losses: MutableMatrixView<S>) {
        kernel(LikelihoodRows(x: x.view, outputs: outputs, scale: scale, delta: delta, losses: losses))
      }
      run(outputs.view, nil, plain.mutableView)
      run(outputs.view, delta.mutableView, losses.mutableView)
      let both = inPlace.mutableView
      run(both.view, both, inPlaceLosses.mutableView)
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
}
