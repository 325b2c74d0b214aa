import CVectorMath

// The caller of row_product.h.

extension VectorMath {
  /// linear `[rows, outputs]` ← X·Wᵀ, or + X·Wᵀ, with X `[rows, inputs]` and W = `weight` `[outputs, inputs]`, where the bits of a row's result depend on
  /// that row and W alone: what a model says of a datum is then the same whatever is asked beside it, and on however many threads.
  ///
  /// OpenBLAS promises no such thing, and does no such thing: its kernels order sums by a product's shape and by the place in it.
  package func multiplyRows(
    _ x: MatrixView<S>, by weight: MatrixView<S>, adding: Bool = false, into linear: MutableMatrixView<S>
  ) {
    precondition(
      x.columns == weight.columns && linear.rows == x.rows && linear.columns == weight.rows,
      "product of rows \(x.shape) with \(weight.shape) into \(linear.shape)")
    kernels.pointee.row_product(
      x.rows, weight.rows, x.columns, x.base, x.stride, weight.base, weight.stride, adding, linear.base, linear.stride)
  }
}
