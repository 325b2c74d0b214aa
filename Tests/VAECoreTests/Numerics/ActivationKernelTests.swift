import Testing
import VAECore

/// Activations with and without bias, their derivatives and sums of rows, for every remainder of a vector and for
/// windows into larger matrices.
struct ActivationKernelTests {
  static let rows = 3

  @Test(arguments: Activation.allCases, supportedLevels) func forward(f: Activation, level: VectorLevel) {
    func check<S: Referenced>(_ type: S.Type) {
      var random = TestRandom(1)
      var worst = Worst()
      let math = VectorMath<S>(level: level)
      for columns in 0...67 {
        let inputs = (0..<Self.rows * columns).map { _ in S(3 * random.normal()) }
        let bias = Matrix<S>(rows: 1, columns: columns, elements: (0..<columns).map { _ in S(random.normal()) })
        for usesBias in [false, true] {
          var x = Window(rows: Self.rows, columns: columns, elements: inputs)
          math.addBiasAndActivate(f, x.view, bias: usesBias ? bias.view : nil)
          for (index, result) in x.elements.enumerated() {
            let sum = usesBias ? inputs[index] + bias[0, index % columns] : inputs[index]
            let error = errorInUlp(result, of: S.Wide.activate(f, S.Wide(sum)))
            worst.add(error, bound: 4, "\(columns) columns in \(type), bias: \(usesBias)")
          }
          #expect(x.isIntactOutside)
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }

  /// δ · f′ with f′ by the output a: 1, 1 − a², [a > 0], a (1 − a), 1 − e^−a.
  @Test(arguments: Activation.allCases, supportedLevels) func backward(f: Activation, level: VectorLevel) {
    func derivative(_ a: Double) -> Double {
      switch f {
      case .identity: 1
      case .tanh: (1 - a) * (1 + a)
      case .relu: a > 0 ? 1 : 0
      case .sigmoid: a * (1 - a)
      case .softplus: -Double.exponentialMinusOne(-a)
      }
    }
    func check<S: Referenced>(_ type: S.Type) {
      var random = TestRandom(2)
      var worst = Worst()
      let math = VectorMath<S>(level: level)
      for columns in 0...67 {
        let count = Self.rows * columns
        let outputs = (0..<count).map { index in
          S(Double.activate(f, index % 11 == 0 ? 0 : 3 * random.normal()))
        }
        let deltas = (0..<count).map { _ in S(random.normal()) }
        var output = Window(rows: Self.rows, columns: columns, padding: 3, elements: outputs)
        var delta = Window(rows: Self.rows, columns: columns, elements: deltas)
        math.activationBackward(f, delta: delta.view, output: output.view)
        for (index, result) in delta.elements.enumerated() {
          let expected = Double(deltas[index]) * derivative(Double(outputs[index]))
          worst.add(
            abs(Double(result) - expected), bound: 5 * S.epsilon * abs(expected), "\(columns) columns in \(type)")
        }
        #expect(delta.isIntactOutside && output.isIntactOutside)
        #expect(output.elements == outputs)
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }

  /// The derivatives where the activations saturate are finite and of the right limit.
  @Test(arguments: supportedLevels) func backwardAtTheLimits(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      func derivative(_ f: Activation, _ output: S) -> S {
        var delta = Matrix<S>(rows: 1, columns: 1, elements: [2])
        let a = Matrix<S>(rows: 1, columns: 1, elements: [output])
        VectorMath<S>(level: level).activationBackward(f, delta: delta.mutableView, output: a.view)
        return delta[0, 0]
      }
      #expect(derivative(.tanh, 1) == 0 && derivative(.tanh, -1) == 0 && derivative(.tanh, 0) == 2)
      #expect(derivative(.sigmoid, 1) == 0 && derivative(.sigmoid, 0) == 0 && derivative(.sigmoid, 0.5) == 0.5)
      #expect(
        derivative(.relu, 0) == 0 && derivative(.relu, -0.0) == 0 && derivative(.relu, .leastNonzeroMagnitude) == 2)
      #expect(derivative(.softplus, 0) == 0 && derivative(.softplus, 1e4) == 2 && derivative(.softplus, .infinity) == 2)
      // Near 0 the derivative is the output itself: nothing cancels.
      #expect(abs(derivative(.softplus, 1e-20) - 2e-20) <= 4e-20 * S(S.epsilon))
      #expect(derivative(.identity, .nan) == 2)
      for f in [Activation.tanh, .sigmoid, .softplus] { #expect(derivative(f, .nan).isNaN) }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func columnSums(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(3)
      var worst = Worst()
      let math = VectorMath<S>(level: level)
      for columns in 0...67 {
        for rows in [0, 1, 5] {
          let elements = (0..<rows * columns).map { _ in S(random.normal()) }
          let before = (0..<columns).map { _ in S(random.normal()) }
          for accumulate in [false, true] {
            var x = Window(rows: rows, columns: columns, elements: elements)
            // What was there, even NaN, must not reach a sum that does not accumulate.
            var sums = Window(rows: 1, columns: columns, elements: accumulate ? before : before.map { _ in .nan })
            math.columnSums(x.view, into: sums.view, accumulate: accumulate)
            for (column, sum) in sums.elements.enumerated() {
              var terms = (0..<rows).map { Double(elements[$0 * columns + column]) }
              if accumulate { terms.append(Double(before[column])) }
              let tolerance = 6 * S.epsilon * terms.reduce(0) { $0 + abs($1) }
              worst.add(abs(Double(sum) - terms.reduce(0, +)), bound: tolerance, "[\(rows), \(columns)] in \(type)")
            }
            #expect(sums.isIntactOutside)
            #expect(x.elements == elements)
          }
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }
}
