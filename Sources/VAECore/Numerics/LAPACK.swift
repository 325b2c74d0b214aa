// The only file that calls LAPACKE.

import CBLAS

package enum LAPACK {
  /// Q ← the orthonormal columns of the QR factorisation of A `[m, n]`, m ≥ n, in place, with the signs that make
  /// R's diagonal positive, so that a random normal A gives a uniformly distributed Q (Mezzadri 2007).
  package static func orthonormalize<S: Scalar>(_ a: MutableMatrixView<S>) {
    precondition(a.rows >= a.columns, "QR of \(a.shape) has no \(a.columns) orthonormal columns")
    if a.columns == 0 { return }
    BLAS.withOneThread { factorize(a) }
  }

  /// A symmetric A `[n, n]` = V·diag(λ)·Vᵀ: returns λ in rising order, and V takes A's place, an eigenvector in each
  /// column. Only the lower triangle is read. (Divide and conquer; LAPACK's syevd.)
  ///
  /// - Throws: where an element is NaN, or the iteration does not converge.
  package static func diagonalize<S: Scalar>(_ a: MutableMatrixView<S>) throws(VAEError) -> [S] {
    precondition(a.rows == a.columns, "eigenvalues of \(a.shape)")
    if a.rows == 0 { return [] }
    let (n, stride) = (CInt(a.rows), CInt(a.stride))
    var eigenvalues = Buffer<S>(count: a.rows)
    let values = eigenvalues.mutableView
    let failure = BLAS.withOneThread {
      switch S.elementType {
      case .float32:
        LAPACKE_ssyevd(
          LAPACK_ROW_MAJOR, vectors, lower, n, a.pointer(to: Float.self), stride, values.pointer(to: Float.self))
      case .float64:
        LAPACKE_dsyevd(
          LAPACK_ROW_MAJOR, vectors, lower, n, a.pointer(to: Double.self), stride, values.pointer(to: Double.self))
      }
    }
    guard failure == 0 else {
      throw VAEError(
        .numerics, "A matrix \(a.shape) has no eigenvalues to be found (LAPACK: \(failure)): look for NaN in the data.")
    }
    return eigenvalues.elements(0..<a.rows)
  }

  /// A symmetric positive definite A `[n, n]` = L·Lᵀ: L takes A's place, with zeros above its diagonal. Only the lower
  /// triangle is read. (Cholesky; LAPACK's potrf.)
  ///
  /// - Throws: where A is not positive definite, to rounding.
  package static func factorizeCholesky<S: Scalar>(_ a: MutableMatrixView<S>) throws(VAEError) {
    precondition(a.rows == a.columns, "Cholesky factorisation of \(a.shape)")
    if a.rows == 0 { return }
    let (n, stride) = (CInt(a.rows), CInt(a.stride))
    let failure = BLAS.withOneThread {
      switch S.elementType {
      case .float32: LAPACKE_spotrf(LAPACK_ROW_MAJOR, lower, n, a.pointer(to: Float.self), stride)
      case .float64: LAPACKE_dpotrf(LAPACK_ROW_MAJOR, lower, n, a.pointer(to: Double.self), stride)
      }
    }
    guard failure == 0 else {
      throw VAEError(
        .numerics, "A covariance \(a.shape) is not positive definite (LAPACK: \(failure)): some directions do not vary."
      )
    }
    for row in 0..<a.rows { for column in row + 1..<a.columns { a[row, column] = 0 } }
  }

  private static let (vectors, lower) = (CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "L")))

  private static func factorize<S: Scalar>(_ a: MutableMatrixView<S>) {
    let (m, n, stride) = (CInt(a.rows), CInt(a.columns), CInt(a.stride))
    var reflectors = Buffer<S>(count: a.columns)
    let tau = reflectors.mutableView
    defer { withExtendedLifetime(reflectors) {} }
    var diagonal: [S] = []
    let failures: [CInt]
    switch S.elementType {
    case .float32:
      let (p, t) = (a.pointer(to: Float.self), tau.pointer(to: Float.self))
      let factorized = LAPACKE_sgeqrf(LAPACK_ROW_MAJOR, m, n, p, stride, t)
      diagonal = (0..<a.columns).map { a[$0, $0] }
      failures = [factorized, LAPACKE_sorgqr(LAPACK_ROW_MAJOR, m, n, n, p, stride, t)]
    case .float64:
      let (p, t) = (a.pointer(to: Double.self), tau.pointer(to: Double.self))
      let factorized = LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, m, n, p, stride, t)
      diagonal = (0..<a.columns).map { a[$0, $0] }
      failures = [factorized, LAPACKE_dorgqr(LAPACK_ROW_MAJOR, m, n, n, p, stride, t)]
    }
    precondition(failures == [0, 0], "LAPACK refused the QR of \(a.shape): \(failures)")
    for column in 0..<a.columns where diagonal[column] < 0 {
      for row in 0..<a.rows { a[row, column] = -a[row, column] }
    }
  }
}
