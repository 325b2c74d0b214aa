import Foundation
import TestSupport
import Testing
import VAEComparison
import VAECore

/// Columns and pairs against SDMetrics, and against sums by hand.
struct SimilarityTests {
  @Test(arguments: ComparisonFixture.names) func columnsAreSDMetrics(name: String) throws {
    let fixture = try #require(ComparisonFixture.cases[name])
    let comparison = try fixture.comparison()
    #expect(comparison.columns.map(\.name) == fixture.training.map(\.name))
    for (column, expected) in zip(comparison.columns, fixture.columns) {
      #expect(isClose(column.similarity, expected), "\(column.name)")
    }
    #expect(isClose(comparison.columnShapes, fixture.report.columnShapes))
    #expect(isClose(comparison.qualityReport.columnShapes, fixture.report.columnShapes))
  }

  @Test(arguments: ComparisonFixture.names) func pairsAreSDMetrics(name: String) throws {
    let fixture = try #require(ComparisonFixture.cases[name])
    let trends = try fixture.comparison().pairTrends
    #expect(trends.pairs.map { [$0.first, $0.second] } == fixture.pairs.map(\.columns))
    for (pair, expected) in zip(trends.pairs, fixture.pairs) {
      #expect(isClose(pair.similarity, expected.similarity), "\(expected.columns)")
      // SDMetrics gives a real correlation also where the synthetic rows have none.
      if pair.similarity != nil {
        #expect(isClose(pair.realCorrelation ?? pair.realAssociation, expected.real), "\(expected.columns)")
        #expect(isClose(pair.syntheticCorrelation, expected.synthetic), "\(expected.columns)")
      }
    }
  }

  /// With the pairs that its report counts, and with all.
  @Test(arguments: ComparisonFixture.names) func theReportIsSDMetrics(name: String) throws {
    let fixture = try #require(ComparisonFixture.cases[name])
    let (real, synthetic) = try (
      ComparisonFixture.table(fixture.training), ComparisonFixture.table(fixture.synthetic)
    )
    let trends = try PairTrends(real: real, synthetic: synthetic, binning: .eachTable)
    #expect(isClose(trends.mean, fixture.reportOfAll.pairTrends))
    #expect(isClose(trends.associatedMean, fixture.report.pairTrends))
    for (index, pair) in trends.pairs.enumerated() {
      #expect(isClose(pair.similarity, fixture.reportOfAll.pairs[index]), "\(pair.first) \(pair.second)")
      #expect(
        isClose(pair.isAssociated ? pair.similarity : nil, fixture.report.pairs[index]), "\(pair.first) \(pair.second)")
    }
    #expect(trends.associatedCount == fixture.report.pairs.count { $0 != nil })
    let report = try TableComparison(real: real, synthetic: synthetic).qualityReport
    #expect(isClose(report.columnPairTrends, fixture.report.pairTrends))
    #expect(isClose(report.score, (fixture.report.pairTrends + fixture.report.columnShapes) / 2))
    // The fixture tells the two ways to cut numbers apart.
    #expect(!isClose(trends.mean, try PairTrends(real: real, synthetic: synthetic).mean, 1e-3))
  }

  @Test func numbersByHand() {
    // F: ¼ at each of 1, 2, 3, 4; F′: ½ at 2 and 5. The largest gap is behind 4: 1 − ½.
    #expect(ColumnSimilarity.kolmogorovSmirnov(real: [3, 1, 4, .nan, 2], synthetic: [5, 2]) == 0.5)
    #expect(ColumnSimilarity.kolmogorovSmirnov(real: [1, 2], synthetic: [2, 1, 1, 2]) == 1)
    #expect(ColumnSimilarity.kolmogorovSmirnov(real: [1, 2], synthetic: [3]) == 0)
    #expect(ColumnSimilarity.kolmogorovSmirnov(real: [0.3], synthetic: [0.1 + 0.2]) == 1)
    #expect(ColumnSimilarity.kolmogorovSmirnov(real: [1], synthetic: [.nan]) == nil)
    #expect(ColumnSimilarity.kolmogorovSmirnov(real: [1e300, -1e300], synthetic: [1e300]) == 0.5)
  }

  @Test func textsByHand() throws {
    // p = (½, ½, 0), q = (¼, ½, ¼), up to the weight of what is new.
    let similarity = ColumnSimilarity.totalVariation(real: ["a", "b", nil], synthetic: ["a", "b", "b", "c"])
    #expect(abs(try #require(similarity) - 0.75) < 1e-6)
    #expect(ColumnSimilarity.totalVariation(real: ["a"], synthetic: ["b"]).map { $0 < 2e-6 } == true)
    #expect(ColumnSimilarity.totalVariation(real: ["a", "b"], synthetic: ["b", "a", nil]) == 1)
    #expect(ColumnSimilarity.totalVariation(real: [nil], synthetic: ["a"]) == nil)
  }

  @Test func pairsByHand() throws {
    let real = try table(
      ("x", .numbers([1, 2, 3, 4])), ("y", .numbers([2, 4, 6, 8])), ("a", .texts("p", "p", "q", "q")),
      ("b", .texts("u", "u", "v", "v")), ("c", .numbers([5, 5, 5, 5])))
    let synthetic = try table(
      ("c", .numbers([5, 6])), ("b", .texts("u", "v")), ("a", .texts("q", "p")), ("y", .numbers([0, -1])),
      ("x", .numbers([-100, 100])))
    let trends = try PairTrends(real: real, synthetic: synthetic)
    let pairs = Dictionary(uniqueKeysWithValues: trends.pairs.map { ("\($0.first)\($0.second)", $0) })
    #expect(isClose(pairs["xy"]?.similarity, 0) && pairs["xy"]?.isAssociated == true)
    #expect(pairs["ab"]?.similarity == 0 && pairs["ab"]?.realAssociation == 1)
    // The synthetic numbers lie outside the real bins, and so in the outer ones: q in the lowest, p in the highest.
    #expect(pairs["xa"]?.similarity == 0)
    // A constant has no correlation, and one bin.
    #expect(pairs["xc"]?.similarity == nil && pairs["xc"]?.isAssociated == false)
    #expect(pairs["ac"]?.realAssociation == nil && pairs["ac"]?.isAssociated == false)
    #expect(trends.pairs.count == 10)
    #expect(try PairTrends(real: table(("a", .texts("p"))), synthetic: table(("a", .texts("p")))).mean == nil)
  }

  /// Columns of names have more combinations than there are rows, which are counted another way.
  @Test func columnsOfNames() throws {
    let names = (0..<400).map { "name \($0)" }
    let real = try table(("a", .texts(TextValues(names))), ("b", .texts(TextValues(names.reversed()))))
    let synthetic = try table(("a", .texts(TextValues(names))), ("b", .texts(TextValues(names))))
    let pair = try PairTrends(real: real, synthetic: synthetic).pairs[0]
    #expect(isClose(pair.similarity, 0) && isClose(pair.realAssociation, 1))
    #expect(isClose(try PairTrends(real: real, synthetic: real).pairs[0].similarity, 1))
  }
}
