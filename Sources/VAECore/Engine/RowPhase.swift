extension Engine {
  /// Takes the pass's data through encoder, latent variable, decoder and likelihood, and, where the engine trains,
  /// back to every layer's delta. Leaves the terms of the loss in `memory.losses` `[R]` and `memory.kl` `[M]`, and
  /// returns what the objective counts as KL divergence, where that is not their mean.
  @discardableResult
  func rowPhase(_ parameters: MatrixView<S>, _ pass: Pass, _ source: some BatchSource<S>) -> Double? {
    var countedKL: Double?
    let alone = isLittle(pass, parameters)
    products.begin(parameters, source.packed(scaling: scaling), team)
    let joins = pass.size.samples == 1 && !pass.objective.couplesData
    for group in joins ? plan.joinedGroups : plan.groups where !group.onlyFirst || pass.firstSample == 0 {
      if group.needsPreparation {
        let posteriors = memory.block(data: 0..<pass.count, samples: pass.samples).output(network.encoderCount - 1)
        countedKL = pass.objective.prepare(posteriors: posteriors.view, klWeights: memory.klWeights)
      }
      let blocks = plan.shape.blocks(of: pass.count, rowsPerDatum: group.ofSamples ? pass.samples : 1)
      var round = RowRound(
        engine: self, parameters: parameters, pass: pass, source: source, blocks: blocks, stages: group.stages,
        isShared: blocks.count == 1)
      if blocks.count > 1 {
        // Each block goes through all stages while its activations are in cache.
        team.run(blocks.count, round, alone: alone)
      } else {
        // The threads take each stage together.
        for index in group.stages.indices where source.isWeighted || !group.stages[index].isForWeights {
          round.stages = group.stages[index...index]
          team.run(round.pieces(of: group.stages[index], round.block(0, worker: 0)).count, round, alone: alone)
        }
      }
    }
    return countedKL
  }

  /// Whether one thread has done a pass sooner than others wake up; in training they are awake.
  private func isLittle(_ pass: Pass, _ parameters: MatrixView<S>) -> Bool {
    !memory.trains
      && Double(pass.count) * Double(pass.samples) * Double(parameters.count) < plan.shape.productsOfOneThread
  }

  /// What a layer takes in: the data, the latent variable, or the outputs of the layer before.
  func input(of layer: Int, _ block: EngineMemory<S>.Block, _ source: some BatchSource<S>) -> LayerInput<S> {
    if layer == 0 { return source.input(block.data, loaded: block.x.view, scaling: scaling) }
    return .dense((layer == network.encoderCount ? block.z : block.output(layer - 1)).view)
  }
}

/// Blocks of rows on their way through some stages: each task a block, or a piece of a stage of the only block.
private struct RowRound<S: Scalar, Source: BatchSource<S>>: TeamTask {
  let engine: Engine<S>
  let parameters: MatrixView<S>
  let pass: Engine<S>.Pass
  let source: Source
  let blocks: Partition
  var stages: ArraySlice<Stage>
  /// Whether the threads share the only block.
  let isShared: Bool

  #if compiler(>=6.3)
    @specialized(where S == Float, Source == DatasetSource<Float>)
  #endif
  func run(worker: Int, index: Int) {
    var timer = StepTimer(engine.profile, worker: worker)
    let block = isShared ? block(0, worker: 0) : block(index, worker: worker)
    for stage in stages {
      let pieces = pieces(of: stage, block)
      if isShared {
        run(stage, pieces[index], block, &timer)
      } else {
        for piece in 0..<pieces.count { run(stage, pieces[piece], block, &timer) }
      }
    }
  }

  func block(_ index: Int, worker: Int) -> EngineMemory<S>.Block {
    engine.memory.block(data: blocks[index], samples: pass.samples, worker: worker)
  }

  /// The independent pieces of a stage of a block: columns of a wide layer, data otherwise.
  func pieces(of stage: Stage, _ block: EngineMemory<S>.Block) -> Partition {
    switch stage {
    case .forward(let layer): pieces(ofWidth: engine.network.layers[layer].units, block)
    case .backward(let layer): pieces(ofWidth: engine.network.layers[layer].inputs, block)
    case .load, .latentForward, .likelihood, .latentBackward, .scaleByWeights:
      engine.plan.shape.elementwisePieces(data: block.data.count, samples: block.samples)
    }
  }

  private func pieces(ofWidth width: Int, _ block: EngineMemory<S>.Block) -> Partition {
    isShared || engine.plan.shape.cutsEveryBlock
      ? engine.plan.shape.productPieces(units: width, data: block.data.count, samples: block.samples)
      : Partition(width, intoPiecesOf: width)
  }

  private func isWide(_ width: Int) -> Bool { !isShared || engine.plan.shape.isWide(width) }

  /// The part of a block and the columns of a layer that a piece stands for.
  private func part(_ piece: Range<Int>, ofWidth width: Int, _ block: EngineMemory<S>.Block)
    -> (EngineMemory<S>.Block, columns: Range<Int>)
  {
    isWide(width) ? (block, piece) : (block.part(piece), 0..<width)
  }

  private func run(_ stage: Stage, _ piece: Range<Int>, _ block: EngineMemory<S>.Block, _ timer: inout StepTimer) {
    let (network, products, math) = (engine.network, engine.products, engine.math)
    let last = network.layers.count - 1
    switch stage {
    case .forward(let index):
      let layer = network.layers[index]
      let (some, units) = part(piece, ofWidth: layer.units, block)
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
      let (some, inputs) = part(piece, ofWidth: network.layers[index].inputs, block)
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
      let some = block.part(piece)
      source.load(some.data, into: some.x, scaling: engine.scaling)
      if some.encoderCondition.columns > 0 { source.loadCondition(some.data, into: some.encoderCondition) }
      timer.took(.load)
      products.prepareInput(of: 0, 0..<some.x.columns, some)
      products.prepareCondition(ofEncoder: true, some)
      timer.took(.packing)
    case .latentForward:
      let some = block.part(piece)
      source.drawNoise(some.data, firstSample: pass.firstSample, samples: pass.samples, into: some.noise)
      timer.took(.noise)
      some.repeatCondition()
      GaussianLatent.forward(
        posteriors: some.output(network.encoderCount - 1).view, noise: some.noise.view, z: some.z, kl: some.kl,
        math: math)
      timer.took(.latentForward)
      products.prepareInput(of: network.encoderCount, 0..<some.z.columns, some)
      products.prepareCondition(ofEncoder: false, some)
      timer.took(.packing)
    case .likelihood:
      let some = block.part(piece)
      let outputs = some.output(last)
      let delta = engine.memory.trains ? some.delta(last) : nil
      engine.likelihood.evaluate(
        LikelihoodRows(
          x: some.x.view, outputs: outputs.view, scale: pass.objective.reconstructionScale(pass.size), delta: delta,
          losses: some.losses), math: math)
      engine.scaling?.addVolume(to: some.losses)
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
      let some = block.part(piece)
      pass.objective.backward(
        some.objectiveRows(outputs: false), posteriorDelta: some.delta(network.encoderCount - 1),
        klWeights: engine.memory.klWeights.view,
        batch: pass.size, math: math)
      timer.took(.latentBackward)
      let posteriors = network.encoderCount - 1
      products.prepareDelta(of: posteriors, 0..<network.layers[posteriors].units, some)
      timer.took(.packing)
    case .scaleByWeights(let layers):
      guard source.isWeighted else { return }
      for datum in piece {
        let weight = source.weight(block.data.lowerBound + datum)
        for layer in layers { math.scale(block.part(datum..<datum + 1).delta(layer), by: weight) }
      }
      for layer in layers { products.prepareDelta(of: layer, 0..<network.layers[layer].units, block.part(piece)) }
      timer.took(.objective)
    }
  }
}
