import CommandSupport
import Foundation
import Testing

/// The picture is well-formed, and its points lie where they should, whatever the values.
struct LinePlotTests {
  @Test func marksEveryPoint() throws {
    let plot = LinePlot(
      title: "A < B & C", x: .init("x", isLogarithmic: true), y: .init("y"),
      series: [.init(name: "one", points: [(1, 2), (10, 4), (100, 3)]), .init(name: "two", points: [(1, 0)])])
    #expect(plot.svg.components(separatedBy: "<circle").count - 1 == 4)
    #expect(plot.svg.contains("A &lt; B &amp; C"))
    // Equal factors are equal distances on a logarithmic axis.
    let places = plot.svg.matches(of: #/<circle cx="([0-9.]+)"/#).map { Double($0.1)! }
    #expect(abs((places[1] - places[0]) - (places[2] - places[1])) < 0.1)
  }

  @Test(
    arguments: [
      [], [(0, 0)], [(1, 0), (2, 0)], [(-1, -5), (1, -2)], [(0, 1), (5, 1e300)], [(.nan, 1), (1, .infinity)],
      [(1e-300, 1e-300), (1e300, 1e300)],
    ] as [[(Double, Double)]])
  func survivesAnyValues(points: [(Double, Double)]) {
    for isLogarithmic in [false, true] {
      let axis = LinePlot.Axis("axis", isLogarithmic: isLogarithmic)
      let svg = LinePlot(title: "", x: axis, y: axis, series: [.init(name: "", points: points)]).svg
      #expect(svg.hasSuffix("</svg>\n") && !svg.contains("nan") && !svg.contains("inf"))
    }
  }
}
