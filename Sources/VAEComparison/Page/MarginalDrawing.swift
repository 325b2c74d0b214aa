/// A column's distribution among the real and the synthetic rows, as SVG: for each bar two, one beside the other.
struct MarginalDrawing {
  let svg: String

  init(_ column: ColumnComparison) {
    let bars = column.marginal.bars
    svg =
      column.measure == .kolmogorovSmirnov
      ? Self.upright(bars, named: column.name) : Self.lying(bars, named: column.name)
  }

  private static let width = 360.0

  /// Numbers, from left to right; the labels of the first, of the last and of one between them stand below.
  private static func upright(_ bars: [Marginal.Bar], named name: String) -> String {
    let (top, height) = (14.0, 120.0)
    let most = largest(bars)
    let step = min(60, width / Double(max(bars.count, 1)))
    let end = step * Double(bars.count)
    var lines = [open(name, height: top + height + 22), Markup.text(Markup.percent(most), 0, 10)]
    lines.append("<line x1=\"0\" y1=\"\(top + height)\" x2=\"\(Markup.place(end))\" y2=\"\(top + height)\"/>")
    for (index, bar) in bars.enumerated() {
      // What is missing stands apart.
      let left = Double(index) * step + (bar.kind == .missing ? 0.15 * step : 0.05 * step)
      let thickness = 0.4 * step
      lines.append("<g>\(title(bar))" + Markup.rectangle(Double(index) * step, top, step, height, "area"))
      for (share, place, kind) in [(bar.real, 0.0, "real"), (bar.synthetic, 1.0, "synthetic")] {
        let tall = share / most * height
        lines.append(Markup.rectangle(left + place * thickness, top + height - tall, thickness, tall, kind))
      }
      lines.append("</g>")
    }
    for (label, x, anchor) in labels(bars, width: end) {
      lines.append(Markup.text(label, x, top + height + 16, anchor))
    }
    return lines.joined(separator: "\n") + "\n</svg>"
  }

  /// Few, so that none covers another: the ends, and the middle where there are many bars.
  private static func labels(_ bars: [Marginal.Bar], width: Double) -> [(String, Double, String)] {
    guard let first = bars.first, let last = bars.last, bars.count > 2 else {
      let step = width / Double(max(bars.count, 1))
      return bars.indices.map { (Markup.short(bars[$0].label, 18), (Double($0) + 0.5) * step, "middle") }
    }
    let between = bars.count > 6 ? [(Markup.short(bars[bars.count / 2].label, 18), width / 2, "middle")] : []
    return [(Markup.short(first.label, 18), 0, "start")] + between + [(Markup.short(last.label, 18), width, "end")]
  }

  /// Texts, one under the other, with their names before them.
  private static func lying(_ bars: [Marginal.Bar], named name: String) -> String {
    let (left, right, step) = (132.0, 52.0, 19.0)
    let most = largest(bars)
    var lines = [open(name, height: step * Double(max(bars.count, 1)) + 4)]
    for (index, bar) in bars.enumerated() {
      let top = Double(index) * step + 2
      lines.append("<g class=\"\(bar.kind.rawValue)\">\(title(bar))" + Markup.rectangle(0, top, width, step, "area"))
      lines.append(Markup.text(Markup.short(bar.label, 19), left - 6, top + 12.5, "end"))
      var end = left
      for (share, place, kind) in [(bar.real, 0.0, "real"), (bar.synthetic, 1.0, "synthetic")] {
        let long = share / most * (width - left - right)
        lines.append(Markup.rectangle(left, top + 1.5 + 8 * place, long, 7.5, kind))
        end = max(end, left + long)
      }
      lines.append(Markup.text(Markup.percent(bar.synthetic), end + 4, top + 12.5) + "</g>")
    }
    return lines.joined(separator: "\n") + "\n</svg>"
  }

  private static func open(_ name: String, height: Double) -> String {
    "<svg viewBox=\"0 0 360 \(Markup.place(height))\" role=\"img\" "
      + "aria-label=\"\(Markup.escaped(name)), real beside synthetic\">"
  }

  private static func title(_ bar: Marginal.Bar) -> String {
    "<title>\(Markup.escaped(bar.label)): real \(Markup.percent(bar.real)), "
      + "synthetic \(Markup.percent(bar.synthetic))</title>"
  }

  private static func largest(_ bars: [Marginal.Bar]) -> Double {
    max(bars.map { max($0.real, $0.synthetic) }.max() ?? 0, .leastNormalMagnitude)
  }
}
