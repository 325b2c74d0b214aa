import CVectorMath

/// What an optimizer remembers of each parameter, in vectors laid out like the parameters.
struct OptimizerState<S: Scalar>: Sendable {
  var first: Buffer<S>?
  var second: Buffer<S>?

  init(_ optimizer: Optimizer, parameterCount: Int) {
    first = optimizer.stateCount > 0 ? Buffer(count: parameterCount) : nil
    second = optimizer.stateCount > 1 ? Buffer(count: parameterCount) : nil
  }
}

/// One optimizer step, ready to be applied piece by piece: each parameter's new value depends on its own gradient
/// and state alone.
struct ParameterUpdate<S: Scalar> {
  let kind: vm_optimizer
  let constants: vm_update
  let first: MatrixView<S>?
  let second: MatrixView<S>?
  /// The greatest Euclidean norm of the whole gradient that is followed as it is; a longer one is scaled down to it.
  var clipNorm: Double?

  /// Updates the parameters from `offset` on by their gradient.
  func apply(to parameters: MatrixView<S>, at offset: Int, gradient: MatrixView<S>, math: VectorMath<S>) {
    let count = gradient.count
    func piece(_ vector: MatrixView<S>) -> MatrixView<S> { vector.matrix(at: offset, rows: 1, columns: count) }
    math.optimize(
      kind, constants, parameters: piece(parameters), gradient: gradient, first: first.map(piece),
      second: second.map(piece))
  }
}
