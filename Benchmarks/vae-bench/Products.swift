import CommandSupport
import VAECore

/// A matrix product as a training step has it: C `[m, n]` ← op(A)·op(B) over k.
struct Product: Codable, Hashable {
  let name: String
  let m: Int
  let n: Int
  let k: Int
  let transposesA: Bool
  let transposesB: Bool

  var flops: Double { 2 * Double(m) * Double(n) * Double(k) }
  var transposes: String { (transposesA ? "T" : "N") + (transposesB ? "T" : "N") }

  enum CodingKeys: String, CodingKey {
    case name, m, n, k
    case transposesA = "transposes_a"
    case transposesB = "transposes_b"
  }

  /// All products of a training step, each layer's over all its rows at once.
  static func all(of shape: StepShape) -> [Product] {
    let network = Network(shape.model)
    return network.layers.enumerated().flatMap { index, layer in
      let rows = index < network.encoderCount ? shape.batchSize : shape.batchSize * shape.samples
      let name = layer.parts.map(\.name).joined(separator: "+")
      func product(_ kind: String, _ m: Int, _ n: Int, _ k: Int, _ a: Bool, _ b: Bool) -> Product {
        Product(name: "\(name) \(kind)", m: m, n: n, k: k, transposesA: a, transposesB: b)
      }
      let forward = product("forward", rows, layer.outputs, layer.inputs, false, true)
      let backward = product("backward", rows, layer.inputs, layer.outputs, false, false)
      let gradient = product("gradient", layer.outputs, layer.inputs, rows, true, false)
      return index == 0 ? [forward, gradient] : [forward, backward, gradient]
    }
  }

  /// The bytes of its three matrices.
  func byteCount(of type: ElementType) -> Int? {
    var total = 0
    for (rows, columns) in [(m, k), (k, n), (m, n)] {
      let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
      let (bytes, overflowed) = count.multipliedReportingOverflow(by: type.size)
      let (sum, overflows) = total.addingReportingOverflow(bytes)
      if overflow || overflowed || overflows { return nil }
      total = sum
    }
    return total
  }
}

/// A product with matrices to run it on.
struct ProductRun<S: Scalar> {
  let product: Product
  private let a: Buffer<S>
  private let b: Buffer<S>
  private var c: Buffer<S>

  init(_ product: Product) {
    self.product = product
    func random(_ count: Int, _ position: UInt64) -> Buffer<S> {
      var generator = PhiloxGenerator(NoiseStream(seed: 3, purpose: .synthesis), position: position)
      return Buffer((0..<count).map { _ in S(generator.nextUniform() - 0.5) })
    }
    a = random(product.m * product.k, 0)
    b = random(product.k * product.n, 1)
    c = Buffer(count: product.m * product.n)
  }

  private var aView: MatrixView<S> {
    product.transposesA
      ? a.view.matrix(rows: product.k, columns: product.m) : a.view.matrix(rows: product.m, columns: product.k)
  }

  private var bView: MatrixView<S> {
    product.transposesB
      ? b.view.matrix(rows: product.n, columns: product.k) : b.view.matrix(rows: product.k, columns: product.n)
  }

  /// Runs the product with OpenBLAS's present number of threads.
  mutating func run() {
    BLAS.multiply(
      aView, by: bView, transposingA: product.transposesA, transposingB: product.transposesB,
      into: c.mutableView.matrix(rows: product.m, columns: product.n))
  }

  /// Throws where some elements of the result are not the sums of products that they should be.
  mutating func check() throws {
    run()
    let (aView, bView) = (aView, bView)
    let result = c.view.matrix(rows: product.m, columns: product.n)
    var generator = PhiloxGenerator(NoiseStream(seed: 4, purpose: .synthesis))
    for _ in 0..<20 {
      let (row, column) = (generator.next(below: product.m), generator.next(below: product.n))
      var sum = 0.0
      var magnitude = 0.0
      for index in 0..<product.k {
        let term =
          Double(product.transposesA ? aView[index, row] : aView[row, index])
          * Double(product.transposesB ? bView[column, index] : bView[index, column])
        sum += term
        magnitude += abs(term)
      }
      guard abs(Double(result[row, column]) - sum) <= Double(S.ulpOfOne) * 4 * magnitude else {
        throw VAEError(
          .numerics, "OpenBLAS computed \(product.name) wrongly: \(result[row, column]) instead of \(sum).")
      }
    }
  }
}
