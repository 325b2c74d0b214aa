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

  /// A named curve through points.
  package struct Series: Sendable {
    let name: String
    let points: [(x: Double, y: Double)]

    /// A curve through points, in this order. Points that are not finite are left out.
    package init(name: String, points: [(Double, Double)]) {
      self.name = name
      self.points = points.filter { $0.0.isFinite && $0.1.isFinite }.map { (x: $0.0, y: $0.1) }
    }
  }

  private let title: String
  private let x: Axis
  private let y: Axis
  private let series: [Series]

  /// A plot of some curves.
  package init(title: String, x: Axis, y: Axis, series: [Series]) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
  }

  /// Writes the picture; where that fails, what was at `path` stays.
  package func writeSVG(to path: String) throws(VAEError) { try AtomicFile.write(svg, to: path) }

  /// The picture as SVG.
  package var svg: String {
    let (width, height) = (720.0, 440.0)
    let points = series.flatMap(\.points)
    let horizontal = ScaleOfAxis(x, points.map(\.x), from: 70, to: width - 20)
    let vertical = ScaleOfAxis(y, points.map(\.y), from: height - 90 - 18 * Double((series.count - 1) / 2), to: 50)
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
    for (index, curve) in series.enumerated() {
      let colour = Self.colours[index % Self.colours.count]
      let path = curve.points.map { "\(number(horizontal.place($0.x))),\(number(vertical.place($0.y)))" }
      lines.append(
        "<polyline points=\"\(path.joined(separator: " "))\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"/>")
      for point in curve.points {
        lines.append(
          "<circle cx=\"\(number(horizontal.place(point.x)))\" cy=\"\(number(vertical.place(point.y)))\" r=\"3\" fill=\"\(colour)\"/>"
        )
      }
      let (left, top) = (horizontal.start + 330 * Double(index % 2), vertical.start + 66 + 18 * Double(index / 2))
      lines.append(line(left, top - 4, left + 24, top - 4, colour, width: 3))
      lines.append(text(curve.name, left + 32, top, "start"))
    }
    return lines.joined(separator: "\n") + "\n</svg>\n"
  }

  /// Distinguishable with any colour vision (Okabe and Ito 2008).
  private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]

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
