/// The matrices that an engine needs, by their shapes. Sizes beyond counting are `nil`.
struct EngineLayout {
  struct Shape {
    let rows: Int
    let columns: Int
  }

  let x, encoderCondition, decoderCondition, noise, z, zDelta, losses, logRatios, weights, kl, datumLosses,
    klWeights: Shape
  /// Of each layer.
  let outputs: [Shape]
  /// Of each layer, what its slopes are kept in; nil where they follow from the outputs, or nobody asks for them and
  /// the pre-activations take the place of the outputs.
  let slopes: [Shape?]
  /// Of each layer; nil where the deltas take the place of the outputs.
  let deltas: [Shape?]
  /// Of each thread.
  let scratch: Shape

  /// For passes of at most `data` data and `samples` samples each; nil where their rows cannot be counted.
  init?(_ plan: EnginePlan, data: Int, samples: Int) {
    let (rows, overflow) = data.multipliedReportingOverflow(by: samples)
    if overflow { return nil }
    let (network, purpose) = (plan.network, plan.purpose)
    let layers = network.layers
    let latentSize = layers[network.encoderCount].inputs
    let training = purpose == .training
    let (encodes, decodes) = (purpose != .decoding, purpose != .encoding)
    let both = encodes && decodes
    x = Shape(rows: encodes ? data : 0, columns: layers[0].inputs)
    let conditionSize = layers[0].conditionInputs
    encoderCondition = Shape(rows: encodes ? data : 0, columns: conditionSize)
    decoderCondition = Shape(rows: decodes ? rows : 0, columns: conditionSize)
    noise = Shape(rows: both ? rows : 0, columns: latentSize)
    z = Shape(rows: decodes ? rows : 0, columns: latentSize)
    zDelta = Shape(rows: training ? rows : 0, columns: latentSize)
    losses = Shape(rows: 1, columns: both ? rows : 0)
    (logRatios, weights) = (losses, losses)
    kl = Shape(rows: 1, columns: both ? data : 0)
    datumLosses = kl
    klWeights = Shape(rows: 1, columns: latentSize)
    func shape(_ layer: Int, columns: Int) -> Shape {
      network.encoder.contains(layer)
        ? Shape(rows: encodes ? data : 0, columns: columns) : Shape(rows: decodes ? rows : 0, columns: columns)
    }
    outputs = layers.indices.map { shape($0, columns: layers[$0].units) }
    slopes = layers.indices.map {
      layers[$0].isGated || training && layers[$0].keepsSlopes ? shape($0, columns: layers[$0].outputs) : nil
    }
    // The likelihood may write its deltas over its outputs unless an activation's derivative still needs those.
    deltas =
      training
      ? layers.indices.map {
        $0 == layers.count - 1 && layers[$0].isLinear ? nil : shape($0, columns: layers[$0].outputs)
      } : []
    scratch = Shape(rows: 1, columns: plan.tiles.first?.count(in: network) ?? 0)
  }

  /// The number of all their elements, or nil where it is beyond counting.
  func elementCount(threads: Int) -> Int? {
    let shapes =
      [x, encoderCondition, decoderCondition, noise, z, zDelta, losses, logRatios, weights, kl, datumLosses, klWeights]
      + outputs + (slopes + deltas).compactMap { $0 }
      + Array(repeating: scratch, count: threads)
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
