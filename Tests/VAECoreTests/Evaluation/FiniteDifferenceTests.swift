import TestSupport
import Testing
import VAECore

/// Every parameter's derivative against central differences, in double precision.
struct FiniteDifferenceTests {
  /// For six columns.
  @Test(arguments: Activation.allCases, Likelihood.ofSixColumns)
  func gradientOfEveryParameter(activation: Activation, likelihood: Likelihood) throws {
    for hidden in [[5], [5, 4]] {
      for samples in [1, 3] {
        for isGated in [false, true] {
          try check(
            ModelConfiguration(
              dataSize: 6, encoderHidden: hidden, latentSize: 2, activation: activation, isGated: isGated,
              likelihood: likelihood),
            samples: samples)
        }
      }
    }
  }

  /// Outputs may have any activation, too.
  @Test(arguments: Activation.allCases) func outputActivation(activation: Activation) throws {
    for likelihood in [Likelihood.squaredError(output: activation), .gaussian(variance: .learned, mean: activation)] {
      try check(
        ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 2, likelihood: likelihood), samples: 2)
    }
  }

  /// Without hidden layers, everything is the two heads.
  @Test func withoutHiddenLayers() throws {
    try check(ModelConfiguration(dataSize: 4, encoderHidden: [], latentSize: 3), samples: 2)
  }

  /// With a condition, whose weights are the first layers' last columns; the heads are these without hidden layers.
  @Test(
    arguments: [[], [5], [5, 4]],
    [
      .evidenceLowerBound(beta: 0.8), .evidenceLowerBound(freeBits: 0.1), .importanceWeightedBound(),
    ] as [Objective])
  func withACondition(hidden: [Int], objective: Objective) throws {
    for samples in [1, 3] {
      for isGated in [false, true] {
        for likelihood in [Likelihood.bernoulli, .gaussian(variance: .perFeature), Likelihood.ofSixColumns.last!] {
          try check(
            ModelConfiguration(
              dataSize: 6, encoderHidden: hidden, latentSize: 2, conditionSize: 3,
              activation: isGated ? .gelu : .tanh, isGated: isGated, likelihood: likelihood),
            samples: samples, objective: objective)
        }
      }
    }
  }

  /// With a prior that is learned, whose parameters are some more.
  @Test(
    arguments: [1, 3],
    [.evidenceLowerBound(beta: 0.8), .evidenceLowerBound(beta: 0), .importanceWeightedBound()] as [Objective])
  func withALearnedPrior(components: Int, objective: Objective) throws {
    for samples in [1, 3] {
      for conditionSize in [0, 3] {
        try check(
          ModelConfiguration(
            dataSize: 6, encoderHidden: [5], latentSize: 2, conditionSize: conditionSize,
            prior: .mixture(components: components)), samples: samples, objective: objective)
      }
    }
  }

  private func check(
    _ configuration: ModelConfiguration, samples: Int, objective: Objective = .evidenceLowerBound(beta: 0.8)
  ) throws {
    var random = TestRandom(7)
    var model = try VariationalAutoencoder<Double>(configuration, seed: 3)
    for name in model.parameters.names {
      model.parameters[name] = model.parameters[name].map { $0 + 0.3 * random.normal() }
    }
    let x: Matrix<Double> = configuration.likelihood.exampleData(rows: 3, columns: configuration.dataSize)
    let noise: Matrix<Double> = random.matrix(3 * samples, configuration.latentSize)
    let condition: Matrix<Double>? =
      configuration.conditionSize == 0 ? nil : random.matrix(3, configuration.conditionSize)
    let (loss, gradient) = try model.gradient(of: x, noise: noise, condition: condition, objective: objective)
    // What the rounding of two losses may be in their quotient of differences.
    let rounding = 4 * abs(loss.total) * Double.ulpOfOne / 1e-3

    for name in model.parameters.names {
      let values = model.parameters[name]
      let scale = gradient[name].map(abs).max()!
      let differences = try values.indices.map { index in
        // Fourth order, so that neither truncation nor rounding spoils the comparison.
        func loss(_ step: Double) throws -> Double {
          var moved = model
          moved.parameters[name][index] = values[index] + step
          return try moved.loss(of: x, noise: noise, condition: condition, objective: objective).total
        }
        // A quotient across a kink is no derivative, nor one where the loss bends too much; a smaller step avoids both, and
        // helps no wrong derivative.
        var closest = Double.infinity
        for h in [1e-3, 1e-4, 1e-5] where !(abs(closest - gradient[name][index]) <= 1e-6 * scale) {
          let quotient = (8 * (try loss(h) - loss(-h)) - (try loss(2 * h) - loss(-2 * h))) / (12 * h)
          if abs(quotient - gradient[name][index]) < abs(closest - gradient[name][index]) { closest = quotient }
        }
        return closest
      }
      let difference = relativeDifference(gradient[name], differences)
      #expect(difference < 1e-6 + rounding / scale, "\(name) of \(configuration), \(samples) samples")
    }
  }
}
