/// A row-major matrix with value semantics: one datum or sample per row.
///
/// Assigning copies lazily, as with `Array`. Wrong shapes and indices are programmer errors and trap with the
/// shapes in the message.
public struct Matrix<Element: Scalar>: Equatable, Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  package var buffer: Buffer<Element>

  /// A matrix `[rows, columns]` of zeros.
  public init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0, "a matrix [\(rows), \(columns)]")
    self.rows = rows
    self.columns = columns
    buffer = Buffer(count: rows * columns)
  }

  /// A matrix `[rows, columns]` from its elements, row by row. ``SharedMemory`` is read where it is, and copied once the
  /// matrix is changed.
  public init(rows: Int, columns: Int, elements: some Collection<Element>) {
    precondition(
      rows >= 0 && columns >= 0 && elements.count == rows * columns,
      "\(elements.count) elements for a matrix [\(rows), \(columns)]")
    self.rows = rows
    self.columns = columns
    buffer = (elements as? SharedMemory<Element>).map { Buffer($0) } ?? Buffer(elements)
  }

  /// The rows of a view, as often as it is said, one time behind the other.
  init(repeating view: MatrixView<Element>, times: Int = 1) {
    self.init(rows: view.rows * times, columns: view.columns)
    let all = mutableView
    for time in 0..<times { all.rows(time * view.rows..<(time + 1) * view.rows).copy(from: view) }
  }

  /// The element at a row and a column.
  public subscript(row: Int, column: Int) -> Element {
    get { buffer[index(row, column)] }
    set { buffer[index(row, column)] = newValue }
  }

  /// All elements, row by row.
  public var elements: [Element] { buffer.elements(0..<buffer.count) }

  /// The elements of one row.
  public func row(_ row: Int) -> [Element] {
    precondition(row >= 0 && row < rows, "row \(row) of a matrix [\(rows), \(columns)]")
    return buffer.elements(row * columns..<(row + 1) * columns)
  }

  /// Some of the rows, as a matrix of their own.
  public func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of a matrix [\(rows), \(columns)]")
    return Matrix(
      rows: range.count, columns: columns,
      elements: buffer.elements(range.lowerBound * columns..<range.upperBound * columns))
  }

  private func index(_ row: Int, _ column: Int) -> Int {
    precondition(
      row >= 0 && row < rows && column >= 0 && column < columns,
      "[\(row), \(column)] of a matrix [\(rows), \(columns)]")
    return row * columns + column
  }

  package var view: MatrixView<Element> { buffer.view.matrix(rows: rows, columns: columns) }

  package var mutableView: MutableMatrixView<Element> {
    mutating get { buffer.mutableView.matrix(rows: rows, columns: columns) }
  }
}

extension Matrix {
  /// C ← α·op(A)·op(B) + β·C by OpenBLAS, with C this matrix, and op(A) either A or Aᵀ.
  ///
  /// Shapes: op(A) `[m, k]`, op(B) `[k, n]`, C `[m, n]`. With β = 0, C is overwritten, even where it holds NaN.
  public mutating func formProduct(
    _ a: Matrix, by b: Matrix, transposingA: Bool = false, transposingB: Bool = false, alpha: Element = 1,
    beta: Element = 0
  ) {
    let c = mutableView
    BLAS.withOneThread {
      BLAS.multiply(
        a.view, by: b.view, transposingA: transposingA, transposingB: transposingB, alpha: alpha, beta: beta, into: c)
    }
  }
}

extension Matrix: CustomStringConvertible {
  /// Its shape and its first elements, as NumPy shows them: "[2, 3] [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]".
  public var description: String {
    let most = 6
    let shown = (0..<min(rows, most)).map { row in
      let values = self.row(row).prefix(most).map { "\($0)" } + (columns > most ? ["…"] : [])
      return "[\(values.joined(separator: ", "))]"
    }
    return "[\(rows), \(columns)] [\((shown + (rows > most ? ["…"] : [])).joined(separator: ", "))]"
  }
}
