import Testing
import VAECore

/// The largest errors of the elementary functions, over every binade of the inputs and densely where they bend,
/// against libm in a wider type.
struct ElementaryFunctionTests {
  enum Function: CaseIterable {
    case exp, expm1, tanh, sigmoid, softplus

    /// The largest errors measured over a hundred million inputs, on whichever level, rounded up.
    var bound: Double {
      switch self {
      case .exp: 1.5
      case .expm1: 2
      case .tanh: 3
      case .sigmoid: 2.5
      case .softplus: 3
      }
    }

    func reference<W: ReferenceNumber>(_ x: W) -> W {
      switch self {
      case .exp: W.exponential(x)
      case .expm1: W.exponentialMinusOne(x)
      case .tanh: W.hyperbolicTangent(x)
      case .sigmoid: W.sigmoid(x)
      case .softplus: W.softplus(x)
      }
    }

    /// The function itself, or a kernel that computes nothing else.
    func apply<S: Scalar>(to inputs: [S], _ math: VectorMath<S>) -> [S] {
      let count = inputs.count
      var result = Matrix<S>(rows: 1, columns: count, elements: inputs)
      switch self {
      case .tanh: math.addBiasAndActivate(.tanh, result.mutableView, bias: nil)
      case .sigmoid: math.addBiasAndActivate(.sigmoid, result.mutableView, bias: nil)
      case .softplus: math.addBiasAndActivate(.softplus, result.mutableView, bias: nil)
      case .expm1:
        // The derivative of softplus by its output a is 1 - e^-a.
        let output = Matrix(rows: 1, columns: count, elements: inputs.map { -$0 })
        result = Matrix(rows: 1, columns: count, elements: Array(repeating: -1, count: count))
        math.activationBackward(.softplus, delta: result.mutableView, output: output.view)
      case .exp:
        // z = mean + e^(s/2) noise
        let zeros = [S](repeating: 0, count: count)
        let head = Matrix(rows: 1, columns: 2 * count, elements: zeros + inputs.map { 2 * $0 })
        let noise = Matrix(rows: 1, columns: count, elements: [S](repeating: 1, count: count))
        var kl = Buffer<S>(count: 1)
        math.latentForward(
          head: head.view, noise: noise.view, z: result.mutableView, kl: kl.mutableView,
          bounds: -Double.infinity...Double.infinity)
      }
      return result.elements
    }
  }

  @Test(arguments: Function.allCases) func error(of function: Function) {
    check(function, Float.self, overflow: 88.722839)
    check(function, Double.self, overflow: 709.782712893384)
  }

  private func check<S: Referenced>(_ function: Function, _ type: S.Type, overflow: S) {
    // Where no type is wider, the reference itself is off by up to one.
    let bound = function.bound + (S.Wide.self == S.self ? 1 : 0)
    let inputs = grid(overflow: overflow)
    let exact = inputs.map { function.reference(S.Wide($0)) }
    for level in supportedLevels {
      var worst = (error: 0.0, input: S.zero)
      for ((input, result), exact) in zip(zip(inputs, function.apply(to: inputs, VectorMath<S>(level: level))), exact) {
        let error = errorInUlp(result, of: exact)
        if error > worst.error { worst = (error, input) }
      }
      #expect(worst.error <= bound, "\(function) of \(worst.input) in \(type), \(level)")
    }
  }

  /// Every binade down to the smallest subnormal, uniform samples of the ranges in which the functions bend or
  /// saturate, and the edges.
  private func grid<S: Scalar>(overflow: S) -> [S] {
    var random = TestRandom(1)
    var inputs: [S] = [0, 1e4, overflow, overflow.nextUp, overflow.nextDown, .infinity, .greatestFiniteMagnitude]
    let exponents = Int(S.leastNonzeroMagnitude.exponent)...Int(S.greatestFiniteMagnitude.exponent)
    let perBinade = 200_000 / exponents.count
    for exponent in exponents {
      let power = S(sign: .plus, exponent: S.Exponent(exponent), significand: 1)
      inputs += (0..<perBinade).map { _ in power * S(random.uniform(1...2).nextDown) }
    }
    let limit = Double(overflow)
    for range in [0...1, 0...25, 0...limit, limit - 1...limit + 1, limit...1.1 * limit] {
      inputs += (0..<50_000).map { _ in S(random.uniform(range)) }
    }
    return inputs + inputs.map { -$0 }
  }

  @Test(arguments: supportedLevels) func hyperbolicTangentKeepsTheSignOfZero(level: VectorLevel) {
    let result = Function.tanh.apply(to: [0.0, -0.0, .leastNonzeroMagnitude], VectorMath<Double>(level: level))
    #expect(result.map(\.sign) == [.plus, .minus, .plus])
    #expect(result[2] == .leastNonzeroMagnitude)
  }

  @Test(arguments: Function.allCases, supportedLevels) func notANumberStays(function: Function, level: VectorLevel) {
    // Beside ordinary numbers, in whole vectors and in what remains of them.
    let floats = (0..<67).map { $0 % 3 == 1 ? Float.nan : $0 % 3 == 2 ? -Float.nan : 0.5 }
    let single = function.apply(to: floats, VectorMath<Float>(level: level))
    #expect(single.map(\.isNaN) == floats.map(\.isNaN))
    let double = function.apply(to: floats.map(Double.init), VectorMath<Double>(level: level))
    #expect(double.map(\.isNaN) == floats.map(\.isNaN))
  }
}
