import Foundation
import TestSupport
import Testing
import VAECore

/// The kernels of CBFloat16, on each level: rounding, products and sums, bit for bit.
struct PackedMathTests {
  // MARK: Rounding

  /// The bfloat16 number next to a float, of two as near the one with an even last bit, by arithmetic; zero below the
  /// normal numbers.
  private static func nearest(_ x: Float) -> Float {
    if x.isNaN || x.isInfinite { return x }
    if x.magnitude < .leastNormalMagnitude { return x.sign == .minus ? -0.0 : 0 }
    let low = Float(bitPattern: x.bitPattern & 0xffff_0000)
    let step = Double(low.ulp) * 0x1p16
    let (below, above) = (Double(low.magnitude), Double(low.magnitude) + step)
    let (down, up) = (Double(x.magnitude) - below, above - Double(x.magnitude))
    let isOdd = low.bitPattern >> 16 & 1 == 1
    let magnitude = down < up || down == up && !isOdd ? below : above
    // Beyond the greatest float there is infinity.
    return Float(x.sign == .minus ? -magnitude : magnitude)
  }

  /// Some floats as bfloat16 numbers: the products of a column with 1.
  private func rounded(_ x: [Float], scale: Float = 1, rest: Bool = false, _ level: VectorLevel) -> [Float] {
    let math = PackedMath(level: level)
    var memory = PackedMemory()
    let column = memory.reserve(PackedLayout(rows: x.count, columns: 1, inRows: true))
    let one = memory.reserve(PackedLayout(rows: 1, columns: 1, inPanels: true))
    math.pack(Matrix(rows: x.count, columns: 1, elements: x), scale: scale, rest: rest, into: column, row: 0)
    math.pack(Matrix<Float>(rows: 1, columns: 1, elements: [1]), into: one, row: 0)
    var result = Matrix<Float>(rows: x.count, columns: 1)
    math.multiply(column, 0..<x.count, by: one, 0..<1, into: result.mutableView)
    return withExtendedLifetime(memory) { result.elements }
  }

  private func check(_ bits: [UInt32], _ level: VectorLevel) {
    let x = bits.map { Float(bitPattern: $0) }
    for (x, result) in zip(x, rounded(x, level)) {
      let expected = Self.nearest(x)
      // A sum that begins with 0 has no negative zero.
      guard x.isNaN ? !result.isNaN : result != expected else { continue }
      Issue.record("\(x) (\(String(x.bitPattern, radix: 16))) became \(result), not \(expected), on \(level)")
      return
    }
  }

  @Test(arguments: supportedLevels) func rounding(level: VectorLevel) {
    // Around every place where something changes: ties, carries into the exponent, ends of ranges.
    let edges: [UInt32] = [
      0, 0x0001_0000, 0x0040_0000, 0x007f_ffff, 0x0080_0000, 0x0080_8000, 0x3f7f_8000, 0x3f80_0000, 0x3f80_8000,
      0x3f81_8000, 0x3fff_8000, 0x7f7f_0000, 0x7f7f_8000, 0x7f7f_ffff, 0x7f80_0000, 0x7f80_0001, 0x7fc0_0000,
      0x7fff_ffff,
    ]
    let around = edges.flatMap { edge in (-3...3).compactMap { UInt32(exactly: Int64(edge) + Int64($0)) } }
    check(around + around.map { $0 ^ 0x8000_0000 }, level)
    var generator = PhiloxGenerator(NoiseStream(seed: 1, purpose: .synthesis))
    check((0..<100_000).map { _ in generator.nextWord() }, level)
  }

  /// A number is what it was rounded to and what that takes away, to 16 bits.
  @Test(arguments: supportedLevels) func rest(level: VectorLevel) {
    var random = TestRandom(1)
    let x = (random.matrix(1000, 1) as Matrix<Float>).elements.map { $0 * 1000 } + [2001, 2003, 65535, -1025.5]
    for (index, (number, rest)) in zip(rounded(x, level), rounded(x, rest: true, level)).enumerated() {
      #expect(abs(Double(number) + Double(rest) - Double(x[index])) <= 0x1p-17 * Double(abs(x[index])))
    }
    #expect(rounded(x, scale: 3, level) == x.map { Self.nearest($0 * 3) })
  }

  /// Bytes over 255 are bytes again.
  @Test(arguments: supportedLevels) func bytesAreExact(level: VectorLevel) {
    for white: Float in [1, 15, 16, 17, 99, 100, 255] {
      let bytes = (0...255).map { Float($0) }
      #expect(rounded(bytes.map { $0 / white }, scale: white, level) == bytes)
    }
  }

  // MARK: Products

  /// One step of a sum's chain: fused, and zero where it is smaller than normal, rounded as if exponents had no end.
  private static func step(_ sum: Float, _ a: Float, _ b: Float) -> Float {
    let result = sum.addingProduct(a, b)
    guard result.magnitude <= .leastNormalMagnitude else { return result }
    // Of small numbers, in a range where exponents do not end. (Else all is zero: what cancels is exact.)
    let large = (sum * 0x1p80).addingProduct(a * 0x1p40, b * 0x1p40)
    return large.magnitude < .leastNormalMagnitude * 0x1p80 ? 0 : large * 0x1p-80
  }

  private static func chain(_ a: [Float], _ b: [Float]) -> Float {
    stride(from: 0, to: a.count, by: 2).reduce(0) { sum, k in
      let second = k + 1 < a.count ? step(sum, a[k + 1], b[k + 1]) : step(sum, 0, 0)
      return step(second, a[k], b[k])
    }
  }

  private func random(_ rows: Int, _ columns: Int, _ seed: UInt64) -> Matrix<Float> {
    var random = TestRandom(seed)
    return random.matrix(rows, columns)
  }

  /// A·B and, of the transpose, Aᵀ·B, every element the chain over its terms, on every level; of some rows and columns, too.
  @Test(arguments: supportedLevels) func products(level: VectorLevel) {
    let math = PackedMath(level: level)
    for (m, n, k) in [
      (1, 1, 1), (7, 5, 2), (6, 64, 10), (13, 65, 33), (12, 100, 31), (5, 200, 64), (65, 70, 9), (130, 17, 3),
    ] {
      let (a, b) = (random(m, k, 1), random(k, n, 2))
      let (roundedA, roundedB) = (a.elements.map(Self.nearest), b.elements.map(Self.nearest))
      let columns = (0..<n).map { j in (0..<k).map { roundedB[$0 * n + j] } }
      let expected = (0..<m).map { i in columns.map { Self.chain(Array(roundedA[i * k..<(i + 1) * k]), $0) } }
      var memory = PackedMemory()
      let rows = memory.reserve(PackedLayout(rows: m, columns: k, inRows: true))
      let transposed = memory.reserve(PackedLayout(rows: k, columns: m, inPanels: true))
      let panels = memory.reserve(PackedLayout(rows: k, columns: n, inPanels: true))
      math.pack(a, into: rows, row: 0)
      math.pack(b, into: panels, row: 0)
      var aT = Matrix<Float>(rows: k, columns: m)
      for i in 0..<m { for j in 0..<k { aT[j, i] = a[i, j] } }
      math.pack(aT, into: transposed, row: 0)

      // Some columns are left out, and some rows; beside what is written, nothing is.
      for (firstRow, firstColumn) in [(0, 0), (m / 3, n / 3), (m - 1, n - 1)] {
        var c = Matrix<Float>(rows: m - firstRow, columns: n - firstColumn + 2)
        let view = c.mutableView.columns(1..<n - firstColumn + 1)
        func check(_ alpha: Float, _ before: Float, _ name: String) {
          for (row, i) in (firstRow..<m).enumerated() {
            let sums = expected[i][firstColumn...].map { before == 0 ? $0 * alpha : before + $0 * alpha }
            #expect(Array(c.row(row).dropFirst().dropLast()) == sums, "\(name) \(m) \(n) \(k) on \(level)")
            #expect(c[row, 0] == 0 && c[row, n - firstColumn + 1] == 0)
          }
        }
        math.multiply(rows, firstRow..<m, by: panels, firstColumn..<n, into: view)
        check(1, 0, "rows")
        view.set(to: 2)
        math.multiply(rows, firstRow..<m, by: panels, firstColumn..<n, alpha: 0.3, adds: true, into: view)
        check(0.3, 2, "rows, added")
        if firstColumn > 0 { continue }
        math.multiplyTransposed(transposed, firstRow..<m, by: panels, over: 0..<k, alpha: 3, into: view)
        check(3, 0, "transposed")
        view.set(to: -1)
        math.multiplyTransposed(transposed, firstRow..<m, by: panels, over: 0..<k, adds: true, into: view)
        check(1, -1, "transposed, added")
      }
      var sums = Matrix<Float>(rows: 1, columns: n)
      math.sumColumns(panels, 0..<n, over: 0..<k, adds: false, into: sums.mutableView)
      #expect(sums.elements == columns.map { $0.reduce(0, +) })
      math.sumColumns(panels, n / 2..<n, over: 0..<k, adds: true, into: sums.mutableView.columns(n / 2..<n))
      #expect(Array(sums.elements[(n / 2)...]) == columns[(n / 2)...].map { $0.reduce($0.reduce(0, +), +) })
      withExtendedLifetime((memory, a, b)) {}
    }
  }

  /// What is smaller than normal is zero, in and out, and what is only rounded up to be normal is what the processors make of
  /// it: all levels agree, whatever the numbers.
  @Test func smallNumbers() {
    var generator = PhiloxGenerator(NoiseStream(seed: 2, purpose: .synthesis))
    func number(_ exponents: ClosedRange<Int>) -> Float {
      let exponent = exponents.lowerBound + generator.next(below: exponents.count)
      let sign: Float = generator.next(below: 2) == 0 ? 1 : -1
      return sign * Float(sign: .plus, exponent: exponent, significand: 1 + Float(generator.next(below: 128)) / 128)
    }
    // Half of them cancel, or nearly.
    let terms = (0..<4000).map { index -> [Float] in
      let (a, b) = (number(-70 ... -56), number(-70 ... -56))
      return index % 2 == 0
        ? [a, b, number(-90 ... -56), number(-90 ... -56)]
        : [0x1p-63, 0x1p-63, number(-78 ... -72), -number(-80 ... -72)]
    }
    let a = Matrix<Float>(rows: terms.count, columns: 2, elements: terms.flatMap { [$0[2], $0[0]] })
    let b = Matrix<Float>(rows: 2, columns: terms.count, elements: terms.map { $0[3] } + terms.map { $0[1] })
    let expected = terms.map { Self.chain([$0[2], $0[0]], [$0[3], $0[1]]) }
    #expect(expected.contains(0) && expected.contains(.leastNormalMagnitude))
    for level in supportedLevels {
      let math = PackedMath(level: level)
      var memory = PackedMemory()
      let rows = memory.reserve(PackedLayout(rows: terms.count, columns: 2, inRows: true))
      let panels = memory.reserve(PackedLayout(rows: 2, columns: terms.count, inPanels: true))
      math.pack(a, into: rows, row: 0)
      math.pack(b, into: panels, row: 0)
      let result = terms.indices.map { index in
        var c = Matrix<Float>(rows: 1, columns: 1)
        math.multiply(rows, index..<index + 1, by: panels, index..<index + 1, into: c.mutableView)
        return c[0, 0]
      }
      withExtendedLifetime((memory, a, b)) {}
      let wrong = terms.indices.filter { result[$0] != expected[$0] }
      #expect(wrong.isEmpty, "\(level): \(wrong.prefix(3).map { (terms[$0], result[$0], expected[$0]) })")
    }
  }

  /// The error of a product of rounded matrices is that of single precision: below k units in the last place of the sum of
  /// magnitudes.
  @Test(arguments: supportedLevels) func productsAgreeWithDoubles(level: VectorLevel) {
    let math = PackedMath(level: level)
    let (m, n, k) = (9, 70, 1000)
    let (a, b) = (random(m, k, 3), random(k, n, 4))
    var memory = PackedMemory()
    let rows = memory.reserve(PackedLayout(rows: m, columns: k, inRows: true))
    let panels = memory.reserve(PackedLayout(rows: k, columns: n, inPanels: true))
    math.pack(a, into: rows, row: 0)
    math.pack(b, into: panels, row: 0)
    var c = Matrix<Float>(rows: m, columns: n)
    math.multiply(rows, 0..<m, by: panels, 0..<n, into: c.mutableView)
    withExtendedLifetime((memory, a, b)) {}
    for i in 0..<m {
      for j in 0..<n {
        let terms = (0..<k).map { Double(Self.nearest(a[i, $0])) * Double(Self.nearest(b[$0, j])) }
        let magnitude = terms.reduce(0) { $0 + abs($1) }
        #expect(abs(Double(c[i, j]) - terms.reduce(0, +)) < Double(k) * 0x1p-24 * magnitude)
      }
    }
  }

  // MARK: Packing

  /// A matrix that is packed in pieces is the whole; an odd last row and column included.
  @Test(arguments: supportedLevels) func pieces(level: VectorLevel) {
    let math = PackedMath(level: level)
    let (m, n) = (21, 135)
    let (x, unit) = (random(m, n, 5), Matrix<Float>.identity(n))
    func products(_ pack: (PackedMatrix) -> Void) -> [[Float]] {
      var memory = PackedMemory()
      let matrix = memory.reserve(PackedLayout(rows: m, columns: n, inRows: true, inPanels: true))
      let identity = memory.reserve(PackedLayout(rows: n, columns: n, inPanels: true))
      let ones = memory.reserve(PackedLayout(rows: m, columns: m, inPanels: true))
      pack(matrix)
      math.pack(unit, into: identity, row: 0)
      math.pack(Matrix<Float>.identity(m), into: ones, row: 0)
      var (rows, columns) = (Matrix<Float>(rows: m, columns: n), Matrix<Float>(rows: n, columns: m))
      math.multiply(matrix, 0..<m, by: identity, 0..<n, into: rows.mutableView)
      math.multiplyTransposed(matrix, 0..<n, by: ones, over: 0..<m, into: columns.mutableView)
      withExtendedLifetime((memory, unit)) {}
      return [rows.elements, columns.elements]
    }
    let whole = products { math.pack(x, into: $0, row: 0) }
    #expect(whole[0] == x.elements.map(Self.nearest))
    #expect((0..<n).allSatisfy { j in (0..<m).allSatisfy { whole[1][j * m + $0] == Self.nearest(x[$0, j]) } })
    let pieces = products { matrix in
      for (first, last) in [(14, 21), (0, 6), (6, 14)] {
        for (left, right) in [(64, 135), (0, 33), (33, 64)] {
          math.pack(x.view.rows(first..<last).columns(left..<right), into: matrix, row: first, column: left)
        }
      }
    }
    #expect(pieces == whole)
    withExtendedLifetime(x) {}
  }

  /// Weights that are packed 16 rows at a time are W and Wᵀ, rows without weights zero.
  @Test(arguments: supportedLevels) func weights(level: VectorLevel) {
    let math = PackedMath(level: level)
    for columns in [1, 2, 15, 31, 33, 64, 100] {
      let rows = 83
      let w = random(rows, columns, 6)
      let isThere = (0..<96).map { $0 < rows && $0 % 7 != 3 }
      var memory = PackedMemory()
      let transposed = memory.reserve(PackedLayout(rows: columns, columns: 96, inPanels: true))
      let plain = memory.reserve(PackedLayout(rows: 96, columns: columns, inPanels: true))
      for first in stride(from: 0, to: 96, by: 16) {
        math.packWeights(
          w.view, rows: { isThere[first + $0] ? first + $0 : nil }, transposed: transposed, packed: plain, row: first)
      }
      func rowsOf(_ size: Int) -> PackedMatrix {
        let identity = memory.reserve(PackedLayout(rows: size, columns: size, inRows: true))
        math.pack(Matrix<Float>.identity(size), into: identity, row: 0)
        return identity
      }
      var (a, b) = (Matrix<Float>(rows: columns, columns: 96), Matrix<Float>(rows: 96, columns: columns))
      math.multiply(rowsOf(columns), 0..<columns, by: transposed, 0..<96, into: a.mutableView)
      math.multiply(rowsOf(96), 0..<96, by: plain, 0..<columns, into: b.mutableView)
      for row in 0..<96 {
        let expected = isThere[row] ? w.row(row).map(Self.nearest) : Array(repeating: 0, count: columns)
        #expect(Array(b.row(row)) == expected && (0..<columns).allSatisfy { a[$0, row] == expected[$0] }, "\(columns)")
      }
      withExtendedLifetime((memory, w)) {}
    }
  }
}

extension Matrix<Float> {
  fileprivate static func identity(_ size: Int) -> Matrix {
    Matrix(rows: size, columns: size, elements: (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 })
  }
}

extension PackedMath {
  fileprivate func pack(
    _ x: Matrix<Float>, scale: Float = 1, rest: Bool = false, into packed: PackedMatrix, row: Int
  ) {
    withExtendedLifetime(x) { pack(x.view, scale: scale, rest: rest, into: packed, row: row) }
  }
}

extension MutableMatrixView<Float> {
  fileprivate func set(to value: Float) {
    for row in 0..<rows { for column in 0..<columns { self[row, column] = value } }
  }
}
