/// The products of bfloat16 numbers with sums in single precision: Kalamkar et al. (2019), "A study of BFLOAT16 for deep
/// learning training".
///
/// What products take in is rounded and packed when it is written, once for all of them, and weights when the optimizer has
/// changed them. All else is in single precision, the weights that the optimizer changes too. A sum is one chain over
/// its terms in their order, so that no bit depends on how a product is cut, and work may be cut for the threads that
/// there are.
///
/// Data, and their condition, keep 16 bits of precision, since nobody knows how far from 0 they are: each number is the sum of
/// two bfloat16 numbers (so are features of data), but where data are whole numbers up to 256 over some number, which one holds. Sparse rows are
/// multiplied as they are.
final class MixedProducts {
  typealias Block = EngineMemory<Float>.Block

  private struct Weights {
    let transposed: PackedMatrix
    let condition: PackedMatrix
    let plain: PackedMatrix?
  }

  private let network: Network
  private var memory: PackedMemory
  private let math = PackedMath()
  private let inputs, deltas: [PackedMatrix]
  /// The condition, and what rounding takes from it.
  private let encoderCondition, decoderCondition: [PackedMatrix]
  private let weights: [Weights]
  private let restLayout: PackedLayout
  private var rest: PackedMatrix?
  /// Of the pass that runs.
  private var data = PackedData.rounded
  /// Where the parameters are that the weights were packed from; nil where they may have changed since.
  private var parameters: UnsafePointer<Float>?

  init(_ network: Network, _ layout: MixedLayout) {
    var memory = PackedMemory()
    self.network = network
    inputs = layout.inputs.map { memory.reserve($0) }
    deltas = layout.deltas.map { memory.reserve($0) }
    encoderCondition = (0..<2).map { _ in memory.reserve(layout.encoderCondition) }
    decoderCondition = (0..<2).map { _ in memory.reserve(layout.decoderCondition) }
    weights = layout.weights.map {
      Weights(
        transposed: memory.reserve($0.transposed), condition: memory.reserve($0.condition),
        plain: $0.plain.map { memory.reserve($0) })
    }
    restLayout = layout.dataRest
    self.memory = memory
  }

  // MARK: What products take in

  func begin(_ parameters: MatrixView<Float>, _ data: PackedData, _ team: ThreadTeam) {
    self.data = data
    if case .rounded = data, rest == nil { rest = memory.reserve(restLayout) }
    if self.parameters == parameters.base { return }
    let groups = network.products.flatMap { layer in
      stride(from: 0, to: network.layers[layer].outputs, by: PackedLayout.panel).map { (layer: layer, first: $0) }
    }
    team.run(groups.count, PackingRound(products: self, groups: groups, parameters: parameters))
    self.parameters = parameters.base
  }

  func forgetParameters() { parameters = nil }

  func prepareInput(of layer: Int, _ columns: Range<Int>, _ block: Block) {
    let row = block.rows(of: layer).lowerBound
    func pack(_ x: MutableMatrixView<Float>, scale: Double = 1) {
      math.pack(x.columns(columns).view, scale: Float(scale), into: inputs[layer], row: row, column: columns.lowerBound)
    }
    if layer == network.encoderCount { return pack(block.z) }
    if layer > 0 { return pack(block.output(layer - 1)) }
    switch data {
    case .exact(let scale): pack(block.encoderInput, scale: scale)
    case .rounded:
      pack(block.encoderInput)
      math.pack(block.encoderInput.columns(columns).view, rest: true, into: rest!, row: row, column: columns.lowerBound)
    case .unused: break
    }
  }

  func prepareCondition(ofEncoder isOfEncoder: Bool, _ block: Block) {
    let condition = isOfEncoder ? block.encoderCondition : block.decoderCondition
    if condition.columns == 0 { return }
    let row = block.rows(of: isOfEncoder ? 0 : network.encoderCount).lowerBound
    for (index, packed) in (isOfEncoder ? encoderCondition : decoderCondition).enumerated() {
      math.pack(condition.view, rest: index > 0, into: packed, row: row)
    }
  }

  func prepareDelta(of layer: Int, _ units: Range<Int>, _ block: Block) {
    let (delta, row) = (block.delta(layer).view, block.rows(of: layer).lowerBound)
    network.layers[layer].forEachRange(of: units) { outputs in
      math.pack(delta.columns(outputs), into: deltas[layer], row: row, column: outputs.lowerBound)
    }
  }

  func prepareWeights(of layer: Int, _ outputs: Range<Int>, _ parameters: MatrixView<Float>) {
    let weights = weights[layer]
    let matrix = network.layers[layer].weight(in: parameters)
    let (inputs, end) = (network.layers[layer].inputs, network.layers[layer].outputs)
    for first in stride(from: outputs.lowerBound, to: min(outputs.upperBound, end), by: 16) {
      /// The row of an output's weights; nil where it has none.
      func row(_ index: Int) -> Int? {
        guard first + index < end else { return nil }
        let rows = network.layers[layer].weightRows(of: first + index..<first + index + 1)
        return rows.isEmpty ? nil : rows.lowerBound
      }
      math.packWeights(
        matrix.columns(0..<inputs), rows: row, transposed: weights.transposed, packed: weights.plain,
        row: first)
      if matrix.columns > inputs {
        math.packWeights(
          matrix.columns(inputs..<matrix.columns), rows: row, transposed: weights.condition,
          packed: nil, row: first)
      }
    }
  }

  // MARK: Products

  func forward(
    _ layer: Int, _ units: Range<Int>, _ parameters: MatrixView<Float>, input: LayerInput<Float>, _ block: Block,
    into linear: MutableMatrixView<Float>
  ) {
    let rows = block.rows(of: layer)
    network.layers[layer].forEachRange(of: units) { outputs in
      let sums = linear.columns(outputs)
      if case .sparse = input {
        network.layers[layer].forEachProduct(of: outputs) { columns, rows in
          let weight = network.layers[layer].weight(in: parameters).rows(rows)
            .columns(0..<network.layers[layer].inputs)
          input.multiply(by: weight, into: linear.columns(columns))
        }
      } else {
        forEachInput(of: layer) { input, alpha, adds in
          math.multiply(input, rows, by: weights[layer].transposed, outputs, alpha: alpha, adds: adds, into: sums)
        }
      }
      if network.layers[layer].conditionInputs > 0 {
        for condition in condition(of: layer) {
          math.multiply(condition, rows, by: weights[layer].condition, outputs, adds: true, into: sums)
        }
      }
    }
  }

  func backward(
    _ layer: Int, _ inputs: Range<Int>, _ block: Block, into inputDelta: MutableMatrixView<Float>
  ) {
    math.multiply(
      deltas[layer], block.rows(of: layer), by: weights[layer].plain!, inputs, into: inputDelta.columns(inputs))
  }

  func gradient(
    _ layer: Int, _ outputs: Range<Int>, input: LayerInput<Float>, _ block: Block,
    into weight: MutableMatrixView<Float>,
    accumulate: Bool
  ) {
    let depth = block.rows(of: layer)
    let inputs = network.layers[layer].inputs
    let first = network.layers[layer].weightRows(of: outputs).lowerBound
    network.layers[layer].forEachProduct(of: outputs) { columns, rows in
      let some = weight.rows(rows.lowerBound - first..<rows.upperBound - first)
      let own = some.columns(0..<inputs)
      if case .sparse = input {
        input.gradient(block.delta(layer).columns(columns).view, into: own, accumulate: accumulate)
      } else {
        forEachInput(of: layer) { input, alpha, adds in
          math.multiplyTransposed(
            deltas[layer], columns, by: input, over: depth, alpha: alpha, adds: accumulate || adds, into: own)
        }
      }
      if some.columns > inputs {
        for (index, condition) in condition(of: layer).enumerated() {
          math.multiplyTransposed(
            deltas[layer], columns, by: condition, over: depth, adds: accumulate || index > 0,
            into: some.columns(inputs..<some.columns))
        }
      }
    }
  }

  func biasGradient(
    _ layer: Int, _ outputs: Range<Int>, _ block: Block, into bias: MutableMatrixView<Float>, accumulate: Bool
  ) {
    math.sumColumns(deltas[layer], outputs, over: block.rows(of: layer), adds: accumulate, into: bias)
  }

  /// The packed matrices whose sum, each times α, a layer takes in.
  private func forEachInput(of layer: Int, _ body: (PackedMatrix, _ alpha: Float, _ adds: Bool) -> Void) {
    if layer == 0, case .exact(let scale) = data { return body(inputs[0], Float(1 / scale), false) }
    body(inputs[layer], 1, false)
    if layer == 0 { body(rest!, 1, true) }
  }

  private func condition(of layer: Int) -> [PackedMatrix] {
    layer < network.encoderCount ? encoderCondition : decoderCondition
  }
}

/// Panels of all layers' weights that are packed.
private struct PackingRound: TeamTask {
  let products: MixedProducts
  let groups: [(layer: Int, first: Int)]
  let parameters: MatrixView<Float>

  func run(worker: Int, index: Int) {
    let (layer, first) = groups[index]
    products.prepareWeights(of: layer, first..<first + PackedLayout.panel, parameters)
  }
}
