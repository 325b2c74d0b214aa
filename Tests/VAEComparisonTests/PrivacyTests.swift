import TestSupport
import Testing
import VAEComparison
import VAECore

/// New rows and closest records against SDMetrics and against looking at all pairs of rows.
struct PrivacyTests {
  @Test(arguments: ComparisonFixture.names) func newRowsAreSDMetrics(name: String) throws {
    let fixture = try #require(ComparisonFixture.cases[name])
    let rows = try fixture.comparison().newRows
    #expect(isClose(rows.share, fixture.newRows))
    #expect(rows.new > 0 && rows.new < rows.rows)
  }

  @Test func newRowsByHand() throws {
    let real = try table(("a", .texts("p", "q", nil, "p")), ("x", .numbers([100, 0, 5, .nan])))
    let cases: [(text: String?, number: Double, isNew: Bool)] = [
      ("p", 100, false), ("p", 100.9, false), ("p", 101.1, true), ("p", -100, true), ("q", 100, true), ("q", 0, false),
      // The tolerance is a share of the synthetic number: of zero it is nothing, and of -0 as well.
      ("q", 1e-300, true), ("q", -0.0, false), (nil, 5, false), ("p", 5, true), ("p", .nan, false), ("q", .nan, true),
      ("new", 100, true),
    ]
    for row in cases {
      let synthetic = try table(("a", .texts(row.text)), ("x", .numbers([row.number])))
      #expect(try NewRows(real: real, synthetic: synthetic).new == (row.isNew ? 1 : 0), "\(row)")
    }
    let all = try NewRows(
      real: real,
      synthetic: table(
        ("x", .numbers(cases.map(\.number))), ("a", .texts(TextValues(cases.map(\.text))))))
    #expect(all.new == cases.count(where: \.isNew) && all.share == Double(all.new) / Double(cases.count))
  }

  /// 1 % is of the synthetic number, in a column that the search goes by and in one that it only looks at.
  @Test func theToleranceIsOfTheSyntheticNumber() throws {
    for (number, isNew) in [(101.005, false), (99.005, true), (101.02, true), (99.02, false)] {
      for others in [[1.0, 1.0], [2.0, 1.0]] {
        let real = try table(("x", .numbers(others)), ("y", .numbers([100, 100])))
        let synthetic = try table(("x", .numbers([1])), ("y", .numbers([number])))
        #expect(try NewRows(real: real, synthetic: synthetic).new == (isNew ? 1 : 0), "\(number)")
        let turned = try table(("y", .numbers([100, 300])), ("x", .numbers(others.reversed())))
        #expect(try NewRows(real: turned, synthetic: synthetic).new == (isNew ? 1 : 0), "\(number)")
      }
    }
  }

  /// Against all pairs of rows, with several numbers of which any may be the one that few rows are near to.
  @Test func newRowsOfRandomTables() throws {
    var random = TestRandom(3)
    for _ in 0..<20 {
      func rows(_ count: Int) -> (texts: [String?], numbers: [[Double]]) {
        (
          (0..<count).map { _ in [nil, "a", "b"][random.integer(0...2)] },
          (0..<3).map { column in
            (0..<count).map { _ in
              random.uniform() < 0.1 ? .nan : Double(random.integer(-3...3)) + random.uniform() * 0.02 * Double(column)
            }
          }
        )
      }
      let (real, synthetic) = (rows(60), rows(50))
      func table(_ rows: (texts: [String?], numbers: [[Double]])) throws -> ComparedTable {
        try ComparedTable(
          [.init("t", .texts(TextValues(rows.texts)))]
            + rows.numbers.enumerated().map { .init("\($0)", .numbers($1)) })
      }
      let expected = (0..<50).count { s in
        !(0..<60).contains { r in
          real.texts[r] == synthetic.texts[s]
            && (0..<3).allSatisfy { column in
              let (a, b) = (real.numbers[column][r], synthetic.numbers[column][s])
              return a.isNaN && b.isNaN || abs(a - b) <= abs(0.01 * b)
            }
        }
      }
      #expect(try NewRows(real: table(real), synthetic: table(synthetic)).new == expected)
    }
  }

  /// Distances are SDMetrics': against the training rows as both real sets, so that the range is theirs.
  @Test(arguments: ComparisonFixture.names) func closestRecordsAreSDMetrics(name: String) throws {
    let fixture = try #require(ComparisonFixture.cases[name])
    let (training, synthetic) = try (
      ComparisonFixture.table(fixture.training), ComparisonFixture.table(fixture.synthetic)
    )
    let distances = try ClosestRecords.distances(training: training, heldOut: training, synthetic: synthetic)
    for (row, expected) in fixture.closest.enumerated() {
      #expect(isClose(distances[row].training, expected), "row \(row)")
      #expect(distances[row].training == distances[row].heldOut)
    }
  }

  @Test func closestRecordsByHand() throws {
    func rows(_ numbers: [Double], _ texts: [String?]) throws -> ComparedTable {
      try table(("x", .numbers(numbers)), ("a", .texts(TextValues(texts))))
    }
    let training = try rows([0, 10, .nan], ["p", "q", nil])
    let heldOut = try rows([2, 5, 3], ["p", "q", nil])
    // The range is 10. Nearer: training by 0 against 0.2/2; held out by 0 against 0.5/2; as near: a text that nobody has.
    let synthetic = try rows([0, 5, 1, .nan, -1000], ["p", "q", "p", nil, "q"])
    let distances = try ClosestRecords.distances(training: training, heldOut: heldOut, synthetic: synthetic)
    let expected = [(0, 0.1), (0.25, 0), (0.05, 0.05), (0, 0.5), (0.5, 0.5)]
    for (distance, expected) in zip(distances, expected) {
      #expect(isClose(distance.training, expected.0, 1e-15) && isClose(distance.heldOut, expected.1, 1e-15))
    }
    let closest = try ClosestRecords(training: training, heldOut: heldOut, synthetic: synthetic)
    #expect((closest.nearerToTraining, closest.nearerToHeldOut, closest.equallyNear) == (2, 1, 2))
    #expect(closest.share == 0.6 && closest.rows == 5 && closest.records == 3)
    #expect(isClose(closest.trainingDistance, 0.05) && isClose(closest.heldOutDistance, 0.1))
  }

  /// Copies are near to what they are of, whatever the sizes of the sets; rows that know neither set, to half.
  @Test func setsOfDifferentSize() throws {
    var random = TestRandom(4)
    func rows(_ count: Int) -> [[Double]] { (0..<4).map { _ in (0..<count).map { _ in random.normal() } } }
    func table(_ rows: [[Double]]) throws -> ComparedTable {
      try ComparedTable(rows.enumerated().map { .init("\($0)", .numbers($1)) })
    }
    let (training, heldOut, fresh) = (rows(2000), rows(500), rows(1000))
    let independent = try ClosestRecords(
      training: table(training), heldOut: table(heldOut), synthetic: table(fresh), seed: 1)
    #expect(independent.records == 500 && abs(independent.share - 0.5) < 0.06)
    let copies = try ClosestRecords(
      training: table(training), heldOut: table(heldOut), synthetic: table(training), seed: 1)
    // A quarter of the training rows take part; the copies of others are nearer to either by chance.
    #expect(abs(copies.share - 0.625) < 0.04 && copies.equallyNear == 0)
    let few = try ClosestRecords(
      training: table(training), heldOut: table(heldOut), synthetic: table(fresh), mostRows: 70, mostRecords: 80,
      seed: 2)
    #expect(few.rows == 70 && few.records == 80)
    for threads in [1, 2, 5] {
      let again = try ClosestRecords(
        training: table(training), heldOut: table(heldOut), synthetic: table(fresh), seed: 1,
        execution: Execution(threads: threads))
      #expect(again.share == independent.share && again.trainingDistance == independent.trainingDistance)
    }
  }
}
