/// One step of the row phase, for some rows.
enum Stage {
  /// Reads the data.
  case load
  /// A layer's outputs from its inputs.
  case forward(layer: Int)
  /// Draws the noise; z and the KL divergence from the encoder's head.
  case latentForward
  /// The reconstruction terms and, in training, their derivative by the last layer's pre-activations.
  case likelihood
  /// The derivative by a layer's inputs, and on through the activation of the layer before.
  case backward(layer: Int)
  /// The derivative by the encoder's head.
  case latentBackward
}

/// Stages that blocks of rows go through one after the other.
///
/// The encoder's rows are data, the decoder's are samples; both directions of each are a section of their own, so that
/// each gets blocks of a good size. A GEMM wants a hundred rows, or OpenBLAS spends its time on packing the weights.
struct Section {
  let stages: ArraySlice<Stage>
  /// Whether the rows are samples rather than data.
  let ofSamples: Bool
  /// Whether the section needs to run for the first of a batch's passes only.
  let onlyFirst: Bool

  static func sections(of network: Network, training: Bool) -> [Section] {
    let forward = network.layers.indices.map { Stage.forward(layer: $0) }
    let backward = network.layers.indices.map { Stage.backward(layer: $0) }
    let encoder = Section(stages: [.load] + forward[network.encoder], ofSamples: false, onlyFirst: true)
    let decoder: ArraySlice = [.latentForward] + forward[network.decoder] + [.likelihood]
    if !training { return [encoder, Section(stages: decoder, ofSamples: true, onlyFirst: false)] }
    return [
      encoder,
      Section(stages: decoder + backward[network.decoder].reversed(), ofSamples: true, onlyFirst: false),
      // Nobody asks for the derivative by the data.
      Section(
        stages: [.latentBackward] + backward[network.encoder].dropFirst().reversed(), ofSamples: false,
        onlyFirst: false),
    ]
  }
}

extension Engine {
  /// Takes the pass's data through encoder, latent variable, decoder and likelihood, and, where the engine trains,
  /// back to every layer's delta. Leaves the terms of the loss in `memory.losses` `[R]` and `memory.kl` `[M]`.
  func rowPhase(_ parameters: MatrixView<S>, _ pass: Pass, _ source: some BatchSource<S>) {
    for section in sections where !section.onlyFirst || pass.firstSample == 0 {
      let blocks = Cut(pass.count, intoPiecesOf: max(1, 128 / (section.ofSamples ? pass.samples : 1)))
      var round = RowRound(
        engine: self, parameters: parameters, pass: pass, source: source, blocks: blocks, stages: section.stages,
        piecesPerBlock: nil)
      if blocks.count >= 4 {
        // Enough blocks for all threads: each goes through all stages while its activations are in cache.
        team.run(blocks.count, round)
      } else {
        // Few blocks: the threads take each stage together.
        for index in section.stages.indices {
          let pieces = round.pieces(of: section.stages[index], round.block(0))
          round.stages = section.stages[index...index]
          round.piecesPerBlock = pieces
          team.run(blocks.count * pieces, round)
        }
      }
    }
  }

  /// What a layer takes in: the data, the latent variable, or the outputs of the layer before.
  func input(of layer: Int, _ block: EngineMemory<S>.Block) -> MatrixView<S> {
    if layer == 0 { return block.x }
    return layer == network.encoderCount ? block.z : block.output(layer - 1)
  }
}

/// Blocks of rows on their way through some stages.
private struct RowRound<S: Scalar, Source: BatchSource<S>>: TeamTask {
  let engine: Engine<S>
  let parameters: MatrixView<S>
  let pass: Engine<S>.Pass
  let source: Source
  let blocks: Cut
  var stages: ArraySlice<Stage>
  /// The number of pieces that a task is one of; nil where a task does all pieces of a block.
  var piecesPerBlock: Int?

  func run(worker: Int, index: Int) {
    var laps = Laps(engine.profile, worker: worker)
    if let piecesPerBlock {
      for stage in stages { run(stage, index % piecesPerBlock, block(index / piecesPerBlock), &laps) }
    } else {
      let block = block(index)
      for stage in stages {
        for piece in 0..<pieces(of: stage, block) { run(stage, piece, block, &laps) }
      }
    }
  }

  func block(_ index: Int) -> EngineMemory<S>.Block {
    engine.memory.block(data: blocks[index], samples: pass.samples)
  }

  /// How many independent pieces a stage of a block has: columns of a layer, or rows.
  func pieces(of stage: Stage, _ block: EngineMemory<S>.Block) -> Int {
    switch stage {
    case .forward(let layer): columns(engine.network.layers[layer].outputs).count
    case .backward(let layer): columns(engine.network.layers[layer].inputs).count
    case .load, .latentForward, .likelihood, .latentBackward: rows(block).count
    }
  }

  /// Wide enough that packing the rows again for each piece costs little.
  private func columns(_ width: Int) -> Cut { Cut(width, intoPiecesOf: 400) }

  private func rows(_ block: EngineMemory<S>.Block) -> Cut {
    Cut(block.data.count, intoPiecesOf: max(1, 32 / block.samples))
  }

  private func run(_ stage: Stage, _ piece: Int, _ block: EngineMemory<S>.Block, _ laps: inout Laps) {
    let (network, math) = (engine.network, engine.math)
    let last = network.layers.count - 1
    switch stage {
    case .forward(let index):
      let layer = network.layers[index]
      let outputs = columns(layer.outputs)[piece]
      let output = block.output(index)
      layer.forwardProduct(outputs, parameters: parameters, input: engine.input(of: index, block), output: output)
      laps.lap(.forwardProduct(layer: index))
      layer.activation(outputs, parameters: parameters, output: output, math: math)
      laps.lap(.activation(layer: index))
    case .backward(let index):
      let inputs = columns(network.layers[index].inputs)[piece]
      let inputDelta = index == network.encoderCount ? block.zDelta : block.delta(index - 1)
      network.layers[index].backwardProduct(
        inputs, parameters: parameters, inputDelta: inputDelta, delta: block.delta(index))
      laps.lap(.backwardProduct(layer: index))
      if index != network.encoderCount {
        network.layers[index - 1].activationBackward(
          inputs, output: block.output(index - 1), delta: inputDelta, math: math)
        laps.lap(.activationBackward(layer: index - 1))
      }
    case .load:
      let some = block.part(rows(block)[piece])
      source.load(some.data, into: some.x)
      laps.lap(.load)
    case .latentForward:
      let some = block.part(rows(block)[piece])
      source.drawNoise(some.data, firstSample: pass.firstSample, samples: pass.samples, into: some.noise)
      laps.lap(.noise)
      GaussianLatent.forward(
        head: some.output(network.encoderCount - 1), noise: some.noise, z: some.z, kl: some.kl, math: math)
      laps.lap(.latentForward)
    case .likelihood:
      let some = block.part(rows(block)[piece])
      let outputs = some.output(last)
      let delta = engine.memory.trains ? some.delta(last) : nil
      engine.likelihood.evaluate(
        x: some.x, outputs: outputs, scale: pass.reconstructionScale, delta: delta, losses: some.losses, math: math)
      laps.lap(.likelihood)
      if let delta {
        network.layers[last].activationBackward(0..<outputs.columns, output: outputs, delta: delta, math: math)
        laps.lap(.activationBackward(layer: last))
      }
    case .latentBackward:
      let some = block.part(rows(block)[piece])
      let head = network.encoderCount - 1
      GaussianLatent.backward(
        head: some.output(head), noise: some.noise, zDelta: some.zDelta, klScale: pass.klScale,
        headDelta: some.delta(head), math: math)
      laps.lap(.latentBackward)
    }
  }
}

/// A length cut into pieces that are as equal as can be; the shape of tasks, which no number of threads changes.
struct Cut {
  let total: Int
  let count: Int

  init(_ total: Int, intoPiecesOf most: Int) {
    self.total = total
    count = max((total + most - 1) / most, 1)
  }

  subscript(index: Int) -> Range<Int> { index * total / count..<(index + 1) * total / count }
}
