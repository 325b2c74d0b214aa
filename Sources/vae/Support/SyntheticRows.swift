import CommandSupport
import Foundation
import VAECore

/// Rows that a model makes up.
struct SyntheticRows<Element: Scalar>: RowSource {
  let model: VariationalAutoencoder<Element>
  private let inference: Inference<Element>
  private let request: SyntheticRowsRequest
  /// What rows have to be that the model is not told of.
  private let filters: [RowFilter]
  /// How many were drawn, and how many of them are as they are to be.
  private var (drawn, fitting) = (0, 0)

  var count: Int { request.count }

  private static var pieceSize: Int { 4096 }

  init(
    _ model: VariationalAutoencoder<Element>, _ request: SyntheticRowsRequest, execution: Execution
  ) {
    (self.model, self.request) = (model, request)
    inference = Inference(model, execution: execution)
    let conditions = model.schema?.conditions?.columns.places ?? []
    filters = request.filters.filter { !conditions.contains($0.column) }
  }

  mutating func forEachPiece<Number: Scalar>(
    _ body: (Matrix<Number>) throws(VAEError) -> Void
  ) throws(VAEError) {
    var found = 0
    while found < count {
      guard drawn < request.limit else {
        throw VAEError(
          .data,
          "Of \(drawn) rows that were drawn, \(found) are as they are to be, and \(count) are asked for: draw more (--max-draws), ask "
            + "for fewer, or train a model that takes the columns as its condition (vae train --condition).")
      }
      // Without filters as many as are asked for, with them whole pieces.
      let end = filters.isEmpty ? min(drawn + Self.pieceSize, count) : drawn + Self.pieceSize
      let rows = drawn..<min(end, request.limit)
      let condition = request.conditions.rows(rows)
      let x = try inference.synthesize(
        rows: rows, from: request.source, request.observation, condition: condition.map { $0.rows(0..<rows.count) },
        seed: request.seed)
      let made = model.tableRows(x, condition)
      let fitting = (0..<made.rows).filter { row in
        let values = filters.isEmpty ? [] : made.row(row)
        return filters.allSatisfy { $0.holds(of: values) }
      }
      let kept = fitting.prefix(count - found)
      try body(
        Matrix(rows: kept.count, columns: made.columns, elements: kept.flatMap { made.row($0).map { Number($0) } }))
      found += kept.count
      self.fitting += fitting.count
      drawn = rows.upperBound
      Terminal.status("\(found) of \(count) rows")
    }
  }

  /// What came of it, written to a file.
  func summary(_ out: OutputFile) -> String {
    let what = request.observation == .mean ? ", the means of p(x|z)" : ""
    let size = model.schema?.wholeTable?.columns.count ?? model.configuration.dataSize
    let share =
      filters.isEmpty
      ? "" : "; \((100 * Double(fitting) / Double(drawn)).short) % of \(drawn) rows that were drawn are so"
    return "\(count) rows of \(size) values\(what): \(out.path)\(share)"
  }
}

/// Which rows are to be made up.
struct SyntheticRowsRequest {
  let count: Int
  let observation: Observation
  let seed: UInt64
  let source: LatentSource
  let conditions: RowConditions
  let filters: [RowFilter]
  /// The rows that are drawn at most.
  let limit: Int
}

/// The conditions of rows that are made up.
enum RowConditions {
  case none
  /// That of each row.
  case each(Condition)
  /// As often as the training data have them.
  case drawn(ConditionTable.Draws)

  /// How many there are; nil where there is no end.
  var count: Int? { if case .each(let condition) = self { condition.count } else { nil } }

  /// Those of some rows.
  func rows(_ range: Range<Int>) -> Condition? {
    switch self {
    case .none: nil
    case .each(let condition): condition.read([range])
    case .drawn(let draws): draws.rows(range)
    }
  }
}
