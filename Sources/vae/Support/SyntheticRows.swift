import CommandSupport
import Foundation
import VAECore

/// Rows that a model makes up, on their way into a file.
struct SyntheticRows<Element: Scalar> {
  private let model: VariationalAutoencoder<Element>
  private let inference: Inference<Element>
  private let request: SyntheticRowsRequest
  /// What rows have to be that the model is not told of.
  private let filters: [RowFilter]

  private static var pieceSize: Int { 4096 }

  init(
    _ model: VariationalAutoencoder<Element>, _ request: SyntheticRowsRequest, execution: Execution
  ) {
    (self.model, self.request) = (model, request)
    inference = Inference(model, execution: execution)
    let conditions = model.schema?.conditions?.columns.places ?? []
    filters = request.filters.filter { !conditions.contains($0.column) }
  }

  /// Writes them, and says how many they are.
  func write(to out: OutputFile) throws(VAEError) {
    var drawn = 0
    try out.write(rows: request.count, of: model) { append throws(VAEError) in
      drawn = try forEachPiece(append)
    }
    Terminal.clearStatus()
    print(summary(drawn, out))
  }

  /// Hands out the rows, as many as are asked for; returns how many were drawn.
  private func forEachPiece(_ body: (Matrix<Double>) throws(VAEError) -> Void) throws(VAEError) -> Int {
    var (found, next) = (0, 0)
    while found < request.count {
      guard next < request.limit else {
        throw VAEError(
          .data,
          "Of \(next) rows that were drawn, \(found) are as they are to be, and \(request.count) are asked for: draw more (--max-draws), ask "
            + "for fewer, or train a model that takes the columns as its condition (vae train --condition).")
      }
      // Without filters as many as are asked for, with them whole pieces.
      let end = filters.isEmpty ? min(next + Self.pieceSize, request.count) : next + Self.pieceSize
      let rows = next..<min(end, request.limit)
      let condition = request.conditions.rows(rows)
      let x = try inference.synthesize(
        rows: rows, from: request.source, request.observation, condition: condition.map { $0.rows(0..<rows.count) },
        seed: request.seed)
      var made = model.tableRows(x, condition)
      if !filters.isEmpty { made = made.filtered(by: filters) }
      let wanted = min(made.rows, request.count - found)
      try body(made.rows(0..<wanted))
      (found, next) = (found + wanted, rows.upperBound)
      Terminal.status("\(found) of \(request.count) rows")
    }
    return next
  }

  private func summary(_ drawn: Int, _ out: OutputFile) -> String {
    let what = request.observation == .mean ? ", the means of p(x|z)" : ""
    let size = model.schema?.wholeTable?.columns.count ?? model.configuration.dataSize
    let share =
      filters.isEmpty
      ? "" : "; they are \((100 * Double(request.count) / Double(drawn)).digits(2)) % of \(drawn) that were drawn"
    return "\(request.count) rows of \(size) values\(what): \(out.path)\(share)"
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

extension Matrix<Double> {
  /// The rows of which everything holds.
  fileprivate func filtered(by filters: [RowFilter]) -> Matrix {
    let kept = (0..<rows).filter { row in
      let values = self.row(row)
      return filters.allSatisfy { $0.holds(of: values) }
    }
    return Matrix(rows: kept.count, columns: columns, elements: kept.flatMap { Array(self.row($0)) })
  }
}

extension OutputFile {
  /// Writes data that a model makes, piece by piece: of a table as it was written, else as numbers.
  func write<Element: Scalar>(
    rows: Int, of model: VariationalAutoencoder<Element>,
    _ body: ((Matrix<Double>) throws(VAEError) -> Void) throws(VAEError) -> Void
  ) throws(VAEError) {
    guard let table = model.schema?.wholeTable else {
      let names = model.schema?.columnNames ?? (1...model.configuration.dataSize).map { "x_\($0)" }
      return try writeNumbers(rows: rows, columns: names, as: Element.self, body)
    }
    guard format == .csv else { return try writeNumbers(rows: rows, columns: table.titles, as: Double.self, body) }
    let writer = RowWriter(table)
    try AtomicFile.write(to: path) { file throws(VAEError) in
      try file.write(writer.header)
      try body { piece throws(VAEError) in try file.write(writer.rows(piece.elements)) }
    }
  }

  /// Numbers as the model has them.
  private func writeNumbers<Element: Scalar>(
    rows: Int, columns names: [String], as type: Element.Type,
    _ body: ((Matrix<Double>) throws(VAEError) -> Void) throws(VAEError) -> Void
  ) throws(VAEError) {
    try write(rows: rows, columns: names) { (append: (Matrix<Element>) throws(VAEError) -> Void) throws(VAEError) in
      try body { piece throws(VAEError) in
        try append(Matrix<Element>(rows: piece.rows, columns: piece.columns, elements: piece.elements.map { Element($0) }))
      }
    }
  }
}
