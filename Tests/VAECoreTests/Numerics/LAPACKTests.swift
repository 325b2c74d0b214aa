import Testing
import VAECore

/// Orthonormal columns of the QR factorisation with the signs that make it unique.
struct LAPACKTests {
  static let shapes = [[1, 1], [2, 2], [5, 1], [7, 3], [16, 16], [33, 32], [150, 60], [130, 130]]

  @Test(arguments: shapes) func factorization(shape: [Int]) {
    func check<S: Scalar>(_ type: S.Type) {
      let (rows, columns) = (shape[0], shape[1])
      var random = TestRandom(UInt64(rows + columns))
      let a: Matrix<S> = random.matrix(rows, columns)
      var window = Window(rows: rows, columns: columns, elements: a.elements)
      LAPACK.orthonormalize(window.view)
      #expect(window.isIntactOutside)
      let (q, original) = (window.elements.map { Double($0) }, a.doubles)
      let tolerance = 4 * Double(rows).squareRoot() * S.epsilon
      var worst = Worst()
      var product = Array(repeating: 0.0, count: columns * columns)
      for i in 0..<columns {
        for j in 0..<columns {
          var (dot, r) = (0.0, 0.0)
          for row in 0..<rows {
            dot += q[row * columns + i] * q[row * columns + j]
            r += q[row * columns + i] * original[row * columns + j]
          }
          product[i * columns + j] = r
          worst.add(abs(dot - (i == j ? 1 : 0)), bound: tolerance, "QᵀQ at \(i), \(j) in \(type)")
          // R's columns are as long as A's, √rows.
          if i > j { worst.add(abs(r), bound: tolerance * Double(rows).squareRoot(), "R at \(i), \(j) in \(type)") }
          if i == j { worst.add(r > 0 ? 0 : 1, bound: 0, "R at \(i), \(j) in \(type)") }
        }
      }
      // A = Q·R
      for row in 0..<rows {
        for column in 0..<columns {
          let sum = (0...column).reduce(0) { $0 + q[row * columns + $1] * product[$1 * columns + column] }
          worst.add(
            abs(sum - original[row * columns + column]), bound: tolerance * Double(rows).squareRoot(),
            "QR at \(row), \(column) in \(type)")
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func noColumns() {
    var a = Matrix<Double>(rows: 4, columns: 0)
    LAPACK.orthonormalize(a.mutableView)
    #expect(a.elements.isEmpty)
  }

  /// The number of OpenBLAS's threads is the process's own, so this has a process to itself.
  @Test func threadsOfOpenBLASChangeNothing() async {
    await #expect(processExitsWith: .success) {
      func columns(threads: Int) -> [Float] {
        var random = TestRandom(4)
        var a: Matrix<Float> = random.matrix(500, 400)
        BLAS.threads = threads
        LAPACK.orthonormalize(a.mutableView)
        #expect(BLAS.threads == threads)
        return a.elements
      }
      #expect(columns(threads: 1) == columns(threads: 2))
    }
  }

  @Test func moreColumnsThanRowsTrap() async {
    await #expect(processExitsWith: .failure) {
      var a = Matrix<Double>(rows: 2, columns: 3)
      LAPACK.orthonormalize(a.mutableView)
    }
  }
}
