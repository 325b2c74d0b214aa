import Foundation
import TestSupport
import Testing
import VAECore

/// Products of rows whose bits are each row's own.
struct RowProductTests {
  private func check<S: Scalar>(_ type: S.Type, _ level: VectorLevel, rows: Int, inputs: Int, outputs: Int) {
    let math = VectorMath<S>(level: level)
    var random = TestRandom(7)
    let x: Matrix<S> = random.matrix(rows, inputs)
    let weight: Matrix<S> = random.matrix(outputs, inputs)
    func product(_ some: [Int], adding: Bool = false) -> Matrix<S> {
      let chosen = Matrix<S>(rows: some.count, columns: inputs, elements: some.flatMap { x.row($0) })
      var result = Matrix<S>(rows: some.count, columns: outputs)
      let view = result.mutableView
      withExtendedLifetime((chosen, weight)) {
        math.multiplyRows(chosen.view, by: weight.view, into: view)
        if adding { math.multiplyRows(chosen.view, by: weight.view, adding: true, into: view) }
      }
      return result
    }
    let all = product(Array(0..<rows))
    let twice = product(Array(0..<rows), adding: true)
    var worst = 0.0
    for row in 0..<rows {
      for output in 0..<outputs {
        let expected = (0..<inputs).reduce(0.0) { $0 + Double(x[row, $1]) * Double(weight[output, $1]) }
        worst = max(worst, abs(Double(all[row, output]) - expected) / Double(inputs).squareRoot())
        #expect(abs(Double(twice[row, output]) - 2 * expected) < 300 * S.epsilon * Double(inputs).squareRoot())
      }
    }
    #expect(worst < 100 * S.epsilon, "\(rows) × \(inputs) by \(outputs)")
    // Of any of the outputs.
    let (some, first) = (Matrix<S>(rows: 1, columns: inputs, elements: weight.row(outputs / 2)), outputs / 2)
    var column = Matrix<S>(rows: rows, columns: 1)
    let columnView = column.mutableView
    withExtendedLifetime((x, some)) { math.multiplyRows(x.view, by: some.view, into: columnView) }
    #expect((0..<rows).allSatisfy { column[$0, 0] == all[$0, first] })
    // Any number of rows, in any order, at any place.
    for count in [1, 2, 5, 6, 11, 12, 13, 15, 16, 17, 31, 33, 100, 255, 257] where count <= rows {
      let chosen = (0..<count).map { ($0 * 37 + count) % rows }
      let some = product(chosen)
      #expect(
        chosen.enumerated().allSatisfy { some.row($0) == all.row($1) }, "\(count) rows of \(inputs) by \(outputs)")
    }
  }

  /// Small matrices and large ones.
  @Test(arguments: [(3, 5), (8, 16), (784, 100), (500, 20), (130, 130), (64, 191), (1, 1), (3000, 13)])
  func rowsAreTheirOwn(shape: (inputs: Int, outputs: Int)) {
    for level in supportedLevels {
      check(Float.self, level, rows: 260, inputs: shape.inputs, outputs: shape.outputs)
      check(Double.self, level, rows: 260, inputs: shape.inputs, outputs: shape.outputs)
    }
  }
}
