import TestSupport
import Testing
import VAECore

/// Names of columns, and notes above a table, as spreadsheets, pandas, NumPy, R and older programs write them.
struct TableHeaderTests: TableExpectations {
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

  /// Nor does one in which a text is missing further down, or most are texts.
  @Test func noHeaderOverMissingTexts() throws {
    let people = "39,State-gov,x,Male,13\n50,?,y,Male,12\n38,Private,,Female,9\n"
    refuse(people, "line 1, column 2 is \"State-gov\"")
    refuse(people.replacing(",", with: ", "), "line 1, column 2 is \"State-gov\"")
    try expect("age,1990,pay\n5,2,3\n7,,4\n", ["age", "1990", "pay"], [5, 2, 3, 7, .nan, 4]) { $0.missing = .nan }
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
    "1\n1.5\n2.5\n", "1.0,2.0,3.0\n4.0,5.0,6.0\n", "7,8,9\n0.5,1,0.5\n", "1,2,3\n",
  ])
  func wholeNumbersThatAreData(text: String) throws {
    let values = text.split { ",\n".contains($0) }.map { Float($0)! }
    try expect(text, nil, values)
  }

  /// Whole numbers, or numbers far away, that may be names as well as a datum: one is asked.
  @Test func numbersThatMayBeNames() throws {
    for text in ["0,1,2\n7,9,8\n", "0,1,2\n3,1,0\n2,2,2\n", "0,1,2,3\n4,4,1,0\n3,2,1,0\n"] {
      refuse(text, "counts from 0 on", "Does it name the columns")
    }
    try expect("0,1,2\n7,9,8\n", ["0", "1", "2"], [7, 9, 8]) { $0.header = .yes }
    // As rows of numbers in order are.
    try expect("0,1,2\n3,4,5\n", nil, [0, 1, 2, 3, 4, 5])
    // True and False tell.
    try expect("0,1\nTrue,False\nFalse,False\n", ["0", "1"], [1, 0, 0, 0])
    try expect("0,1,2\nTrue,False,7\n", ["0", "1", "2"], [1, 0, 7])
    try expect("0\nTrue\nFalse\n", ["0"], [1, 0])
    // Wavelengths, falling wave numbers, years, over measurements.
    let rows = (0..<8).map { "0.\($0),0.\(9 - $0),1.\($0)\n" }.joined()
    for axis in ["450.5,451.5,452.5", "4000,2000,1000", "2021,2020,2019"] {
      refuse(axis + "\n" + rows, "rise or fall", "Do they name the columns")
      #expect(try open(Array((axis + "\n" + rows).utf8)) { $0.header = .yes }.columnNames?.count == 3)
    }
    // An outlier that is no axis, and an axis that lies among the measurements, are data.
    try expect("9,0.5,7\n" + rows, nil, [9, 0.5, 7] + numbers(rows))
    // No name over numbers of rows is sure, also before an empty column.
    try expect(
      "\t1\t\n0\t7\t\n1\t9\t\n2\t8\t\n", ["", "1"], [0, 7, 1, 9, 2, 8], "tabulators, decimal points")
    try expect(
      ",450.5,451.5\n0,0.25,0.5\n1,0.75,1.5\n", ["", "450.5", "451.5"], [0, 0.25, 0.5, 1, 0.75, 1.5],
      says: ["Without a name"])
  }

  private func numbers(_ text: String) -> [Float] { text.split { ",\n".contains($0) }.map { Float($0)! } }

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
}
