import TestSupport
import Testing
import VAECore

/// Columns of a table by a model's names.
struct TableMatchTests: TableExpectations {
  @Test func matchingByName() throws {
    let people = "age,height,weight\n32.9,173.46,75.25\n41.7,178.22,80.49\n"
    let wanted = ["height", "weight", "age"]
    try expect(people, wanted, [173.46, 75.25, 32.9, 178.22, 80.49, 41.7]) { $0.matching = wanted }
    try expect(people, ["weight"], [75.25, 80.49], says: ["Not used: age, height."]) { $0.matching = ["weight"] }
    var stream = try open(Array(people.utf8)) { $0.matching = ["weight"] }
    #expect(stream.reading.unusedColumns == ["age", "height"] && stream.reading.absentColumns == [])
    refuse(people, "no column \"size\"", "age, height, weight") { $0.matching = ["height", "size"] }
    refuse(people, "\"age\"", "is needed, and is to be left out") {
      $0.matching = wanted
      $0.droppedColumns = ["age"]
    }
    // They go before a choice that was made for other tables, which holds where there are no names to match.
    try expect(people, wanted, [173.46, 75.25, 32.9, 178.22, 80.49, 41.7]) {
      $0.matching = wanted
      $0.columns = ["age"]
    }
    try expect("1,2\n7,8\n", nil, [1, 2, 7, 8]) { $0.matching = ["a", "b"] }
    try expect("1,2\n7,8\n", nil, [2, 8]) {
      $0.matching = ["a"]
      $0.columns = ["2"]
    }
    // A header of numbers is known by the names.
    try expect("1,0\n7,8\n", ["0", "1"], [8, 7]) { $0.matching = ["0", "1"] }
    try expect("a;b\n7,5;8,5\n", ["b", "a"], [8.5, 7.5], Self.semicolonsCommas) { $0.matching = ["b", "a"] }
    try expect(",b\n0,8\n1,9\n", ["b", ""], [8, 0, 9, 1]) { $0.matching = ["b", ""] }
    stream = try open(Array("label,p0\n1,2\n".utf8)) {
      $0.matching = ["p0"]
      $0.droppedColumns = ["label"]
    }
    #expect(stream.columnNames == ["p0"] && stream.reading.unusedColumns == [] && stream.reading.absentColumns == [])
  }

  @Test func namesThatOccurTwice() throws {
    let table = "a,a,b\n1,2,3\n4,5,6\n"
    try expect(table, ["a", "a", "b"], [1, 2, 3, 4, 5, 6]) { $0.matching = ["a", "a", "b"] }
    refuse(table, "a, b, a", "twice") { $0.matching = ["a", "b", "a"] }
    refuse(table, "a, a, b", "twice") { $0.matching = ["a", "b"] }
    refuse("a,b\n1,2\n", "a, a", "twice") { $0.matching = ["a", "a"] }
    // Of what is not wanted there may be several.
    try expect(table, ["b"], [3, 6]) { $0.matching = ["b"] }
  }

  /// What is to be left out and is not there does no harm.
  @Test func absentColumns() throws {
    let test = "p0,p1\n0.361,0.577\n"
    try expect(test, ["p0", "p1"], [0.361, 0.577], says: ["not there: label"]) { $0.droppedColumns = ["label"] }
    try expect(test, ["p0"], [0.361]) { $0.droppedColumns = ["label", "p1", "9"] }
    let stream = try open(Array(test.utf8)) { $0.droppedColumns = ["label", "p1", "9"] }
    #expect(stream.reading.absentColumns == ["label", "9"])
    try expect("label," + test.replacing("0.361", with: "7,0.361"), ["p0", "p1"], [0.361, 0.577]) {
      $0.droppedColumns = ["label"]
    }
  }

  /// Columns that were left out by their numbers in one table are no reason to leave out others of another.
  @Test func numbersOfAnotherTable() throws {
    try expect("a,b,c\n1,2,3\n", ["a", "b", "c"], [1, 2, 3]) {
      ($0.matching, $0.droppedColumns) = (["a", "b", "c"], ["1"])
    }
    try expect("id,a,b\n1,2,3\n", ["a", "b"], [2, 3]) { ($0.matching, $0.droppedColumns) = (["a", "b"], ["1"]) }
    refuse("a,b\n1,2\n", "\"a\"", "keep it") { ($0.matching, $0.droppedColumns) = (["a", "b"], ["a"]) }
  }
}
