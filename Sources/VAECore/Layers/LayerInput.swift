/// What a layer takes in, X `[rows, inputs]`: a dense layer asks two products of it, and no more. Another kind of input is
/// one more case, with those two.
enum LayerInput<S: Scalar> {
  case dense(MatrixView<S>)
  /// Those of some sparse rows at the given positions.
  case sparse(SparseRows, UnsafeBufferPointer<UInt64>)

  /// linear `[rows, outputs]` ← X·Wᵀ, W = `weight` `[outputs, inputs]`; where rows are to be alike, with the bits that each has by itself.
  func multiply(by weight: MatrixView<S>, rowsAreAlike: Bool = false, into linear: MutableMatrixView<S>) {
    switch self {
    case .dense(let x):
      if rowsAreAlike {
        VectorMath().multiplyRows(x, by: weight, into: linear)
      } else {
        BLAS.multiply(x, by: weight, transposingB: true, into: linear)
      }
    case .sparse(let rows, let positions):
      rows.withView(of: positions) { VectorMath().multiply($0, by: weight, into: linear) }
    }
  }

  /// gradient `[outputs, inputs]` ← δᵀ·X (+ what was there), δ = `delta` `[rows, outputs]`.
  func gradient(_ delta: MatrixView<S>, into gradient: MutableMatrixView<S>, accumulate: Bool) {
    switch self {
    case .dense(let x):
      BLAS.multiply(delta, by: x, transposingA: true, beta: accumulate ? 1 : 0, into: gradient)
    case .sparse(let rows, let positions):
      if !accumulate { gradient.setToZero() }
      rows.withView(of: positions) { VectorMath().addGradient(delta, of: $0, to: gradient) }
    }
  }
}
