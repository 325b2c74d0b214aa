import TestSupport
import Testing
import VAECore
import VAEExplanation

/// A verification passes for right gradients of every kind, and catches every tensor's wrong one.
struct VerificationTests {
  private func inputs(_ model: VariationalAutoencoder<Double>) -> (x: Matrix<Double>, noise: Matrix<Double>) {
    var random = TestRandom(5)
    return (
      model.configuration.likelihood.exampleData(rows: 3, columns: model.configuration.dataSize),
      random.matrix(3 * 4, model.configuration.latentSize)
    )
  }

  @Test(arguments: Likelihood.ofSixColumns, Activation.allCases)
  func rightGradientsPass(likelihood: Likelihood, activation: Activation) throws {
    // Every other activation with gates.
    let isGated = Activation.allCases.firstIndex(of: activation)! % 2 == 1
    let model = try randomModel(
      ModelConfiguration(
        dataSize: 6, encoderHidden: [5, 4], latentSize: 2, activation: activation, isGated: isGated,
        likelihood: likelihood))
    let (x, noise) = inputs(model)
    let verification = try model.verify(x: x, noise: noise, quotientsPerTensor: 1000)
    #expect(verification.isRight, "\(verification)")
    #expect(verification.results.count == Objective.examples.count)
    for result in verification.results {
      #expect(result.tensors.map(\.name) == model.parameters.names)
      #expect(result.tensors.allSatisfy { $0.quotients == ($0.centralDifference == nil ? 0 : $0.count) })
      #expect(result.tensors.filter { $0.centralDifference != nil }.count >= 4)
      // Nothing was compared with itself.
      #expect(result.tensors.contains { $0.loop > 0 })
      #expect(result.tensors.allSatisfy { $0.accumulated == nil } || result.tensors.contains { $0.accumulated! > 0 })
    }
  }

  /// The loop goes over the conditions, too, and a wrong column of them is caught.
  @Test func withACondition() throws {
    let model = try randomModel(
      ModelConfiguration(dataSize: 6, encoderHidden: [5], latentSize: 2, conditionSize: 3))
    let (x, noise) = inputs(model)
    var random = TestRandom(6)
    let condition: Matrix<Double> = random.matrix(3, 3)
    #expect(try model.verify(x: x, noise: noise, condition: condition, quotientsPerTensor: 1000).isRight)
    let broken = try model.verify(
      x: x, noise: noise, condition: condition, objectives: [.evidenceLowerBound()], quotientsPerTensor: 1000, seed: 0
    ) { (model, x, condition, noise, objective, accumulation) throws(VAEError) in
      var gradient = try model.gradient(
        of: x, noise: noise, condition: condition, objective: objective, accumulation: accumulation
      ).gradient
      gradient["decoder.0.weight"][4] += 1e-3 * gradient["decoder.0.weight"].map(abs).max()!
      return gradient
    }
    #expect(broken.results[0].tensors.filter { !$0.isRight }.map(\.name) == ["decoder.0.weight"])
  }

  /// One derivative of one tensor is off by a thousandth of the tensor's largest.
  @Test(arguments: [
    "encoder.0.weight", "encoder.0.bias", "mean.weight", "logvar.bias", "decoder.0.weight", "output.bias",
  ])
  func aWrongDerivativeIsCaught(tensor: String) throws {
    let model = try randomModel(.question(likelihood: .bernoulli))
    let (x, noise) = inputs(model)
    func verify(_ breaks: @escaping (GradientAccumulation, Int) -> Bool) throws -> [Verification.Tensor] {
      let verification = try model.verify(
        x: x, noise: noise, objectives: [.evidenceLowerBound()], quotientsPerTensor: 1000, seed: 0
      ) { (model, x, _, noise, objective, accumulation) throws(VAEError) in
        var gradient = try model.gradient(of: x, noise: noise, objective: objective, accumulation: accumulation)
          .gradient
        if breaks(accumulation, noise.rows) {
          gradient[tensor][0] += 1e-3 * gradient[tensor].map(abs).max()!
        }
        return gradient
      }
      #expect(!verification.isRight)
      let wrong = verification.results[0].tensors.filter { !$0.isRight }
      #expect(wrong.map(\.name) == [tensor])
      return wrong
    }
    // Wrong everywhere alike, only the quotients tell.
    let everywhere = try verify { _, _ in true }[0]
    #expect(everywhere.centralDifference! > 1e-4)
    let inLoop = try verify { _, rows in rows == 1 }[0]
    #expect(inLoop.loop > 1e-4 && inLoop.centralDifference! < 1e-6 && inLoop.accumulated! < 1e-10)
    let inPasses = try verify { accumulation, _ in accumulation != .joint }[0]
    #expect(inPasses.accumulated! > 1e-4 && inPasses.centralDifference! < 1e-6 && inPasses.loop < 1e-10)
    let notANumber = try model.verify(
      x: x, noise: noise, objectives: [.evidenceLowerBound()], quotientsPerTensor: 3, seed: 0
    ) { (model, x, _, noise, objective, accumulation) throws(VAEError) in
      var gradient = try model.gradient(of: x, noise: noise, objective: objective, accumulation: accumulation).gradient
      if accumulation != .joint { gradient[tensor][0] = .nan }
      return gradient
    }
    #expect(!notANumber.isRight)
  }

  /// Derivatives that are small beside the loss, as small initial weights make them, are not called wrong for the loss's
  /// rounding; that quotients cannot show them is said. The large derivatives of the same model are held to as before.
  @Test(arguments: [[10], [10, 10, 10]]) func roundingIsNotCalledWrong(hidden: [Int]) throws {
    let model = try VariationalAutoencoder<Double>(
      ModelConfiguration(
        dataSize: 20, encoderHidden: hidden, latentSize: 2, likelihood: .gaussian(variance: .fixed(1e-4)),
        initializer: .normal(standardDeviation: 0.01)), seed: 1)
    let (x, noise) = inputs(model)
    let verification = try model.verify(x: x, noise: noise, quotientsPerTensor: 50)
    #expect(verification.isRight, "\(verification)")
    let tensors = verification.results[0].tensors
    #expect(tensors.contains { !$0.isResolved && $0.name.hasPrefix("logvar") })
    #expect(tensors.first { $0.name == "output.bias" }!.isResolved)
    let explanation = try model.explain(
      model.parameters.address(named: "w1"), x: x.rows(0..<1).elements, noise: noise.rows(0..<2))
    #expect(explanation.gradient.isConsistent, "\(explanation.gradient)")

    let broken = try model.verify(
      x: x, noise: noise, objectives: [.evidenceLowerBound()], quotientsPerTensor: 50, seed: 0
    ) { (model, x, _, noise, objective, accumulation) throws(VAEError) in
      var gradient = try model.gradient(of: x, noise: noise, objective: objective, accumulation: accumulation).gradient
      gradient["output.bias"][0] *= 1.001
      return gradient
    }
    #expect(broken.results[0].tensors.filter { !$0.isRight }.map(\.name) == ["output.bias"])
  }

  /// Kinks within reach of every step are not called wrong derivatives, and hide no wrong one.
  @Test(arguments: [[30, 30], [10, 10, 10]]) func kinksAreNotCalledWrong(hidden: [Int]) throws {
    var kinks = 0
    for seed in 0..<8 as Range<UInt64> {
      let model = try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 20, encoderHidden: hidden, latentSize: 2, activation: .relu), seed: seed)
      let (x, noise) = inputs(model)
      let verification = try model.verify(x: x, noise: noise, quotientsPerTensor: 100, seed: seed)
      #expect(verification.isRight, "\(verification)")
      kinks += verification.results.reduce(0) { $0 + $1.tensors.reduce(0) { $0 + $1.kinks } }
      let broken = try model.verify(
        x: x, noise: noise, objectives: [.evidenceLowerBound()], quotientsPerTensor: 1000, seed: 0
      ) { (model, x, _, noise, objective, accumulation) throws(VAEError) in
        var gradient = try model.gradient(of: x, noise: noise, objective: objective, accumulation: accumulation)
          .gradient
        gradient["decoder.0.weight"] = gradient["decoder.0.weight"].map { $0 * 1.001 }
        return gradient
      }
      #expect(broken.results[0].tensors.filter { !$0.isRight }.map(\.name) == ["decoder.0.weight"])
    }
    // They are the exception.
    #expect(kinks < 40, "\(kinks)")
  }

  @Test func someElementsOfLargeTensors() throws {
    let model = try randomModel(ModelConfiguration(dataSize: 50, encoderHidden: [20], latentSize: 3))
    let (x, noise) = inputs(model)
    let verification = try model.verify(
      x: x, noise: noise, objectives: [.evidenceLowerBound()], quotientsPerTensor: 10, seed: 3)
    #expect(verification.isRight)
    #expect(verification.results[0].tensors.allSatisfy { $0.quotients == min(10, $0.count) })
  }
}
