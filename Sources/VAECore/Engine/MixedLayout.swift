/// The packed matrices of an engine that multiplies in mixed precision, by their shapes.
struct MixedLayout {
  /// Of a layer, the weights W: as the forward products take them in, Wᵀ, and as the backward products do, W, where there are
  /// any.
  struct Weights {
    /// W_xᵀ `[inputs, outputs]`
    let transposed: PackedLayout
    /// W_cᵀ `[conditionInputs, outputs]`
    let condition: PackedLayout
    /// W_x `[outputs, inputs]`, of whole sixteens of outputs.
    let plain: PackedLayout?
  }

  /// Of each layer, what it takes in `[rows, inputs]`.
  let inputs: [PackedLayout]
  /// What rounding takes from the data.
  let dataRest: PackedLayout
  /// The condition, and what rounding takes from it.
  let encoderCondition, decoderCondition: PackedLayout
  /// Of each layer `[rows, outputs]`; none but in training.
  let deltas: [PackedLayout]
  let weights: [Weights]

  /// For passes of at most `data` data and `samples` samples each.
  init(_ network: Network, for purpose: EnginePurpose, data: Int, samples: Int) {
    let trains = purpose == .training
    let (encodes, decodes) = (purpose != .decoding, purpose != .encoding)
    func rows(ofEncoder isOfEncoder: Bool) -> Int {
      isOfEncoder ? (encodes ? data : 0) : (decodes ? data * samples : 0)
    }
    func rows(_ layer: Int) -> Int { rows(ofEncoder: layer < network.encoderCount) }
    inputs = network.products.map {
      PackedLayout(rows: rows($0), columns: network.layers[$0].inputs, inRows: true, inPanels: trains)
    }
    dataRest = inputs[0]
    let conditionSize = network.layers[0].conditionInputs
    func condition(ofEncoder isOfEncoder: Bool) -> PackedLayout {
      PackedLayout(rows: rows(ofEncoder: isOfEncoder), columns: conditionSize, inRows: true, inPanels: trains)
    }
    encoderCondition = condition(ofEncoder: true)
    decoderCondition = condition(ofEncoder: false)
    // Nobody asks for the derivative with respect to the data.
    deltas =
      trains
      ? network.products.map {
        PackedLayout(rows: rows($0), columns: network.layers[$0].outputs, inRows: $0 > 0, inPanels: true)
      } : []
    weights = network.products.map {
      let layer = network.layers[$0]
      return Weights(
        transposed: PackedLayout(rows: layer.inputs, columns: layer.outputs, inPanels: true),
        condition: PackedLayout(
          rows: layer.conditionInputs, columns: layer.outputs, inPanels: layer.conditionInputs > 0),
        plain: trains && $0 > 0
          ? PackedLayout(rows: (layer.outputs + 15) / 16 * 16, columns: layer.inputs, inPanels: true) : nil)
    }
  }

  /// The bytes of all; `Int.max` where they are beyond counting.
  var byteCount: Int {
    let ofWeights = weights.flatMap { [$0.transposed, $0.condition] + [$0.plain].compactMap { $0 } }
    let conditions = [encoderCondition, decoderCondition]
    let all = inputs + [dataRest] + conditions + conditions + deltas + ofWeights
    return Int(exactly: all.reduce(0) { $0 + $1.byteCount }.rounded()) ?? .max
  }
}
