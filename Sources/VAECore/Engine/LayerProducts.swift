/// The matrix products of an engine's layers, forward and backward, and what must be made ready for them.
///
/// The engine says when it has written what a product takes in: the inputs of a layer, the derivatives with respect to its
/// pre-activations (its deltas), its weights. Whatever concerns disjoint rows and columns is asked for concurrently.
protocol LayerProducts<Element> {
  associatedtype Element: Scalar

  /// Before a pass over data that are packed in such a way: makes the parameters ready, where they are not yet.
  func begin(_ parameters: MatrixView<Element>, _ data: PackedData, _ team: ThreadTeam)

  /// The parameters have changed, but for those that ``prepareWeights(of:_:_:)`` was told of.
  func forgetParameters()

  /// A block has some columns of what a layer takes in.
  func prepareInput(of layer: Int, _ columns: Range<Int>, _ block: EngineMemory<Element>.Block)

  /// A block has its condition, as the encoder's rows have it, or as the decoder's.
  func prepareCondition(ofEncoder isOfEncoder: Bool, _ block: EngineMemory<Element>.Block)

  /// A block has the deltas of some of a layer's units.
  func prepareDelta(of layer: Int, _ units: Range<Int>, _ block: EngineMemory<Element>.Block)

  /// Some of a layer's outputs have new weights.
  func prepareWeights(of layer: Int, _ outputs: Range<Int>, _ parameters: MatrixView<Element>)

  /// linear `[rows, outputs]` ← X·W_xᵀ + c·W_cᵀ in the columns of some units, see ``DenseLayer``.
  func forward(
    _ layer: Int, _ units: Range<Int>, _ parameters: MatrixView<Element>, input: LayerInput<Element>,
    _ block: EngineMemory<Element>.Block, into linear: MutableMatrixView<Element>)

  /// inputDelta `[rows, inputs]` ← δ·W_x in some columns.
  func backward(
    _ layer: Int, _ inputs: Range<Int>, _ parameters: MatrixView<Element>, _ block: EngineMemory<Element>.Block,
    into inputDelta: MutableMatrixView<Element>)

  /// Of some outputs, the rows of ∂E/∂W ← (δᵀ·X ∣ δᵀ·c) (+ what was there), over all rows of a block.
  func gradient(
    _ layer: Int, _ outputs: Range<Int>, input: LayerInput<Element>, _ block: EngineMemory<Element>.Block,
    into weight: MutableMatrixView<Element>, accumulate: Bool)

  /// Of some outputs, ∂E/∂b ← Σ_rows δ (+ what was there).
  func biasGradient(
    _ layer: Int, _ outputs: Range<Int>, _ block: EngineMemory<Element>.Block,
    into bias: MutableMatrixView<Element>, accumulate: Bool)
}

/// The products by OpenBLAS, in the precision of the model: everything is as it is.
struct BLASProducts<S: Scalar>: LayerProducts {
  typealias Block = EngineMemory<S>.Block

  let network: Network
  let math = VectorMath<S>()

  func begin(_ parameters: MatrixView<S>, _ data: PackedData, _ team: ThreadTeam) {}
  func forgetParameters() {}
  func prepareInput(of layer: Int, _ columns: Range<Int>, _ block: Block) {}
  func prepareCondition(ofEncoder isOfEncoder: Bool, _ block: Block) {}
  func prepareDelta(of layer: Int, _ units: Range<Int>, _ block: Block) {}
  func prepareWeights(of layer: Int, _ outputs: Range<Int>, _ parameters: MatrixView<S>) {}

  func forward(
    _ layer: Int, _ units: Range<Int>, _ parameters: MatrixView<S>, input: LayerInput<S>, _ block: Block,
    into linear: MutableMatrixView<S>
  ) {
    network.layers[layer].forwardProduct(
      units, parameters: parameters, input: input, condition: block.condition(layer), linear: linear)
  }

  func backward(
    _ layer: Int, _ inputs: Range<Int>, _ parameters: MatrixView<S>, _ block: Block,
    into inputDelta: MutableMatrixView<S>
  ) {
    network.layers[layer].backwardProduct(
      inputs, parameters: parameters, inputDelta: inputDelta, delta: block.delta(layer).view)
  }

  func gradient(
    _ layer: Int, _ outputs: Range<Int>, input: LayerInput<S>, _ block: Block, into weight: MutableMatrixView<S>,
    accumulate: Bool
  ) {
    network.layers[layer].gradientProduct(
      outputs, input: input, condition: block.condition(layer), delta: block.delta(layer).view, weight: weight,
      accumulate: accumulate)
  }

  func biasGradient(
    _ layer: Int, _ outputs: Range<Int>, _ block: Block, into bias: MutableMatrixView<S>, accumulate: Bool
  ) {
    network.layers[layer].biasGradient(
      outputs, delta: block.delta(layer).view, bias: bias, accumulate: accumulate, math: math)
  }
}
