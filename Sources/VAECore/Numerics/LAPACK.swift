// The only file that calls LAPACKE.

import CBLAS

package enum LAPACK {
  /// Q ← the orthonormal columns of the QR factorisation of A `[m, n]`, m ≥ n, in place, with the signs that make
  /// R's diagonal positive, so that a random normal A gives a uniformly distributed Q (Mezzadri 2007).
  package static func orthonormalize<S: Scalar>(_ a: MatrixView<S>) {
    precondition(a.rows >= a.columns, "QR of \(a.shape) has no \(a.columns) orthonormal columns")
    if a.columns == 0 { return }
    BLAS.withOneThread { factorize(a) }
  }

  private static func factorize<S: Scalar>(_ a: MatrixView<S>) {
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
