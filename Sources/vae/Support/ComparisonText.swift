import CommandSupport
import VAEComparison

/// A comparison of tables, for people.
struct ComparisonText {
  let text: String

  init(_ comparison: TableComparison, real: String, synthetic: String) {
    func number(_ value: Double?) -> String { value.map { $0.digits(4) } ?? "–" }
    var facts = Table(["", "", ""])
    func add(_ name: String, _ value: String, _ remark: String = "") { facts.add([name, value, remark]) }
    add("Column shapes", number(comparison.columnShapes), "1 where every column has the real distribution")
    add(
      "Pair trends", number(comparison.pairTrends.associatedMean),
      "over the \(comparison.pairTrends.associatedCount) pairs that have something to do with each other")
    add("", number(comparison.pairTrends.mean), "over all pairs")
    add(
      "New rows", number(comparison.newRows.share),
      "\(comparison.newRows.new) of \(comparison.newRows.rows) are no copies")
    if let closest = comparison.closestRecords {
      add("Nearer to training", number(closest.share), "than to held-out rows; ½ is ideal, of \(closest.rows) rows")
    }
    var blocks = [
      "\(comparison.syntheticRows) synthetic rows (\(synthetic)) beside \(comparison.realRows) real ones (\(real))",
      facts.text.split(separator: "\n").joined(separator: "\n"),
    ]
    if let prediction = comparison.prediction {
      var table = Table([
        "\(prediction.target) of held-out rows", "area", "F1 of \(prediction.rarestClass)", "macro-F1",
      ])
      for (name, scores) in [
        ("trained on synthetic rows", prediction.trainedOnSynthetic),
        ("trained on real rows", prediction.trainedOnReal),
      ] {
        table.add([name, number(scores.areaUnderCurve), number(scores.f1OfRarest), number(scores.macroF1)])
      }
      blocks.append(table.text)
    }
    var columns = Table(["column", "similarity", "measure", "missing", "of the real"])
    for column in comparison.columns {
      columns.add([
        column.name, number(column.similarity), column.measure.rawValue, number(column.syntheticMissing),
        number(column.realMissing),
      ])
    }
    blocks.append(columns.text)
    let worst = comparison.pairTrends.pairs.filter { $0.isAssociated && $0.similarity != nil }
      .sorted { $0.similarity! < $1.similarity! }.prefix(5)
    if !worst.isEmpty {
      var pairs = Table(["least alike of the associated pairs", "", "similarity"])
      for pair in worst { pairs.add([pair.first, pair.second, number(pair.similarity)]) }
      blocks.append(pairs.text)
    }
    text = blocks.joined(separator: "\n\n")
  }
}
