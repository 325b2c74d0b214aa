import TestSupport
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
          math.addBiasAndActivate(f, x.mutableView, bias: usesBias ? bias.view : nil)
          for (index, result) in x.elements.enumerated() {
            let sum = usesBias ? inputs[index] + bias[0, index % columns] : inputs[index]
            let error = errorInUlp(result, of: S.Wide.activate(f, S.Wide(sum)))
            worst.add(error, bound: f == .gelu ? 7 : 4, "\(columns) columns in \(type), bias: \(usesBias)")
          }
          #expect(x.isIntactOutside)
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }

  /// δ · f′ with f′ by the output a: 1, 1 − a², [a > 0], a (1 − a), 1 − e^−a, min(1 + a, 1).
  @Test(arguments: Activation.allCases, supportedLevels) func backward(f: Activation, level: VectorLevel) {
    if !hasSlopeByValue(f) { return }
    func derivative(_ a: Double) -> Double {
      switch f {
      case .identity: 1
      case .tanh: (1 - a) * (1 + a)
      case .relu: a > 0 ? 1 : 0
      case .sigmoid: a * (1 - a)
      case .softplus: -Double.exponentialMinusOne(-a)
      case .elu: a > 0 ? 1 : 1 + a
      case .silu, .gelu: .nan
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
        let output = Window(rows: Self.rows, columns: columns, padding: 3, elements: outputs)
        var delta = Window(rows: Self.rows, columns: columns, elements: deltas)
        math.activationBackward(f, delta: delta.mutableView, output: output.view)
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

  private func hasSlopeByValue(_ f: Activation) -> Bool { f != .silu && f != .gelu }

  /// f(x + bias) and f′(x + bias), alone and with a gate.
  @Test(arguments: Activation.allCases, supportedLevels) func slopes(f: Activation, level: VectorLevel) {
    func check<S: Referenced>(_ type: S.Type) {
      var random = TestRandom(4)
      var worst = Worst()
      let math = VectorMath<S>(level: level)
      for columns in 0...67 {
        let count = Self.rows * columns
        // The units' own pre-activations, then the gates'.
        let inputs = (0..<Self.rows * 2 * columns).map { _ in S(3 * random.normal()) }
        let bias = Matrix<S>(rows: 1, columns: 2 * columns, elements: (0..<2 * columns).map { _ in S(random.normal()) })
        for isGated in [false, true] {
          var linear = Window(rows: Self.rows, columns: 2 * columns, padding: 3, elements: inputs)
          var output = Window(rows: Self.rows, columns: columns, elements: Array(repeating: S.nan, count: count))
          let own = linear.mutableView.columns(0..<columns)
          if isGated {
            math.activateGated(
              f, own, gate: linear.mutableView.columns(columns..<2 * columns), bias: bias.view.columns(0..<columns),
              gateBias: bias.view.columns(columns..<2 * columns), output: output.mutableView)
          } else {
            math.activateKeepingSlopes(f, own, bias: bias.view.columns(0..<columns), output: output.mutableView)
          }
          let slopes = linear.elements
          for (index, result) in output.elements.enumerated() {
            let (row, column) = (index / columns, index % columns)
            func sum(_ place: Int) -> S.Wide { S.Wide(inputs[row * 2 * columns + place] + bias[0, place]) }
            let (u, v) = (sum(column), sum(columns + column))
            let value = S.Wide.activate(f, u)
            let terms = S.Wide.slopeTerms(f, u)
            let gate: S.Wide = isGated ? S.Wide.sigmoid(v) : 1
            func compare(_ result: S, _ expected: S.Wide, scale: S.Wide, _ name: String) {
              worst.add(
                Double((S.Wide(result) - expected).magnitude), bound: 8 * S.epsilon * Double(scale.magnitude),
                "\(name) of \(columns) columns in \(type), gated: \(isGated)")
            }
            compare(result, value * gate, scale: value * gate, "value")
            // tanh′ and elu′ come from the value, which is rounded.
            let usesValue = f == .tanh || f == .elu || f == .sigmoid
            let scale: S.Wide = usesValue ? 1 : terms.reduce(0) { $0 + $1.magnitude }
            compare(slopes[row * 2 * columns + column], terms.reduce(0, +) * gate, scale: scale * gate, "slope")
            let second = slopes[row * 2 * columns + columns + column]
            if isGated {
              compare(
                second, value * S.Wide.sigmoid(v) * S.Wide.sigmoid(-v),
                scale: value * S.Wide.sigmoid(v) * S.Wide.sigmoid(-v),
                "slope of the gate")
            } else {
              #expect(second == inputs[row * 2 * columns + columns + column])
            }
          }
          #expect(linear.isIntactOutside && output.isIntactOutside)
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func products(level: VectorLevel) {
    var random = TestRandom(5)
    let math = VectorMath<Float>(level: level)
    for columns in 0...67 {
      let (a, b) = (
        (0..<3 * columns).map { _ in Float(random.normal()) }, (0..<3 * columns).map { _ in Float(random.normal()) }
      )
      var x = Window(rows: 3, columns: columns, elements: a)
      let y = Window(rows: 3, columns: columns, padding: 2, elements: b)
      var product = Window(rows: 3, columns: columns, padding: 7, elements: a)
      math.multiply(x.view, by: y.view, into: product.mutableView)
      #expect(product.elements == zip(a, b).map { $0 * $1 } && x.elements == a && y.elements == b)
      math.multiply(x.view, by: y.view, into: x.mutableView)
      #expect(x.elements == product.elements)
      #expect(x.isIntactOutside && y.isIntactOutside && product.isIntactOutside)
    }
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
            let x = Window(rows: rows, columns: columns, elements: elements)
            // What was there, even NaN, must not reach a sum that does not accumulate.
            var sums = Window(rows: 1, columns: columns, elements: accumulate ? before : before.map { _ in .nan })
            math.columnSums(x.view, into: sums.mutableView, accumulate: accumulate)
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
