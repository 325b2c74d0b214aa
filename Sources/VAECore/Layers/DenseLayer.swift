/// A dense layer Y = f(X·Wᵀ + b): X `[rows, inputs]`, W `[outputs, inputs]`, b `[outputs]`, Y `[rows, units]`.
///
/// With a condition c `[rows, conditionInputs]` beside X, the columns of W behind X's are the condition's, W = (W_x ∣ W_c):
/// Y = f(X·W_xᵀ + c·W_cᵀ + b), as of the concatenation (X ∣ c), which exists nowhere.
///
/// There are as many units as outputs, but half as many in a gated layer, whose outputs are the units' own and then
/// their gates', (U | V) = X·Wᵀ + b, and Y = f(U) ⊙ σ(V): Dauphin et al. (2016), "Language modeling with gated
/// convolutional networks", for f the identity; van den Oord et al. (2016), "Conditional image generation with PixelCNN
/// decoders", for tanh.
///
/// The layer is a description; its parameters lie in a flat vector that all layers share, W at `weightOffset` and b
/// at `biasOffset`. Its outputs may consist of parts, each a named pair of tensors with an activation of its own,
/// such as the mean and the log-variance of the latent variable: one GEMM serves them all.
package struct DenseLayer: Sendable {
  /// Adjacent outputs that have weights, and their rows of W: one GEMM.
  private struct Product {
    let outputs: Range<Int>
    let weightRows: Range<Int>
  }

  package let inputs: Int
  /// C where the layer takes the condition, else 0.
  package let conditionInputs: Int
  package let parts: [LayerOutput]
  package let outputs: Int
  /// Whether there are two parts, and the second one's sigmoid multiplies the first.
  package let isGated: Bool
  /// The rows of W: the outputs but for those of constant parts.
  package let weightRows: Int
  private let products: [Product]
  package let weightOffset: Int
  package let biasOffset: Int

  init(inputs: Int, conditionInputs: Int = 0, parts: [LayerOutput], isGated: Bool = false, offset: Int) {
    precondition(!isGated || parts.count == 2 && parts[0].size == parts[1].size, "gates of \(parts)")
    self.inputs = inputs
    self.conditionInputs = conditionInputs
    self.parts = parts
    self.isGated = isGated
    outputs = parts.reduce(0) { $0 + $1.size }
    var products: [Product] = []
    var (first, row) = (0, 0)
    for part in parts {
      defer { first += part.size }
      if part.isConstant { continue }
      var (outputs, rows) = (first..<first + part.size, row..<row + part.size)
      if let last = products.last, last.outputs.upperBound == first {
        products.removeLast()
        (outputs, rows) = (last.outputs.lowerBound..<outputs.upperBound, last.weightRows.lowerBound..<rows.upperBound)
      }
      products.append(Product(outputs: outputs, weightRows: rows))
      row = rows.upperBound
    }
    self.products = products
    weightRows = row
    weightOffset = offset
    biasOffset = DenseLayer.aligned(offset + weightRows * (inputs + conditionInputs))
  }

  /// What its products depend on, and where its parameters lie not.
  struct Shape: Hashable {
    let inputs, conditionInputs: Int
    let outputs, weightRows: [Range<Int>]
    let isGated: Bool
  }

  var shape: Shape {
    Shape(
      inputs: inputs, conditionInputs: conditionInputs, outputs: products.map(\.outputs),
      weightRows: products.map(\.weightRows), isGated: isGated)
  }

  /// The same layer, its parameters at the beginning of a vector of their own.
  var atOrigin: DenseLayer {
    DenseLayer(inputs: inputs, conditionInputs: conditionInputs, parts: parts, isGated: isGated, offset: 0)
  }

  /// The first offset behind the layer's parameters.
  var end: Int { DenseLayer.aligned(biasOffset + outputs) }

  /// The columns of W: the inputs, then the condition's.
  package var weightColumns: Int { inputs + conditionInputs }

  /// What the next layer takes in.
  package var units: Int { isGated ? parts[0].size : outputs }

  var isLinear: Bool { !isGated && parts.allSatisfy { $0.activation == .identity } }

  /// Whether the backward pass needs the slopes ∂Y/∂(X·Wᵀ + b) `[rows, outputs]` that the forward pass found, because
  /// they do not follow from Y.
  var keepsSlopes: Bool { isGated || !parts.allSatisfy(\.activation.slopeFollowsFromValue) }

  func weight<S>(in parameters: MatrixView<S>) -> MatrixView<S> {
    parameters.matrix(at: weightOffset, rows: weightRows, columns: weightColumns)
  }

  func weight<S>(in parameters: MutableMatrixView<S>) -> MutableMatrixView<S> {
    parameters.matrix(at: weightOffset, rows: weightRows, columns: weightColumns)
  }

  func bias<S>(in parameters: MatrixView<S>) -> MatrixView<S> {
    parameters.matrix(at: biasOffset, rows: 1, columns: outputs)
  }

  func bias<S>(in parameters: MutableMatrixView<S>) -> MutableMatrixView<S> {
    parameters.matrix(at: biasOffset, rows: 1, columns: outputs)
  }

  /// Some units' pre-activations but for the bias: linear `[rows, outputs]` ← input·W_xᵀ + condition·W_cᵀ in the columns
  /// of `units`. Where rows are to be alike, each has the bits that it has by itself.
  func forwardProduct<S>(
    _ units: Range<Int>, parameters: MatrixView<S>, input: LayerInput<S>, condition: MatrixView<S>,
    rowsAreAlike: Bool = false, linear: MutableMatrixView<S>
  ) {
    let weight = weight(in: parameters)
    forEachRange(of: units) { outputs in
      forEachProduct(of: outputs) { columns, rows in
        let (weight, linear) = (weight.rows(rows), linear.columns(columns))
        input.multiply(by: weight.columns(0..<inputs), rowsAreAlike: rowsAreAlike, into: linear)
        let conditionWeight = weight.columns(inputs..<weightColumns)
        if conditionInputs > 0 && rowsAreAlike {
          VectorMath().multiplyRows(condition, by: conditionWeight, adding: true, into: linear)
        } else if conditionInputs > 0 {
          BLAS.multiply(condition, by: conditionWeight, transposingB: true, beta: 1, into: linear)
        }
      }
      forEachPart(of: outputs) { part, columns in
        if part.isConstant { linear.columns(columns).setToZero() }
      }
    }
  }

  /// Some of the units: output ← f(linear + b) in the columns `units`. Where `linear` is memory of its own, the slopes
  /// take its place; it is nil where output holds what it would. A gated layer always needs it.
  func activation<S>(
    _ units: Range<Int>, parameters: MatrixView<S>, linear: MutableMatrixView<S>?, output: MutableMatrixView<S>,
    math: VectorMath<S>
  ) {
    let bias = bias(in: parameters)
    if isGated {
      let gates = gates(of: units)
      // There is none where a caller forgot it.
      math.activateGated(
        parts[0].activation, linear!.columns(units), gate: linear!.columns(gates), bias: bias.columns(units),
        gateBias: bias.columns(gates), output: output.columns(units))
      return
    }
    forEachPart(of: units) { part, columns in
      if let linear {
        math.activateKeepingSlopes(
          part.activation, linear.columns(columns), bias: bias.columns(columns), output: output.columns(columns))
      } else {
        math.addBiasAndActivate(part.activation, output.columns(columns), bias: bias.columns(columns))
      }
    }
  }

  /// Some of the inputs: the loss's derivative with respect to them, inputDelta ← δ·W in the columns `inputs`, from the one
  /// with respect to the pre-activations, δ = `delta`. Nobody asks for the one with respect to the condition.
  func backwardProduct<S>(
    _ inputs: Range<Int>, parameters: MatrixView<S>, inputDelta: MutableMatrixView<S>, delta: MatrixView<S>
  ) {
    let weight = weight(in: parameters).columns(inputs)
    for (index, product) in products.enumerated() {
      BLAS.multiply(
        delta.columns(product.outputs), by: weight.rows(product.weightRows), beta: index == 0 ? 0 : 1,
        into: inputDelta.columns(inputs))
    }
  }

  /// Takes the loss's derivative with respect to some of the units, in `delta` `[rows, outputs]`, on to the one with respect
  /// to their pre-activations, δ ← δ ⊙ f′; in a gated layer, (δ | ·) ← (δ ⊙ f′(U) ⊙ σ(V) | δ ⊙ f(U) ⊙ σ′(V)). `slopes` are
  /// those of the forward pass, or nil where they follow from the output.
  func activationBackward<S>(
    _ units: Range<Int>, output: MatrixView<S>, slopes: MatrixView<S>?, delta: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    if let slopes {
      let columns = delta.columns(units)
      if isGated {
        let gates = gates(of: units)
        math.multiply(columns.view, by: slopes.columns(gates), into: delta.columns(gates))
      }
      return math.multiply(columns.view, by: slopes.columns(units), into: columns)
    }
    forEachPart(of: units) { part, columns in
      if part.activation != .identity {
        math.activationBackward(part.activation, delta: delta.columns(columns), output: output.columns(columns))
      }
    }
  }

  /// The gradient of some outputs' rows of W, `weight`, from all rows of the batch at once: ∂E/∂W ← (δᵀ·X ∣ δᵀ·c) (+ what
  /// was there).
  func gradientProduct<S>(
    _ outputs: Range<Int>, input: LayerInput<S>, condition: MatrixView<S>, delta: MatrixView<S>,
    weight: MutableMatrixView<S>, accumulate: Bool
  ) {
    let first = weightRows(of: outputs).lowerBound
    forEachProduct(of: outputs) { columns, rows in
      let delta = delta.columns(columns)
      let weight = weight.rows(rows.lowerBound - first..<rows.upperBound - first)
      input.gradient(delta, into: weight.columns(0..<inputs), accumulate: accumulate)
      if conditionInputs > 0 {
        BLAS.multiply(
          delta, by: condition, transposingA: true, beta: accumulate ? 1 : 0,
          into: weight.columns(inputs..<weightColumns))
      }
    }
  }

  /// The gradient of some of b: ∂E/∂b ← Σ_rows δ (+ what was there).
  func biasGradient<S>(
    _ outputs: Range<Int>, delta: MatrixView<S>, bias: MutableMatrixView<S>, accumulate: Bool, math: VectorMath<S>
  ) {
    math.columnSums(delta.columns(outputs), into: bias, accumulate: accumulate)
  }

  /// The outputs that are the gates of some units.
  private func gates(of units: Range<Int>) -> Range<Int> {
    self.units + units.lowerBound..<self.units + units.upperBound
  }

  /// The outputs that some units are made of, in as few ranges as can be.
  func forEachRange(of units: Range<Int>, _ body: (Range<Int>) -> Void) {
    if isGated && units.count < self.units {
      body(units)
      body(gates(of: units))
    } else {
      body(isGated ? 0..<outputs : units)
    }
  }

  /// The rows of W that some of the outputs have.
  package func weightRows(of outputs: Range<Int>) -> Range<Int> {
    /// How many of the first outputs have one.
    func count(_ first: Int) -> Int {
      products.reduce(0) { $0 + $1.outputs.clamped(to: 0..<first).count }
    }
    return count(outputs.lowerBound)..<count(outputs.upperBound)
  }

  /// The products that some of the outputs belong to, each with the outputs in question and their rows of W.
  func forEachProduct(of outputs: Range<Int>, _ body: (_ outputs: Range<Int>, _ weightRows: Range<Int>) -> Void) {
    for product in products {
      let some = product.outputs.clamped(to: outputs)
      if !some.isEmpty { body(some, weightRows(of: some)) }
    }
  }

  /// The parts that some of the outputs belong to, each with the outputs in question.
  private func forEachPart(of outputs: Range<Int>, _ body: (LayerOutput, Range<Int>) -> Void) {
    var first = 0
    for part in parts {
      let columns = outputs.clamped(to: first..<first + part.size)
      if !columns.isEmpty { body(part, columns) }
      first += part.size
    }
  }

  /// Offsets are multiples of 16 elements, so that each matrix starts on a cache line.
  static func aligned(_ offset: Int) -> Int { (offset + 15) / 16 * 16 }
}
