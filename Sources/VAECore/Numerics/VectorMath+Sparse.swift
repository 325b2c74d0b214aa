import CVectorMath

/// Some rows X `[rows.count, columns]` of a matrix of which only some columns are stored, in memory that somebody else owns:
/// of row i the columns and values from starts[i] to before starts[i + 1]. No column stands twice in a row.
package struct SparseMatrixView {
  let starts: UnsafeBufferPointer<Int>
  let columns: UnsafeBufferPointer<UInt32>
  let values: UnsafeBufferPointer<Double>
  /// Which rows, in which order.
  let rows: UnsafeBufferPointer<UInt64>
  /// The columns of all rows; those that are stored are fewer.
  let columnCount: Int

  package init(
    starts: UnsafeBufferPointer<Int>, columns: UnsafeBufferPointer<UInt32>, values: UnsafeBufferPointer<Double>,
    rows: UnsafeBufferPointer<UInt64>, columnCount: Int
  ) {
    (self.starts, self.columns, self.values) = (starts, columns, values)
    (self.rows, self.columnCount) = (rows, columnCount)
  }

  fileprivate var kernel: vm_sparse_rows {
    precondition(rows.allSatisfy { $0 + 1 < starts.count }, "rows of \(starts.count - 1)")
    precondition(starts.last == columns.count && columns.count == values.count, "\(columns.count) columns")
    return vm_sparse_rows(
      starts: starts.baseAddress, columns: columns.baseAddress, values: values.baseAddress, rows: rows.baseAddress,
      count: rows.count)
  }
}

extension VectorMath {
  /// product `[rows, outputs]` ← X·Wᵀ, W = `weight` `[outputs, columns]`.
  package func multiply(_ x: SparseMatrixView, by weight: MatrixView<S>, into product: MutableMatrixView<S>) {
    precondition(
      weight.columns == x.columnCount && product.rows == x.rows.count && product.columns == weight.rows,
      "sparse rows [\(x.rows.count), \(x.columnCount)], weights \(weight.shape), product \(product.shape)")
    withUnsafePointer(to: x.kernel) {
      kernels.pointee.sparse_product($0, weight.rows, weight.base, weight.stride, product.base, product.stride)
    }
  }

  /// gradient `[outputs, columns]` ← gradient + δᵀ·X, δ = `delta` `[rows, outputs]`.
  package func addGradient(_ delta: MatrixView<S>, of x: SparseMatrixView, to gradient: MutableMatrixView<S>) {
    precondition(
      gradient.columns == x.columnCount && delta.rows == x.rows.count && delta.columns == gradient.rows,
      "sparse rows [\(x.rows.count), \(x.columnCount)], deltas \(delta.shape), gradient \(gradient.shape)")
    withUnsafePointer(to: x.kernel) {
      kernels.pointee.sparse_gradient(
        $0, delta.columns, delta.base, delta.stride, gradient.base, gradient.stride)
    }
  }
}
