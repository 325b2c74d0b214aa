import TestSupport
import Testing
import VAECore

/// Separators, decimal marks and rows, as spreadsheets, pandas, NumPy, R and older programs write them.
struct TableDialectTests: TableExpectations {
  @Test func blanks() throws {
    // Commas may be either.
    for text in ["-1,15 virginica -9,64\n", "1,5 setosa 2,5\n1,7 setosa 3,5\n"] {
      refuse(text, "commas or spaces", "say which") { $0.droppedColumns = ["2"] }
    }
    try expect("1,5 setosa 2,5\n", nil, [1.5, 2.5], "spaces, decimal commas") {
      ($0.droppedColumns, $0.separator) = (["2"], .space)
    }
    try expect("1,New York,2\n3,San Juan,4\n", nil, [1, 2, 3, 4]) { $0.droppedColumns = ["2"] }
    // Quotes within a value are those of a value of its own.
    try expect("-0,1 \"New York\" 682,4\n", nil, [-0.1, 682.4], "spaces, decimal commas") { $0.droppedColumns = ["2"] }
    let spaces = "spaces, decimal points"
    try expect("1.0 2.0 3.0\n4.0 5.0 6.0\n7.0 8.0 9.0\n", nil, [1, 2, 3, 4, 5, 6, 7, 8, 9], spaces)
    try expect("  a   b \n  1   2  \n -1\t20", ["a", "b"], [1, 2, -1, 20], spaces)
    try expect(
      "   1.0000000e+00   2.0000000e+00\r\n   3.0000000e+00  -4.0000000e+00\r\n", nil, [1, 2, 3, -4], spaces,
      lines: [1, 2])
    try expect("a b\n\n   \n1 2\n", ["a", "b"], [1, 2], spaces, lines: [4])
    try expect("1,5 2,5\n3,5 4,25\n", nil, [1.5, 2.5, 3.5, 4.25], "spaces, decimal commas")
    try expect("\"first name\" b\n\"1\" 2\n", ["first name", "b"], [1, 2], spaces)
    try expect("a\tfirst name\n1\t2\n3\t4\n", ["a", "first name"], [1, 2, 3, 4], "tabulators, decimal points")
    try expect("1 ,2\n3 ,4\n", nil, [1, 2, 3, 4])
    try expect("two words\n1\n2\n", ["two words"], [1, 2])
    refuse("1 2 3\n4 5 6\n7 8\n", "line 3", "has 2 values, the first has 3")
  }

  @Test func separators() throws {
    try expect("a\tb\n1\t2\n3\t4\n", ["a", "b"], [1, 2, 3, 4], "tabulators, decimal points")
    try expect("x|y\n1|2\n3|4\n", ["x", "y"], [1, 2, 3, 4], "vertical bars, decimal points")
    try expect("sep=;\na;b\n1;2\n3;4\n", ["a", "b"], [1, 2, 3, 4], "semicolons, decimal points", lines: [3, 4])
    try expect("\u{feff}SEP=,\r\na,b\r\n1,2\r\n", ["a", "b"], [1, 2], lines: [3])
    try expect("sep=\t\na\tb\n1\t2\n", ["a", "b"], [1, 2], "tabulators, decimal points")
    refuse("sep=:\na:b\n1:2\n", "line 1", "\":\" separates no values")
    try expect(
      "Time;Temp, C;Pressure, bar;Flow, l\n1;2.5;3;4\n2;3.5;4;5\n",
      ["Time", "Temp, C", "Pressure, bar", "Flow, l"], [1, 2.5, 3, 4, 2, 3.5, 4, 5], "semicolons, decimal points")
    try expect("1,name one;x\n2,name two;y\n", nil, [1, 2]) { $0.columns = ["1"] }
    try expect("a,b\n1,2\n", ["a,b"], [1.2], "semicolons, decimal commas") {
      $0.separator = .semicolon
      $0.decimal = .comma
    }
    let error = #expect(throws: VAEError.self) {
      try open([0x31]) {
        $0.separator = .comma
        $0.decimal = .comma
      }
    }
    #expect(error?.kind == .configuration)
  }

  @Test func decimalCommas() throws {
    let dialect = Self.semicolonsCommas
    try expect("a;b;c\n1,5;2,5;3,5\n4,25;5;6\n", ["a", "b", "c"], [1.5, 2.5, 3.5, 4.25, 5, 6], dialect)
    try expect("1,5;2,5\n4,25;5,5\n", nil, [1.5, 2.5, 4.25, 5.5], dialect)
    try expect("1,5;2;3\n4,25;5;6\n", nil, [1.5, 2, 3, 4.25, 5, 6], dialect)
    try expect("a\tb\n-1,5e3\t+,5\n1\t2,\n", ["a", "b"], [-1500, 0.5, 1, 2], "tabulators, decimal commas")
    try expect("0;1;2\n0,5;1,5;2,5\n", ["0", "1", "2"], [0.5, 1.5, 2.5], dialect)
    // One name, so one column, unless rows are numbered.
    try expect("x\n1,5\n2,5\n", ["x"], [1.5, 2.5], dialect)
    try expect("x\n1,5\n7\n\n2,5\ninf\n1e3\n", ["x"], [1.5, 7, 2.5, .infinity, 1000], dialect)
    try expect("x;y\n0,;1\n,25;2\n", ["x", "y"], [0, 1, 0.25, 2], dialect)
    refuse("x\n1,5\n2,5\n3,5\n", "one name over rows", "\"1,5\"", "decimal comma")
    try expect("x\n1,5\n2,5\n3,5\n", ["x"], [1.5, 2.5, 3.5], dialect) { $0.decimal = .comma }
    try expect("x\n1,5.5\n2,7\n3,7\n", ["x"], [5.5, 7, 7], says: ["names of rows"])
    try expect("x,y\n1,5\n2,5\n", ["x", "y"], [1, 5, 2, 5])
    try expect("1,5\n2,5\n3,25\n", nil, [1, 5, 2, 5, 3, 25])
    try expect("1,5\n2,5\n3,25\n", nil, [1.5, 2.5, 3.25], dialect) { $0.decimal = .comma }
  }

  /// One mark in all of a table, and no thousands.
  @Test func oneDecimalMark() throws {
    refuse("a;b\n1,5;2\n1.5;3\n", "line 2, column 1 (a) is \"1,5\"", "decimal mark is the point")
    refuse("a;b\n1.234,5;2\n1,5;3\n", "line 2, column 1 (a) is \"1.234,5\"")
    refuse(
      "a;b\n1,5;2\n" + String(repeating: "1,5;2\n", count: 200) + "1;1.5\n", "line 203, column 2 (b) is \"1.5\"",
      "comma")
    refuse(
      "a;b\n1;2\n" + String(repeating: "1;2\n", count: 200) + "1;1,5\n", "line 203, column 2 (b) is \"1,5\"", "point")
    refuse("a,b\n\"1,234.5\",2\n\"2,000\",3\n", "line 2, column 1 (a) is \"1,234.5\"")
    refuse("a\tb\n1,234\t2\n12,000\t3\n", "column 1 (a) is \"1,234\"", "thousands, or a decimal comma")
    try expect("a\tb\n1,234\t2\n0,125\t3\n", ["a", "b"], [1.234, 2, 0.125, 3], "tabulators, decimal commas")
    try expect("a\tb\n1,234\t2\n", ["a", "b"], [1.234, 2], "tabulators, decimal commas") { $0.decimal = .comma }
    refuse("a;b\n1,5;2\n", "line 2, column 1 (a) is \"1,5\"") { $0.decimal = .point }
    refuse("a;b\n1.5;2\n", "line 2, column 1 (a) is \"1.5\"") { $0.decimal = .comma }
    // The commas of a column that is left out say nothing.
    try expect("a;b\n1.5;2,5\n2.5;3\n", ["a"], [1.5, 2.5], "semicolons, decimal points") { $0.droppedColumns = ["b"] }
  }

  /// What R writes with names of rows, which have no name themselves.
  @Test func namesOfRows() throws {
    let said = ["first column has no name there", "left out"]
    try expect(
      "\"x\" \"y\"\n\"1\" 1.5 2\n\"2\" 2.5 3\n", ["x", "y"], [1.5, 2, 2.5, 3], "spaces, decimal points", says: said)
    try expect("x,y\nfirst,1.5,2\nsecond,2.5,3\n", ["x", "y"], [1.5, 2, 2.5, 3], says: said)
    try expect("x\ty\n1\t1.5\t2\n2\t2.5\t3\n", ["x", "y"], [1.5, 2, 2.5, 3], "tabulators, decimal points", says: said)
    try expect("\"x\";\"y\"\n\"1\";1,5;2\n", ["x", "y"], [1.5, 2], "semicolons, decimal commas", says: said)
    try expect("x,y\na,1,2\nb,3,4\n", ["x"], [1, 3]) { $0.droppedColumns = ["y"] }
    // Spaces between tabulators belong to names.
    try expect(
      "Temp C\t2000\n1\t.5\t7\n2\t.25\t8\n", ["Temp C", "2000"], [0.5, 7, 0.25, 8], "tabulators, decimal points",
      says: said)
    refuse("Temp C\ty\n1\t.5\t7\n3\t.25\t8\n", "has 3 values, the first has 2")
    refuse("x,y\n5,1,2\n7,3,4\n", "line 2", "has 3 values, the first has 2")
    refuse("x,y\na,1,2\nb,3,4\n", "line 1, column 1 is \"x\"") { $0.header = .no }
  }

  @Test func separatorsAtTheEnds() throws {
    let said = ["last column has no name and no values"]
    try expect("a,b,c,\n1,2,3,\n4,5,6,\n", ["a", "b", "c"], [1, 2, 3, 4, 5, 6], says: said)
    try expect("1,2,3,\n", nil, [1, 2, 3, .nan]) { $0.missing = .nan }
    try expect("a,b, \n1,2,\n3,4, \n", ["a", "b"], [1, 2, 3, 4], says: said)
    try expect("1,2,3,\n4,5,6,\n", nil, [1, 2, 3, 4, 5, 6], says: said)
    refuse("a,b,c\n1,2,3,\n4,5,6,\n", "line 2", "has 4 values, the first has 3")
    refuse("a,b,\n1,2,\n" + String(repeating: "1,2,\n", count: 200) + "1,2,3\n", "line 203, column 3 is \"3\"")
    refuse("a,b,\n1,2,\n1,2,3\n", "line 2, column 3 is missing")
  }

  @Test func raggedRows() {
    refuse("a,b\n1,2\n3\n", "line 3", "has 1 values, the first has 2")
    refuse("a b,c\n1 2,3\n4 5,6,7\n", "line 3")
    refuse("1,2\n3\n4,5\n", "line 2", "has 1 values, the first has 2")
    refuse("a b c\n1,2,3\n4,5,6\n", "line 2", "has 3 values, the first has 1")
  }
}
