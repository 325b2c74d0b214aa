/// The matrices that an engine needs, by their shapes. Sizes beyond counting are `nil`.
struct EngineLayout {
  struct Shape {
    let rows: Int
    let columns: Int
  }

  let x, features, encoderCondition, decoderCondition, noise, z, zDelta, losses, logRatios, weights, kl, datumLosses,
    klWeights, priorPrepared, priorDensities, priorWeights: Shape
  /// Of each layer.
  let outputs: [Shape]
  /// Of each layer, what its slopes are kept in; nil where they follow from the outputs, or nobody asks for them and
  /// the pre-activations take the place of the outputs.
  let slopes: [Shape?]
  /// Of each layer; nil where the deltas take the place of the outputs.
  let deltas: [Shape?]
  /// Of each thread, as many as it has to keep of a gradient's leaves.
  let scratch: Shape
  let scratchSlots: Int
  /// The layers whose outputs, and those whose deltas, a block alone needs: each thread has them of one block at a time, which
  /// stay in its cache.
  let localOutputs, localDeltas: Range<Int>
  /// The most rows of a block.
  let blockRows: Int

  /// For passes of at most `data` data, of minibatches of `whole`, and `samples` samples each; nil where their rows cannot be counted.
  init?(_ plan: EnginePlan, data: Int, of whole: Int, samples: Int, threads: Int) {
    let (allRows, overflow) = whole.multipliedReportingOverflow(by: samples)
    if overflow { return nil }
    let rows = data * samples
    let (network, purpose) = (plan.network, plan.purpose)
    let layers = network.layers
    let latentSize = network.latentSize
    let training = purpose == .training
    let (encodes, decodes) = (purpose != .decoding, purpose != .encoding)
    let both = encodes && decodes
    x = Shape(rows: encodes ? data : 0, columns: network.dataSize)
    features = Shape(rows: encodes ? data : 0, columns: network.hasFeatures ? layers[0].inputs : 0)
    let conditionSize = layers[0].conditionInputs
    encoderCondition = Shape(rows: encodes ? data : 0, columns: conditionSize)
    decoderCondition = Shape(rows: decodes ? rows : 0, columns: conditionSize)
    noise = Shape(rows: both ? rows : 0, columns: latentSize)
    z = Shape(rows: decodes ? rows : 0, columns: latentSize)
    zDelta = Shape(rows: training ? rows : 0, columns: latentSize)
    losses = Shape(rows: 1, columns: both ? allRows : 0)
    logRatios = Shape(rows: 1, columns: both ? rows : 0)
    weights = logRatios
    kl = Shape(rows: 1, columns: both ? whole : 0)
    datumLosses = kl
    klWeights = Shape(rows: 1, columns: latentSize)
    let prior = both ? network.prior : nil
    let (preparedRows, components) =
      prior.map { PriorRows<Float>.preparedShape(components: layers[$0].outputs, latentSize: latentSize) } ?? (0, 0)
    priorPrepared = Shape(rows: preparedRows, columns: components)
    priorDensities = Shape(rows: 1, columns: prior == nil ? 0 : rows)
    priorWeights = priorDensities
    // (The first layer's deltas are multiplied as they are where data are sparse.)
    let isPacked = training && plan.shape.copiesDeltas
    localOutputs = isPacked ? network.outputs..<network.outputs + 1 : 0..<0
    localDeltas = isPacked ? 1..<network.products.upperBound : 0..<0
    guard let most = plan.shape.mostRows(rows: rows, samples: samples, threads: threads) else { return nil }
    blockRows = most.ofBlock
    let localRows = most.atATime
    func shape(_ layer: Int, columns: Int, isLocal: Bool = false) -> Shape {
      if isLocal { return Shape(rows: localRows, columns: columns) }
      return network.encoder.contains(layer)
        ? Shape(rows: encodes ? data : 0, columns: columns) : Shape(rows: decodes ? rows : 0, columns: columns)
    }
    // (The prior's are the components' shares, and it has no deltas.)
    outputs = layers.indices.map { [localOutputs] in
      $0 == network.prior && !both
        ? Shape(rows: 0, columns: 0)
        : shape($0, columns: layers[$0].units, isLocal: localOutputs.contains($0))
    }
    slopes = layers.indices.map {
      layers[$0].isGated || training && layers[$0].keepsSlopes ? shape($0, columns: layers[$0].outputs) : nil
    }
    // The likelihood may write its deltas over its outputs unless an activation's derivative still needs those.
    deltas =
      training
      ? network.products.map {
        $0 == network.outputs && layers[$0].isLinear
          ? nil : shape($0, columns: layers[$0].outputs, isLocal: $0 > 0 && isPacked)
      } : []
    // (Of tiles, the largest is the first.)
    scratch = Shape(
      rows: 1, columns: [plan.tiles, plan.referenceTiles].compactMap { $0.first?.count(in: network) }.max() ?? 0)
    scratchSlots = TileSums<Float>.slots(Leaves(data: whole, samples: samples).count)
  }

  /// The number of all their elements, or nil where it is beyond counting.
  func elementCount(threads: Int) -> Int? {
    let shapes =
      [
        x, features, encoderCondition, decoderCondition, noise, z, zDelta, losses, logRatios, weights, kl, datumLosses,
        klWeights, priorPrepared, priorDensities, priorWeights,
      ]
      + outputs + (slopes + deltas).compactMap { $0 }
      + Array(repeating: scratch, count: threads * scratchSlots)
    var total = 0
    for shape in shapes {
      let (count, overflow) = shape.rows.multipliedReportingOverflow(by: shape.columns)
      let (sum, overflowed) = total.addingReportingOverflow(count)
      if overflow || overflowed { return nil }
      total = sum
    }
    return total
  }
}
