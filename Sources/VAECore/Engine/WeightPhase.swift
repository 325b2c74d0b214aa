extension Engine {
  /// Computes the gradient of every tile from the deltas of the last row phase, and hands it on.
  ///
  /// - Parameters:
  ///   - gradient: where the gradient goes, a vector laid out like the parameters; nil where each tile's is only
  ///     needed by `update`, and stays in cache.
  ///   - accumulate: whether to add to what `gradient` holds.
  ///   - update: the optimizer's step to take with each tile's gradient, if any.
  func weightPhase(
    _ pass: Pass, _ source: some BatchSource<S>, gradient: MutableMatrixView<S>?, accumulate: Bool,
    update: ParameterUpdate<S>?
  ) {
    let block = memory.block(data: 0..<pass.count, samples: pass.samples)
    team.run(
      plan.tiles.count,
      WeightRound(
        engine: self, source: source, block: block, gradient: gradient, accumulate: accumulate, update: update,
        faults: faults))
  }
}

/// The tiles of all layers' weights, each with its gradient and its update.
private struct WeightRound<S: Scalar, Source: BatchSource<S>>: TeamTask {
  let engine: Engine<S>
  let source: Source
  let block: EngineMemory<S>.Block
  let gradient: MutableMatrixView<S>?
  let accumulate: Bool
  let update: ParameterUpdate<S>?
  let faults: TaskResults<UpdateFault?>

  func run(worker: Int, index: Int) {
    let tile = engine.plan.tiles[index]
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
    var timer = StepTimer(engine.profile, worker: worker)
    layer.gradientProduct(
      tile.outputs, input: engine.input(of: tile.layer, block, source), condition: block.condition(tile.layer),
      delta: delta, weight: weight, accumulate: accumulate)
    timer.took(.gradientProduct(layer: tile.layer))
    layer.biasGradient(tile.outputs, delta: delta, bias: bias, accumulate: accumulate, math: engine.math)
    timer.took(.biasSum(layer: tile.layer))
    if let update {
      let faultOfWeight = update.apply(at: weightOffset, gradient: weight.view, math: engine.math)
      let faultOfBias = update.apply(at: biasOffset, gradient: bias.view, math: engine.math)
      faults[index] = faultOfWeight ?? faultOfBias
      timer.took(.update(layer: tile.layer))
    }
  }
}
