/// A comparison as one page that needs nothing else: neither network nor scripts. Where one points, the values show.
public struct ComparisonPage: Sendable {
  /// The page.
  public let html: String

  /// A comparison under a title of its own.
  public init(_ comparison: TableComparison, title: String = "Synthetic rows beside real ones") {
    html = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(Markup.escaped(title))</title>
      <style>
      \(comparisonStyle)</style>
      </head>
      <body>
      <main>
      <h1>\(Markup.escaped(title))</h1>
      <p class="note">\(Self.rows(comparison))</p>
      <dl>
      \(SummaryNumbers(comparison).html)
      </dl>
      \(Self.prediction(comparison.prediction))
      \(Self.columns(comparison.columns))
      \(Self.pairs(comparison))
      </main>
      </body>
      </html>

      """
  }

  private static func rows(_ comparison: TableComparison) -> String {
    let heldOut = comparison.heldOutRows.map { ", \($0) held out" } ?? ""
    return "\(comparison.realRows) real rows\(heldOut); \(comparison.syntheticRows) synthetic ones; "
      + "\(comparison.columns.count) columns"
  }

  private static func prediction(_ prediction: TargetPrediction?) -> String {
    guard let prediction else { return "" }
    let lines = [
      ("real rows", prediction.trainedOnReal), ("synthetic rows", prediction.trainedOnSynthetic),
    ].map { name, scores in
      "<tr><th>\(name)</th>"
        + [scores.areaUnderCurve, scores.f1OfRarest, scores.macroF1].map { "<td>\(Markup.number($0))</td>" }.joined()
        + "</tr>"
    }
    return """
      <h2>Predicting \(Markup.escaped(prediction.target))</h2>
      <p class="note">A logistic regression, tested on \(prediction.rows) held-out rows.</p>
      <div class="wide"><table>
      <tr><th>trained on</th><th>area under ROC</th><th>F1 of \(Markup.escaped(prediction.rarestClass))</th><th>macro F1</th></tr>
      \(lines.joined(separator: "\n"))
      </table></div>
      """
  }

  /// The worst first; those that cannot be compared at the end.
  private static func columns(_ columns: [ColumnComparison]) -> String {
    let order = columns.indices.sorted { a, b in
      (columns[a].similarity ?? 2, a) < (columns[b].similarity ?? 2, b)
    }
    let articles = order.map { index in
      let column = columns[index]
      return """
        <article>
        <header><h3>\(Markup.escaped(column.name))</h3><span>\(Markup.number(column.similarity))</span></header>
        \(MarginalDrawing(column).svg)
        </article>
        """
    }
    return """
      <h2>Columns</h2>
      <p class="note">The least alike first, by 1 − sup|F − F′| of numbers and 1 − ½ Σ|p − p′| of texts.
      <br><span class="key real"></span>real<span class="key synthetic"></span>synthetic, whose shares are written beside texts</p>
      <section class="columns">
      \(articles.joined(separator: "\n"))
      </section>
      """
  }

  private static func pairs(_ comparison: TableComparison) -> String {
    if comparison.columns.count < 2 { return "" }
    return """
      <h2>Pairs of columns</h2>
      <p class="note">½ or less<span class="ramp"></span>1, alike. On the diagonal, the columns themselves. A dot: among the
      real rows they have something to do with each other, |ρ| > \(PairTrends.correlationThreshold) or Cramér’s
      V > \(PairTrends.associationThreshold).</p>
      <div class="wide">
      \(PairGrid(comparison.columns, comparison.pairTrends.pairs).svg)
      </div>
      """
  }
}
