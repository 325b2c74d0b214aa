import Foundation
import TestSupport
import Testing
import VAECore

/// Tables as people have them, from spreadsheets, pandas, NumPy, R and older programs: what each gives, or why it is refused.
struct TablesInUseTests {
  private func open(_ bytes: [UInt8], _ set: (inout TableOptions) -> Void = { _ in }) throws -> TableStream {
    var options = TableOptions()
    set(&options)
    return try TableStream(BytesReader(bytes, path: "table.csv"), options)
  }

  /// Demands names, values (NaN for what is missing), a dialect and words that are said of the table.
  private func expect(
    _ text: String, _ names: [String]?, _ values: [Float], _ dialect: String = "commas, decimal points",
    says words: [String] = [], lines: [UInt32]? = nil, _ set: (inout TableOptions) -> Void = { _ in },
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    var stream = try open(Array(text.utf8), set)
    let columnNames = stream.columnNames
    #expect(columnNames == names, sourceLocation: location)
    let data = try stream.next(1000)
    let read = data.rows(0..<data.count, as: Float.self).elements
    let isSame = read.map { $0.isNaN ? "NaN" : "\($0)" } == values.map { $0.isNaN ? "NaN" : "\($0)" }
    #expect(isSame, "\(read.prefix(12)), not \(values.prefix(12))", sourceLocation: location)
    #expect(stream.reading.dialect == dialect, sourceLocation: location)
    let notes = stream.reading.notes.joined(separator: "\n")
    #expect(words.filter { !notes.contains($0) } == [], "\(notes)", sourceLocation: location)
    #expect(stream.reading.hasHeader == (names != nil), sourceLocation: location)
    if let lines { #expect(stream.lastLines == lines, sourceLocation: location) }
  }

  private func refuse(
    _ text: String, _ words: String..., set: (inout TableOptions) -> Void = { _ in },
    _ location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: VAEError.self, "\(text)", sourceLocation: location) {
      try drain(open(Array(text.utf8), set))
    }
    #expect(error?.lacks(["table.csv"] + words) == [], "\(error?.description ?? "")", sourceLocation: location)
    // What to type is for the tool to say.
    #expect(error?.description.contains("--") == false, sourceLocation: location)
  }

  private static let semicolonsCommas = "semicolons, decimal commas"

  // MARK: Headers

  private let iris = "5.0,3.00,1.4,0.20,Iris-setosa\n5.1,3.05,1.5,0.21,Iris-setosa\n5.6,3.30,2.0,0.26,Iris-virginica\n"

  /// A column that is text in all rows makes no header of the first.
  @Test func noHeaderBesideText() throws {
    let values: [Float] = [5, 3, 1.4, 0.2, 5.1, 3.05, 1.5, 0.21, 5.6, 3.3, 2, 0.26]
    try expect(iris, nil, values, says: ["No row names"]) { $0.droppedColumns = ["5"] }
    try expect(iris, nil, [5, 1.4, 5.1, 1.5, 5.6, 2]) { $0.columns = ["1", "3"] }
    refuse(iris, "line 1, column 5 is \"Iris-setosa\"")
    try expect("a,b,c,d,species\n" + iris, ["a", "b", "c", "d"], values) { $0.droppedColumns = ["5"] }
    try expect("a,b,c,d,species\n" + iris, ["a", "b", "c", "d"], values) { $0.droppedColumns = ["species"] }
    // Its name tells, where the others do not.
    try expect("1,2,species\n5,7,x\n", ["1", "2"], [5, 7]) { $0.droppedColumns = ["species"] }
    try expect("1,2,species\n5,7,x\n", nil, [1, 2, 5, 7]) { $0.droppedColumns = ["3"] }
  }

  @Test func whatIsMissingInTheFirstRowNamesNothing() throws {
    try expect("5.1,None,1.4\n4.9,3.0,1.4\n4.7,3.2,1.3\n", nil, [5.1, .nan, 1.4, 4.9, 3, 1.4, 4.7, 3.2, 1.3]) {
      $0.missing = .nan
    }
    refuse("5.1,None,1.4\n4.9,3.0,1.4\n", "line 1, column 2 is missing")
    try expect("NA,x,?\n4.9,y,1.4\n", nil, [.nan, .nan, 4.9, 1.4]) {
      $0.missing = .nan
      $0.droppedColumns = ["2"]
    }
    // A word that is none of those may be a value or a name: nobody can tell.
    refuse("5.1,unknown,1.4\n4.9,3.0,1.4\n", "first row is partly text")
    refuse("5,*\n4,3\n", "first row is partly text")
    refuse("#DIV/0!,7,2\n4,3,5\n", "first row is partly text")
  }

  @Test func wholeNumbersAsNames() throws {
    let said = ["first row is whole numbers", "names"]
    try expect(
      "0,1,2\n0.1257,-0.1321,0.6404\n0.1049,1e-5,0.3\n", ["0", "1", "2"], [0.1257, -0.1321, 0.6404, 0.1049, 1e-5, 0.3],
      says: said)
    try expect("1,2\n0.5,0.25\n", ["1", "2"], [0.5, 0.25], says: said)
    try expect(
      "400,410,420\n0.5,0.25,0.5\n,1.0,.5\n", ["400", "410", "420"], [0.5, 0.25, 0.5, .nan, 1, 0.5], says: said
    ) {
      $0.missing = .nan
    }
    try expect(
      ",0,1,2\n0,0.5,-0.5,0.25\n1,0.5,1.5,2.5\n", ["", "0", "1", "2"], [0, 0.5, -0.5, 0.25, 1, 0.5, 1.5, 2.5],
      says: said + ["Without a name, and read: column 1."])
    try expect(",0,1\n0,7,8\n1,9,7\n", ["", "0", "1"], [0, 7, 8, 1, 9, 7], says: said)
    // What pandas calls columns, over columns of both kinds.
    try expect("0,1\n7,0.5\n8,0.25\n", ["0", "1"], [7, 0.5, 8, 0.25], says: said)
    // Pixels.
    let pixels = (0..<9).map { "\($0)" }.joined(separator: ",")
    try expect(pixels + "\n0,0,7,255,3,0,0,0,0\n", (0..<9).map { "\($0)" }, [0, 0, 7, 255, 3, 0, 0, 0, 0], says: said)
    try expect("id,0,1\n7,5,6\n8,6,5\n", ["id", "0", "1"], [7, 5, 6, 8, 6, 5])
    try expect("id,400.5,401.0,401.5\n7,5,6,7\n", ["400.5", "401.0", "401.5"], [5, 6, 7]) { $0.droppedColumns = ["1"] }
  }

  /// Rows of whole numbers that are data.
  @Test(arguments: [
    "1,2\n3,4\n", "0,1,2\n3,4,5\n", "0,1,2,3,4\n5,6,7,8,9\n", "1,2,3,4,5\n2,1,3,4,5\n", "5,6\n0.5,0.25\n",
    "3,2,1\n.5,.5,.5\n",
    "1\n1.5\n2.5\n", "1.0,2.0,3.0\n4.0,5.0,6.0\n", "7,8,9\n0.5,1,0.5\n", "0,1,2\n7,9,8\n", "1,2,3\n",
  ])
  func wholeNumbersThatAreData(text: String) throws {
    let values = text.split { ",\n".contains($0) }.map { Float($0)! }
    try expect(text, nil, values)
  }

  @Test func quotedNumbersAsNames() throws {
    try expect("\"2\",\"1\"\n7,8\n9,7\n", ["2", "1"], [7, 8, 9, 7])
    try expect("\"2\",\"1\"\n\"7\",\"8\"\n", nil, [2, 1, 7, 8])
    try expect("\"2\",\"1\"\n,NA\n", nil, [2, 1, .nan, .nan]) { $0.missing = .nan }
  }

  @Test func toldHeaders() throws {
    try expect("0,1,2\n.5,.5,.25\n", nil, [0, 1, 2, 0.5, 0.5, 0.25]) { $0.header = .no }
    try expect("7,8\n5,6\n", ["7", "8"], [5, 6]) { $0.header = .yes }
    refuse("a,b\n1,2\n", "line 1, column 1 is \"a\"") { $0.header = .no }
    refuse("a,b\n", "no rows")
    refuse("a,b", "no rows") { $0.header = .yes }
    refuse("1,2", "no rows") { $0.header = .yes }
  }

  /// Names are trimmed as values are, and may be empty.
  @Test func names() throws {
    try expect("a , b\n1, 2\n 3,4 \n", ["a", "b"], [1, 2, 3, 4])
    try expect(
      ",height,weight\n0,170.5,60.25\n1,171.5,61.25\n", ["", "height", "weight"], [0, 170.5, 60.25, 1, 171.5, 61.25],
      says: ["Without a name, and read: column 1."])
    try expect(
      "\"\",\"x\",\"y\"\n\"1\",1.5,2\n\"2\",2.5,3\n", ["", "x", "y"], [1, 1.5, 2, 2, 2.5, 3], says: ["Without a name"])
    try expect("größe,b\n1,2\n3,4\n", ["größe", "b"], [1, 2, 3, 4])
    try expect("a,a,b\n1,2,3\n4,5,6\n7,8,9\n", ["a", "a", "b"], [1, 2, 3, 4, 5, 6, 7, 8, 9])
    var latin = try open([0x67, 0x72, 0xf6, 0xdf, 0x65] + Array(",b\n1,2\n3,4\n".utf8))
    #expect(latin.columnNames == ["gr\u{fffd}\u{fffd}e", "b"])
    #expect(try latin.next(9).count == 2)
  }

  /// A comment with a value for each column names them: else a table in another order would be read as it stands.
  @Test func comments() throws {
    let rows = "1.0,2.0,3.0\n4.0,5.0,6.0\n"
    try expect(
      "# x y z\n" + rows, nil, [1, 2, 3, 4, 5, 6], says: ["comment before the first row is skipped"], lines: [2, 3])
    try expect(
      "# x,y,z\n" + rows, ["x", "y", "z"], [1, 2, 3, 4, 5, 6], says: ["comment before the first row is taken for"])
    try expect("# made by me\r\n#x,y,z\r\n" + rows, ["x", "y", "z"], [1, 2, 3, 4, 5, 6], lines: [3, 4])
    try expect("# by A, B, C\nx,y,z\n" + rows, ["x", "y", "z"], [1, 2, 3, 4, 5, 6], says: ["is skipped"])
    try expect("# x,y,z\n" + rows, nil, [1, 2, 3, 4, 5, 6]) { $0.header = .no }
    try expect("#N/A,2\n3,4\n", nil, [.nan, 2, 3, 4]) { $0.missing = .nan }
  }

  // MARK: Separators and decimal marks

  @Test func blanks() throws {
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

  // MARK: Values

  @Test func booleans() throws {
    try expect("a,b\n1,True\n2,False\n3,TRUE\n", ["a", "b"], [1, 1, 2, 0, 3, 1])
    try expect("v,c_a,c_b\n1.5,True,False\n2.5,False,true\n", ["v", "c_a", "c_b"], [1.5, 1, 0, 2.5, 0, 1])
    try expect("a,b\n,1\n true ,0\nfalse,TRUE\n", ["a", "b"], [.nan, 1, 1, 0, 0, 1]) { $0.missing = .nan }
    try expect("True,False\nFalse,False\n", nil, [1, 0, 0, 0])
    var stream = try open(Array("a,b,c\n?,1.5,0\nTrue,2,1\n0,3,False\n".utf8)) { $0.missing = .nan }
    #expect(stream.columnKinds == [.number, .number, .number])
    _ = try stream.next(10)
    #expect(stream.columnKinds == [.boolean, .number, .number])
    refuse("a,b\n1,True\n2,3\n", "line 3, column 2 (b) is \"3\"", "both True or False and numbers")
    refuse("a,b\n1,7\n2,1\n3,True\n", "line 4, column 2 (b) is \"True\"", "both True or False and numbers")
    refuse("a,b\n1,2\n2,T\n", "line 3, column 2 (b) is \"T\"", "not a number")
  }

  private static let missingWords = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN",
    "None", "n/a", "nan", "null", "none", "?", ".",
  ]

  @Test func missingValues() throws {
    for word in Self.missingWords {
      try expect("a,b\n1,2\n\(word),3\n", ["a", "b"], [1, 2, .nan, 3]) { $0.missing = .nan }
      refuse("a,b\n1,2\n\(word),3\n", "line 3, column 1 (a) is missing")
    }
    let table = "a,b\n1,2\nNA,3\n4,#N/A\n5,None\n6,<NA>\n7,-\n8,.\n9,nan\n"
    refuse(table, "line 7, column 2 (b) is \"-\"", "not a number") { $0.missing = .nan }
    try expect(
      table.replacing("7,-\n", with: ""), ["a", "b"], [1, 2, .nan, 3, 4, .nan, 5, .nan, 6, .nan, 8, .nan, 9, .nan]
    ) { $0.missing = .nan }
    try expect("a,b,c\n1,,2\n3,,4\n", ["a", "b", "c"], [1, .nan, 2, 3, .nan, 4]) { $0.missing = .nan }
  }

  @Test func infinitiesAreNumbers() throws {
    try expect("a,b\n1,inf\n2,-inf\n3,Infinity\n", ["a", "b"], [1, .infinity, 2, -.infinity, 3, .infinity])
  }

  @Test func numbers() throws {
    refuse("a,b\n1e3,1E-3\n5.,+7\n1e400,1e-400\n", "line 4, column 1 (a) is \"1e400\"", "double precision")
    refuse("a,b\n1,-1e400\n", "line 2, column 2 (b) is \"-1e400\"", "double precision")
    try expect(
      "a,b\n1e3,1E-3\n-1.5e+2,.5\n5.,+7\n7,1e-400\n123456789012345678901234567890,0.1234567890123456789012345678901234567890\n",
      ["a", "b"], [1000, 0.001, -150, 0.5, 5, 7, 7, 0, 123_456_789_182_729_271_864_492_818_432, 0.123_456_789])
    try expect("a,b\n1,\u{2212}2\n3,\u{2212}4.5e1\n", ["a", "b"], [1, -2, 3, -45])
    for text in [
      "\u{2212}", "\u{2212}-2", "\u{2212}\u{2212}2", "2\u{2212}", "\u{2013}2", "1.234.5", "1 234", "0x10", "1_000",
      "$5", "5%",
    ] {
      refuse("a,b\n1,2\n3,\(text)\n", "line 3, column 2 (b) is \"\(text)\"")
    }
    refuse("date,v\n2020-01-01,1\n2020-01-02,2\n", "line 2, column 1 (date) is \"2020-01-01\"")
    refuse("a,b\n1,2\n3,4\nTotal,6\n", "line 4, column 1 (a) is \"Total\"")
    refuse("name,val\n\"x, \"\"y\"\"\nz\",1\n\"q\",2\n", "line 2, column 1 (name) is \"x, \"y\"\nz\"")
  }

  // MARK: Bytes

  @Test func bytes() throws {
    let table: [Float] = [1, 2, 3, 4]
    for text in [
      "\u{feff}a,b\r\n1,2\r\n3,4\r\n", "\u{feff}\"a\",\"b\"\r\n\"1\",\"2\"\r\n\"3\",\"4\"\r\n", "a,b\r1,2\r3,4\r",
      "a,b\n1,2\n3,4\n\u{1a}", "a,b\n1,2\n3,4\u{1a}", "a,b\n1,2\n3,4\n\u{1a}\u{1a}",
    ] {
      try expect(text, ["a", "b"], table, lines: [2, 3])
    }
    try expect("a,b\n1,2\n\n3,4\n\n", ["a", "b"], table, lines: [2, 4])
    try expect("a,b\n1,2\n  \n3,4\n \t\n", ["a", "b"], table, lines: [2, 4])
    try expect("x\n1\n\n3\n", ["x"], [1, 3], lines: [2, 4])
    refuse("a,b\n1,2\n\u{1a}\n3,4\n", "line 3")
    for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
      let bytes = Array("a,b\n1,2\n3,4\n".data(using: encoding)!)
      for mark in [[], encoding == .utf16LittleEndian ? [0xff, 0xfe] : [0xfe, 0xff]] as [[UInt8]] {
        let error = #expect(throws: VAEError.self) { _ = try open(mark + bytes) }
        #expect(error?.lacks("table.csv", "UTF-16", "UTF-8") == [])
      }
    }
    refuse("a,b\n1,2\n3,\u{0}4\n", "bytes that are 0")
  }

  // MARK: Columns by a model's names

  @Test func matchingByName() throws {
    let people = "age,height,weight\n32.9,173.46,75.25\n41.7,178.22,80.49\n"
    let wanted = ["height", "weight", "age"]
    try expect(people, wanted, [173.46, 75.25, 32.9, 178.22, 80.49, 41.7]) { $0.matching = wanted }
    try expect(people, ["weight"], [75.25, 80.49], says: ["Not used: age, height."]) { $0.matching = ["weight"] }
    var stream = try open(Array(people.utf8)) { $0.matching = ["weight"] }
    #expect(stream.reading.unusedColumns == ["age", "height"] && stream.reading.absentColumns == [])
    refuse(people, "no column \"size\"", "age, height, weight") { $0.matching = ["height", "size"] }
    refuse(people, "no column \"age\"") {
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
}
