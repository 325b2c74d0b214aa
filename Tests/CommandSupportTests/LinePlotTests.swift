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

  /// Labels that would lie on each other, or on a point, are moved apart; a line behind is named once.
  @Test func labelsPoints() throws {
    let axis = LinePlot.Axis("axis", isLogarithmic: true)
    let svg = LinePlot(
      title: "", x: axis, y: axis,
      series: [
        .init(name: "", points: [(1, 1), (1, 1), (1, 1), (2, 2)], labels: ["7", "8", "9", ""], isJoined: false)
      ],
      guides: [.init(name: "roof", points: [(1, 3), (2, 3)])], key: ["7: seven", "8: eight"]
    ).svg
    let places = svg.matches(of: #/<text ([^>]*)>([789])</#)
    #expect(places.map(\.2) == ["7", "8", "9"] && Set(places.map(\.1)).count == 3)
    #expect(svg.components(separatedBy: ">roof<").count == 2 && svg.contains(">8: eight<"))
    // The guide alone is a line.
    #expect(svg.components(separatedBy: "<polyline").count == 2)
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
