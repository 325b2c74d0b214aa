import CommandSupport
import VAECore
import VAEFiles

/// Scores rows of standard input as they come.
struct LiveScores {
  let scorer: Scorer<Float>
  let text: ScoreText
  let asJSON: Bool
  let skipsBadRows: Bool

  func run(_ options: TableOptions) throws {
    let model = scorer.inference.model
    let opened = try LiveTable(FileReader.standardInput, options)
    if let header = text.header(asJSON: asJSON) { try Terminal.write(header) }
    guard var table = opened else { return }
    var skipped = 0
    while let rows = try table.next(Scorer<Float>.pieceSize) {
      var refusals = rows.refusals
      var lines: [(position: Int, text: String)] = []
      /// Scores rows together, or, where one of them is refused, each by itself.
      func score(_ data: Dataset, _ positions: [Int]) throws {
        do {
          for (index, datum) in try scorer(try prepared(data, model, options)).enumerated() {
            lines.append((positions[index], text.line(datum, position: positions[index], asJSON: asJSON)))
          }
        } catch let error as VAEError where error.kind == .data || error.kind == .numerics {
          if positions.count == 1 { return refusals.append((positions[0], error)) }
          for (index, position) in positions.enumerated() { try score(data.read([index..<index + 1]), [position]) }
        }
      }
      if rows.data.count > 0 { try score(rows.data, rows.positions) }
      refusals.sort { $0.position < $1.position }
      if !skipsBadRows, let first = refusals.first {
        // What came before it has its answers.
        try Terminal.write(
          lines.filter { $0.position < first.position }.sorted { $0.position < $1.position }.map(\.text).joined())
        throw first.error
      }
      for refusal in refusals { Terminal.note("skipped: \(refusal.error.text)") }
      skipped += refusals.count
      try Terminal.write(lines.sorted { $0.position < $1.position }.map(\.text).joined())
    }
    if skipped > 0 { Terminal.note("\(counted(skipped, "row")) skipped") }
  }

  /// Rows as the model takes them.
  private func prepared(
    _ data: Dataset, _ model: VariationalAutoencoder<Float>, _ options: TableOptions
  ) throws(VAEError) -> Dataset {
    var data = data
    switch options.missing {
    case .mean:
      if let means = model.knownMeansOfWholeTable { data = try data.imputed(by: means, takesEmptyRows: false) }
    case .zero: data = try data.imputed(by: Array(repeating: 0, count: data.dataSize), takesEmptyRows: true)
    case .refuse, .model, .nan: break
    }
    let names = model.schema?.conditions?.columns.names
    let conditioned: any DataSource =
      try names.map { (names) throws(VAEError) in try data.conditioned(onColumns: names) } ?? data
    return try model.matching(conditioned).inMemory()
  }
}
