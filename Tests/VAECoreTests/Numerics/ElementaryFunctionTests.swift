import TestSupport
import Testing
import VAECore

/// The largest errors of the elementary functions, over every binade of the inputs and densely where they bend,
/// against libm in a wider type.
struct ElementaryFunctionTests {
  enum Function: CaseIterable {
    case exp, expm1, tanh, sigmoid, softplus, elu, silu, gelu

    /// The largest errors measured over a hundred million inputs, on whichever level, rounded up.
    var bound: Double {
      switch self {
      case .exp: 1.5
      case .expm1: 2
      case .tanh: 3
      case .sigmoid: 2.5
      case .softplus: 3
      case .elu: 2
      case .silu: 3.5
      case .gelu: 7
      }
    }

    func reference<W: ReferenceNumber>(_ x: W) -> W {
      switch self {
      case .exp: W.exponential(x)
      case .expm1: W.exponentialMinusOne(x)
      case .tanh: W.hyperbolicTangent(x)
      case .sigmoid: W.sigmoid(x)
      case .softplus: W.softplus(x)
      case .elu: W.activate(.elu, x)
      case .silu: W.activate(.silu, x)
      case .gelu: W.activate(.gelu, x)
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
      case .elu: math.addBiasAndActivate(.elu, result.mutableView, bias: nil)
      case .silu: math.addBiasAndActivate(.silu, result.mutableView, bias: nil)
      case .gelu: math.addBiasAndActivate(.gelu, result.mutableView, bias: nil)
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
          posteriors: head.view, noise: noise.view, z: result.mutableView, kl: kl.mutableView,
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

  /// The derivatives that do not follow from the value, in units of the last place of their terms' magnitudes together:
  /// each is zero somewhere.
  @Test(arguments: [Activation.silu, .gelu]) func errorOfTheSlope(of f: Activation) {
    func check<S: Referenced>(_ type: S.Type, overflow: S) {
      let inputs = grid(overflow: overflow).filter(\.isFinite)
      let terms = inputs.map { S.Wide.slopeTerms(f, S.Wide($0)) }
      for level in supportedLevels {
        var x = Matrix<S>(rows: 1, columns: inputs.count, elements: inputs)
        var output = Matrix<S>(rows: 1, columns: inputs.count)
        let bias = Matrix<S>(rows: 1, columns: inputs.count)
        VectorMath<S>(level: level).activateKeepingSlopes(
          f, x.mutableView, bias: bias.view, output: output.mutableView)
        var worst = (error: 0.0, input: S.zero)
        for ((input, slope), terms) in zip(zip(inputs, x.elements), terms) {
          let unit = S(terms.reduce(0) { $0 + $1.magnitude }).ulp
          let error = Double((S.Wide(slope) - terms.reduce(0, +)).magnitude / S.Wide(unit))
          if !(error <= worst.error) { worst = (error, input) }
        }
        #expect(
          worst.error <= (f == .silu ? 4.5 : 6) + (S.Wide.self == S.self ? 1 : 0),
          "\(f) at \(worst) in \(type), \(level)")
      }
    }
    check(Float.self, overflow: 88.722839)
    check(Double.self, overflow: 709.782712893384)
  }

  /// Beyond all slopes the activations are their asymptotes.
  @Test(arguments: supportedLevels) func slopesAtTheLimits(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      for f in [Activation.silu, .gelu, .elu] {
        let inputs: [S] = [-.infinity, -.greatestFiniteMagnitude, -1e4, -0.0, 1e4, .greatestFiniteMagnitude, .infinity]
        var x = Matrix<S>(rows: 1, columns: inputs.count, elements: inputs)
        var output = Matrix<S>(rows: 1, columns: inputs.count)
        let bias = Matrix<S>(rows: 1, columns: inputs.count, elements: inputs.map { _ in -0.0 })
        VectorMath<S>(level: level).activateKeepingSlopes(
          f, x.mutableView, bias: bias.view, output: output.mutableView)
        let lowest: S = f == .elu ? -1 : 0
        #expect(output.elements == [lowest, lowest, lowest, 0, 1e4, .greatestFiniteMagnitude, .infinity])
        #expect(x.elements == [0, 0, 0, f == .elu ? 1 : 0.5, 1, 1, 1], "\(f)")
      }
    }
    check(Float.self)
    check(Double.self)
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
