import Testing
import VAECore

struct BufferTests {
  private func isWritable<S>(_ view: MatrixView<S>) -> Bool { false }
  private func isWritable<S>(_ view: MutableMatrixView<S>) -> Bool { true }

  /// A value that is not a variable has no view that could change it.
  @Test func constantsHaveNoWritableView() {
    let (buffer, matrix) = (Buffer<Float>(count: 6), Matrix<Float>(rows: 2, columns: 3))
    #expect(!isWritable(buffer.view) && !isWritable(matrix.view))
    #expect(!isWritable(matrix.view.rows(0..<1).columns(1..<2)) && !isWritable(buffer.view.matrix(rows: 3, columns: 2)))
    var (other, another) = (buffer, matrix)
    #expect(isWritable(other.mutableView) && isWritable(another.mutableView.rows(0..<1).columns(1..<2)))
    #expect(!isWritable(another.mutableView.view))
  }

  /// What is written through a view of a copy stays in the copy.
  @Test func copiesAreWrittenApart() {
    let original = Matrix<Double>(rows: 2, columns: 2, elements: [1, 2, 3, 4])
    var copy = original
    let view = copy.mutableView
    view[0, 1] = 20
    view.rows(1..<2).columns(0..<1)[0, 0] = 30
    #expect(original.elements == [1, 2, 3, 4])
    #expect(copy.elements == [1, 20, 30, 4])
    withExtendedLifetime(copy) { #expect(view.view[0, 1] == 20 && view.view.rows(1..<2)[0, 0] == 30) }
  }

  @Test func windows() {
    var buffer = Buffer<Float>((0..<24).map { Float($0) })
    withExtendedLifetime(buffer) {
      let view = buffer.view.matrix(at: 2, rows: 3, columns: 4, stride: 7)
      #expect(view.shape == "[3, 4]" && view.count == 12 && !view.isContiguous)
      #expect(view[2, 3] == 19 && view.rows(1..<3).columns(1..<4)[1, 0] == 17)
      #expect(view.rows(1..<2).isContiguous)
    }
    let part = buffer.mutableView.matrix(at: 2, rows: 3, columns: 4, stride: 7).columns(1..<3)
    part.setToZero()
    #expect((0..<24).filter { buffer[$0] == 0 } == [0, 3, 4, 10, 11, 17, 18])
    let other = Matrix<Float>(rows: 3, columns: 2, elements: [-1, -2, -3, -4, -5, -6])
    withExtendedLifetime(other) { part.copy(from: other.view) }
    #expect([3, 4, 10, 11, 17, 18].map { buffer[$0] } == [-1, -2, -3, -4, -5, -6])
  }

  @Test func whatLiesOutsideTraps() async {
    await #expect(processExitsWith: .failure) { _ = Matrix<Float>(rows: 2, columns: 3).view.rows(1..<3) }
    await #expect(processExitsWith: .failure) { _ = Matrix<Float>(rows: 2, columns: 3).view.columns(0..<4) }
    await #expect(processExitsWith: .failure) { _ = Buffer<Float>(count: 6).view.matrix(at: 1, rows: 2, columns: 3) }
    await #expect(processExitsWith: .failure) { _ = Matrix<Float>(rows: 2, columns: 3).view[2, 0] }
    await #expect(processExitsWith: .failure) {
      var matrix = Matrix<Float>(rows: 2, columns: 3)
      matrix.mutableView[0, 3] = 1
    }
  }
}
