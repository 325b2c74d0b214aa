/// What the samples of a datum have come to, in double precision.
struct DatumSums: Sendable {
  /// (1/L) Σ_l −log p(x|z_l)
  var reconstruction = 0.0
  /// KL(q(z|x) ‖ p(z))
  var kl = 0.0
  /// Σ_l w_l, where importance weights are wanted.
  var weights = LogSumExp()
  /// The objective's loss, where that is not made of the first two.
  var loss = 0.0
}

extension Inference {
  /// The terms of each datum's loss, in order, streamed in double precision. Other processes compute theirs (``Execution/communicator``).
  ///
  /// - Parameters:
  ///   - objective: what the loss of a datum is of, where it is wanted.
  ///   - addsWeights: whether to add up importance weights.
  ///   - noise: what determines a datum's noise.
  ///   - body: looks at each pass of this process.
  /// - Throws: where importance weights are wanted and the model has no likelihood, or a datum's terms are not finite.
  func terms(
    of data: some DataSource, samples: Int, objective: (any ObjectiveKernel)? = nil, addsWeights: Bool = false,
    binarization: Binarization, seed: UInt64, noise: NoisePlace = .byPosition, work: Execution.Work,
    _ body: (EvaluationPass<Element>) throws -> Void = { _ in }
  ) throws -> [DatumSums] {
    let likelihood = model.configuration.likelihood
    if (addsWeights || objective?.usesImportanceWeights ?? false) && !likelihood.isNormalized {
      throw VAEError(
        .configuration,
        "A model with the error \(likelihood.name) has no p(x|z), so its data have no importance weights "
          + "and no likelihood: leave the importance samples out, and choose the evidence lower bound.")
    }
    var terms = Array(repeating: DatumSums(), count: data.count)
    var memory = Buffer<Element>(count: TaskShape.rowsPerInference)
    let memoryView = memory.mutableView
    defer { withExtendedLifetime(memory) {} }
    let asked = objective.flatMap { $0.usesDatumLosses ? $0 : nil }
    var losses = try asked.map { objective throws(VAEError) in try DatumLosses(objective, samples: samples) }
    let shares = DataShares(count: data.count, execution.communicator)
    func add(_ pass: EvaluationPass<Element>) throws {
      let reconstruction = pass.losses
      let ratios = memoryView.columns(0..<reconstruction.count)
      let wantsRatios = addsWeights || losses != nil
      if wantsRatios { pass.logRatio(into: ratios) }
      for (index, position) in pass.positions.enumerated() {
        for row in index * pass.samples..<(index + 1) * pass.samples {
          let term = Double(reconstruction[0, row])
          terms[position].reconstruction += term / Double(samples)
          if addsWeights { terms[position].weights.add(-term - Double(ratios[0, row])) }
        }
        terms[position].kl = pass.kl(of: index, after: terms[position].kl, of: samples)
        if let loss = losses?.add(pass, index, ratios: ratios.view) { terms[position].loss += loss }
        // A sample of infinite loss has the weight 0.
        let sum =
          addsWeights
          ? terms[position].weights.value
          : losses == nil ? terms[position].reconstruction + terms[position].kl : terms[position].loss
        if pass.isLast && !sum.isFinite {
          throw VAEError.notFinite(work.rawValue, of: position, in: data)
        }
      }
      try body(pass)
    }
    try shares.compute { part in
      try forEachPass(
        over: data, part: part, samples: samples, binarization: binarization, seed: seed, noise: noise, work: work, add)
    }
    try shares.gather(&terms)
    return terms
  }
}

/// Asks an objective for the loss of each datum, with all of its samples at once where it couples them.
private struct DatumLosses {
  private let objective: any ObjectiveKernel
  private let samples: Int
  /// Of each of some data; kept until all samples are there.
  private var data: [DatumTerms]
  private var derivatives: LossDerivatives

  init(_ objective: any ObjectiveKernel, samples: Int) throws(VAEError) {
    let count = objective.couplesSamples ? TaskShape.dataPerInference : 1
    let bytes = samples.multipliedReportingOverflow(by: 16 * count)
    try MemoryLimit.check(
      "The terms of \(samples) samples of \(count) data", bytes.overflow ? .max : bytes.partialValue,
      remedy: "choose fewer samples")
    (self.objective, self.samples) = (objective, samples)
    data = Array(repeating: DatumTerms(samples: objective.couplesSamples ? samples : 0), count: count)
    derivatives = LossDerivatives(samples: samples)
  }

  /// Adds a pass's samples of a datum; what they add to its loss, or nil where the others must be there first.
  mutating func add<S>(_ pass: EvaluationPass<S>, _ index: Int, ratios: MatrixView<S>) -> Double? {
    let slot = objective.couplesSamples ? index : 0
    let first = objective.couplesSamples ? pass.firstSample : 0
    if !objective.couplesSamples && data[0].samples != pass.samples { data[0] = DatumTerms(samples: pass.samples) }
    let isFirst = first == 0 || !objective.couplesSamples
    data[slot].kl = pass.kl(of: index, after: isFirst ? 0 : data[slot].kl, of: data[slot].samples)
    for sample in 0..<pass.samples {
      let row = index * pass.samples + sample
      data[slot].reconstruction[first + sample] = Double(pass.losses[0, row])
      data[slot].logRatios[first + sample] = Double(ratios[0, row])
    }
    if objective.couplesSamples && !pass.isLast { return nil }
    derivatives.setToZero()
    let loss = objective.loss(data[slot], derivatives: &derivatives)
    return loss * Double(data[slot].samples) / Double(samples)
  }
}

extension ObjectiveKernel {
  /// The loss of a set, from the sums of its data and from the KL divergence of each latent dimension, averaged over
  /// them.
  func loss(of data: [DatumSums], klPerDimension: [Double]) -> Loss {
    func mean(_ term: (DatumSums) -> Double) -> Double { data.reduce(0) { $0 + term($1) } / Double(data.count) }
    return loss(
      LossTerms(
        reconstruction: mean(\.reconstruction), kl: mean(\.kl),
        countedKL: couplesData ? klPerDimension.reduce(0) { $0 + countedKL(ofDimension: $1) } : nil,
        datumLoss: mean(\.loss)))
  }

  /// The loss of each datum; nil where a set's loss is not their mean.
  func losses(of data: [DatumSums]) -> [Double]? {
    if couplesData { return nil }
    return data.map {
      loss(LossTerms(reconstruction: $0.reconstruction, kl: $0.kl, countedKL: nil, datumLoss: $0.loss)).total
    }
  }
}
