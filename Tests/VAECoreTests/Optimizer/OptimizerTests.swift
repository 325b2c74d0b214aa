import Foundation
import TestSupport
import Testing
import VAECore

/// Several steps of each optimizer against the papers' formulas, one parameter at a time in double precision.
struct OptimizerTests {
  static let optimizers: [Optimizer] = [
    .sgd(), .sgd(momentum: 0.9), .adagrad(), .adagrad(epsilon: 0.01), .rmsprop(), .rmsprop(decay: 0.8, epsilon: 0.02),
    .adam(), .adam(beta1: 0.8, beta2: 0.95, epsilon: 0.03), .adamW(), .adamW(beta1: 0.5, beta2: 0.7, epsilon: 0.01),
  ]

  /// The parameter after a step for each gradient.
  private func reference(
    _ optimizer: Optimizer, _ start: Double, gradients: [Double], rate: Double, decay: Double
  ) -> Double {
    var (w, m, v) = (start, 0.0, 0.0)
    func adam(_ g: Double, _ t: Int, _ beta1: Double, _ beta2: Double, _ epsilon: Double) -> Double {
      // Algorithm 1 of Kingma and Ba.
      m = beta1 * m + (1 - beta1) * g
      v = beta2 * v + (1 - beta2) * g * g
      let unbiasedM = m / (1 - pow(beta1, Double(t)))
      let unbiasedV = v / (1 - pow(beta2, Double(t)))
      return rate * unbiasedM / (unbiasedV.squareRoot() + epsilon)
    }
    for (index, gradient) in gradients.enumerated() {
      let g = gradient + decay * w
      func constant(_ name: String) -> Double { Double(settingValue: optimizer.settingValues[name]!)! }
      switch optimizer.name {
      case "sgd":
        v = constant("momentum") * v + g
        w -= rate * v
      case "adagrad":
        v += g * g
        w -= rate * g / (v.squareRoot() + constant("epsilon"))
      case "rmsprop":
        v = constant("decay") * v + (1 - constant("decay")) * g * g
        w -= rate * g / (v.squareRoot() + constant("epsilon"))
      case "adam":
        w -= adam(g, index + 1, constant("beta1"), constant("beta2"), constant("epsilon"))
      case "adamw":
        // Algorithm 2 of Loshchilov and Hutter, with the decay times the rate.
        let shrunk = w * (1 - rate * decay)
        w = shrunk - adam(gradient, index + 1, constant("beta1"), constant("beta2"), constant("epsilon"))
      default: preconditionFailure("no formula of \(optimizer.name)")
      }
    }
    return w
  }

  @Test(arguments: optimizers, supportedLevels) func steps(optimizer: Optimizer, level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type, count: Int, rate: Double, decay: Double) {
      var random = TestRandom(UInt64(count))
      let math = VectorMath<S>(level: level)
      let steps = 12
      let start = (0..<count).map { _ in S(random.normal()) }
      let gradients: [Matrix<S>] = (0..<steps).map { _ in random.matrix(1, count) }
      var parameters = Window(rows: 1, columns: count, elements: start)
      let zeros = [S](repeating: 0, count: count)
      var first = Window(rows: 1, columns: count, elements: zeros)
      var second = Window(rows: 1, columns: count, elements: zeros)
      for (index, gradient) in gradients.enumerated() {
        math.optimize(
          optimizer.step(index + 1, learningRate: rate, weightDecay: decay),
          parameters: parameters.mutableView, gradient: gradient.view,
          first: optimizer.stateCount > 0 ? first.mutableView : nil,
          second: optimizer.stateCount > 1 ? second.mutableView : nil)
      }
      var worst = Worst()
      for (index, result) in parameters.elements.enumerated() {
        let expected = reference(
          optimizer, Double(start[index]), gradients: gradients.map { Double($0[0, index]) }, rate: rate, decay: decay)
        let bound = 4 * Double(steps) * S.epsilon * max(1, abs(expected))
        worst.add(abs(Double(result) - expected), bound: bound, "\(optimizer), \(count) parameters in \(type)")
      }
      #expect(worst.isWithinBounds, "\(worst)")
      #expect(parameters.isIntactOutside && first.isIntactOutside && second.isIntactOutside)
      #expect(zip([first, second], 1...2).allSatisfy { ($0.elements == zeros) == (optimizer.stateCount < $1) })
    }
    for (rate, decay) in [(0.05, 0), (0.05, 0.1), (0.01, 1)] {
      for count in [1, 2, 3, 7, 8, 15, 16, 17, 31, 67] {
        check(Float.self, count: count, rate: rate, decay: decay)
        check(Double.self, count: count, rate: rate, decay: decay)
      }
    }
  }

  /// One element that is not finite among many, wherever it stands, and a square that is beyond the type: told, on every
  /// level.
  @Test(arguments: optimizers, supportedLevels) func tellsWhatIsNotFinite(optimizer: Optimizer, level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type, tooLarge: S) {
      for count in [1, 2, 7, 16, 17, 67] {
        for place in Set([0, count / 2, count - 1]) {
          for value in [S.nan, .infinity, -.infinity, tooLarge, 1] {
            var w = Matrix<S>(rows: 1, columns: count)
            var (first, second) = (Buffer<S>(count: count), Buffer<S>(count: count))
            var g = [S](repeating: -0.5, count: count)
            g[place] = value
            let gradient = Matrix(rows: 1, columns: count, elements: g)
            let isFinite = VectorMath<S>(level: level).optimize(
              optimizer.step(1, learningRate: 0, weightDecay: 0), parameters: w.mutableView,
              gradient: gradient.view, first: optimizer.stateCount > 0 ? first.mutableView : nil,
              second: optimizer.stateCount > 1 ? second.mutableView : nil)
            let expected = value == 1 || value == tooLarge && optimizer.name == "sgd"
            #expect(isFinite == expected, "\(optimizer), \(value) at \(place) of \(count)")
          }
        }
      }
    }
    check(Float.self, tooLarge: 3e38)
    check(Double.self, tooLarge: 1e308)
  }

  /// Adam's first step is the rate, whatever the size of the gradient.
  @Test(arguments: supportedLevels) func firstStepOfAdam(level: VectorLevel) {
    let optimizer = Optimizer.adam(epsilon: 0)
    for gradient in [1e-12, 1, 1e12] {
      var w = Matrix<Double>(rows: 1, columns: 1)
      var (first, second) = (Buffer<Double>(count: 1), Buffer<Double>(count: 1))
      let g = Matrix(rows: 1, columns: 1, elements: [gradient])
      VectorMath<Double>(level: level).optimize(
        optimizer.step(1, learningRate: 0.001, weightDecay: 0), parameters: w.mutableView,
        gradient: g.view, first: first.mutableView, second: second.mutableView)
      #expect(abs(w[0, 0] + 0.001) < 1e-15)
    }
  }
}

/// Optimizers by their names and constants.
struct OptimizerNameTests {
  @Test(arguments: OptimizerTests.optimizers) func roundTrip(optimizer: Optimizer) throws {
    #expect(try Optimizer(name: optimizer.name, settings: optimizer.settingValues) == optimizer)
    #expect(Optimizer.names.contains(optimizer.name))
    var training = TrainingConfiguration()
    training.optimizer = optimizer
    try training.validate()
  }

  @Test func usualConstants() throws {
    let expected: [Optimizer] = [.sgd(), .adagrad(), .rmsprop(), .adam(), .adamW()]
    #expect(try Optimizer.names.map { try Optimizer(name: $0) } == expected)
    #expect(try Optimizer(name: "adam", settings: ["beta2": .number(0.9)]) == .adam(beta2: 0.9))
  }

  @Test func unknownName() {
    let error = #expect(throws: VAEError.self) { try Optimizer(name: "lbfgs") }
    #expect(error?.kind == .configuration)
    #expect(error?.description.contains("lbfgs") == true)
    for name in Optimizer.names { #expect(error?.description.contains(name) == true) }
  }

  @Test(arguments: [
    ("sgd", "beta1"), ("adagrad", "momentum"), ("rmsprop", "beta2"), ("adam", "decay"), ("adamw", "decay"),
  ])
  func unknownConstant(name: String, constant: String) {
    let error = #expect(throws: VAEError.self) { try Optimizer(name: name, settings: [constant: .number(0.5)]) }
    #expect(error?.description.contains(name) == true && error?.description.contains(constant) == true)
  }

  @Test(
    arguments: [
      .sgd(momentum: 1), .sgd(momentum: -0.1), .sgd(momentum: .nan), .rmsprop(decay: 1), .adam(beta1: 1),
      .adamW(beta2: 1.5), .adagrad(epsilon: -1), .adam(epsilon: .infinity), .rmsprop(epsilon: .nan),
    ] as [Optimizer])
  func senselessConstants(optimizer: Optimizer) {
    var training = TrainingConfiguration()
    training.optimizer = optimizer
    let error = #expect(throws: VAEError.self) { try training.validate() }
    #expect(error?.kind == .configuration)
    #expect(optimizer.settingValues.keys.contains { error?.description.contains($0) == true })
  }
}
