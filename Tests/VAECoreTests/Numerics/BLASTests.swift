import Foundation
import Synchronization
import TestSupport
import Testing
import VAECore

/// The product of matrices against three loops, and what the wrapper promises about shapes and threads.
struct BLASTests {
  struct Shape {
    let m: Int, n: Int, k: Int
    let alpha: Double, beta: Double
  }

  /// Empty, single, odd, and some large enough for OpenBLAS's blocked kernels.
  static let shapes: [Shape] = {
    var random = TestRandom(1)
    let factors = [0, 1, -0.5, 2]
    return (0..<200).map { index in
      func size() -> Int {
        switch index % 20 {
        case 0: random.integer(100...160)
        case 1...4: random.integer(0...1)
        default: random.integer(0...33)
        }
      }
      return Shape(
        m: size(), n: size(), k: size(), alpha: factors[random.integer(0...3)], beta: factors[random.integer(0...3)])
    }
  }()

  @Test func shapesCoverTheCases() {
    #expect(Self.shapes.contains { $0.k == 0 && $0.m * $0.n > 0 })
    #expect(Self.shapes.contains { $0.m == 0 } && Self.shapes.contains { $0.n == 0 })
    for alpha in [0, 1, -0.5, 2] {
      for beta in [0, 1, -0.5, 2] {
        #expect(Self.shapes.contains { $0.alpha == alpha && $0.beta == beta && $0.m * $0.n * $0.k > 0 })
      }
    }
  }

  @Test(arguments: [false, true], [false, true]) func product(transposingA: Bool, transposingB: Bool) {
    func check<S: Scalar>(_ shape: Shape, _ type: S.Type) {
      var random = TestRandom(UInt64(shape.m * 1_000_000 + shape.n * 1000 + shape.k))
      let (m, n, k) = (shape.m, shape.n, shape.k)
      let a: Matrix<S> = transposingA ? random.matrix(k, m) : random.matrix(m, k)
      let b: Matrix<S> = transposingB ? random.matrix(n, k) : random.matrix(k, n)
      // What is multiplied by 0 must not matter, not even NaN.
      let c: Matrix<S> =
        shape.beta == 0
        ? Matrix(rows: m, columns: n, elements: Array(repeating: .nan, count: m * n)) : random.matrix(m, n)

      let windowA = Window(rows: a.rows, columns: a.columns, padding: 3, elements: a.elements)
      let windowB = Window(rows: b.rows, columns: b.columns, padding: 4, elements: b.elements)
      var windowC = Window(rows: m, columns: n, elements: c.elements)
      BLAS.withOneThread {
        BLAS.multiply(
          windowA.view, by: windowB.view, transposingA: transposingA, transposingB: transposingB,
          alpha: S(shape.alpha), beta: S(shape.beta), into: windowC.mutableView)
      }
      var whole = c
      whole.formProduct(
        a, by: b, transposingA: transposingA, transposingB: transposingB, alpha: S(shape.alpha), beta: S(shape.beta))

      let (left, right, old) = (a.doubles, b.doubles, c.doubles)
      let (results, wholeResults) = (windowC.elements, whole.elements)
      var worst = 0.0
      for i in 0..<m {
        for j in 0..<n {
          let before = shape.beta == 0 ? 0 : shape.beta * old[i * n + j]
          var (sum, magnitude) = (before, abs(before))
          for p in 0..<k {
            let factorA = transposingA ? left[p * m + i] : left[i * k + p]
            let factorB = transposingB ? right[j * k + p] : right[p * n + j]
            sum += shape.alpha * factorA * factorB
            magnitude += abs(shape.alpha * factorA * factorB)
          }
          // Each of the k + 2 roundings, here and there, is at most half an epsilon of the terms' magnitudes.
          let bound = Double(k + 2) * S.epsilon * magnitude
          for result in [results[i * n + j], wholeResults[i * n + j]] {
            let error = abs(Double(result) - sum)
            worst = max(worst, error.isNaN || error > bound ? .infinity : 0)
          }
        }
      }
      #expect(worst == 0, "\(shape) in \(type)")
      #expect(windowC.isIntactOutside, "\(shape) in \(type)")
    }
    for shape in Self.shapes {
      check(shape, Float.self)
      check(shape, Double.self)
    }
  }

  /// The columns of a view are a matrix of the whole's stride.
  @Test func columnsOfAView() {
    var random = TestRandom(2)
    let a: Matrix<Double> = random.matrix(5, 9)
    let b: Matrix<Double> = random.matrix(4, 6)
    var c = Matrix<Double>(rows: 5, columns: 10)
    BLAS.withOneThread { BLAS.multiply(a.view.columns(2..<6), by: b.view, into: c.mutableView.columns(3..<9)) }
    for i in 0..<5 {
      for j in 0..<10 {
        let expected = j < 3 || j == 9 ? 0 : (0..<4).reduce(0) { $0 + a[i, $1 + 2] * b[$1, j - 3] }
        #expect(abs(c[i, j] - expected) < 1e-14)
      }
    }
  }

  /// A product into one of its own factors takes the factor's old value.
  @Test func productIntoAFactor() {
    var a = Matrix<Double>(rows: 2, columns: 2, elements: [1, 2, 3, 4])
    a.formProduct(a, by: a)
    #expect(a.elements == [7, 10, 15, 22])
  }

  @Test func wrongShapesTrap() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var c = Matrix<Float>(rows: 2, columns: 4)
      c.formProduct(Matrix(rows: 2, columns: 3), by: Matrix(rows: 4, columns: 3))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("product of [2, 3] and [4, 3] into [2, 4]"), "\(message)")
  }

  @Test func wrongResultShapeTraps() async {
    await #expect(processExitsWith: .failure) {
      var c = Matrix<Double>(rows: 4, columns: 2)
      c.formProduct(Matrix(rows: 2, columns: 3), by: Matrix(rows: 3, columns: 4))
    }
  }
}

/// The number of OpenBLAS's threads is the process's own, so each of these has a process to itself.
struct BLASThreadTests {
  struct Failure: Error {}

  @Test func nested() async {
    await #expect(processExitsWith: .success) {
      BLAS.threads = 3
      BLAS.withOneThread {
        #expect(BLAS.threads == 1)
        BLAS.withOneThread { #expect(BLAS.threads == 1) }
        #expect(BLAS.threads == 1)
      }
      #expect(BLAS.threads == 3)
    }
  }

  @Test func afterAnError() async {
    await #expect(processExitsWith: .success) {
      BLAS.threads = 3
      #expect(throws: Failure.self) { try BLAS.withOneThread { throw Failure() } }
      #expect(BLAS.threads == 3)
    }
  }

  @Test func whereOneThreadIsTheSetting() async {
    await #expect(processExitsWith: .success) {
      BLAS.threads = 1
      BLAS.withOneThread {}
      #expect(BLAS.threads == 1)
    }
  }

  @Test func concurrent() async {
    await #expect(processExitsWith: .success) {
      BLAS.threads = 3
      let wrong = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: 2000) { _ in
        BLAS.withOneThread {
          if BLAS.threads != 1 { wrong.wrappingAdd(1, ordering: .relaxed) }
        }
      }
      #expect(wrong.load(ordering: .relaxed) == 0)
      #expect(BLAS.threads == 3)
    }
  }

  /// OpenBLAS puts the text together anew at each call, in memory that all threads share.
  @Test func configurationIsTheSameForAll() async {
    let texts = await withTaskGroup(of: Set<String>.self) { group in
      for _ in 0..<4 { group.addTask { Set((0..<20_000).map { _ in BLAS.configuration }) } }
      return await group.reduce(into: Set()) { $0.formUnion($1) }
    }
    #expect(texts.count == 1 && texts.first!.hasPrefix("OpenBLAS 0."))
  }
}
