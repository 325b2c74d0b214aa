extension Engine {
  /// Takes the pass's data through encoder, latent variable, decoder and likelihood, and, where the engine trains,
  /// back to every layer's delta. Leaves the terms of the loss in `memory.losses` `[R]` and `memory.kl` `[M]`, and
  /// returns what the objective counts as KL divergence, where that is not their mean.
  @discardableResult
  func rowPhase(_ parameters: MatrixView<S>, _ pass: Pass, _ source: some BatchSource<S>) -> Double? {
    var countedKL: Double?
    let alone = isLittle(pass)
    products.begin(parameters, network.hasFeatures ? .rounded : source.packed(scaling: scaling), team)
    if let prior = network.prior, memory.priorPrepared.rows > 0 {
      network.layers[prior].prepareComponents(
        parameters, into: memory.priorPrepared, bounds: network.latent.bounds, math: math)
    }
    let run = StageRun(engine: self, parameters: parameters, pass: pass, source: source)
    for part in passPlan(for: pass).groups where !part.group.onlyFirst || pass.firstSample == 0 {
      if part.group.needsPreparation {
        var posteriors = memory.block(data: pass.data, samples: pass.samples).output(network.encoderCount - 1).view
        if let exchange, pass.objective.couplesData { posteriors = exchange.gatherPosteriors(posteriors, pass.leaves) }
        countedKL = pass.objective.prepare(posteriors: posteriors, klWeights: memory.klWeights, latent: network.latent)
      }
      if part.rounds.isEmpty {
        // Each block goes through all stages while its activations are in cache.
        team.run(
          part.blocks.count, BlockRound(run: run, stages: part.group.stages, blocks: part.blocks), alone: alone)
      } else {
        // The threads take the stages together.
        let block = memory.block(data: 0..<pass.count, samples: pass.samples)
        for round in part.rounds where source.isWeighted || !round.isForWeights {
          team.run(round.count, PieceRound(run: run, round: round, block: block), alone: alone)
        }
      }
    }
    return countedKL
  }

  /// What a layer takes in: the data, the latent variable, or the outputs of the layer before.
  func input(of layer: Int, _ block: EngineMemory<S>.Block, _ source: some BatchSource<S>) -> LayerInput<S> {
    if layer == 0 {
      if network.hasFeatures { return .dense(block.encoderInput.view) }
      return source.input(block.data, loaded: block.x.view, scaling: scaling)
    }
    return .dense((layer == network.encoderCount ? block.z : block.output(layer - 1)).view)
  }
}

/// Blocks of rows on their way through some stages: each task a block.
private struct BlockRound<S: Scalar, Source: BatchSource<S>>: TeamTask {
  let run: StageRun<S, Source>
  let stages: ArraySlice<Stage>
  let blocks: [Range<Int>]

  #if compiler(>=6.3)
    @specialized(where S == Float, Source == DatasetSource<Float>)
  #endif
  func run(worker: Int, index: Int) {
    let engine = run.engine
    var timer = StepTimer(engine.profile, worker: worker)
    let block = engine.memory.block(data: blocks[index], samples: run.pass.samples, worker: worker)
    for stage in stages {
      let pieces = engine.plan.blockPieces(of: stage, data: block.data.count, samples: block.samples)
      for piece in 0..<pieces.count { run(stage, pieces[piece], block, &timer) }
    }
  }
}

/// Some stages of the only block: each task a piece.
private struct PieceRound<S: Scalar, Source: BatchSource<S>>: TeamTask {
  let run: StageRun<S, Source>
  let round: PassPlan.Round
  let block: EngineMemory<S>.Block

  #if compiler(>=6.3)
    @specialized(where S == Float, Source == DatasetSource<Float>)
  #endif
  func run(worker: Int, index: Int) {
    var timer = StepTimer(run.engine.profile, worker: worker)
    for (stage, pieces) in round.stages { run(stage, pieces[index], block, &timer) }
  }
}

/// What runs a piece of a stage.
private struct StageRun<S: Scalar, Source: BatchSource<S>> {
  let engine: Engine<S>
  let parameters: MatrixView<S>
  let pass: Engine<S>.Pass
  let source: Source

  func callAsFunction(
    _ stage: Stage, _ piece: ProductGrid.Piece, _ block: EngineMemory<S>.Block, _ timer: inout StepTimer
  ) {
    let (network, products, math) = (engine.network, engine.products, engine.math)
    let last = network.outputs
    let some = block.part(piece.data)
    switch stage {
    case .forward(let index):
      let layer = network.layers[index]
      let units = piece.columns
      let (output, slopes) = (some.output(index), some.slopes(index))
      products.forward(
        index, units, parameters, input: engine.input(of: index, some, source), some, into: slopes ?? output)
      timer.took(.forwardProduct(layer: index))
      layer.activation(units, parameters: parameters, linear: slopes, output: output, math: math)
      timer.took(.activation(layer: index))
      if index != network.encoderCount - 1 && index != last {
        products.prepareInput(of: index + 1, units, some)
        timer.took(.packing)
      }
    case .backward(let index):
      let inputs = piece.columns
      let inputDelta = index == network.encoderCount ? some.zDelta : some.delta(index - 1)
      products.backward(index, inputs, parameters, some, into: inputDelta)
      timer.took(.backwardProduct(layer: index))
      if index != network.encoderCount {
        network.layers[index - 1].activationBackward(
          inputs, output: some.output(index - 1).view, slopes: some.slopes(index - 1)?.view, delta: inputDelta,
          math: math)
        timer.took(.activationBackward(layer: index - 1))
        products.prepareDelta(of: index - 1, inputs, some)
        timer.took(.packing)
      }
    case .load:
      source.load(some.data, into: some.x, scaling: engine.scaling)
      if network.hasFeatures {
        if engine.hiding.isNeeded, let (positions, noise) = source.hiding(some.data) {
          engine.hiding.writeFeatures(
            of: some.x, positions: positions, noise, engine.likelihood, into: some.encoderInput, math: math)
        } else {
          engine.likelihood.writeFeatures(of: some.x.view, into: some.encoderInput, math: math)
        }
      }
      if some.encoderCondition.columns > 0 { source.loadCondition(some.data, into: some.encoderCondition) }
      timer.took(.load)
      products.prepareInput(of: 0, 0..<some.encoderInput.columns, some)
      products.prepareCondition(ofEncoder: true, some)
      timer.took(.packing)
    case .loadLatent:
      source.drawNoise(some.data, firstSample: pass.firstSample, samples: pass.samples, into: some.z)
      if some.decoderCondition.columns > 0 { source.loadCondition(some.data, into: some.decoderCondition) }
      timer.took(.load)
      products.prepareInput(of: network.encoderCount, 0..<some.z.columns, some)
      products.prepareCondition(ofEncoder: false, some)
      timer.took(.packing)
    case .latentForward:
      source.drawNoise(some.data, firstSample: pass.firstSample, samples: pass.samples, into: some.noise)
      timer.took(.noise)
      some.repeatCondition()
      network.latent.forward(
        posteriors: some.output(network.encoderCount - 1).view, noise: some.noise.view, z: some.z, kl: some.kl,
        math: math)
      some.prior?.forward(kl: some.kl, math: math)
      timer.took(.latentForward)
      products.prepareInput(of: network.encoderCount, 0..<some.z.columns, some)
      products.prepareCondition(ofEncoder: false, some)
      timer.took(.packing)
    case .likelihood:
      let outputs = some.output(last)
      let delta = engine.memory.trains ? some.delta(last) : nil
      engine.likelihood.evaluate(
        LikelihoodRows(
          x: some.x.view, outputs: outputs.view, scale: pass.objective.reconstructionScale(pass.size), delta: delta,
          losses: some.losses), math: math)
      engine.scaling?.addVolume(to: some.losses, of: some.x.view, samples: some.samples)
      timer.took(.likelihood)
      pass.objective.combineSamples(some.objectiveRows(outputs: true), batch: pass.size, math: math)
      timer.took(.objective)
      if let delta {
        network.layers[last].activationBackward(
          0..<outputs.columns, output: outputs.view, slopes: some.slopes(last)?.view, delta: delta, math: math)
        timer.took(.activationBackward(layer: last))
        products.prepareDelta(of: last, 0..<network.layers[last].units, some)
        timer.took(.packing)
      }
    case .latentBackward:
      pass.objective.backward(
        some.objectiveRows(outputs: false), posteriorDelta: some.delta(network.encoderCount - 1),
        klWeights: engine.memory.klWeights.view,
        batch: pass.size, math: math)
      timer.took(.latentBackward)
      let posteriors = network.encoderCount - 1
      products.prepareDelta(of: posteriors, 0..<network.layers[posteriors].units, some)
      timer.took(.packing)
    case .scaleByWeights(let layers, let withPrior):
      guard source.isWeighted else { return }
      for datum in piece.data {
        let weight = source.weight(block.data.lowerBound + datum)
        let one = block.part(datum..<datum + 1)
        for layer in layers { math.scale(one.delta(layer), by: weight) }
        if withPrior { one.prior?.scale(by: weight, math: math) }
      }
      for layer in layers { products.prepareDelta(of: layer, 0..<network.layers[layer].units, some) }
      timer.took(.objective)
    }
  }
}
