import Foundation
import VAECore

/// Curves over one pair of axes, as a self-contained SVG picture.
package struct LinePlot: Sendable {
  /// An axis: what it shows, and whether logarithmically.
  package struct Axis: Sendable {
    let title: String
    let isLogarithmic: Bool
    let showsZero: Bool

    /// An axis with a title. A logarithmic one becomes linear where a value is not positive; a linear one begins at
    /// zero unless told otherwise.
    package init(_ title: String, isLogarithmic: Bool = false, showsZero: Bool = true) {
      self.title = title
      self.isLogarithmic = isLogarithmic
      self.showsZero = showsZero
    }
  }

  /// A named curve through points, or the points alone.
  package struct Series: Sendable {
    let name: String
    let points: [(x: Double, y: Double, label: String)]
    let isJoined: Bool

    /// A curve through points, in this order, each of which may have a label of its own; or just the points. Points that
    /// are not finite are left out.
    package init(name: String, points: [(Double, Double)], labels: [String] = [], isJoined: Bool = true) {
      precondition(labels.isEmpty || labels.count == points.count, "\(labels.count) labels of \(points.count) points")
      self.name = name
      self.points = points.indices.map { (points[$0].0, points[$0].1, labels.isEmpty ? "" : labels[$0]) }
        .filter { $0.0.isFinite && $0.1.isFinite }
      self.isJoined = isJoined
    }
  }

  private let title: String
  private let x: Axis
  private let y: Axis
  private let series: [Series]
  private let guides: [Series]
  private let key: [String]

  /// A plot of some curves; of guides, lines behind them that are named where they end; and a key to what labels mean.
  package init(title: String, x: Axis, y: Axis, series: [Series], guides: [Series] = [], key: [String] = []) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
    self.guides = guides
    self.key = key
  }

  /// Writes the picture; where that fails, what was at `path` stays.
  package func writeSVG(to path: String) throws(VAEError) { try AtomicFile.write(svg, to: path) }

  /// The picture as SVG.
  package var svg: String {
    let rowsOfKey = Double((key.count + 1) / 2)
    let (width, height) = (720.0, 440 + 18 * rowsOfKey)
    let points = (series + guides).flatMap(\.points)
    let horizontal = ScaleOfAxis(x, points.map(\.x), from: 70, to: width - 20)
    let vertical = ScaleOfAxis(
      y, points.map(\.y), from: height - 90 - 18 * (rowsOfKey + Double((series.count - 1) / 2)), to: 50)
    var lines: [String] = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(width)) \(number(height))\" "
        + "font-family=\"sans-serif\" font-size=\"13\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
      text(title, width / 2, 24, "middle", size: 16),
    ]
    for tick in horizontal.ticks {
      let at = horizontal.place(tick)
      lines.append(line(at, vertical.start, at, vertical.end, "#ddd"))
      lines.append(text(label(tick), at, vertical.start + 18, "middle"))
    }
    for tick in vertical.ticks {
      let at = vertical.place(tick)
      lines.append(line(horizontal.start, at, horizontal.end, at, "#ddd"))
      lines.append(text(label(tick), horizontal.start - 8, at + 4, "end"))
    }
    lines.append(line(horizontal.start, vertical.start, horizontal.end, vertical.start, "#333"))
    lines.append(line(horizontal.start, vertical.start, horizontal.start, vertical.end, "#333"))
    lines.append(text(x.title, (horizontal.start + horizontal.end) / 2, vertical.start + 40, "middle"))
    lines.append(text(y.title, horizontal.start, vertical.end - 10, "middle"))
    func place(_ point: (x: Double, y: Double, label: String)) -> PlotLabels.Point {
      .init(x: horizontal.place(point.x), y: vertical.place(point.y))
    }
    /// Under the axis, in two columns.
    func placeInLegend(_ index: Int) -> (left: Double, top: Double) {
      (horizontal.start + 330 * Double(index % 2), vertical.start + 66 + 18 * Double(index / 2))
    }
    var labels = PlotLabels(
      from: .init(x: horizontal.start, y: vertical.end - 16), to: .init(x: horizontal.end, y: vertical.start),
      around: series.flatMap(\.points).map(place))
    for guide in guides {
      lines.append(path(guide.points.map(place), "#888"))
    }
    for (index, curve) in series.enumerated() {
      let colour = Self.colours[index % Self.colours.count]
      // Behind the last colour they begin again, hollow.
      let fill = index / Self.colours.count % 2 == 0 ? colour : "white"
      if curve.isJoined { lines.append(path(curve.points.map(place), colour, width: 2)) }
      for point in curve.points.map(place) { lines.append(circle(point, colour, fill)) }
      let (left, top) = placeInLegend(index)
      if curve.isJoined { lines.append(line(left, top - 4, left + 24, top - 4, colour, width: 3)) }
      if !curve.isJoined || fill != colour { lines.append(circle(.init(x: left + 12, y: top - 4), colour, fill)) }
      lines.append(text(curve.name, left + 32, top, "start"))
    }
    for (index, entry) in key.enumerated() {
      let (left, top) = placeInLegend((series.count + 1) / 2 * 2 + index)
      lines.append(text(entry, left, top, "start"))
    }
    for guide in guides {
      if let end = guide.points.last { lines.append(label(guide.name, labels.place(guide.name, endingAt: place(end)))) }
    }
    for point in series.flatMap(\.points) where !point.label.isEmpty {
      lines.append(label(point.label, labels.place(point.label, beside: place(point))))
    }
    return lines.joined(separator: "\n") + "\n</svg>\n"
  }

  /// Distinguishable with any colour vision (Okabe and Ito 2008).
  private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]

  private func path(_ points: [PlotLabels.Point], _ colour: String, width: Int = 1) -> String {
    let places = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    return "<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"\(width)\"/>"
  }

  private func circle(_ point: PlotLabels.Point, _ colour: String, _ fill: String) -> String {
    "<circle cx=\"\(number(point.x))\" cy=\"\(number(point.y))\" r=\"3\" fill=\"\(fill)\" stroke=\"\(colour)\"/>"
  }

  /// A label, legible on top of lines.
  private func label(_ label: String, _ place: PlotLabels.Place) -> String {
    "<g stroke=\"white\" stroke-width=\"3\" paint-order=\"stroke\">"
      + text(label, place.x, place.y, place.anchor.rawValue, size: PlotLabels.size) + "</g>"
  }

  private func text(_ text: String, _ x: Double, _ y: Double, _ anchor: String, size: Int = 13) -> String {
    let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    return
      "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" font-size=\"\(size)\">\(escaped)</text>"
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, width: Int = 1) -> String
  {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" stroke=\"\(colour)\" stroke-width=\"\(width)\"/>"
  }

  private func number(_ value: Double) -> String { String(format: "%.6g", (value * 100).rounded() / 100) }

  private func label(_ value: Double) -> String { String(format: "%.6g", value) }
}

/// Where an axis's values lie on the paper, and which of them are named.
private struct ScaleOfAxis {
  let start: Double
  let end: Double
  let ticks: [Double]
  private let isLogarithmic: Bool
  private let lower: Double
  private let upper: Double

  init(_ axis: LinePlot.Axis, _ values: [Double], from start: Double, to end: Double) {
    self.start = start
    self.end = end
    isLogarithmic = axis.isLogarithmic && !values.isEmpty && values.allSatisfy { $0 > 0 }
    let least = values.min() ?? 0
    let most = values.max().map { $0 > 0 || !axis.showsZero ? $0 : 1 } ?? 1
    if isLogarithmic {
      lower = log10(least) - 0.03
      upper = max(log10(most) + 0.03, lower + 0.1)
      let decades = Int(lower.rounded(.down))...Int(upper.rounded(.up))
      let steps: [Double] = upper - lower > 3 ? [1] : [1, 2, 5]
      let (from, to) = (lower, upper)
      ticks = decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
        .filter { log10($0) >= from && log10($0) <= to }
    } else {
      let from = axis.showsZero ? min(0, least) : least
      let span = max(most - from, .leastNormalMagnitude)
      let magnitude = pow(10, log10(span / 5).rounded(.down))
      let step = [1, 2, 5, 10].map { $0 * magnitude }.first { span / $0 <= 6 } ?? span
      lower = (from / step).rounded(.down) * step
      upper = (most / step).rounded(.up) * step
      ticks = (0...max(1, Int(((upper - lower) / step).rounded()))).map { [lower] in lower + Double($0) * step }
    }
  }

  func place(_ value: Double) -> Double {
    let position = ((isLogarithmic ? log10(value) : value) - lower) / (upper - lower)
    return start + position * (end - start)
  }
}
