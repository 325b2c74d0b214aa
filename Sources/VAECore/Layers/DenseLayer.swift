/// A dense layer Y = f(X·Wᵀ + b): X `[rows, inputs]`, W `[outputs, inputs]`, b `[outputs]`, Y `[rows, outputs]`.
///
/// The layer is a description; its parameters lie in a flat vector that all layers share, W at `weightOffset` and b
/// at `biasOffset`. Its outputs may consist of parts, each a named pair of tensors with an activation of its own,
/// such as the mean and the log-variance of the latent variable: one GEMM serves them all.
package struct DenseLayer: Sendable {
  package struct Part: Sendable, Equatable {
    package let name: String
    package let outputs: Int
    package let activation: Activation
  }

  package let inputs: Int
  package let parts: [Part]
  package let outputs: Int
  package let weightOffset: Int
  package let biasOffset: Int

  init(inputs: Int, parts: [Part], offset: Int) {
    self.inputs = inputs
    self.parts = parts
    outputs = parts.reduce(0) { $0 + $1.outputs }
    weightOffset = offset
    biasOffset = DenseLayer.aligned(offset + outputs * inputs)
  }

  /// The first offset behind the layer's parameters.
  var end: Int { DenseLayer.aligned(biasOffset + outputs) }

  var isLinear: Bool { parts.allSatisfy { $0.activation == .identity } }

  func weight<S>(in parameters: MatrixView<S>) -> MatrixView<S> {
    parameters.matrix(at: weightOffset, rows: outputs, columns: inputs)
  }

  func bias<S>(in parameters: MatrixView<S>) -> MatrixView<S> {
    parameters.matrix(at: biasOffset, rows: 1, columns: outputs)
  }

  /// Some of the outputs' pre-activations but for the bias: output ← input·Wᵀ in the columns `outputs`.
  func forwardProduct<S>(
    _ outputs: Range<Int>, parameters: MatrixView<S>, input: MatrixView<S>, output: MatrixView<S>
  ) {
    BLAS.multiply(
      input, by: weight(in: parameters).rows(outputs), transposingB: true, into: output.columns(outputs))
  }

  /// Some of the outputs: output ← f(output + b) in the columns `outputs`.
  func activation<S>(_ outputs: Range<Int>, parameters: MatrixView<S>, output: MatrixView<S>, math: VectorMath<S>) {
    let bias = bias(in: parameters)
    forEachPart(of: outputs) { part, columns in
      math.addBiasAndActivate(part.activation, output.columns(columns), bias: bias.columns(columns))
    }
  }

  /// Some of the inputs: the loss's derivative by them, inputDelta ← δ·W in the columns `inputs`, from the one by the
  /// pre-activations, δ = `delta`.
  func backwardProduct<S>(
    _ inputs: Range<Int>, parameters: MatrixView<S>, inputDelta: MatrixView<S>, delta: MatrixView<S>
  ) {
    BLAS.multiply(delta, by: weight(in: parameters).columns(inputs), into: inputDelta.columns(inputs))
  }

  /// Takes the loss's derivative by some of the outputs in `delta` on to the one by the pre-activation, δ ← δ ⊙ f′.
  func activationBackward<S>(
    _ outputs: Range<Int>, output: MatrixView<S>, delta: MatrixView<S>, math: VectorMath<S>
  ) {
    forEachPart(of: outputs) { part, columns in
      if part.activation != .identity {
        math.activationBackward(part.activation, delta: delta.columns(columns), output: output.columns(columns))
      }
    }
  }

  /// The gradient of some rows of W from all rows of the batch at once: ∂E/∂W ← δᵀ·X (+ what was there).
  func gradientProduct<S>(
    _ outputs: Range<Int>, input: MatrixView<S>, delta: MatrixView<S>, weight: MatrixView<S>, accumulate: Bool
  ) {
    BLAS.multiply(delta.columns(outputs), by: input, transposingA: true, beta: accumulate ? 1 : 0, into: weight)
  }

  /// The gradient of some of b: ∂E/∂b ← Σ_rows δ (+ what was there).
  func biasGradient<S>(
    _ outputs: Range<Int>, delta: MatrixView<S>, bias: MatrixView<S>, accumulate: Bool, math: VectorMath<S>
  ) {
    math.columnSums(delta.columns(outputs), into: bias, accumulate: accumulate)
  }

  /// The parts that some of the outputs belong to, each with the outputs in question.
  private func forEachPart(of outputs: Range<Int>, _ body: (Part, Range<Int>) -> Void) {
    var first = 0
    for part in parts {
      let columns = outputs.clamped(to: first..<first + part.outputs)
      if !columns.isEmpty { body(part, columns) }
      first += part.outputs
    }
  }

  /// Offsets are multiples of 16 elements, so that each matrix starts on a cache line.
  static func aligned(_ offset: Int) -> Int { (offset + 15) / 16 * 16 }
}
