/// One step of the row phase, for some rows.
enum Stage {
  /// Reads the data and their condition.
  case load
  /// A layer's outputs from its inputs.
  case forward(layer: Int)
  /// Draws the noise; z and the KL divergence from the encoder's posteriors.
  case latentForward
  /// The reconstruction terms and, in training, their derivative by the last layer's pre-activations.
  case likelihood
  /// The derivative by a layer's inputs, and on through the activation of the layer before.
  case backward(layer: Int)
  /// The derivative by the encoder's posteriors.
  case latentBackward
  /// Of weighted data, the deltas of some layers by the weights: from here on only their sums over data are wanted.
  case weigh(layers: Range<Int>)
}

extension Stage {
  fileprivate var weighs: Bool {
    if case .weigh = self { return true }
    return false
  }
}

/// Stages that blocks of rows go through one after the other.
///
/// The encoder's rows are data, the decoder's are samples; both directions of each are a section of their own, so that
/// each gets blocks of a good size. A GEMM wants a few hundred rows, or OpenBLAS spends its time on packing the weights.
struct Section {
  let stages: ArraySlice<Stage>
  /// Whether the rows are samples rather than data.
  let ofSamples: Bool
  /// Whether the section needs to run for the first of a batch's passes only.
  let onlyFirst: Bool

  static func sections(of network: Network, for purpose: EnginePurpose) -> [Section] {
    let forward = network.layers.indices.map { Stage.forward(layer: $0) }
    let backward = network.layers.indices.map { Stage.backward(layer: $0) }
    let encoder = Section(stages: [.load] + forward[network.encoder], ofSamples: false, onlyFirst: true)
    func decoder(_ stages: ArraySlice<Stage>) -> Section { Section(stages: stages, ofSamples: true, onlyFirst: false) }
    let decode = forward[network.decoder]
    switch purpose {
    case .encoding: return [encoder]
    case .decoding: return [decoder(decode)]
    case .evaluation: return [encoder, decoder([.latentForward] + decode + [.likelihood])]
    case .training:
      return [
        encoder,
        decoder(
          [.latentForward] + decode + [.likelihood] + backward[network.decoder].reversed()
            + [.weigh(layers: network.decoder)]),
        // Nobody asks for the derivative by the data.
        Section(
          stages: [.latentBackward] + backward[network.encoder].dropFirst().reversed()
            + [.weigh(layers: network.encoder)],
          ofSamples: false, onlyFirst: false),
      ]
    }
  }
}

extension Engine {
  /// Takes the pass's data through encoder, latent variable, decoder and likelihood, and, where the engine trains,
  /// back to every layer's delta. Leaves the terms of the loss in `memory.losses` `[R]` and `memory.kl` `[M]`, and
  /// returns what the objective counts as KL divergence, where that is not their mean.
  @discardableResult
  func rowPhase(_ parameters: MatrixView<S>, _ pass: Pass, _ source: some BatchSource<S>) -> Double? {
    var countedKL: Double?
    let alone = isLittle(pass, parameters)
    for section in sections where !section.onlyFirst || pass.firstSample == 0 {
      if case .latentForward? = section.stages.first {
        let posteriors = memory.block(data: 0..<pass.count, samples: pass.samples).output(network.encoderCount - 1)
        countedKL = pass.objective.prepare(posteriors: posteriors.view, klWeights: memory.klWeights)
      }
      let rowsPerDatum = section.ofSamples ? pass.samples : 1
      let blocks =
        pass.count * rowsPerDatum > 512
        ? Cut(pass.count, intoPiecesOf: max(1, 256 / rowsPerDatum), countMultipleOf: 4)
        : Cut(pass.count, intoPiecesOf: pass.count)
      var round = RowRound(
        engine: self, parameters: parameters, pass: pass, source: source, blocks: blocks, stages: section.stages,
        isShared: blocks.count == 1)
      if blocks.count > 1 {
        // Each block goes through all stages while its activations are in cache.
        team.run(blocks.count, round, alone: alone)
      } else {
        // The threads take each stage together.
        for index in section.stages.indices where source.isWeighted || !section.stages[index].weighs {
          round.stages = section.stages[index...index]
          team.run(round.pieces(of: section.stages[index], round.block(0)).count, round, alone: alone)
        }
      }
    }
    return countedKL
  }

  /// Whether one thread has done a pass sooner than others wake up; in training they are awake. (At 4 million products
  /// that is some 0.1 ms.)
  private func isLittle(_ pass: Pass, _ parameters: MatrixView<S>) -> Bool {
    !memory.trains && Double(pass.count) * Double(pass.samples) * Double(parameters.count) < 4e6
  }

  /// What a layer takes in: the data, the latent variable, or the outputs of the layer before.
  func input(of layer: Int, _ block: EngineMemory<S>.Block) -> MatrixView<S> {
    if layer == 0 { return block.x.view }
    return (layer == network.encoderCount ? block.z : block.output(layer - 1)).view
  }
}

/// Blocks of rows on their way through some stages: each task a block, or a piece of a stage of the only block.
private struct RowRound<S: Scalar, Source: BatchSource<S>>: TeamTask {
  let engine: Engine<S>
  let parameters: MatrixView<S>
  let pass: Engine<S>.Pass
  let source: Source
  let blocks: Cut
  var stages: ArraySlice<Stage>
  /// Whether the threads share the only block.
  let isShared: Bool

  func run(worker: Int, index: Int) {
    var laps = Laps(engine.profile, worker: worker)
    let block = block(isShared ? 0 : index)
    for stage in stages {
      let pieces = pieces(of: stage, block)
      if isShared {
        run(stage, pieces[index], block, &laps)
      } else {
        for piece in 0..<pieces.count { run(stage, pieces[piece], block, &laps) }
      }
    }
  }

  func block(_ index: Int) -> EngineMemory<S>.Block {
    engine.memory.block(data: blocks[index], samples: pass.samples)
  }

  /// The independent pieces of a stage of a block: columns of a wide layer, data otherwise.
  func pieces(of stage: Stage, _ block: EngineMemory<S>.Block) -> Cut {
    switch stage {
    case .forward(let layer): pieces(ofWidth: engine.network.layers[layer].units, block)
    case .backward(let layer): pieces(ofWidth: engine.network.layers[layer].inputs, block)
    case .load, .latentForward, .likelihood, .latentBackward, .weigh:
      Cut(block.data.count, intoPiecesOf: max(1, 32 / block.samples))
    }
  }

  /// So wide that packing the rows again for each piece costs little.
  private func pieces(ofWidth width: Int, _ block: EngineMemory<S>.Block) -> Cut {
    if !isShared { return Cut(width, intoPiecesOf: width) }
    return isWide(width)
      ? Cut(width, intoPiecesOf: 400) : Cut(block.data.count, intoPiecesOf: max(1, 64 / block.samples))
  }

  private func isWide(_ width: Int) -> Bool { !isShared || width >= 256 }

  /// The part of a block and the columns of a layer that a piece stands for.
  private func part(_ piece: Range<Int>, ofWidth width: Int, _ block: EngineMemory<S>.Block)
    -> (EngineMemory<S>.Block, columns: Range<Int>)
  {
    isWide(width) ? (block, piece) : (block.part(piece), 0..<width)
  }

  private func run(_ stage: Stage, _ piece: Range<Int>, _ block: EngineMemory<S>.Block, _ laps: inout Laps) {
    let (network, math) = (engine.network, engine.math)
    let last = network.layers.count - 1
    switch stage {
    case .forward(let index):
      let layer = network.layers[index]
      let (some, units) = part(piece, ofWidth: layer.units, block)
      let (output, slopes) = (some.output(index), some.slopes(index))
      layer.forwardProduct(
        units, parameters: parameters, input: engine.input(of: index, some), condition: some.condition(index),
        linear: slopes ?? output)
      laps.lap(.forwardProduct(layer: index))
      layer.activation(units, parameters: parameters, linear: slopes, output: output, math: math)
      laps.lap(.activation(layer: index))
    case .backward(let index):
      let (some, inputs) = part(piece, ofWidth: network.layers[index].inputs, block)
      let inputDelta = index == network.encoderCount ? some.zDelta : some.delta(index - 1)
      network.layers[index].backwardProduct(
        inputs, parameters: parameters, inputDelta: inputDelta, delta: some.delta(index).view)
      laps.lap(.backwardProduct(layer: index))
      if index != network.encoderCount {
        network.layers[index - 1].activationBackward(
          inputs, output: some.output(index - 1).view, slopes: some.slopes(index - 1)?.view, delta: inputDelta,
          math: math)
        laps.lap(.activationBackward(layer: index - 1))
      }
    case .load:
      let some = block.part(piece)
      source.load(some.data, into: some.x, scaling: engine.scaling)
      if some.encoderCondition.columns > 0 { source.loadCondition(some.data, into: some.encoderCondition) }
      laps.lap(.load)
    case .latentForward:
      let some = block.part(piece)
      source.drawNoise(some.data, firstSample: pass.firstSample, samples: pass.samples, into: some.noise)
      laps.lap(.noise)
      some.repeatCondition()
      GaussianLatent.forward(
        posteriors: some.output(network.encoderCount - 1).view, noise: some.noise.view, z: some.z, kl: some.kl,
        math: math)
      laps.lap(.latentForward)
    case .likelihood:
      let some = block.part(piece)
      let outputs = some.output(last)
      let delta = engine.memory.trains ? some.delta(last) : nil
      engine.likelihood.evaluate(
        LikelihoodRows(
          x: some.x.view, outputs: outputs.view, scale: pass.objective.reconstructionScale(pass.size), delta: delta,
          losses: some.losses), math: math)
      engine.scaling?.addVolume(to: some.losses)
      laps.lap(.likelihood)
      pass.objective.combineSamples(some.objectiveRows, batch: pass.size, math: math)
      laps.lap(.objective)
      if let delta {
        network.layers[last].activationBackward(
          0..<outputs.columns, output: outputs.view, slopes: some.slopes(last)?.view, delta: delta, math: math)
        laps.lap(.activationBackward(layer: last))
      }
    case .latentBackward:
      let some = block.part(piece)
      pass.objective.backward(
        some.objectiveRows, posteriorDelta: some.delta(network.encoderCount - 1),
        klWeights: engine.memory.klWeights.view,
        batch: pass.size, math: math)
      laps.lap(.latentBackward)
    case .weigh(let layers):
      guard source.isWeighted else { return }
      for datum in piece {
        let weight = source.weight(block.data.lowerBound + datum)
        for layer in layers { math.scale(block.part(datum..<datum + 1).delta(layer), by: weight) }
      }
      laps.lap(.objective)
    }
  }
}
