import Testing
import VAECore

/// One way to name a value.
struct CellPlaceTests {
  @Test func tablesAndArrays() {
    #expect(
      "\(CellPlace(file: "people.csv", line: 3, column: 1, columnName: "weight"))"
        == "people.csv, line 3, column 2 (weight)")
    #expect("\(CellPlace(file: "people.csv", line: 3, datum: 1, column: 0))" == "people.csv, line 3, column 1")
    #expect("\(CellPlace(file: "x.npy", datum: 17, column: 2))" == "x.npy, datum 17, column 3")
    #expect("\(CellPlace(file: "x.npy", column: 2))" == "x.npy, column 3")
  }

  @Test func lists() {
    #expect(CellPlace.list(["Time", "Temp, C", ""]) == "Time, \"Temp, C\", \"\"")
    #expect(CellPlace.list(["two\nlines"]) == "two⏎lines")
    #expect(CellPlace.list((1...9).map(String.init)) == "1, 2, 3, 4, 5, 6, 7, 8, … (9 in all)")
  }

  @Test func names() {
    #expect(CellPlace.column(4, "") == "column 5")
    #expect(CellPlace.column(0, String(repeating: "x", count: 40)) == "column 1 (\(String(repeating: "x", count: 40)))")
    #expect(
      CellPlace.column(0, String(repeating: "x", count: 41)) == "column 1 (\(String(repeating: "x", count: 39))…)")
  }
}
