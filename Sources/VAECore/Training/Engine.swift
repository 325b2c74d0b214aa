/// Runs minibatches through a network, forward and backward, in memory that it allocates once.
///
/// A pass takes M data with S of their L samples each, in two phases of independent tasks:
///
/// 1. *Row phase.* The data are cut into blocks; a task takes a block through everything, from reading the data to
///    the deltas of every layer. Blocks hold all samples of their data, so no two tasks write the same memory.
/// 2. *Weight phase.* Each layer's weights are cut into tiles of output rows; a task computes a tile's gradient
///    δᵀ·a over all R rows in one GEMM, and may update the tile's parameters while the gradient is in cache.
///
/// Blocks and tiles have shapes that depend on the batch and the network alone, and no sum crosses tasks, so the
/// result is the same, bit for bit, for every number of threads.
///
/// Letters: M data, S samples per pass, R = M·S rows (row r = i·S + l), D data dimensions, Z latent dimensions.
final class Engine<S: Scalar> {
  let network: Network
  let likelihood: any LikelihoodModel
  let parallel: Parallel
  let math = VectorMath<S>()
  let memory: EngineMemory<S>
  let tiles: [Tile]

  /// Some rows of a layer's weight matrix.
  struct Tile {
    let layer: Int
    let outputs: Range<Int>
  }

  /// An engine for passes of at most `data` data and `samples` samples each; `training` reserves what gradients need.
  init(_ configuration: ModelConfiguration, data: Int, samples: Int, threads: Int, training: Bool) {
    network = Network(configuration)
    likelihood = configuration.likelihood.model
    parallel = Parallel(threads: threads)
    tiles = training ? Engine.tiles(of: network) : []
    memory = EngineMemory(network, configuration, data: data, samples: samples, threads: threads, training: training)
  }

  /// M data with S of their samples.
  struct Pass {
    /// M
    let count: Int
    /// S
    let samples: Int
    /// The index of the first of these samples among a datum's L; from the second pass on, the encoder's activations
    /// of these data are still in memory.
    let firstSample: Int
    /// The factor of the reconstruction terms' sum in the loss: 1/(M·L).
    let reconstructionScale: Double
    /// The factor of the KL terms' sum in this pass's part of the loss: β/M · S/L.
    let klScale: Double
  }

  // MARK: Row phase

  /// Takes the pass's data through encoder, latent variable, decoder and likelihood, and, where the engine trains,
  /// back to every layer's delta. Leaves the terms of the loss in `memory.losses` `[R]` and `memory.kl` `[M]`.
  func rowPhase(_ parameters: MatrixView<S>, _ pass: Pass, _ source: some BatchSource<S>) {
    let blocks = Engine.blocks(data: pass.count, samples: pass.samples)
    parallel.forEach(blocks.count) { _, index in
      let data = blocks.range(index)
      let rows = data.lowerBound * pass.samples..<data.upperBound * pass.samples
      let block = memory.block(data: data, rows: rows)
      if pass.firstSample == 0 {
        source.load(data, into: block.x)
        forward(network.encoder, parameters, block.x, block)
      }
      source.drawNoise(data, firstSample: pass.firstSample, samples: pass.samples, into: block.noise)
      let head = block.output(network.encoderCount - 1)
      GaussianLatent.forward(head: head, noise: block.noise, z: block.z, kl: block.kl, math: math)
      forward(network.decoder, parameters, block.z, block)
      likelihood.evaluate(
        x: block.x, outputs: block.output(network.layers.count - 1), scale: pass.reconstructionScale,
        delta: memory.trains ? block.delta(network.layers.count - 1) : nil, losses: block.losses, math: math)
      if memory.trains {
        backward(network.decoder, parameters, block.zDelta, block)
        GaussianLatent.backward(
          head: head, noise: block.noise, zDelta: block.zDelta, klScale: pass.klScale,
          headDelta: block.delta(network.encoderCount - 1), math: math)
        backward(network.encoder, parameters, nil, block)
      }
    }
  }

  /// Takes the rows of `input` through some layers.
  func forward(
    _ layers: Range<Int>, _ parameters: MatrixView<S>, _ input: MatrixView<S>, _ block: EngineMemory<S>.Block
  ) {
    var input = input
    for index in layers {
      let output = block.output(index)
      network.layers[index].forward(parameters: parameters, input: input, output: output, math: math)
      input = output
    }
  }

  /// Takes the last layer's delta back through some layers, and on to their input where somebody wants it there.
  private func backward(
    _ layers: Range<Int>, _ parameters: MatrixView<S>, _ inputDelta: MatrixView<S>?, _ block: EngineMemory<S>.Block
  ) {
    for index in layers.reversed() {
      network.layers[index].backward(
        parameters: parameters, inputDelta: index == layers.lowerBound ? inputDelta : block.delta(index - 1),
        output: block.output(index), delta: block.delta(index), math: math)
    }
  }

  // MARK: Weight phase

  /// Computes the gradient of every tile from the deltas of the last row phase, and hands it on.
  ///
  /// - Parameters:
  ///   - gradient: where the gradient goes, a vector laid out like the parameters; nil where each tile's is only
  ///     needed by `update`, and stays in cache.
  ///   - accumulate: whether to add to what `gradient` holds.
  ///   - update: the optimizer's step to take with each tile's gradient, if any.
  func weightPhase(
    _ parameters: MatrixView<S>, _ pass: Pass, gradient: MatrixView<S>?, accumulate: Bool, update: ParameterUpdate<S>?
  ) {
    let block = memory.block(data: 0..<pass.count, rows: 0..<pass.count * pass.samples)
    parallel.forEach(tiles.count) { worker, index in
      let tile = tiles[index]
      let layer = network.layers[tile.layer]
      let weightOffset = layer.weightOffset + tile.outputs.lowerBound * layer.inputs
      let biasOffset = layer.biasOffset + tile.outputs.lowerBound
      let weightCount = tile.outputs.count * layer.inputs
      let scratch = memory.scratch(worker)
      let weight = gradient?.matrix(at: weightOffset, rows: tile.outputs.count, columns: layer.inputs)
      let bias = gradient?.matrix(at: biasOffset, rows: 1, columns: tile.outputs.count)
      let tileWeight = weight ?? scratch.matrix(rows: tile.outputs.count, columns: layer.inputs)
      let tileBias = bias ?? scratch.matrix(at: weightCount, rows: 1, columns: tile.outputs.count)
      layer.gradient(
        of: tile.outputs, input: input(of: tile.layer, block), delta: block.delta(tile.layer), weight: tileWeight,
        bias: tileBias, accumulate: accumulate, math: math)
      if let update {
        update.apply(to: parameters, at: weightOffset, gradient: tileWeight, math: math)
        update.apply(to: parameters, at: biasOffset, gradient: tileBias, math: math)
      }
    }
  }

  private func input(of layer: Int, _ block: EngineMemory<S>.Block) -> MatrixView<S> {
    if layer == 0 { return block.x }
    return layer == network.encoderCount ? block.z : block.output(layer - 1)
  }

  // MARK: Fixed shapes

  /// The blocks of a pass: as equal as can be, of at most about 64 rows each.
  struct Blocks {
    let count: Int
    let size: Int
    let total: Int

    func range(_ index: Int) -> Range<Int> { index * size..<min((index + 1) * size, total) }
  }

  static func blocks(data: Int, samples: Int) -> Blocks {
    let wanted = max((data * samples + 63) / 64, 1)
    let size = max((data + wanted - 1) / wanted, 1)
    return Blocks(count: (data + size - 1) / size, size: size, total: data)
  }

  /// The tiles of all layers.
  static func tiles(of network: Network) -> [Tile] {
    network.layers.indices.flatMap { index in
      let layer = network.layers[index]
      let height = tileHeight(outputs: layer.outputs)
      return stride(from: 0, to: layer.outputs, by: height).map {
        Tile(layer: index, outputs: $0..<min($0 + height, layer.outputs))
      }
    }
  }

  /// Tiles are as equal as can be, of at most 128 rows.
  static func tileHeight(outputs: Int) -> Int {
    let wanted = (outputs + 127) / 128
    return (outputs + wanted - 1) / wanted
  }
}
