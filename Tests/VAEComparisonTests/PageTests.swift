import Foundation
import TestSupport
import Testing
import VAEComparison
import VAECore

/// What a report and its page have in them.
struct PageTests {
  private let evil = "<script>alert(\"1\")</script> & 'x'\u{202E}\u{1}"

  private func evilComparison() throws -> TableComparison {
    let rows = try table(
      (evil, .texts(evil, "b", nil, "b")), ("number", .numbers([1, 2, 3, .nan])),
      ("empty", .numbers([.nan, .nan, .nan, .nan])))
    return try TableComparison(real: rows, synthetic: rows, heldOut: rows, target: evil)
  }

  @Test func namesAreEscaped() throws {
    let page = ComparisonPage(try evilComparison(), title: evil).html
    #expect(
      !page.contains("<script") && !page.contains("\"1\"") && !page.contains("\u{202E}") && !page.contains("\u{1}"))
    #expect(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"))
  }

  /// It is well-formed XML but for its first line and elements that HTML leaves open, and fetches nothing.
  @Test(arguments: ComparisonFixture.names) func pagesStandAlone(name: String) throws {
    let comparison = try #require(ComparisonFixture.cases[name]).comparison()
    let page = ComparisonPage(comparison).html
    for word in ["http:", "https:", "url(", "src=", "href=", "@import", "<script"] { #expect(!page.contains(word)) }
    let xml = page.split(separator: "\n").dropFirst().filter { !$0.hasPrefix("<meta") }.joined(separator: "\n")
      .replacing("<br>", with: "<br/>")
    let opened = xml.matches(of: /<([a-z0-9]+)[^>]*[^\/]>|<([a-z0-9]+)>/).count
    let closed = xml.matches(of: /<\/[a-z0-9]+>/).count
    #expect(opened == closed)
    for column in comparison.columns { #expect(page.contains("<h3>\(column.name)</h3>")) }
    // The worst first.
    let places = comparison.columns.sorted { $0.similarity ?? 2 < $1.similarity ?? 2 }
      .map { page.range(of: "<h3>\($0.name)</h3>")!.lowerBound }
    #expect(places == places.sorted())
    #expect(page.contains("viewBox") && page.components(separatedBy: "<svg ").count == comparison.columns.count + 2)
  }

  @Test(arguments: ComparisonFixture.names) func marginalsAreShares(name: String) throws {
    for column in try #require(ComparisonFixture.cases[name]).comparison().columns {
      let bars = column.marginal.bars
      #expect(abs(bars.reduce(0) { $0 + $1.real } - 1) < 1e-12 && abs(bars.reduce(0) { $0 + $1.synthetic } - 1) < 1e-12)
      #expect(bars.count <= 25)
    }
  }

  @Test func marginalsByHand() throws {
    let texts = (0..<60).flatMap { index in [String](repeating: "level \(index)", count: index < 2 ? 60 - index : 1) }
    let rows = try table(("t", .texts(TextValues(texts))))
    let bars = try TableComparison(real: rows, synthetic: rows).columns[0].marginal.bars
    #expect(bars.count == 21 && bars[0].label == "level 0" && bars[1].label == "level 1")
    #expect(bars[20].label == "40 others" && bars[20].kind == .others && isClose(bars[20].real, 40 / 177.0))
    // Whole numbers have bars of their own, and one far away does not take the room of the others.
    let numbers = try table(("n", .numbers((0..<1000).map { $0 == 0 ? 1e6 : Double($0 % 3) })))
    let intervals = try TableComparison(real: numbers, synthetic: numbers).columns[0].marginal.bars
    #expect(intervals.map(\.label) == ["0", "1", "2", "3 and above"])
    #expect(intervals.map(\.real) == [0.333, 0.333, 0.333, 0.001])
  }

  @Test func reportsAreJSON() throws {
    let encoder = JSONEncoder()
    let fixture = try #require(ComparisonFixture.cases["adult"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: encoder.encode(fixture.comparison())) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "real_rows", "synthetic_rows", "held_out_rows", "column_shapes", "quality_report", "new_rows",
        "closest_records", "prediction", "columns", "pair_trends",
      ])
    let trends = try #require(object["pair_trends"] as? [String: Any])
    #expect(Set(trends.keys) == ["pairs", "mean", "associated_mean", "associated_count"])
    // What cannot be compared is left out; nothing is NaN, which JSON has not.
    let evil = try evilComparison()
    #expect(evil.columns[2].similarity == nil)
    _ = try encoder.encode(evil)
  }
}
