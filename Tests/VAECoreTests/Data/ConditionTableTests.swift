import Foundation
import TestSupport
import Testing
import VAECore

/// Columns of a table as the condition of its other columns.
struct ConditionTableTests {
  private static let text = """
    job,age,ok,pay
    clerk,30,True,1.5
    farmer,40,False,2.5
    clerk,20,True,3.5
    clerk,30,True,4.5

    """

  private func data(_ text: String = text) throws -> Dataset {
    var options = TableOptions()
    options.schema = try TableStream.discoverSchema(BytesReader(Array(text.utf8), path: "t.csv"))
    var stream = try TableStream(BytesReader(Array(text.utf8), path: "t.csv"), options)
    return try stream.inMemory()
  }

  private func conditioned(_ names: [String]) throws -> Dataset {
    try #require(try data().conditioned(onColumns: names) as? Dataset)
  }

  /// One-hot categories, True and False; numbers in their standard deviations from their mean.
  @Test func whatAModelSees() throws {
    let data = try conditioned(["ok", "job", "age"])
    #expect(data.columnNames == ["pay"] && data.dataSize == 1)
    let condition = try #require(data.condition)
    #expect(
      condition.columns?.names == ["job", "age", "ok"] && condition.columns?.places == [0, 1, 2] && condition.size == 5)
    let rows: Matrix<Double> = condition.rows(0..<4)
    let deviation = 50.0.squareRoot()
    for (row, expected) in [[1, 0, 0, 0, 1], [0, 1, 10, 1, 0], [1, 0, -10, 0, 1], [1, 0, 0, 0, 1]].enumerated() {
      for column in 0..<5 {
        #expect(abs(rows[row, column] - Double(expected[column]) / (column == 2 ? deviation : 1)) < 1e-12)
      }
    }
    #expect(data.wholeTable?.names == ["job", "age", "ok", "pay"])
  }

  @Test func wholeRowsComeBack() throws {
    let whole = try data()
    for names in [["pay"], ["job", "ok"], ["age"], ["job", "age", "ok"]] {
      let part = try conditioned(names)
      var configuration = ModelConfiguration(
        dataSize: part.dataSize, encoderHidden: [3], latentSize: 1, conditionSize: part.condition!.size)
      configuration.likelihood = try .table(part.columns!.schema!, data: part)
      let model = try VariationalAutoencoder<Double>(configuration, training: TrainingConfiguration(), data: part)
      let rows = model.tableRows(part.rows(0..<4), part.condition)
      #expect(rows == whole.rows(0..<4, as: Double.self), "\(names)")
      #expect(model.schema?.wholeTable == whole.columns?.schema)
    }
  }

  @Test func rowsAreDrawnAsOftenAsTheyOccur() throws {
    let table = try #require(ConditionTable(of: conditioned(["job", "age"]).condition!))
    #expect(table.rows == [[0, 20], [0, 30], [1, 40]] && table.counts == [1, 2, 1])
    let all = try table.draws(seed: 3)
    func counts(_ draws: ConditionTable.Draws) -> [[Double]: Int] {
      var counts: [[Double]: Int] = [:]
      draws.rows(0..<8000).forEachRow { counts[$0, default: 0] += 1 }
      return counts
    }
    let found = counts(all)
    for (row, count) in zip(table.rows, table.counts) { #expect(abs(found[row]! - 2000 * count) < 160) }
    // Of those that agree with what is given.
    #expect(counts(try table.draws(given: [0: 1...1])) == [[1, 40]: 8000])
    let clerks = counts(try table.draws(given: [0: 0...0]))
    #expect(clerks.count == 2 && abs(clerks[[0, 30]]! - 5333) < 170)
    #expect(Set(counts(try table.draws(given: [1: 25...45])).keys) == [[0, 30], [1, 40]])
    // What no row has is given all the same, where it is one number.
    let unknown = try table.draws(given: [0: 1...1, 1: 20...20])
    #expect(!unknown.isKnown && Array(counts(unknown).keys) == [[1, 20]])
    #expect(throws: VAEError.self) { try table.draws(given: [1: 50...60]) }
    // Any rows are those of the whole.
    let (whole, part) = (all.rows(0..<50), all.rows(20..<30))
    #expect(whole.rows(20..<30, as: Double.self) == part.rows(0..<10))
  }

  @Test func asJSON() throws {
    let table = try #require(ConditionTable(of: conditioned(["job", "age"]).condition!))
    let bytes = try JSONEncoder().encode(table)
    #expect(try JSONDecoder().decode(ConditionTable.self, from: bytes) == table)
  }

  @Test(arguments: [
    (["job", "salary"], ["salary", "job, age"]), (["job", "job"], ["job", "twice"]),
    (["job", "age", "ok", "pay"], ["none is left"]),
  ])
  func refused(_ names: [String], _ words: [String]) throws {
    let data = try data()
    let error = #expect(throws: VAEError.self) { try data.conditioned(onColumns: names) }
    #expect(error?.lacks(words) == [])
  }

  @Test func aGapInACondition() throws {
    let text = "job,age,pay\nclerk,30,1.5\nfarmer,,2.5\nclerk,20,3.5\n"
    var options = TableOptions()
    options.schema = try TableStream.discoverSchema(BytesReader(Array(text.utf8), path: "t.csv"))
    options.missing = .nan
    var stream = try TableStream(BytesReader(Array(text.utf8), path: "t.csv"), options)
    let data = try stream.inMemory()
    let error = #expect(throws: VAEError.self) { try data.conditioned(onColumns: ["age"]) }
    #expect(error?.lacks(["t.csv", "line 3", "age"]) == [])
  }
}
