/// Some rows of a layer's weight matrix, with their biases.
struct Tile {
  let layer: Int
  let outputs: Range<Int>

  /// The tiles of all layers: of at most 512 rows, and at least two of a layer that is not small; the largest first, so
  /// that the threads end together.
  static func tiles(of network: Network) -> [Tile] {
    network.layers.indices.flatMap { layer in
      let outputs = network.layers[layer].outputs
      let cut = Cut(outputs, intoPiecesOf: 512, countMultipleOf: outputs < 128 ? 1 : 2)
      return (0..<cut.count).map { Tile(layer: layer, outputs: cut[$0]) }
    }
    .sorted { $0.count(in: network) > $1.count(in: network) }
  }

  /// The number of its parameters.
  func count(in network: Network) -> Int {
    var total = 0
    forEachRun(in: network) { total += $1 }
    return total
  }

  /// Where its weights lie in the parameter vector, and where its biases do.
  func forEachRun(in network: Network, _ body: (_ offset: Int, _ count: Int) -> Void) {
    let layer = network.layers[layer]
    let rows = layer.weightRows(of: outputs)
    body(layer.weightOffset + rows.lowerBound * layer.weightColumns, rows.count * layer.weightColumns)
    body(layer.biasOffset + outputs.lowerBound, outputs.count)
  }
}

extension Engine {
  /// Computes the gradient of every tile from the deltas of the last row phase, and hands it on.
  ///
  /// - Parameters:
  ///   - gradient: where the gradient goes, a vector laid out like the parameters; nil where each tile's is only
  ///     needed by `update`, and stays in cache.
  ///   - accumulate: whether to add to what `gradient` holds.
  ///   - update: the optimizer's step to take with each tile's gradient, if any.
  func weightPhase(
    _ pass: Pass, gradient: MutableMatrixView<S>?, accumulate: Bool, update: ParameterUpdate<S>?
  ) {
    let block = memory.block(data: 0..<pass.count, samples: pass.samples)
    team.run(
      tiles.count,
      WeightRound(
        engine: self, block: block, gradient: gradient, accumulate: accumulate, update: update,
        faults: faults.mutableView))
  }
}

/// The tiles of all layers' weights, each with its gradient and its update.
private struct WeightRound<S: Scalar>: TeamTask {
  let engine: Engine<S>
  let block: EngineMemory<S>.Block
  let gradient: MutableMatrixView<S>?
  let accumulate: Bool
  let update: ParameterUpdate<S>?
  let faults: MutableMatrixView<Double>

  func run(worker: Int, index: Int) {
    let tile = engine.tiles[index]
    let layer = engine.network.layers[tile.layer]
    let weightRows = layer.weightRows(of: tile.outputs)
    let (rows, columns) = (weightRows.count, layer.weightColumns)
    let weightOffset = layer.weightOffset + weightRows.lowerBound * columns
    let biasOffset = layer.biasOffset + tile.outputs.lowerBound
    let scratch = engine.memory.scratch(worker)
    let weight =
      gradient?.matrix(at: weightOffset, rows: rows, columns: columns) ?? scratch.matrix(rows: rows, columns: columns)
    let bias =
      gradient?.matrix(at: biasOffset, rows: 1, columns: tile.outputs.count)
      ?? scratch.matrix(at: rows * columns, rows: 1, columns: tile.outputs.count)
    let delta = block.delta(tile.layer).view
    var laps = Laps(engine.profile, worker: worker)
    layer.gradientProduct(
      tile.outputs, input: engine.input(of: tile.layer, block), condition: block.condition(tile.layer), delta: delta,
      weight: weight, accumulate: accumulate)
    laps.lap(.gradientProduct(layer: tile.layer))
    layer.biasGradient(tile.outputs, delta: delta, bias: bias, accumulate: accumulate, math: engine.math)
    laps.lap(.biasSum(layer: tile.layer))
    if let update {
      let faultOfWeight = update.apply(at: weightOffset, gradient: weight.view, math: engine.math)
      let faultOfBias = update.apply(at: biasOffset, gradient: bias.view, math: engine.math)
      faults[0, index] = (faultOfWeight ?? faultOfBias).code
      laps.lap(.update(layer: tile.layer))
    }
  }
}
