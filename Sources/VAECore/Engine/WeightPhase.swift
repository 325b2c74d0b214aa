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
    let tiles = passPlan(for: pass).tiles
    team.run(
      tiles.count,
      WeightRound(
        engine: self, tiles: tiles, source: source, block: block, gradient: gradient, accumulate: accumulate,
        update: update,
        faults: faults))
  }
}

extension Engine {
  /// Takes the optimizer's step with a tile's gradient, some outputs at a time, and makes the new weights ready; tells where
  /// that left something that is not finite.
  func update(
    _ tile: Tile, weight: MatrixView<S>, bias: MatrixView<S>, by update: ParameterUpdate<S>, _ timer: inout StepTimer
  ) -> UpdateFault? {
    let layer = network.layers[tile.layer]
    let first = layer.weightRows(of: tile.outputs).lowerBound
    var fault: UpdateFault?
    let size = plan.shape.outputsPerUpdate
    let pieces = Partition(tile.outputs.count, intoPiecesOf: size, unit: size)
    for index in 0..<pieces.count {
      let outputs =
        pieces[index].lowerBound + tile.outputs.lowerBound..<pieces[index].upperBound + tile.outputs.lowerBound
      let rows = layer.weightRows(of: outputs)
      let gradient = weight.rows(rows.lowerBound - first..<rows.upperBound - first)
      let other = update.apply(
        at: layer.weightOffset + rows.lowerBound * layer.weightColumns, gradient: gradient, math: math)
      fault = fault ?? other
      timer.took(.update(layer: tile.layer))
      products.prepareWeights(of: tile.layer, outputs, update.parameters.view)
      timer.took(.packing)
    }
    let other = update.apply(at: layer.biasOffset + tile.outputs.lowerBound, gradient: bias, math: math)
    timer.took(.update(layer: tile.layer))
    return fault ?? other
  }
}

/// The tiles of all layers' weights, each with its gradient and its update.
private struct WeightRound<S: Scalar, Source: BatchSource<S>>: TeamTask {
  let engine: Engine<S>
  let tiles: [Tile]
  let source: Source
  let block: EngineMemory<S>.Block
  let gradient: MutableMatrixView<S>?
  let accumulate: Bool
  let update: ParameterUpdate<S>?
  let faults: TaskResults<UpdateFault?>

  #if compiler(>=6.3)
    @specialized(where S == Float, Source == DatasetSource<Float>)
  #endif
  func run(worker: Int, index: Int) {
    let tile = tiles[index]
    let place = tile.place(in: engine.network)
    let (rows, columns) = (place.rows, place.columns)
    let scratch = engine.memory.scratch(worker)
    let weight =
      gradient?.matrix(at: place.weight, rows: rows, columns: columns) ?? scratch.matrix(rows: rows, columns: columns)
    let bias =
      gradient?.matrix(at: place.bias, rows: 1, columns: tile.outputs.count)
      ?? scratch.matrix(at: rows * columns, rows: 1, columns: tile.outputs.count)
    var timer = StepTimer(engine.profile, worker: worker)
    engine.products.gradient(
      tile.layer, tile.outputs, input: engine.input(of: tile.layer, block, source), block, into: weight,
      accumulate: accumulate)
    timer.took(.gradientProduct(layer: tile.layer))
    engine.products.biasGradient(tile.layer, tile.outputs, block, into: bias, accumulate: accumulate)
    timer.took(.biasSum(layer: tile.layer))
    if let update { faults[index] = engine.update(tile, weight: weight.view, bias: bias.view, by: update, &timer) }
  }
}
