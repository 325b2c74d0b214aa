/// The data as rows of numbers, which a model sees.
extension Dataset {
  /// Some of the data as the rows of a matrix `[range.count, D]`, grey levels from 0 to 1.
  public func rows<Element: Scalar>(_ range: Range<Int>, as type: Element.Type = Element.self) -> Matrix<Element> {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "data \(range) of \(count)")
    var matrix = Matrix<Element>(rows: range.count, columns: dataSize)
    let view = matrix.mutableView
    for (row, position) in range.enumerated() {
      load(position, into: view.rows(row..<row + 1), scaling: nil, math: VectorMath())
    }
    return matrix
  }

  /// Writes the datum at a position into x `[1, D]`, as a standardisation makes it, if there is one.
  func load<S>(_ position: Int, into x: MutableMatrixView<S>, scaling: Scaling?, math: VectorMath<S>) {
    precondition(position < count, "datum \(position) of \(count)")
    let range = position * dataSize..<(position + 1) * dataSize
    switch values {
    case .bytes(let bytes):
      if assumedWhiteLevel == .value(255) {
        bytes.withUnsafeBufferPointer { math.bytesToUnit(UnsafeBufferPointer(rebasing: $0[range]), into: x) }
      } else {
        let white = S(assumedWhiteLevel.divisor)
        for (column, index) in range.enumerated() { x[0, column] = S(bytes[index]) / white }
      }
    case .floats(let floats):
      floats.withUnsafeBufferPointer { x.copy(from: UnsafeBufferPointer(rebasing: $0[range])) }
      let white = S(assumedWhiteLevel.divisor)
      if white != 1 { for column in 0..<dataSize { x[0, column] /= white } }
    case .doubles(let doubles):
      let white = assumedWhiteLevel.divisor
      if let scaling, white == 1 {
        // Not rounded before they are centred.
        return doubles.withUnsafeBufferPointer {
          scaling.standardize(UnsafeBufferPointer(rebasing: $0[range]), into: x, math: math)
        }
      }
      if white == 1 {
        doubles.withUnsafeBufferPointer { x.copy(from: UnsafeBufferPointer(rebasing: $0[range])) }
      } else {
        for (column, index) in range.enumerated() { x[0, column] = S(doubles[index] / white) }
      }
    case .sparse(let rows):
      let white = assumedWhiteLevel.divisor
      x.setToZero()
      guard let scaling, white == 1 else {
        rows.forEach(in: position) { x[0, $0] = S($1 / white) }
        break
      }
      scaling.standardize(x, math: math)
      return rows.forEach(in: position) { x[0, $0] = S(scaling.standardized($1, column: $0)) }
    }
    scaling?.standardize(x, math: math)
  }

  /// How bfloat16 numbers hold the data where they are not standardised: they have 8 bits, as bytes have.
  var packed: PackedData {
    if case .bytes = values { .exact(scale: assumedWhiteLevel.divisor) } else { .rounded }
  }

  /// Writes the condition of the datum at a position into c `[1, C]`.
  func loadCondition<S>(_ position: Int, into row: MutableMatrixView<S>) {
    guard let condition else { preconditionFailure("\(name) has no condition of \(row.columns) values") }
    condition.load(position, into: row)
  }

  /// The least and the greatest value as a model sees them; nil where there are none, or one is NaN.
  var bounds: ClosedRange<Float>? {
    guard let range, !range.lower.isNaN else { return nil }
    let white = assumedWhiteLevel.divisor
    return Float(range.lower / white)...Float(range.upper / white)
  }

  /// Calls a function with the index and the values `[D]` of each datum, grey levels from 0 to 1, in order, until it
  /// throws.
  func forEachDatum<T: Scalar, E>(
    as type: T.Type = T.self, _ body: (_ index: Int, _ values: ArraySlice<T>) throws(E) -> Void
  ) throws(E) {
    switch values {
    case .bytes(let bytes): try forEachDatum(of: bytes, { Double($0) }, body)
    case .floats(let floats): try forEachDatum(of: floats, { Double($0) }, body)
    case .doubles(let doubles): try forEachDatum(of: doubles, { $0 }, body)
    case .sparse(let rows):
      let white = assumedWhiteLevel.divisor
      for index in 0..<count { try body(index, rows.dense(index..<index + 1).map { T($0 / white) }[...]) }
    }
  }

  private func forEachDatum<V, T: Scalar, E>(
    of values: SharedMemory<V>, _ number: (V) -> Double,
    _ body: (_ index: Int, _ values: ArraySlice<T>) throws(E) -> Void
  ) throws(E) {
    let white = assumedWhiteLevel.divisor
    var datum = [T](repeating: 0, count: dataSize)
    try values.withUnsafeBufferPointer { values throws(E) in
      for index in 0..<count {
        for column in 0..<dataSize { datum[column] = T(number(values[index * dataSize + column]) / white) }
        try body(index, datum[...])
      }
    }
  }
}
