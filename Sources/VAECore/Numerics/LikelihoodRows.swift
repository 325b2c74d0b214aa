/// What a likelihood is evaluated on: M data, and R = M·L rows of outputs, row r = i·L + l, for them.
///
/// Rows may lie apart, so that some columns of the data with their outputs are evaluated by themselves.
package struct LikelihoodRows<S: Scalar> {
  /// The data `[M, D]`.
  package let x: MatrixView<S>
  /// The decoder's outputs `[R, P·D]`, P of them per dimension, one part after the other.
  package let outputs: MatrixView<S>
  /// The factor of the derivatives.
  package let scale: Double
  /// Receives the derivatives with respect to the outputs `[R, P·D]`, unless nil; it may be `outputs` itself.
  package let delta: MutableMatrixView<S>?
  /// Receives the reconstruction terms `[R]`.
  package let losses: MutableMatrixView<S>
  /// Whether to add to the losses, not replace them.
  package let adds: Bool

  package init(
    x: MatrixView<S>, outputs: MatrixView<S>, scale: Double, delta: MutableMatrixView<S>?, losses: MutableMatrixView<S>,
    adds: Bool = false
  ) {
    let samples = x.rows == 0 ? 1 : outputs.rows / x.rows
    precondition(
      outputs.rows == x.rows * samples && losses.count == outputs.rows && losses.isContiguous,
      "likelihood of data \(x.shape), outputs \(outputs.shape), losses \(losses.shape)")
    if let delta {
      precondition(
        delta.rows == outputs.rows && delta.columns == outputs.columns,
        "outputs \(outputs.shape), their delta \(delta.shape)")
    }
    self.x = x
    self.outputs = outputs
    self.scale = scale
    self.delta = delta
    self.losses = losses
    self.adds = adds
  }

  /// L
  package var samples: Int { x.rows == 0 ? 1 : outputs.rows / x.rows }

  /// Some of the data's columns and of the outputs'.
  package func columns(_ columns: Range<Int>, outputs range: Range<Int>, adds: Bool) -> LikelihoodRows {
    LikelihoodRows(
      x: x.columns(columns), outputs: outputs.columns(range), scale: scale, delta: delta?.columns(range),
      losses: losses, adds: adds)
  }
}
