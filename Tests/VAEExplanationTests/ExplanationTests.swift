import TestSupport
import Testing
import VAECore
import VAEExplanation

/// The chain rule, path by path, against the gradient that the engine back-propagates.
struct ExplanationTests {
  /// The errors of the question: the plain one, its square, and bounds; without and with the KL divergence.
  static let errors: [(Likelihood, Double)] = [
    (.difference(output: .sigmoid), 0), (.difference(), 0), (.squaredError(output: .sigmoid), 0), (.bernoulli, 1),
    (.gaussian(variance: .fixed(0.3)), 1), (.gaussian(variance: .learned, mean: .tanh), 0.5),
    (.gaussian(variance: .perFeature), 1), (.continuousBernoulli, 1), (.laplace(scale: .fixed(0.3)), 1),
    (.laplace(scale: .learned, location: .tanh), 1), (.poisson, 1), (.negativeBinomial, 1),
    (.categorical(groups: [2, 2]), 1), (.category(sizes: [2, 3, 1, 2], counts: [1, 2, 3, 4, 5, 6, 7, 8]), 1),
    (.mixture(MixtureColumn(points: [0.5], components: 2)), 1), (.mixture(.ofWholeNumbers), 1),
    (
      .mixed([
        .init(1, .gaussian(variance: .perFeature)), .init(2, .categorical(groups: [2])), .init(1, .negativeBinomial),
      ]), 1
    ),
  ]

  @Test(arguments: [Activation.tanh, .sigmoid, .softplus], [1, 2, 7])
  func everyParameterOfTheQuestionsNetwork(activation: Activation, samples: Int) throws {
    var worst = (paths: 0.0, mean: 0.0, difference: 0.0)
    for (likelihood, klWeight) in Self.errors {
      let model = try randomModel(.question(likelihood: likelihood, activation: activation))
      var random = TestRandom(UInt64(samples))
      let noise: Matrix<Double> = random.matrix(samples, 1)
      let example: Matrix<Double> = likelihood.exampleData(rows: 1, columns: 4, seed: 1)
      let x =
        (try? likelihood.check(Dataset(name: "", floats: [0.9, 0.1, 0.4, 0.7], dataSize: 4))) == nil
        ? example.row(0) : [0.9, 0.1, 0.4, 0.7]
      for address in model.parameters.addresses {
        let explanation = try model.explain(
          address, x: x, noise: noise, objective: .evidenceLowerBound(beta: klWeight), largest: 1000)
        let gradient = explanation.gradient
        /// Relative to the tensor's largest, because the terms of a small one may cancel.
        func difference(_ other: Double) -> Double {
          abs(other - gradient.backPropagation) / max(gradient.scale, .leastNormalMagnitude)
        }
        worst.paths = max(worst.paths, difference(gradient.sumOverPaths))
        worst.mean = max(worst.mean, difference(gradient.meanOverSamples))
        worst.difference = max(worst.difference, difference(gradient.centralDifference))
        // Everything is listed, and each product is that of its factors.
        for sum in explanation.samples.map(\.paths) + [explanation.kl].compactMap({ $0 }) {
          #expect(Double(sum.paths.count) == sum.count && sum.rest == 0)
          for path in sum.paths {
            #expect(path.factors.reduce(1) { $0 * $1.value } == path.product)
          }
        }
        // Any layer's units add up to the same.
        let total = explanation.samples.reduce(0) { $0 + $1.paths.total } / Double(samples)
        for layer in explanation.layers {
          #expect(abs(layer.total - total) <= 1e-11 * gradient.scale, "\(address.name) \(layer.name)")
        }
      }
    }
    #expect(worst.paths < 1e-12 && worst.mean < 1e-12 && worst.difference < 1e-7, "\(worst)")
  }

  /// The weights of a condition, too, are multiplied by what they weigh.
  @Test(arguments: [false, true]) func everyParameterWithACondition(isGated: Bool) throws {
    let model = try randomModel(
      ModelConfiguration(
        dataSize: 3, encoderHidden: [2], latentSize: 2, conditionSize: 2, isGated: isGated, likelihood: .bernoulli))
    var random = TestRandom(4)
    let noise: Matrix<Double> = random.matrix(2, 2)
    for address in model.parameters.addresses {
      let explanation = try model.explain(
        address, x: [0.9, 0.1, 0.4], noise: noise, condition: [0.7, -1.3], largest: 1000)
      let gradient = explanation.gradient
      #expect(gradient.isConsistent, "\(address): \(gradient)")
      #expect(abs(gradient.sumOverPaths - gradient.backPropagation) <= 1e-12 * gradient.scale, "\(address)")
      if address.tensor == "decoder.0.weight" {
        #expect(explanation.from == ["z1", "z2", "c1", "c2"][address.index[1]])
      }
    }
  }

  /// The factors, and their order, are the question's: w16 reaches the error through every unit of the decoder.
  @Test func theFactorsOfTheQuestionsWeight() throws {
    let model = try randomModel(.question())
    let address = try model.parameters.address(named: "w16")
    #expect(address.tensor == "mean.weight" && address.index == [0, 0])
    let explanation = try model.explain(
      address, x: [0.9, 0.1, 0.4, 0.7], noise: Matrix(rows: 1, columns: 1, elements: [0.5]),
      objective: .evidenceLowerBound(beta: 0))
    #expect(explanation.from == "HA1" && explanation.to == "μ")
    let paths = explanation.samples[0].paths.paths
    #expect(paths.count == 12)
    let names = paths.map { $0.factors.map { "∂\($0.of)/∂\($0.by)" }.joined(separator: " · ") }
    #expect(names.first == "∂E/∂OA1 · ∂OA1/∂O1 · ∂O1/∂HA4 · ∂HA4/∂H4 · ∂H4/∂z · ∂z/∂μ · ∂μ/∂w16")
    #expect(names.last == "∂E/∂OA4 · ∂OA4/∂O4 · ∂O4/∂HA6 · ∂HA6/∂H6 · ∂H6/∂z · ∂z/∂μ · ∂μ/∂w16")
    #expect(Set(names).count == 12)
    #expect(paths[0].factors[0].value == -0.25 && paths[0].factors[5].value == 1)

    // A weight further back goes both ways, through μ and through σ.
    let first = try model.explain(
      model.parameters.address(named: "w1"), x: [0.9, 0.1, 0.4, 0.7],
      noise: Matrix(rows: 1, columns: 1, elements: [0.5]), largest: 24)
    #expect(first.samples[0].paths.count == 24)
    #expect(first.samples[0].paths.paths.filter { $0.through.contains("σ") }.count == 12)
    #expect(first.kl?.paths.map(\.through) == [["H1", "HA1", "μ"], ["H1", "HA1", "s", "σ"]])
    let sigma = first.samples[0].paths.paths.last!.factors.map { "∂\($0.of)/∂\($0.by)" }
    #expect(sigma.suffix(5) == ["∂z/∂σ", "∂σ/∂s", "∂s/∂HA1", "∂HA1/∂H1", "∂H1/∂w1"])
  }

  /// The largest paths of a network with more of them than are listed are those that listing all finds.
  @Test(arguments: ["encoder.0.weight", "encoder.1.bias", "logvar.weight", "decoder.0.weight", "output.bias"])
  func theLargestPaths(tensor: String) throws {
    let model = try randomModel(
      ModelConfiguration(dataSize: 5, encoderHidden: [4, 3], latentSize: 2, decoderHidden: [4, 6]))
    try checkLargestPaths(of: tensor, in: model)
  }

  /// Each unit of a gated layer has two ways in.
  @Test(arguments: ["encoder.0.weight", "encoder.0.gate.weight", "encoder.1.gate.bias", "decoder.0.gate.weight"])
  func theLargestPathsThroughGates(tensor: String) throws {
    let model = try randomModel(
      ModelConfiguration(dataSize: 5, encoderHidden: [4, 3], latentSize: 2, decoderHidden: [4, 6], isGated: true))
    try checkLargestPaths(of: tensor, in: model)
  }

  @Test(arguments: [Activation.tanh, .gelu]) func gates(activation: Activation) throws {
    let model = try randomModel(
      ModelConfiguration(dataSize: 3, encoderHidden: [2], latentSize: 1, activation: activation, isGated: true))
    var random = TestRandom(2)
    let noise: Matrix<Double> = random.matrix(2, 1)
    for address in model.parameters.addresses {
      let explanation = try model.explain(address, x: [0.9, 0.1, 0.4], noise: noise, largest: 1000)
      #expect(explanation.gradient.isConsistent, "\(address)")
    }
    let gate = try model.explain(
      model.parameters.address(tensor: "encoder.0.gate.weight", index: [1, 2]), x: [0.9, 0.1, 0.4], noise: noise)
    #expect(gate.from == "x3" && gate.to == "G2")
    let factors = gate.samples[0].paths.paths[0].factors.map { "∂\($0.of)/∂\($0.by)" }
    #expect(factors.suffix(3) == ["∂μ/∂HA2", "∂HA2/∂G2", "∂G2/∂\(gate.parameter)"])
    let names = gate.layers.map(\.name)
    #expect(names.first == "hidden units H1–H2 and their gates G")
  }

  private func checkLargestPaths(of tensor: String, in model: VariationalAutoencoder<Double>) throws {
    var random = TestRandom(1)
    let x = (0..<5).map { _ in random.uniform() }
    let noise: Matrix<Double> = random.matrix(2, 2)
    let address = try model.parameters.address(
      tensor: tensor, index: model.parameters.shape(of: tensor).map { $0 - 1 })
    let all = try model.explain(address, x: x, noise: noise, largest: 100_000)
    for limit in [1, 2, 7] {
      let some = try model.explain(address, x: x, noise: noise, largest: limit)
      for (part, whole) in zip(some.samples.map(\.paths), all.samples.map(\.paths)) {
        #expect(part.count == whole.count)
        let expected = whole.paths.sorted { abs($0.product) > abs($1.product) }.prefix(limit)
        #expect(part.paths.count == expected.count)
        #expect(
          relativeDifference(part.paths.map { abs($0.product) }, expected.map { abs($0.product) }) < 1e-14)
        let sum = part.paths.reduce(part.rest) { $0 + $1.product }
        #expect(relativeDifference([sum], [whole.total]) < 1e-12)
      }
      for layer in some.layers {
        #expect(layer.units.count == limit || layer.units.allSatisfy { $0.sum != 0 })
        #expect(
          relativeDifference([layer.units.reduce(layer.rest) { $0 + $1.sum }], [layer.total]) < 1e-12)
      }
    }
  }

  @Test func addressesAreNumberedTensorByTensor() throws {
    let parameters = try VariationalAutoencoder<Double>(.question()).parameters
    #expect(parameters.count == 45)
    let addresses = parameters.addresses
    #expect(addresses.map(\.number) == Array(1...45))
    for address in addresses {
      #expect(try parameters.address(tensor: address.tensor, index: address.index) == address)
      #expect(try parameters.address(named: address.name) == address)
    }
    #expect(addresses[12].tensor == "encoder.0.bias" && addresses[12].index == [0])
    #expect(addresses[19].tensor == "logvar.weight" && addresses[44].tensor == "output.bias")
  }

  /// Every objective is a sum over paths, and agrees with back-propagation, or is refused by name.
  @Test(arguments: Objective.examples) func otherObjectives(objective: Objective) throws {
    let model = try randomModel(.question(likelihood: .bernoulli))
    var random = TestRandom(4)
    let noise: Matrix<Double> = random.matrix(3, 1)
    for address in model.parameters.addresses.prefix(20) {
      func explain() throws -> Explanation {
        try model.explain(address, x: [0.9, 0.1, 0.4, 0.7], noise: noise, objective: objective)
      }
      if objective.isSumOverPaths {
        #expect(try explain().gradient.isConsistent, "\(address.name)")
      } else {
        let error = #expect(throws: VAEError.self) { _ = try explain() }
        #expect(error?.lacks("\(objective)", "reconstruction + β·KL") == [])
      }
    }
    #expect(Objective.examples.count(where: \.isSumOverPaths) == 3)
  }

  @Test(arguments: ["w0", "w46", "46", "-1", "w", "", "x3", "w1.5", "w+5", "w99999999999999999999"])
  func refusesAnUnknownWeight(name: String) throws {
    let parameters = try VariationalAutoencoder<Double>(.question()).parameters
    let error = #expect(throws: VAEError.self) { _ = try parameters.address(named: name) }
    #expect(error?.lacks("\"\(name)\"", "w1 to w45", "w16–w18 mean.weight") == [])
  }

  @Test func refusesAnUnknownElement() throws {
    let parameters = try VariationalAutoencoder<Double>(.question()).parameters
    let unknown = #expect(throws: VAEError.self) { _ = try parameters.address(tensor: "mean", index: [0]) }
    #expect(unknown?.lacks("\"mean\"", "mean.weight", "output.bias") == [])
    for index in [[3, 0], [0, 4], [-1, 0], [0], [0, 0, 0], []] {
      let error = #expect(throws: VAEError.self) {
        _ = try parameters.address(tensor: "encoder.0.weight", index: index)
      }
      #expect(error?.lacks("\(index)", "0…2, 0…3") == [])
    }
  }
}
