import VAECore

extension VariationalAutoencoder<Double> {
  /// Explains the gradient of the loss of one datum by one parameter: every path, or the largest ones, with every
  /// factor; and the same derivative from back-propagation, sample by sample, and from a difference quotient.
  ///
  /// A trained model of another precision can be explained after ``/VAECore/VariationalAutoencoder/converted(to:)``.
  ///
  /// - Parameters:
  ///   - address: the parameter.
  ///   - x: the datum `[D]`.
  ///   - noise: ε `[n, Z]`, a row for each sample.
  ///   - condition: c `[C]`, where the model takes one.
  ///   - objective: what is differentiated: one whose gradient is a sum over paths (``/VAECore/Objective/isSumOverPaths``).
  ///   - limit: how many paths are listed, per sample, and how many units per layer.
  /// - Throws: where the objective is another, the prior is learned, or the loss is not finite.
  public func explain(
    _ address: ParameterAddress, x: [Double], noise: Matrix<Double>, condition: [Double] = [],
    objective: Objective = .evidenceLowerBound(), largest limit: Int = 12
  ) throws(VAEError) -> Explanation {
    try objective.validate()
    guard objective.isSumOverPaths, let beta = objective.beta else {
      throw VAEError(
        .configuration,
        "The gradient of the objective, \(objective), is no sum over the paths through single samples: explain "
          + "reconstruction + β·KL, with the gradient total and without free bits.")
    }
    if configuration.prior.isLearned {
      throw VAEError(
        .configuration,
        "The prior, \(configuration.prior), is learned: from each sample another path leads to the KL divergence, which is not "
          + "spelled out. Explain a model of the standard prior; what verifies gradients takes this one, too.")
    }
    if let column = x.firstIndex(where: \.isNaN) {
      throw VAEError(
        .data,
        "The datum lacks its value \(column + 1), which leaves paths out of the chain rule: explain one without missing values."
      )
    }
    if let standardization {
      // What is left is a constant in the loss.
      var plain = self
      plain.standardization = nil
      return try plain.explain(
        address, x: standardization.standardized(x), noise: noise, condition: condition, objective: objective,
        largest: limit)
    }
    precondition(limit > 0, "\(limit) paths")
    precondition(
      x.count == configuration.dataSize && noise.columns == configuration.latentSize && noise.rows > 0,
      "a datum of \(x.count) and noise [\(noise.rows), \(noise.columns)] for a model of \(configuration.dataSize) data "
        + "and \(configuration.latentSize) latent dimensions")
    let given = condition.isEmpty ? nil : Matrix(rows: 1, columns: condition.count, elements: condition)
    requireFit(given, rows: 1)
    let plain = ScalarNetwork(self, condition: condition)
    let place = place(of: address)
    let inputs = network.layers[place.layer].inputs
    /// Which of the condition's values the parameter is multiplied by, if one of them.
    let conditionInput = place.input.flatMap { $0 < inputs ? nil : $0 - inputs }
    let entry = plain.preActivationStage(of: place.layer)
    let encoder = plain.encoderChain(x: x)
    let chains = (0..<noise.rows).map { plain.chain(x: x, encoder: encoder, noise: noise.row($0)) }
    func rule(_ stages: [ChainStage], error: String) -> ChainRule {
      // The inputs of a layer are the stage before its pre-activations.
      ChainRule(
        stages, error: error, entry: entry, unit: place.output,
        input: conditionInput.map { condition[$0] } ?? place.input.map { stages[entry - 1].values[$0] } ?? 1,
        parameter: address.name)
    }
    let rules = chains.map { rule($0, error: "E") }
    let samples = zip(rules, chains).enumerated().map { index, pair in
      let (rule, stages) = pair
      return Explanation.Sample(
        noise: noise.row(index), z: stages[2 * network.encoderCount + 1].values, error: stages.last!.values[0],
        paths: rule.paths(largest: limit), stages: stages.map(Explanation.Stage.init))
    }
    let reachesKL = place.layer < network.encoderCount && beta > 0
    let kl = reachesKL ? rule(encoder, error: "KL").paths(largest: limit) : nil
    let count = Double(noise.rows)
    let sum = samples.reduce(0) { $0 + $1.paths.total } / count + beta * (kl?.total ?? 0)

    let datum = Matrix(rows: 1, columns: x.count, elements: x)
    let (loss, gradient) = try gradient(of: datum, noise: noise, condition: given, objective: objective)
    var mean = 0.0
    for row in 0..<noise.rows {
      let one = noise.rows(row..<row + 1)
      mean +=
        try self.gradient(of: datum, noise: one, condition: given, objective: objective).gradient[address] / count
    }
    let scale = gradient[address.tensor].reduce(0) { max($0, abs($1)) }
    let rounding = loss.quotientRounding(objective)
    let quotient = try centralDifference(
      of: datum, noise: noise, condition: given, objective: objective, by: address, closestTo: gradient[address],
      tolerance: Verification.quotientTolerance * scale, rounding: rounding)
    return Explanation(
      parameter: address.name, tensor: address.tensor, index: address.index,
      from: conditionInput.map { "c\($0 + 1)" } ?? place.input.map { chains[0][entry - 1].name(of: $0, error: "E") }
        ?? "1",
      to: chains[0][entry].name(of: place.output, error: "E"), value: parameters[address], x: x, loss: loss,
      beta: beta, samples: samples, kl: kl, layers: layers(rules, largest: limit),
      gradient: GradientComparison(
        sumOverPaths: sum, backPropagation: gradient[address], meanOverSamples: mean,
        centralDifference: quotient.value, scale: scale, rounding: rounding, settles: quotient.settles))
  }

  /// The layer of a parameter, and which of its outputs and inputs it joins; a bias has no input.
  private func place(of address: ParameterAddress) -> (layer: Int, output: Int, input: Int?) {
    for (index, layer) in network.layers.enumerated() {
      var first = 0
      for part in layer.parts {
        if address.tensor == "\(part.name).weight" || address.tensor == "\(part.name).bias" {
          return (index, first + address.index[0], address.index.count == 2 ? address.index[1] : nil)
        }
        first += part.size
      }
    }
    preconditionFailure("no tensor \(address.tensor)")
  }

  /// The paths grouped by the units of each layer, averaged over the samples.
  private func layers(_ rules: [ChainRule], largest limit: Int) -> [Explanation.Layer] {
    let stages = rules[0].stages
    let entry = rules[0].entry
    var sums = rules[0].contributions
    for rule in rules.dropFirst() {
      for (index, values) in rule.contributions.enumerated() {
        for unit in values.indices { sums[index][unit] += values[unit] }
      }
    }
    return sums.enumerated().compactMap { index, values -> Explanation.Layer? in
      guard let name = stages[entry + index].layerName else { return nil }
      let means = values.map { $0 / Double(rules.count) }
      let order = means.indices.filter { means[$0] != 0 }.sorted { abs(means[$0]) > abs(means[$1]) }
      let (listed, others) = (order.prefix(limit), order.dropFirst(limit))
      return Explanation.Layer(
        name: name, count: means.count,
        units: listed.map { .init(name: stages[entry + index].name(of: $0, error: "E"), sum: means[$0]) },
        rest: others.reduce(0) { $0 + means[$1] }, total: means.reduce(0, +))
    }
  }
}

extension Explanation.Stage {
  init(_ stage: ChainStage) {
    names = stage.values.indices.map { stage.name(of: $0, error: "E") }
    values = stage.values
    link =
      switch stage.link {
      case .each: "each"
      case .all: "all"
      case .pairs: "pairs"
      }
  }
}

extension ChainStage {
  /// What the stage is called in a list of layers; nil for those that only repeat their neighbour's units.
  fileprivate var layerName: String? {
    switch units {
    case .data, .features, .hiddenActivation, .head, .outputActivation, .error: nil
    case .hidden(let first): "hidden units H\(first)–H\(first + values.count - 1)"
    case .gated(let first): "hidden units H\(first)–H\(first + values.count / 2 - 1) and their gates G"
    case .moments: "moments μ and σ"
    case .latent: "latent variable"
    case .output: "outputs"
    }
  }
}
