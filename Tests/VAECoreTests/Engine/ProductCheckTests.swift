import TestSupport
import Testing
import VAECore

/// What is found out about ways to cut a product is what the bits of such products say.
struct ProductCheckTests {
  /// ProductGrid from single columns and rows to the whole, among them those for which OpenBLAS has other kernels.
  @Test(arguments: [(100, 784, 500), (100, 500, 40), (33, 70, 300)])
  func findsTheSameBits(rows: Int, inputs: Int, outputs: Int) throws {
    let network = Network(ModelConfiguration(dataSize: inputs, encoderHidden: [outputs], latentSize: 2))
    var random = TestRandom(1)
    let x: Matrix<Float> = random.matrix(rows, inputs)
    let weight: Matrix<Float> = random.matrix(outputs, inputs)
    func product(_ pieces: ProductGrid) -> Matrix<Float> {
      var result = Matrix<Float>(rows: rows, columns: outputs)
      let view = result.mutableView
      BLAS.withOneThread {
        for piece in (0..<pieces.count).map({ pieces[$0] }) {
          BLAS.multiply(
            x.view.rows(piece.data), by: weight.view.rows(piece.columns), transposingB: true,
            into: view.rows(piece.data).columns(piece.columns))
        }
      }
      return result
    }
    let whole = ProductGrid(data: .whole(rows), columns: .whole(outputs))
    let check = ProductCheck(.forward(layer: 0), network, rowsPerDatum: 1, type: Float.self)
    let expected = product(whole)
    let cuts = [1, 2, 3, 7, 31].flatMap { count in
      [
        ProductGrid(data: Partition(rows, count: count), columns: .whole(outputs)),
        ProductGrid(data: .whole(rows), columns: Partition(outputs, count: count)),
        ProductGrid(data: Partition(rows, count: 2), columns: Partition(outputs, count: count, unit: 16)),
      ]
    }
    for cut in cuts {
      let found = BLAS.withOneThread { check.first(of: [cut], like: whole, team: ThreadTeam(threads: 2)) }
      #expect((found != nil) == (product(cut) == expected), "\(cut)")
    }
    // The first that will do, and the others not tried.
    #expect(check.first(of: [whole] + cuts, like: whole, team: ThreadTeam(threads: 1)) == whole)
  }
}
