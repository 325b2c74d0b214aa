/// Rows that are mostly zeros `[rowCount, columnCount]`, of which only the other values are stored: counts of words or of
/// molecules, what a person has bought.
///
/// ```swift
/// // The rows (0, 0, 3, 0), (0, 0, 0, 0) and (1, 0, 0, 2)
/// let rows = try SparseRows(columnCount: 4, starts: [0, 1, 1, 3], columns: [2, 0, 3], values: [3, 1, 2])
/// let data = Dataset(name: "counts", rows: rows)
/// ```
///
/// This is the compressed form by rows (CSR) of SciPy and others: row i has the columns columns[starts[i] ..< starts[i + 1]],
/// and the values in the same places.
public struct SparseRows: Sendable, Hashable {
  /// The columns of each row, zeros included.
  public let columnCount: Int
  /// Where the columns and values of each row begin, and where those of the last end `[rowCount + 1]`.
  let starts: [Int]
  /// The columns of each row's values, ascending.
  let columns: [UInt32]
  let values: [Double]
  /// `float32` where single precision holds every value, else `float64`.
  let storedType: StoredType
  /// Whether products leave the zeros out: where less than a fiftieth of the values is stored. With more, a product of whole
  /// rows is faster, although it multiplies some fifty times as many numbers. Parts of the rows are multiplied as the whole is,
  /// so that no result depends on how they were taken apart; of sets that are put together the first decides.
  let leavesOutZeros: Bool

  /// The number of rows.
  public var rowCount: Int { starts.count - 1 }
  /// How many values are stored.
  public var storedCount: Int { values.count }
  /// The part of all values that is stored, zeros that are stored included.
  public var storedPart: Double { Double(storedCount) / max(1, Double(rowCount) * Double(columnCount)) }

  /// Rows of `columnCount` columns, at most 2²⁶; of row i the columns and values from starts[i] to before starts[i + 1], in
  /// any order. Values of the same column are added up.
  ///
  /// - Throws: where the arrays do not belong together, or a column is beyond the last.
  public init(columnCount: Int, starts: [Int], columns: [Int], values: [Double]) throws(VAEError) {
    func check(_ isRight: Bool, _ problem: @autoclosure () -> String) throws(VAEError) {
      if !isRight { throw VAEError(.data, "These are no sparse rows: \(problem()).") }
    }
    try check(
      (1...1 << 26).contains(columnCount), "they would have \(columnCount) columns, and there may be \(1 << 26)")
    try check(
      starts.first == 0 && starts.last == columns.count, "the rows are to begin at 0 and end at \(columns.count)")
    try check(columns.count == values.count, "there are \(columns.count) columns for \(values.count) values")
    for row in 0..<starts.count - 1 {
      try check(starts[row] <= starts[row + 1], "row \(row) begins at \(starts[row]) and ends at \(starts[row + 1])")
    }
    if let column = columns.first(where: { $0 < 0 || $0 >= columnCount }) {
      try check(false, "a value stands in column \(column) of \(columnCount)")
    }
    var (ends, sorted, sums) = ([0], [UInt32](), [Double]())
    sorted.reserveCapacity(columns.count)
    sums.reserveCapacity(columns.count)
    for row in 0..<starts.count - 1 {
      let range = starts[row]..<starts[row + 1]
      let isSorted = range.dropFirst().allSatisfy { columns[$0 - 1] < columns[$0] }
      for index in isSorted ? Array(range) : range.sorted(by: { columns[$0] < columns[$1] }) {
        if sorted.count > ends[row] && sorted.last! == columns[index] {
          sums[sums.count - 1] += values[index]
        } else {
          sorted.append(UInt32(columns[index]))
          sums.append(values[index])
        }
      }
      ends.append(sorted.count)
    }
    (self.columnCount, self.starts, self.columns, self.values) = (columnCount, ends, sorted, sums)
    storedType = sums.allSatisfy { Double(Float($0)) == $0 || $0.isNaN } ? .float32 : .float64
    leavesOutZeros = 50 * Double(sums.count) < Double(starts.count - 1) * Double(columnCount)
  }

  /// Rows that come from others, and are stored and multiplied as those are.
  private init(of whole: SparseRows, columnCount: Int, starts: [Int], sortedColumns: [UInt32], values: [Double]) {
    (self.columnCount, self.starts, columns, self.values) = (columnCount, starts, sortedColumns, values)
    (storedType, leavesOutZeros) = (whole.storedType, whole.leavesOutZeros)
  }

  /// Calls a function with the column and the value of each element that is stored of a row.
  func forEach(in row: Int, _ body: (_ column: Int, _ value: Double) -> Void) {
    for index in starts[row]..<starts[row + 1] { body(Int(columns[index]), values[index]) }
  }

  /// A value, stored or 0.
  subscript(row: Int, column: Int) -> Double {
    let range = starts[row]..<starts[row + 1]
    return columns[range].firstIndex(of: UInt32(column)).map { values[$0] } ?? 0
  }

  /// Some ranges of rows, one behind the other.
  func rows(_ ranges: [Range<Int>]) -> SparseRows {
    var ends = [0]
    for row in ranges.joined() { ends.append(ends.last! + starts[row + 1] - starts[row]) }
    let stored = ranges.map { starts[$0.lowerBound]..<starts[$0.upperBound] }
    return SparseRows(
      of: self, columnCount: columnCount, starts: ends, sortedColumns: stored.flatMap { columns[$0] },
      values: stored.flatMap { values[$0] })
  }

  /// The chosen columns, in the order in which they are given; one may be chosen more than once.
  func columns(_ chosen: [Int]) -> SparseRows {
    let places = Dictionary(grouping: chosen.indices) { UInt32(chosen[$0]) }
    var (ends, columns, values) = ([0], [UInt32](), [Double]())
    for row in 0..<rowCount {
      let some = (starts[row]..<starts[row + 1]).flatMap { index in
        (places[self.columns[index]] ?? []).map { (column: UInt32($0), value: self.values[index]) }
      }
      for (column, value) in some.sorted(by: { $0.column < $1.column }) {
        columns.append(column)
        values.append(value)
      }
      ends.append(columns.count)
    }
    return SparseRows(of: self, columnCount: chosen.count, starts: ends, sortedColumns: columns, values: values)
  }

  /// These rows and then others.
  func appending(_ more: SparseRows) -> SparseRows {
    precondition(columnCount == more.columnCount, "rows of \(more.columnCount) behind rows of \(columnCount) columns")
    return SparseRows(
      of: self, columnCount: columnCount, starts: starts + more.starts.dropFirst().map { starts.last! + $0 },
      sortedColumns: columns + more.columns, values: values + more.values)
  }

  /// The same rows with what a function makes of the stored values.
  package func mapped(_ change: (Double) -> Double) -> SparseRows { replacing { change($2) } }

  /// The same rows with other numbers for the stored values.
  func replacing(_ number: (_ row: Int, _ column: Int, _ value: Double) -> Double) -> SparseRows {
    var changed = values
    for row in 0..<rowCount {
      for index in starts[row]..<starts[row + 1] { changed[index] = number(row, Int(columns[index]), values[index]) }
    }
    return SparseRows(of: self, columnCount: columnCount, starts: starts, sortedColumns: columns, values: changed)
  }

  /// All values of some rows, zeros included, one row behind the other.
  func dense(_ rows: Range<Int>) -> [Double] {
    var dense = [Double](repeating: 0, count: rows.count * columnCount)
    for (index, row) in rows.enumerated() { forEach(in: row) { dense[index * columnCount + $0] = $1 } }
    return dense
  }

  /// Bytes in memory.
  var byteCount: Int { 8 * starts.count + 12 * values.count }

  /// Calls a function with a view of some of the rows, which is valid until it returns.
  func withView<R>(of rows: UnsafeBufferPointer<UInt64>, _ body: (SparseMatrixView) -> R) -> R {
    starts.withUnsafeBufferPointer { starts in
      columns.withUnsafeBufferPointer { columns in
        values.withUnsafeBufferPointer { values in
          body(
            SparseMatrixView(
              starts: starts, columns: columns, values: values, rows: rows, columnCount: columnCount))
        }
      }
    }
  }
}

extension SparseRows: CustomStringConvertible {
  /// "1000 rows of 20000 columns, 300000 values stored"
  public var description: String { "\(rowCount) rows of \(columnCount) columns, \(storedCount) values stored" }
}
