import TestSupport
import Testing
import VAECore

/// A likelihood's kernel on random outputs against its plain arithmetic: with several numbers of rows and samples, without
/// derivatives, added to other losses, and in place of the outputs. The tolerance is in epsilons of what each row's loss, and each
/// derivative, are made of.
func checkKernel<S: Scalar>(
  _ type: S.Type, _ likelihood: Likelihood, _ level: VectorLevel, columns: Int, spread: Double, tolerance: Double,
  within deviations: Double? = nil
) {
  let own = likelihood.model.kernel
  guard let kernel = deviations == nil ? own : own.within(deviations!) else {
    Issue.record("\(likelihood) within \(deviations!)")
    return
  }
  let math = VectorMath<S>(level: level)
  let width = likelihood.model.outputs(dataSize: columns).reduce(0) { $0 + $1.size }
  var random = TestRandom(8)
  var worst = Worst()
  for (data, samples) in [(1, 1), (3, 2), (31, 1), (33, 2), (7, 9)] {
    let x: Matrix<S> = likelihood.exampleData(rows: data, columns: columns, seed: UInt64(data))
    let outputs = Matrix<S>(
      rows: data * samples, columns: width,
      elements: (0..<data * samples * width).map { _ in S(spread * random.normal()) })
    var (losses, plain, added) = (
      Buffer<S>(count: outputs.rows), Buffer<S>(count: outputs.rows), Buffer<S>(count: outputs.rows)
    )
    for row in 0..<outputs.rows { added[row] = 1 }
    var delta = Matrix<S>(rows: outputs.rows, columns: width)
    var inPlace = outputs
    withExtendedLifetime((x, outputs)) {
      func run(
        _ outputs: MatrixView<S>, _ delta: MutableMatrixView<S>?, _ losses: MutableMatrixView<S>, adds: Bool = false
      ) {
        kernel.evaluate(
          LikelihoodRows(x: x.view, outputs: outputs, scale: 0.5, delta: delta, losses: losses, adds: adds), math: math)
      }
      run(outputs.view, nil, plain.mutableView)
      run(outputs.view, delta.mutableView, losses.mutableView)
      let both = inPlace.mutableView
      run(both.view, both, added.mutableView, adds: true)
    }
    #expect(inPlace == delta)
    for row in 0..<outputs.rows {
      let o = outputs.row(row).map { Double($0) }
      let terms = kernel.terms(x: x.row(row / samples).map { Double($0) }, preActivations: o)
      let magnitude = abs(terms.loss) + Double(columns) * (4 + terms.activations.reduce(0) { max($0, abs($1)) })
      for (sum, expected) in [(plain[row], terms.loss), (losses[row], terms.loss), (added[row], terms.loss + 1)] {
        worst.add(
          abs(Double(sum) - expected), bound: tolerance * S.epsilon * magnitude,
          "loss \(row) of \(data), \(samples) in \(type)")
      }
      for (index, derivative) in terms.derivatives.enumerated() {
        let expected = 0.5 * derivative * terms.slopes[index]
        let error = abs(Double(delta[row, index]) - expected)
        worst.add(
          error, bound: tolerance * S.epsilon * magnitude * (1 + abs(expected)),
          "derivative [\(row), \(index)] in \(type): \(delta[row, index]), not \(expected)")
      }
    }
  }
  #expect(worst.isWithinBounds, "\(worst)")
}
