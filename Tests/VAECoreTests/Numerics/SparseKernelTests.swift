import Testing
import VAECore

/// Products with sparse rows against sums in double precision, on every level: n products that are added up are wrong by
/// n·ε of the sum of their absolute values, at most.
@Suite struct SparseKernelTests {
  private static let columnCount = 700
  /// Rows of different lengths, of which one is empty and one is full.
  private static let lengths = [0, 1, 5, 16, 17, 33, 100, 700]

  private struct Rows {
    var starts = [0]
    var columns: [UInt32] = []
    var values: [Double] = []
    /// In this order, one of them twice.
    let rows: [UInt64] = [7, 3, 0, 1, 2, 4, 5, 6, 3]

    init() {
      var generator = PhiloxGenerator(NoiseStream(seed: 8, purpose: .subset))
      for length in lengths {
        let chosen = (0..<columnCount).map { ($0, generator.nextUniform()) }.sorted { $0.1 < $1.1 }.prefix(length)
        columns += chosen.map { UInt32($0.0) }.sorted()
        values += chosen.map { 4 * $0.1 - 1 }
        starts.append(columns.count)
      }
    }

    func withView<R>(_ body: (SparseMatrixView) -> R) -> R {
      starts.withUnsafeBufferPointer { starts in
        columns.withUnsafeBufferPointer { columns in
          values.withUnsafeBufferPointer { values in
            rows.withUnsafeBufferPointer {
              body(
                SparseMatrixView(starts: starts, columns: columns, values: values, rows: $0, columnCount: columnCount))
            }
          }
        }
      }
    }

    /// The rows as they are taken, zeros included `[9, columnCount]`.
    var dense: Matrix<Double> {
      var dense = Matrix<Double>(rows: rows.count, columns: columnCount)
      for (row, from) in rows.enumerated() {
        for index in starts[Int(from)]..<starts[Int(from) + 1] {
          dense[row, Int(columns[index])] = values[index]
        }
      }
      return dense
    }
  }

  private func numbers<S: Scalar>(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix<S> {
    .standardNormal(rows: rows, columns: columns, seed: seed)
  }

  private func product<S: Scalar>(_ level: VectorLevel, _ type: S.Type) {
    let (rows, outputs) = (Rows(), 6)
    let dense = rows.dense
    // Windows into wider matrices, whose other columns stay.
    var weight: Matrix<S> = numbers(outputs, Self.columnCount + 3, seed: 1)
    var product = Matrix<S>(rows: 9, columns: outputs + 2, elements: Array(repeating: 5, count: 9 * (outputs + 2)))
    let (weights, products) = (weight.mutableView.view.columns(2..<2 + Self.columnCount), product.mutableView)
    rows.withView { VectorMath<S>(level: level).multiply($0, by: weights, into: products.columns(1..<1 + outputs)) }
    var worst = Worst()
    for row in 0..<9 {
      for output in 0..<outputs {
        let terms = (0..<Self.columnCount).map { dense[row, $0] * Double(weight[output, $0 + 2]) }
        let bound = 3 * Double(Self.columnCount) * S.epsilon * terms.reduce(0) { $0 + abs($1) }
        worst.add(
          abs(Double(product[row, output + 1]) - terms.reduce(0, +)), bound: bound, "[\(row), \(output)] \(level)")
      }
      #expect(product[row, 0] == 5 && product[row, outputs + 1] == 5)
    }
    #expect(worst.isWithinBounds, "\(worst)")
  }

  private func gradient<S: Scalar>(_ level: VectorLevel, _ type: S.Type) {
    let (rows, outputs) = (Rows(), 6)
    let dense = rows.dense
    var delta: Matrix<S> = numbers(9, outputs + 4, seed: 2)
    let before: Matrix<S> = numbers(outputs, Self.columnCount, seed: 3)
    var gradient = before
    let (deltas, gradients) = (delta.mutableView.view.columns(3..<3 + outputs), gradient.mutableView)
    rows.withView { VectorMath<S>(level: level).addGradient(deltas, of: $0, to: gradients) }
    var worst = Worst()
    for output in 0..<outputs {
      for column in 0..<Self.columnCount {
        let terms = (0..<9).map { Double(delta[$0, output + 3]) * dense[$0, column] } + [Double(before[output, column])]
        let bound = 12 * S.epsilon * terms.reduce(0) { $0 + abs($1) }
        worst.add(
          abs(Double(gradient[output, column]) - terms.reduce(0, +)), bound: bound, "[\(output), \(column)] \(level)")
      }
    }
    #expect(worst.isWithinBounds, "\(worst)")
  }

  @Test(arguments: supportedLevels) func products(level: VectorLevel) {
    product(level, Float.self)
    product(level, Double.self)
  }

  @Test(arguments: supportedLevels) func gradients(level: VectorLevel) {
    gradient(level, Float.self)
    gradient(level, Double.self)
  }

  @Test func otherShapesTrap() async {
    await #expect(processExitsWith: .failure) {
      let weight = Matrix<Float>(rows: 6, columns: 699)
      var product = Matrix<Float>(rows: 9, columns: 6)
      let view = product.mutableView
      Rows().withView { VectorMath<Float>().multiply($0, by: weight.view, into: view) }
    }
    await #expect(processExitsWith: .failure) {
      let delta = Matrix<Float>(rows: 8, columns: 6)
      var gradient = Matrix<Float>(rows: 6, columns: 700)
      let view = gradient.mutableView
      Rows().withView { VectorMath<Float>().addGradient(delta.view, of: $0, to: view) }
    }
  }
}
