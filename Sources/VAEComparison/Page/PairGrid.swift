/// All pairs of columns as a grid of coloured squares, as SVG: the stronger the colour, the less alike. On the diagonal are
/// the columns themselves; a mark is on pairs that have something to do with each other among the real rows.
struct PairGrid {
  let svg: String

  init(_ columns: [ColumnComparison], _ pairs: [PairComparison]) {
    let names = columns.map(\.name)
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    // Labels take the room of the longest name, within limits; squares share what is left.
    let letters = min(18, names.map(\.count).max() ?? 0)
    let margin = 12 + 6.6 * Double(letters)
    let size = max(14, min(34, 560 / Double(max(names.count, 1))))
    let side = margin + size * Double(names.count)
    // Slanted names lean out to the right of the last square.
    let width = side + 0.7 * margin
    var lines = [
      "<svg viewBox=\"0 0 \(Markup.place(width)) \(Markup.place(side))\" role=\"img\" aria-label=\"Similarity of pairs\" "
        + "style=\"max-width: \(Markup.place(width))px; min-width: \(Markup.place(min(width, 16 * size)))px\">"
    ]
    func square(_ row: Int, _ column: Int, _ similarity: Double?, _ title: String, isMarked: Bool) {
      let (x, y) = (margin + size * Double(column), margin + size * Double(row))
      // From no colour at 1 to all of it at ½.
      let colour = similarity.map { "fill-opacity=\"\(Markup.place(min(1, max(0, 2 * (1 - $0)))))\"" }
      lines.append("<g><title>\(title)</title>" + Markup.rectangle(x, y, size - 1, size - 1, "cell"))
      lines.append(
        colour.map {
          "<rect x=\"\(Markup.place(x))\" y=\"\(Markup.place(y))\" width=\"\(Markup.place(size - 1))\" "
            + "height=\"\(Markup.place(size - 1))\" class=\"unlike\" \($0)/>"
        } ?? Markup.text("–", x + size / 2, y + size / 2 + 4, "middle"))
      if isMarked {
        lines.append(
          "<circle cx=\"\(Markup.place(x + size / 2))\" cy=\"\(Markup.place(y + size / 2))\" r=\"2.5\"/>")
      }
      lines.append("</g>")
    }
    for (index, column) in columns.enumerated() {
      let middle = margin + size * (Double(index) + 0.5)
      let label = Markup.short(column.name, 18)
      lines.append(Markup.text(label, margin - 6, middle + 4, "end"))
      let (x, y) = (Markup.place(middle), Markup.place(margin - 6))
      lines.append("<text x=\"\(x)\" y=\"\(y)\" transform=\"rotate(-50 \(x) \(y))\">\(label)</text>")
      square(
        index, index, column.similarity, "\(Markup.escaped(column.name)): \(Markup.number(column.similarity))",
        isMarked: false)
    }
    for pair in pairs {
      guard let row = places[pair.first], let column = places[pair.second] else { continue }
      let title = Self.title(pair)
      square(row, column, pair.similarity, title, isMarked: pair.isAssociated)
      square(column, row, pair.similarity, title, isMarked: pair.isAssociated)
    }
    svg = lines.joined(separator: "\n") + "\n</svg>"
  }

  private static func title(_ pair: PairComparison) -> String {
    let names = "\(Markup.escaped(pair.first)) × \(Markup.escaped(pair.second)): \(Markup.number(pair.similarity))"
    switch pair.measure {
    case .correlation:
      return names + "\nρ real \(Markup.number(pair.realCorrelation)), "
        + "synthetic \(Markup.number(pair.syntheticCorrelation))"
    case .contingency: return names + "\nCramér’s V of the real rows \(Markup.number(pair.realAssociation))"
    }
  }
}
