/// The numbers that say most, each with what it means.
struct SummaryNumbers {
  let html: String

  init(_ comparison: TableComparison) {
    let trends = comparison.pairTrends
    var items = [
      Self.item("Column shapes", Markup.number(comparison.columnShapes), "mean similarity of the columns; 1 is best"),
      Self.item(
        "Column pairs", Markup.number(trends.mean), "mean similarity of all \(trends.pairs.count) pairs; 1 is best"),
      Self.item(
        "Associated pairs", Markup.number(trends.associatedMean),
        "the same of the \(trends.associatedCount) that have something to do with each other"),
      Self.item(
        "As SDMetrics reports", Markup.number(comparison.qualityReport.score),
        "shapes \(Markup.number(comparison.qualityReport.columnShapes)), pair trends "
          + "\(Markup.number(comparison.qualityReport.columnPairTrends)), with bins of each table’s own"),
      Self.item(
        "New rows", Markup.percent(comparison.newRows.share),
        "match no real row: all texts, and all numbers within 1 %"),
    ]
    if let closest = comparison.closestRecords {
      items.append(
        Self.item(
          "Nearer to training rows", Markup.percent(closest.share),
          "than to held-out ones, of \(closest.records) each; 50 % is best, more means copies; ± "
            + "\(Markup.percent(0.5 / Double(closest.rows).squareRoot())) is chance"))
    }
    html = items.joined(separator: "\n")
  }

  private static func item(_ name: String, _ value: String, _ note: String) -> String {
    "<div><dt>\(name)</dt><dd class=\"value\">\(value)</dd><dd class=\"note\">\(note)</dd></div>"
  }
}
