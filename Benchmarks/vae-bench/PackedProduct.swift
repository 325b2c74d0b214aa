import VAECore

/// A product of bfloat16 numbers by the library's own kernels, in pieces that a team of threads takes.
final class PackedProduct {
  private let matrices: ProductMatrices<Float>
  private let team: ThreadTeam
  private let math = PackedMath()
  private var memory = PackedMemory()
  private let a: PackedMatrix
  private let b: PackedMatrix

  /// Of matrices whose numbers are bfloat16 numbers already.
  init(_ matrices: ProductMatrices<Float>, _ team: ThreadTeam) {
    self.matrices = matrices
    self.team = team
    let product = matrices.product
    a = memory.reserve(
      product.transposesA
        ? PackedLayout(rows: product.k, columns: product.m, inPanels: true)
        : PackedLayout(rows: product.m, columns: product.k, inRows: true))
    b = memory.reserve(PackedLayout(rows: product.k, columns: product.n, inPanels: true))
    pack()
  }

  /// Lays both factors out.
  func pack() {
    let (left, right) = (matrices.a, matrices.b)
    let math = math
    team.run(
      Pieces.count(left.rows),
      Pieces(of: left.rows) { [a] rows in math.pack(left.rows(rows), into: a, row: rows.lowerBound) })
    let transposes = matrices.product.transposesB
    team.run(
      Pieces.count(right.rows),
      Pieces(of: right.rows) { [b] rows in
        if !transposes { return math.pack(right.rows(rows), into: b, row: rows.lowerBound) }
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 16) {
          math.packWeights(
            right, rows: { first + $0 < rows.upperBound ? first + $0 : nil }, transposed: b, packed: nil, row: first)
        }
      })
  }

  /// Makes the product of what is packed.
  func multiply() {
    let product = matrices.product
    let c = matrices.c
    let math = math
    team.run(
      Pieces.count(product.m),
      Pieces(of: product.m) { [a, b] rows in
        if product.transposesA {
          math.multiplyTransposed(a, rows, by: b, over: 0..<product.k, into: c.rows(rows))
        } else {
          math.multiply(a, rows, by: b, 0..<product.n, into: c.rows(rows))
        }
      })
  }
}

/// Some rows at a time: as many as a panel has columns.
private struct Pieces: TeamTask {
  private let total: Int
  private let body: (Range<Int>) -> Void

  init(of total: Int, _ body: @escaping (Range<Int>) -> Void) {
    self.total = total
    self.body = body
  }

  static func count(_ total: Int) -> Int { (total + PackedLayout.panel - 1) / PackedLayout.panel }

  func run(worker: Int, index: Int) {
    body(index * PackedLayout.panel..<min((index + 1) * PackedLayout.panel, total))
  }
}

extension Float {
  /// The nearest bfloat16 number, ties to even, of a number that is not too large; in the upper half of its bits.
  var roundedToBFloat16: Float { Float(bitPattern: (bitPattern + 0x7fff + (bitPattern >> 16 & 1)) & 0xffff_0000) }

  /// A bfloat16 number as its 16 bits.
  var bfloat16: UInt16 { UInt16(bitPattern >> 16) }
}
