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

  /// output ← f(input·Wᵀ + b)
  func forward<S>(parameters: MatrixView<S>, input: MatrixView<S>, output: MatrixView<S>, math: VectorMath<S>) {
    BLAS.multiply(input, by: weight(in: parameters), transposingB: true, into: output)
    let bias = bias(in: parameters)
    forEachPart { part, columns in
      math.addBiasAndActivate(part.activation, output.columns(columns), bias: bias.columns(columns))
    }
  }

  /// Takes the loss's derivative by the output in `delta` and leaves there the one by the pre-activation,
  /// δ ⊙ f′; writes the one by the input, δ·W, unless nobody wants it.
  func backward<S>(
    parameters: MatrixView<S>, inputDelta: MatrixView<S>?, output: MatrixView<S>, delta: MatrixView<S>,
    math: VectorMath<S>
  ) {
    forEachPart { part, columns in
      if part.activation != .identity {
        math.activationBackward(part.activation, delta: delta.columns(columns), output: output.columns(columns))
      }
    }
    if let inputDelta { BLAS.multiply(delta, by: weight(in: parameters), into: inputDelta) }
  }

  /// The gradient of some of the outputs, from all rows at once: ∂E/∂W ← δᵀ·X (+ what was there), ∂E/∂b ← Σ δ.
  func gradient<S>(
    of outputs: Range<Int>, input: MatrixView<S>, delta: MatrixView<S>, weight: MatrixView<S>, bias: MatrixView<S>,
    accumulate: Bool, math: VectorMath<S>
  ) {
    let delta = delta.columns(outputs)
    BLAS.multiply(delta, by: input, transposingA: true, beta: accumulate ? 1 : 0, into: weight)
    math.columnSums(delta, into: bias, accumulate: accumulate)
  }

  private func forEachPart(_ body: (Part, Range<Int>) -> Void) {
    var first = 0
    for part in parts {
      body(part, first..<first + part.outputs)
      first += part.outputs
    }
  }

  /// Offsets are multiples of 16 elements, so that each matrix starts on a cache line.
  static func aligned(_ offset: Int) -> Int { (offset + 15) / 16 * 16 }
}
