import Foundation
import TestSupport
import Testing
import VAECore

/// What columns are taken for, from their values and from what somebody says.
struct TableSurveyTests {
  private func schema(_ text: String, _ set: (inout TableOptions) -> Void = { _ in }) throws -> TableSchema {
    var options = TableOptions()
    set(&options)
    return try TableStream.discoverSchema(BytesReader(Array(text.utf8), path: "table.csv"), options)
  }

  private func table(_ name: String, _ values: [String]) -> String {
    "\(name),n\n" + values.map { "\($0),1.5\n" }.joined()
  }

  private func refuse(
    _ text: String, _ words: String..., set: (inout TableOptions) -> Void = { _ in },
    _ location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: VAEError.self, sourceLocation: location) { try schema(text, set) }
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")", sourceLocation: location)
  }

  @Test(arguments: [
    (["1", "2", "-3"], ColumnKind.integer), (["1.0", "2", "3"], .number), (["1e3", "2"], .number),
    (["True", "false", "1"], .boolean), (["0", "1", "1"], .integer), (["a", "b", "a"], .category),
    (["a", "", "?"], .category), (["NA", "3"], .integer), (["", ""], .number), (["inf", "2"], .number),
    (["2020-01-02", "2020-02-30", "x", "y"], .category), (["2020-01-02", "2021-12-31"], .date),
    (["2020-01-02", ""], .date), (["007", "010", "123"], .category), (["A1", "2", "B3"], .category),
    (["True", "False", "maybe"], .category), (["12:30", "13:30"], .category), (["2020-01", "2020-02"], .category),
  ])
  func kinds(values: [String], kind: ColumnKind) throws {
    let column = try schema(table("x", values)).columns[0]
    #expect(column.kind == kind && column.name == "x")
    #expect(column.kind == .category || column.missingCount == values.filter { $0.isEmpty || $0 == "NA" }.count)
  }

  /// Two texts that are no UTF-8 would become the same one.
  @Test func textsAreUnicode() throws {
    let rows = (0..<40).flatMap { row -> [UInt8] in [row % 2 == 0 ? 0xe9 : 0xe8, 0x2c, 0x31, 0x0a] }
    let error = #expect(throws: VAEError.self) {
      try TableStream.discoverSchema(BytesReader(Array("name,n\n".utf8) + rows, path: "table.csv"))
    }
    #expect(error?.lacks(["UTF-8", "table.csv"]) == [], "\(error?.description ?? "")")
  }

  /// Times of day that all are full quarters of an hour stay that.
  @Test func gridOfTimes() throws {
    let times = (0..<60).map { "2024-01-\(10 + $0 % 9) \(10 + $0 % 12):\(["00", "15", "30", "45"][$0 * 7 % 4])" }
    let column = try schema(table("t", times)).columns[0]
    #expect(column.kind == .date && column.spacing == 900)
  }

  @Test func numbers() throws {
    let values = [25, 50, 100, 0, 75].flatMap { Array(repeating: $0, count: $0 == 0 ? 40 : 15) }
    let whole = try schema(table("x", values.map(String.init))).columns[0]
    #expect(whole.range == 0...100 && whole.decimals == 0 && whole.spacing == 25 && whole.distinctCount == 5)
    #expect(whole.points == [ColumnPoint(0, count: 40)])
    let mean = values.map(Double.init).reduce(0, +) / 100
    #expect(abs(whole.mean! - mean) < 1e-12)
    let squares = values.map { (Double($0) - mean) * (Double($0) - mean) }.reduce(0, +) / 100
    #expect(abs(whole.standardDeviation! - squares.squareRoot()) < 1e-12)
    func column(_ values: String...) throws -> TableColumn {
      try schema(table("x", Array(repeating: values, count: 6).flatMap(\.self))).columns[0]
    }
    let halves = try column("0.50", "2.00", "7.50")
    #expect(halves.decimals == 2 && halves.leastDecimals == 2 && halves.spacing == 0.5)
    #expect(try column("1.25", "3", "4.5").leastDecimals == 0)
    #expect(try column("1.0", "2.25").spacing == 0.25 && column("1.0", "2.25").leastDecimals == 1)
    let exponents = try column("1e-05", "0.5", "2.5e2")
    #expect(exponents.hasExponents && exponents.decimals == 5 && exponents.spacing == nil)
    // A constant is a multiple of everything.
    #expect(try column("5", "5").spacing == nil && column("7", "14").spacing == 7)
    #expect(try column("0.1234567890123456789", "1").decimals == 17)
    #expect(try column("0.12345678902", "3.5").spacing == nil)
    #expect(try schema(table("x", ["7", "14"])).columns[0].spacing == nil)
    #expect(try column("123456789012345678901234567890.5", "1").spacing == nil)
  }

  @Test func pointsAreFrequentInLargeTables() throws {
    // A thousandth of 30,000 rows are 30.
    var values = (0..<29_000).map { String($0 * 7 + 1_000_000) }
    for (value, count) in [("5", 600), ("0", 370), ("9", 25)] { values += Array(repeating: value, count: count) }
    let column = try schema(table("x", values)).columns[0]
    #expect(column.kind == .integer && column.points.map(\.value) == [0, 5] && column.distinctCount == nil)
    #expect(column.points.allSatisfy { $0.count > 300 })
  }

  @Test func categoriesAreSorted() throws {
    let text = table("x", ["b", " a ", "\"c,\"\"d\"", "é", "Z", "b"])
    let column = try schema(text).columns[0]
    #expect(column.categories.map(\.text) == ["Z", "a", "b", "c,\"d", "é"])
    #expect(column.categories.map(\.count) == [1, 1, 2, 1, 1])
    let shuffled = try schema(table("x", ["é", "b", "Z", "\"c,\"\"d\"", "b", " a "])).columns[0]
    #expect(shuffled.categories == column.categories)
  }

  @Test func identifiersAreLeftOut() throws {
    let rows = (1...30).map { "\($0),\($0 - 1),user-\($0),\($0 % 3),k\($0 % 4)\n" }.joined()
    let text = "id,index,user,x,k\n" + rows
    let found = try schema(text)
    #expect(found.identifiers == ["id", "index", "user"] && found.names == ["x", "k"] && found.rowCount == 30)
    #expect(try schema(text) { $0.kinds = [.category: ["user"], .number: ["1"]] }.names == ["id", "user", "x", "k"])
    #expect(try schema(text) { $0.kinds = [.identifier: ["x"]] }.identifiers == ["id", "index", "user", "x"])
    // Long numbers name something, too.
    let long = (0..<30).map { "90000000000000000\(10 + $0),1.5\n" }.joined()
    #expect(try schema("x,n\n" + long).identifiers == ["x"])
    refuse("id\n" + (1...30).map { "\($0)\n" }.joined(), "no data", "id")
    // In a few rows nothing can be told.
    #expect(try schema("id,name\n1,a\n2,b\n").identifiers == [])
  }

  @Test func tooManyCategories() throws {
    let many = (0..<6000).map { "k\($0 % 2000)" }
    refuse(table("x", many), "table.csv", "column 1 (x)", "2000 different texts", "identifier")
    refuse(table("x", many), "table.csv", "column 1 (x)", "more than 1000") { $0.kinds = [.category: ["x"]] }
    let kept = try schema(table("x", many + ["often", "often", "often", "often", "other"])) { $0.maxCategories = 3 }
    let column = kept.columns[0]
    #expect(column.categories.map(\.text) == ["k0", "often", "other"] && column.joinsRare && column.otherIndex == 2)
    #expect(column.categories.map(\.count).reduce(0, +) == 6005)
    // Any number of them, in bounded memory.
    let texts = (0..<100_000).map { "k\($0)" }
    refuse(table("x", texts + texts), "column 1 (x)", "about")
  }

  /// Prose is no category, and is not remembered.
  @Test func longTexts() throws {
    let long = String(repeating: "word ", count: 300)
    #expect(try schema("k,n\n\(long),1\nx,2\n").identifiers == ["k"])
    refuse("k,n\n\(long),1\nx,2\n", "line 2", "column 1 (k)", "too long") { $0.kinds = [.category: ["k"]] }
  }

  /// Of many columns less is remembered of each, and the table is read all the same.
  @Test func wideTables() throws {
    let count = 5000
    let names = (0..<count).map { "c\($0)" }.joined(separator: ",") + ",label\n"
    let rows = (0..<12).map { row in (0..<count).map { "\(row * $0 % 7).5" }.joined(separator: ",") + ",k\(row % 2)\n" }
    let found = try schema(names + rows.joined())
    #expect(found.columns.count == count + 1 && found.columns[count].categories.map(\.text) == ["k0", "k1"])
    #expect(found.columns[1].range == 0.5...6.5)
  }

  @Test func columnsOfTwoKinds() throws {
    refuse(table("x", ["1", "2", "b", "4"]), "line 4", "column 1 (x)", "\"b\"", "not a number", "categories")
    #expect(
      try schema(table("x", ["1", "2", "b", "4"])) { $0.kinds = [.category: ["x"]] }.columns[0].kind == .category)
    refuse(table("x", ["True", "2"]), "column 1 (x)", "True or False", "other than 0")
    refuse(table("x", ["2020-01-02", "2020-01-03", "soon"]), "line 4", "\"soon\"", "dates")
    refuse(table("x", ["2020-01-02", "03.01.2020"]), "line 3", "\"03.01.2020\"", "another format", "2020-01-02")
    refuse(table("x", ["2020-01-02", "2020-01-02T10:00"]), "line 3", "another format")
    refuse(table("x", ["1.5", "a"]), "line 3", "\"a\"", "numbers") { $0.kinds = [.number: ["x"]] }
    refuse(table("x", ["1", "1.5"]), "line 3", "\"1.5\"", "whole numbers") { $0.kinds = [.integer: ["x"]] }
    refuse(table("x", ["1", "2"]), "line 2", "dates") { $0.kinds = [.date: ["x"]] }
    refuse(table("x", ["a"]), "no column \"y\"") { $0.kinds = [.category: ["y"]] }
    refuse(table("x", ["a"]), "column 1 (x)", "numbers", "categories") {
      $0.kinds = [.category: ["x"], .number: ["1"]]
    }
    refuse("a,b\nx,1\ny\n", "line 3")
  }

  @Test func orderOfDayAndMonth() throws {
    func format(_ values: String..., set: (inout TableOptions) -> Void = { _ in }) throws -> String? {
      try schema(table("x", values), set).columns[0].dateFormat?.description
    }
    #expect(try format("01/02/2020", "13/02/2020") == "DD/MM/YYYY")
    #expect(try format("01/02/2020", "12/31/2020") == "MM/DD/YYYY")
    #expect(try format("1/2/2020", "12/31/2020") == "M/D/YYYY")
    #expect(try format("12/11/2020 10:00", "25/11/2020 11:00") == "DD/MM/YYYY hh:mm")
    refuse(table("x", ["01/02/2020", "03/04/2020"]), "column 1 (x)", "DD/MM/YYYY or MM/DD/YYYY", "say which")
    #expect(try format("01/02/2020", "03/04/2020") { $0.kinds = [.date: ["x=MM/DD/YYYY"]] } == "MM/DD/YYYY")
    refuse(table("x", ["2020-01-02"]), "line 2", "2020-01-02") { $0.kinds = [.date: ["x=MM/DD/YYYY"]] }
    let column = try schema(table("x", ["2020-01-01", "2020-01-03"])).columns[0]
    #expect(column.range == 18_262...18_264 && column.mean == 18_263)
  }

  @Test func tinyTables() throws {
    #expect(try schema("a\nx\n").columns.map(\.kind) == [.category])
    #expect(try schema("x,1\n") { $0.header = .no }.columns.map(\.kind) == [.category, .integer])
    #expect(try schema("a,b\nx,1\nx,1\nx,1\n").columns.map(\.distinctCount) == [1, 1])
    refuse("a,b\n", "no rows")
    refuse("", "empty")
  }

  @Test func howItIsWritten() throws {
    let style = try schema("a; b\r\n1,5; x\r\n2,25; y\r\n").style
    #expect(style.separator == .semicolon && style.hasDecimalCommas && style.hasHeader && style.blanksBeforeNames == 1)
    #expect(style.endsLinesInCRLF && !style.quotesNames)
    #expect(try schema("a; b\r\n1,5; x\r\n2,25; y\r\n").columns.map(\.blanks) == [0, 1])
    #expect(try schema("\"a\",\"b\"\n1,\"x\"\n").style.quotesNames)
    #expect(try schema("\"a\",\"b\"\n1,\"x\"\n").columns.map(\.isQuoted) == [false, true])
    #expect(try !schema("1,x\n2,y\n").style.hasHeader)
  }
}
