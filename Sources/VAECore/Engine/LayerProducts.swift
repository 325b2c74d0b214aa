/// The matrix products of an engine's layers, forward and backward, and what must be made ready for them.
///
/// The engine says when it has written what a product takes in: the inputs of a layer, the derivatives with respect to its
/// pre-activations (its deltas), its weights. Whatever concerns disjoint rows and columns is asked for concurrently.
enum LayerProducts<S: Scalar> {
  typealias Block = EngineMemory<S>.Block

  /// By OpenBLAS, in the model's own precision: everything is ready as it is.
  case full(Network, VectorMath<S>)
  /// By ``VectorMath/multiplyRows(_:by:adding:into:)``, forward alone.
  case rowByRow(Network)
  /// Of bfloat16 numbers, with sums in single precision.
  case mixed(MixedProducts)

  private static var forwardAlone: String { "a derivative of products that go forward alone" }

  /// What a `Float` engine has, as that: none other multiplies in mixed precision.
  private func float<T, U>(_ value: T) -> U {
    precondition(
      S.elementType == .float32 && MemoryLayout<T>.size == MemoryLayout<U>.size, "mixed precision of \(S.self)")
    return unsafeBitCast(value, to: U.self)
  }

  // MARK: What products take in

  /// Before a pass over data that are packed in such a way: makes the parameters ready, where they are not yet.
  func begin(_ parameters: MatrixView<S>, _ data: PackedData, _ team: ThreadTeam) {
    if case .mixed(let products) = self { products.begin(float(parameters), data, team) }
  }

  /// The parameters have changed, but for those that ``prepareWeights(of:_:_:)`` was told of.
  func forgetParameters() {
    if case .mixed(let products) = self { products.forgetParameters() }
  }

  /// A block has some columns of what a layer takes in.
  func prepareInput(of layer: Int, _ columns: Range<Int>, _ block: Block) {
    if case .mixed(let products) = self { products.prepareInput(of: layer, columns, float(block)) }
  }

  /// A block has its condition, as the encoder's rows have it, or as the decoder's.
  func prepareCondition(ofEncoder isOfEncoder: Bool, _ block: Block) {
    if case .mixed(let products) = self { products.prepareCondition(ofEncoder: isOfEncoder, float(block)) }
  }

  /// A block has the deltas of some of a layer's units.
  func prepareDelta(of layer: Int, _ units: Range<Int>, _ block: Block) {
    if case .mixed(let products) = self { products.prepareDelta(of: layer, units, float(block)) }
  }

  /// Some of a layer's outputs have new weights.
  func prepareWeights(of layer: Int, _ outputs: Range<Int>, _ parameters: MatrixView<S>) {
    if case .mixed(let products) = self { products.prepareWeights(of: layer, outputs, float(parameters)) }
  }

  // MARK: Products

  /// linear `[rows, outputs]` ← X·W_xᵀ + c·W_cᵀ in the columns of some units, see ``DenseLayer``.
  func forward(
    _ layer: Int, _ units: Range<Int>, _ parameters: MatrixView<S>, input: LayerInput<S>, _ block: Block,
    into linear: MutableMatrixView<S>
  ) {
    switch self {
    case .full(let network, _):
      network.layers[layer].forwardProduct(
        units, parameters: parameters, input: input, condition: block.condition(layer), linear: linear)
    case .rowByRow(let network):
      network.layers[layer].forwardProduct(
        units, parameters: parameters, input: input, condition: block.condition(layer), rowsAreAlike: true,
        linear: linear)
    case .mixed(let products):
      products.forward(
        layer, units, float(parameters), input: float(input), float(block), into: float(linear))
    }
  }

  /// inputDelta `[rows, inputs]` ← δ·W_x in some columns.
  func backward(
    _ layer: Int, _ inputs: Range<Int>, _ parameters: MatrixView<S>, _ block: Block,
    into inputDelta: MutableMatrixView<S>
  ) {
    switch self {
    case .full(let network, _):
      network.layers[layer].backwardProduct(
        inputs, parameters: parameters, inputDelta: inputDelta, delta: block.delta(layer).view)
    case .rowByRow: preconditionFailure(Self.forwardAlone)
    case .mixed(let products): products.backward(layer, inputs, float(block), into: float(inputDelta))
    }
  }

  /// Of some outputs, the rows of ∂E/∂W ← (δᵀ·X ∣ δᵀ·c) (+ what was there), over all rows of a block.
  func gradient(
    _ layer: Int, _ outputs: Range<Int>, input: LayerInput<S>, _ block: Block, into weight: MutableMatrixView<S>,
    accumulate: Bool
  ) {
    switch self {
    case .full(let network, _):
      network.layers[layer].gradientProduct(
        outputs, input: input, condition: block.condition(layer), delta: block.delta(layer).view, weight: weight,
        accumulate: accumulate)
    case .rowByRow: preconditionFailure(Self.forwardAlone)
    case .mixed(let products):
      products.gradient(
        layer, outputs, input: float(input), float(block), into: float(weight), accumulate: accumulate)
    }
  }

  /// Of some outputs, ∂E/∂b ← Σ_rows δ (+ what was there).
  func biasGradient(
    _ layer: Int, _ outputs: Range<Int>, _ block: Block, into bias: MutableMatrixView<S>, accumulate: Bool
  ) {
    switch self {
    case .full(let network, let math):
      network.layers[layer].biasGradient(
        outputs, delta: block.delta(layer).view, bias: bias, accumulate: accumulate, math: math)
    case .rowByRow: preconditionFailure(Self.forwardAlone)
    case .mixed(let products):
      products.biasGradient(layer, outputs, float(block), into: float(bias), accumulate: accumulate)
    }
  }
}
