import VAECore

/// A matrix inside a larger memory whose other elements must stay as they are.
struct Window<S: Scalar> {
  private static var untouched: S { -777 }

  let rows: Int
  let columns: Int
  private let stride: Int
  private let offset: Int
  private var memory: Buffer<S>

  init(rows: Int, columns: Int, padding: Int = 5, elements: [S]) {
    precondition(elements.count == rows * columns)
    self.rows = rows
    self.columns = columns
    stride = columns + padding
    offset = stride + 2
    memory = Buffer(Array(repeating: Self.untouched, count: (rows + 3) * stride + 2))
    let view = mutableView
    for row in 0..<rows {
      for column in 0..<columns { view[row, column] = elements[row * columns + column] }
    }
  }

  /// The window, to read. It must not outlive this value.
  var view: MatrixView<S> { memory.view.matrix(at: offset, rows: rows, columns: columns, stride: stride) }

  /// The window, to write.
  var mutableView: MutableMatrixView<S> {
    mutating get { memory.mutableView.matrix(at: offset, rows: rows, columns: columns, stride: stride) }
  }

  private func isInside(_ index: Int) -> Bool {
    index >= offset && (index - offset) % stride < columns && (index - offset) / stride < rows
  }

  var elements: [S] { (0..<memory.count).filter(isInside).map { memory[$0] } }

  var isIntactOutside: Bool { (0..<memory.count).allSatisfy { isInside($0) || memory[$0] == Self.untouched } }
}
