// Rows in double precision, for arithmetic that is written once, for one element type.

extension MatrixView {
  /// numbers `[columns]` ← a row.
  func copyRow(_ row: Int, to numbers: UnsafeMutableBufferPointer<Double>) {
    precondition(numbers.count == columns, "a row of \(shape) into \(numbers.count) numbers")
    let row = rows(row..<row + 1)
    switch Element.elementType {
    case .float32:
      let elements = row.pointer(to: Float.self)
      for column in 0..<columns { numbers[column] = Double(elements[column]) }
    case .float64:
      let elements = row.pointer(to: Double.self)
      for column in 0..<columns { numbers[column] = elements[column] }
    }
  }
}

extension MutableMatrixView {
  /// A row ← the factor times numbers `[columns]`.
  func setRow(_ row: Int, to numbers: UnsafeBufferPointer<Double>, times factor: Double) {
    precondition(numbers.count == columns, "\(numbers.count) numbers into a row of \(shape)")
    let row = rows(row..<row + 1)
    switch Element.elementType {
    case .float32:
      let elements = row.pointer(to: Float.self)
      for column in 0..<columns { elements[column] = Float(factor * numbers[column]) }
    case .float64:
      let elements = row.pointer(to: Double.self)
      for column in 0..<columns { elements[column] = factor * numbers[column] }
    }
  }
}
