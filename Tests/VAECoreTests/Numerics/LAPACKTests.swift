import TestSupport
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
      LAPACK.orthonormalize(window.mutableView)
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

  // MARK: Symmetric matrices

  /// B·Bᵀ + diagonal, positive definite, in a window whose upper triangle holds what must not be read.
  private func symmetric<S: Scalar>(_ size: Int, shift: Double) -> (window: Window<S>, elements: [Double]) {
    var random = TestRandom(UInt64(size))
    let b: Matrix<Double> = random.matrix(size, size)
    var a = (0..<size * size).map { index in
      (0..<size).reduce(index / size == index % size ? shift : 0) { $0 + b[index / size, $1] * b[index % size, $1] }
    }
    var lower = a.map { S($0) }
    for row in 0..<size {
      for column in 0..<size {
        if column > row { lower[row * size + column] = -99 }
        let (high, low) = (max(row, column), min(row, column))
        a[row * size + column] = Double(lower[high * size + low])
      }
    }
    return (Window(rows: size, columns: size, elements: lower), a)
  }

  @Test(arguments: [1, 2, 3, 17, 60]) func eigenvalues(size: Int) throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      var (window, a) = symmetric(size, shift: -1) as (Window<S>, [Double])
      let values = try LAPACK.diagonalize(window.mutableView).map { Double($0) }
      #expect(window.isIntactOutside)
      #expect(values == values.sorted())
      let v = window.elements.map { Double($0) }
      let tolerance = 10 * Double(size).squareRoot() * S.epsilon
      let norm = values.map(abs).max()!
      var worst = Worst()
      for k in 0..<size {
        for i in 0..<size {
          // A·v = λ·v, and the vectors are orthonormal.
          let image = (0..<size).reduce(0) { $0 + a[i * size + $1] * v[$1 * size + k] }
          worst.add(abs(image - values[k] * v[i * size + k]), bound: tolerance * norm, "vector \(k) in \(type)")
          let dot = (0..<size).reduce(0) { $0 + v[$1 * size + i] * v[$1 * size + k] }
          worst.add(abs(dot - (i == k ? 1 : 0)), bound: tolerance, "VᵀV at \(i), \(k) in \(type)")
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: [1, 2, 3, 17, 60]) func cholesky(size: Int) throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      var (window, a) = symmetric(size, shift: 1) as (Window<S>, [Double])
      try LAPACK.factorizeCholesky(window.mutableView)
      #expect(window.isIntactOutside)
      let l = window.elements.map { Double($0) }
      let norm = (0..<size).map { a[$0 * size + $0] }.max()!
      var worst = Worst()
      for i in 0..<size {
        worst.add(l[i * size + i] > 0 ? 0 : 1, bound: 0, "the diagonal at \(i)")
        for j in 0..<size {
          if j > i { worst.add(abs(l[i * size + j]), bound: 0, "above the diagonal at \(i), \(j)") }
          let product = (0..<size).reduce(0) { $0 + l[i * size + $1] * l[j * size + $1] }
          worst.add(abs(product - a[i * size + j]), bound: 4 * S.epsilon * norm, "LLᵀ at \(i), \(j) in \(type)")
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func symmetricMatricesThatHaveNone() throws {
    var none = Matrix<Double>(rows: 0, columns: 0)
    #expect(try LAPACK.diagonalize(none.mutableView) == [])
    try LAPACK.factorizeCholesky(none.mutableView)
    var indefinite = Matrix<Double>(rows: 2, columns: 2, elements: [1, 3, 3, 1])
    let view = indefinite.mutableView
    #expect(throws: VAEError.self) { try LAPACK.factorizeCholesky(view) }
    var damaged = Matrix<Double>(rows: 2, columns: 2, elements: [1, .nan, .nan, 1])
    let other = damaged.mutableView
    #expect(throws: VAEError.self) { _ = try LAPACK.diagonalize(other) }
    withExtendedLifetime((indefinite, damaged)) {}
  }
}
