import VAECore

/// What some threads of this machine can do at best.
struct Limits {
  /// Of square GEMMs, one on each thread.
  let gflops: Double
  /// Read and written by copying large arrays.
  let gigabytesPerSecond: Double

  init(threads: Int) {
    let team = ThreadTeam(threads: threads)
    let size = 768
    let products = (0..<threads).map { _ in ProductTask.Matrices(size: size) }
    let productTime = BLAS.withOneThread {
      (0..<7).map { _ in seconds { team.run(threads, ProductTask(matrices: products)) } }.min()!
    }
    gflops = 2 * Double(size * size * size * threads) / productTime * 1e-9
    let copy = MemoryCopy(team)
    gigabytesPerSecond = (0..<7).map { _ in copy.measure() }.max()!
  }
}

private struct ProductTask: TeamTask {
  final class Matrices {
    let a, b: Buffer<Float>
    let c: MutableMatrixView<Float>
    private var memory: Buffer<Float>

    init(size: Int) {
      a = Buffer(repeatElement(0.5, count: size * size))
      b = Buffer(repeatElement(0.25, count: size * size))
      memory = Buffer(count: size * size)
      c = memory.mutableView.matrix(rows: size, columns: size)
    }
  }

  let matrices: [Matrices]

  func run(worker: Int, index: Int) {
    let own = matrices[index]
    let size = own.c.rows
    BLAS.multiply(
      own.a.view.matrix(rows: size, columns: size), by: own.b.view.matrix(rows: size, columns: size), into: own.c)
  }
}
