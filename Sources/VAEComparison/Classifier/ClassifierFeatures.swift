import VAECore

/// Rows as a linear classifier takes them: numbers standardised, texts one-hot.
///
/// Mean, standard deviation (over n) and levels are those of the rows that it is made from. A column of one number is only
/// centred. A missing number stands at the mean; a missing text, or one of no known level, has no indicator.
struct ClassifierFeatures: Sendable {
  private enum Column: Sendable {
    case number(index: Int, feature: Int, mean: Double, deviation: Double)
    /// The feature of each level; −1 of one that no row had.
    case text(index: Int, features: [Int])
  }

  private let columns: [Column]
  /// What the features are called, the numbers first: `age`, `sex=Male`.
  let names: [String]
  var count: Int { names.count }

  /// How many features there may be: the classifier's memory grows with the square, and its time with the cube.
  static let most = 4000

  /// Of all columns of some tables but the target, by the rows of the first one.
  ///
  /// - Throws: where there are more than ``most``.
  init(_ tables: MatchedTables, target: Int) throws(VAEError) {
    var columns: [Column] = []
    var names: [String] = []
    for (index, column) in tables.columns.enumerated() where index != target {
      guard case .numbers(let values) = column.values else { continue }
      let present = values[0].filter { !$0.isNaN }
      let mean = present.isEmpty ? 0 : present.reduce(0, +) / Double(present.count)
      let squares = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation =
        present.isEmpty || Correlation.isConstant(present) ? 1 : (squares / Double(present.count)).squareRoot()
      columns.append(.number(index: index, feature: names.count, mean: mean, deviation: deviation))
      names.append(column.name)
    }
    for (index, column) in tables.columns.enumerated() where index != target {
      guard case .texts(let levels, let values) = column.values else { continue }
      let counts = ColumnSimilarity.counts(values[0], levels.count)
      var features = [Int](repeating: -1, count: levels.count)
      for level in levels.indices.sorted(by: { levels[$0] < levels[$1] }) where counts[level] > 0 {
        features[level] = names.count
        names.append("\(column.name)=\(levels[level])")
      }
      guard names.count <= Self.most else {
        throw VAEError(
          .data,
          "With the \(counts.count { $0 > 0 }) texts of column \(column.name), a classifier would have more than "
            + "\(Self.most) features: leave out the column if it holds names.", remedy: .leaveOutColumn(column.name))
      }
      columns.append(.text(index: index, features: features))
    }
    self.columns = columns
    self.names = names
  }

  /// Fills a matrix `[rows.count, count + 1]` with some rows of a table; behind the features stands 1, the intercept's.
  func fill(_ matrix: MutableMatrixView<Double>, with rows: ArraySlice<Int>, of tables: MatchedTables, table: Int) {
    precondition(matrix.rows == rows.count && matrix.columns == count + 1, "\(rows.count) rows into \(matrix.shape)")
    matrix.setToZero()
    for place in 0..<rows.count { matrix[place, count] = 1 }
    for column in columns {
      switch column {
      case .number(let index, let feature, let mean, let deviation):
        guard case .numbers(let values) = tables.columns[index].values else { continue }
        for (place, row) in rows.enumerated() where !values[table][row].isNaN {
          matrix[place, feature] = (values[table][row] - mean) / deviation
        }
      case .text(let index, let features):
        guard case .texts(_, let values) = tables.columns[index].values else { continue }
        for (place, row) in rows.enumerated() {
          let level = values[table][row]
          if level >= 0 && features[Int(level)] >= 0 { matrix[place, features[Int(level)]] = 1 }
        }
      }
    }
  }

  /// Runs a function over the features of rows, some at a time: it takes the matrix `[r, count + 1]` and the place of its first
  /// row among `rows`.
  func forEachBlock<E: Error>(
    of rows: [Int], _ tables: MatchedTables, table: Int, _ body: (MutableMatrixView<Double>, Int) throws(E) -> Void
  ) throws(E) {
    let size = 512
    var memory = Matrix<Double>(rows: min(size, rows.count), columns: count + 1)
    defer { withExtendedLifetime(memory) {} }
    for start in stride(from: 0, to: rows.count, by: size) {
      let block = rows[start..<min(start + size, rows.count)]
      let matrix = memory.mutableView.rows(0..<block.count)
      fill(matrix, with: block, of: tables, table: table)
      try body(matrix, start)
    }
  }
}
