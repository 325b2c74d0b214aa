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
    let count = 1 << 24
    let source = Buffer<Float>(count: count)
    var target = Buffer<Float>(count: count)
    let copy = CopyTask(
      source: source.view.matrix(rows: threads * 16, columns: count / (threads * 16)),
      target: target.mutableView.matrix(rows: threads * 16, columns: count / (threads * 16)))
    let copyTime = withExtendedLifetime((source, target)) {
      (0..<7).map { _ in seconds { team.run(threads * 16, copy) } }.min()!
    }
    gigabytesPerSecond = Double(8 * count) / copyTime * 1e-9
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

private struct CopyTask: TeamTask {
  let source: MatrixView<Float>
  let target: MutableMatrixView<Float>

  func run(worker: Int, index: Int) { target.rows(index..<index + 1).copy(from: source.rows(index..<index + 1)) }
}
