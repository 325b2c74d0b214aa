extension Engine {
  /// Computes the gradient of every tile from the deltas of the last row phase, leaf by leaf, sums it up in their tree, and hands
  /// it on.
  ///
  /// - Parameters:
  ///   - sums: where the sums go.
  ///   - update: the optimizer's step to take with each tile's gradient, if any.
  ///   - tiles: the tiles, by their indices; all where nil.
  func weightPhase(
    _ pass: Pass, _ source: some BatchSource<S>, _ sums: GradientSums<S>, update: ParameterUpdate<S>?,
    tiles: [Int]? = nil
  ) {
    let plan = passPlan(for: pass)
    team.run(
      tiles?.count ?? plan.tiles.count,
      WeightRound(
        engine: self, plan: plan, pass: pass, source: source, sums: sums, update: update, faults: faults, tiles: tiles))
  }
}

extension Engine {
  /// Takes the optimizer's step with a tile's gradient, some outputs at a time, and makes the new weights ready; tells where
  /// that left something that is not finite.
  ///
  /// - Parameter complete: called before some rows of the tile's weights are updated, all of which are the same outputs'.
  func update(
    _ tile: Tile, weight: MatrixView<S>, bias: MatrixView<S>, by update: ParameterUpdate<S>, _ timer: inout StepTimer,
    complete: (_ rows: Range<Int>, _ timer: inout StepTimer) -> Void = { _, _ in }
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
      let own = rows.lowerBound - first..<rows.upperBound - first
      complete(own, &timer)
      let gradient = weight.rows(own)
      let other = update.apply(
        at: layer.weightOffset + rows.lowerBound * layer.weightColumns, gradient: gradient, math: math)
      fault = fault ?? other
      timer.took(.update(layer: tile.layer))
      if network.products.contains(tile.layer) {
        products.prepareWeights(of: tile.layer, outputs, update.parameters.view)
      }
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
  let plan: PassPlan
  let pass: Engine<S>.Pass
  let source: Source
  let sums: GradientSums<S>
  let update: ParameterUpdate<S>?
  let faults: TaskResults<UpdateFault?>
  let tiles: [Int]?

  #if compiler(>=6.3)
    @specialized(where S == Float, Source == DatasetSource<Float>)
  #endif
  func run(worker: Int, index: Int) {
    let index = tiles?[index] ?? index
    let tile = plan.tiles[index]
    var timer = StepTimer(engine.profile, worker: worker)
    for (number, subtree) in plan.subtrees.enumerated() {
      let leaves = TileSums(
        sums: sums, memory: engine.memory, tile: tile, place: tile.place(in: engine.network), subtree: number,
        firstLeaf: subtree.lowerBound - pass.own.lowerBound, count: subtree.count, worker: worker)
      let last = subtree.count - 1
      for leaf in 0..<subtree.count {
        gradient(of: tile, leaf: subtree.lowerBound + leaf, into: leaves.part(ofLeaf: leaf), &timer)
        guard sums.isLast, leaf < last || update == nil else { continue }
        leaves.forEachSum(after: leaf) { left, right in
          engine.math.add(right.weight.view, to: left.weight)
          engine.math.add(right.bias.view, to: left.bias)
        }
        timer.took(.leafSum(layer: tile.layer))
      }
      guard let update else { continue }
      // The last sums are made while their pieces are in cache for the update.
      leaves.forEachSum(after: last) { engine.math.add($1.bias.view, to: $0.bias) }
      let whole = leaves.part(ofLeaf: 0)
      faults[index] = engine.update(tile, weight: whole.weight.view, bias: whole.bias.view, by: update, &timer) {
        rows, timer in
        leaves.forEachSum(after: last) { engine.math.add($1.weight.rows(rows).view, to: $0.weight.rows(rows)) }
        timer.took(.leafSum(layer: tile.layer))
      }
    }
  }

  private func gradient(of tile: Tile, leaf: Int, into part: TileSums<S>.Part, _ timer: inout StepTimer) {
    let block = engine.memory.block(data: pass.leaves.data[leaf], samples: pass.samples)
    guard engine.network.products.contains(tile.layer) else {
      block.prior?.gradient(
        of: tile.outputs, weight: part.weight, bias: part.bias, accumulate: sums.accumulates, math: engine.math)
      return timer.took(.gradientProduct(layer: tile.layer))
    }
    engine.products.gradient(
      tile.layer, tile.outputs, input: engine.input(of: tile.layer, block, source), block, into: part.weight,
      accumulate: sums.accumulates)
    timer.took(.gradientProduct(layer: tile.layer))
    engine.products.biasGradient(tile.layer, tile.outputs, block, into: part.bias, accumulate: sums.accumulates)
    timer.took(.biasSum(layer: tile.layer))
  }
}
