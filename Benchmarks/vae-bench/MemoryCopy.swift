import VAECore

/// Copying arrays that no cache holds.
final class MemoryCopy {
  private static let count = 1 << 24
  private let team: ThreadTeam
  private let source = Buffer<Float>(count: count)
  private var target = Buffer<Float>(count: count)

  init(_ team: ThreadTeam) { self.team = team }

  /// Bytes read and written, in GB/s.
  func measure() -> Double {
    let pieces = team.threads * 16
    let (rows, columns) = (pieces, Self.count / pieces)
    let copy = Task(
      source: source.view.matrix(rows: rows, columns: columns),
      target: target.mutableView.matrix(rows: rows, columns: columns))
    return Double(2 * rows * columns * MemoryLayout<Float>.size) / seconds { team.run(pieces, copy) } * 1e-9
  }

  private struct Task: TeamTask {
    let source: MatrixView<Float>
    let target: MutableMatrixView<Float>

    func run(worker: Int, index: Int) { target.rows(index..<index + 1).copy(from: source.rows(index..<index + 1)) }
  }
}
