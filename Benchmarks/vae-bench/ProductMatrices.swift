import Foundation
import VAECore

/// The matrices of a product, to make it on, by whomever.
final class ProductMatrices<S: Scalar> {
  let product: Product
  private let left: Buffer<S>
  private let right: Buffer<S>
  private var result: Buffer<S>

  /// Random factors, each number of which may be `changed`.
  init(_ product: Product, changed: (S) -> S = { $0 }) {
    self.product = product
    func random(_ count: Int, _ position: UInt64) -> Buffer<S> {
      var generator = PhiloxGenerator(NoiseStream(seed: 3, purpose: .synthesis), position: position)
      return Buffer((0..<count).map { _ in changed(S(generator.nextUniform() - 0.5)) })
    }
    left = random(product.m * product.k, 0)
    right = random(product.k * product.n, 1)
    result = Buffer(count: product.m * product.n)
  }

  /// A `[m, k]`, or `[k, m]` where it is transposed.
  var a: MatrixView<S> {
    product.transposesA
      ? left.view.matrix(rows: product.k, columns: product.m) : left.view.matrix(rows: product.m, columns: product.k)
  }

  /// B `[k, n]`, or `[n, k]` where it is transposed.
  var b: MatrixView<S> {
    product.transposesB
      ? right.view.matrix(rows: product.n, columns: product.k) : right.view.matrix(rows: product.k, columns: product.n)
  }

  /// C `[m, n]`.
  var c: MutableMatrixView<S> { result.mutableView.matrix(rows: product.m, columns: product.n) }

  /// Throws where some elements of what `multiply` makes of C are not the sums of products that they should be: farther
  /// than 4 units in the last place of Σ|a·b| from them. `name` says who multiplies.
  func check(_ name: String, _ multiply: () -> Void) throws {
    // What is not written must not look right.
    result = Buffer(repeatElement(.nan, count: result.count))
    multiply()
    let (a, b, c) = (a, b, c.view)
    var generator = PhiloxGenerator(NoiseStream(seed: 4, purpose: .synthesis))
    let corners = [(0, 0), (0, product.n - 1), (product.m - 1, 0), (product.m - 1, product.n - 1)]
    for (row, column) in corners
      + (0..<20).map({ _ in (generator.next(below: product.m), generator.next(below: product.n)) })
    {
      var sum = 0.0
      var magnitude = 0.0
      for index in 0..<product.k {
        let term =
          Double(product.transposesA ? a[index, row] : a[row, index])
          * Double(product.transposesB ? b[column, index] : b[index, column])
        sum += term
        magnitude += abs(term)
      }
      guard abs(Double(c[row, column]) - sum) <= Double(S.ulpOfOne) * 4 * magnitude else {
        throw VAEError(
          .numerics,
          "\(name)'s product \(product.title) is wrong: element "
            + "[\(row), \(column)] is \(c[row, column]) instead of \(sum). It was not timed.")
      }
    }
  }
}
