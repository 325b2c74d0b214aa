import TestSupport
import Testing
import VAECore

/// Small tables as people have them, each by the name of its kind: what it gives, with missing values as NaN, or why it is
/// refused.
struct AwkwardTableTests {
  enum Outcome: Sendable {
    case values([String]?, [Double])
    case refused([String])
  }

  static let tables: [(name: String, text: String, outcome: Outcome)] = [
    ("bom", "\u{feff}a,b\r\n1,2\r\n3,4\r\n5,6\r\n", .values(["a", "b"], [1, 2, 3, 4, 5, 6])),
    ("bomquoted", "\u{feff}\"a\",\"b\"\r\n\"1\",\"2\"\r\n\"3\",\"4\"\r\n", .values(["a", "b"], [1, 2, 3, 4])),
    ("german", "a;b;c\n1,5;2,5;3,5\n4,25;5;6\n", .values(["a", "b", "c"], [1.5, 2.5, 3.5, 4.25, 5, 6])),
    ("german_noheader", "1,5;2,5\n4,25;5,5\n", .values(nil, [1.5, 2.5, 4.25, 5.5])),
    ("german_noheader2", "1,5;2;3\n4,25;5;6\n", .values(nil, [1.5, 2, 3, 4.25, 5, 6])),
    ("german_one", "x\n1,5\n2,5\n", .values(["x"], [1.5, 2.5])),
    // Two columns of whole numbers as well as one of decimal commas; the dialect is said.
    ("german_one_noheader", "1,5\n2,5\n3,25\n", .values(nil, [1, 5, 2, 5, 3, 25])),
    ("sep", "sep=;\na;b\n1;2\n3;4\n", .values(["a", "b"], [1, 2, 3, 4])),
    ("trailing", "a,b,c,\n1,2,3,\n4,5,6,\n", .values(["a", "b", "c"], [1, 2, 3, 4, 5, 6])),
    ("trailing_rows", "a,b,c\n1,2,3,\n4,5,6,\n", .refused(["line 2", "4 values, the first has 3"])),
    ("quotednl", "name,val\n\"x, \"\"y\"\"\nz\",1\n\"q\",2\n", .refused(["line 2, column 1 (name)", "not a number"])),
    ("thousands", "a,b\n\"1,234.5\",2\n\"2,000\",3\n", .refused(["line 2, column 1 (a) is \"1,234.5\""])),
    ("sci", "a,b\n1e3,1E-3\n-1.5e+2,.5\n5.,+7\n1e400,1e-400\n", .refused(["line 5, column 1 (a) is \"1e400\""])),
    ("nas", "a,b\n1,2\nNA,3\n4,#N/A\n5,None\n6,<NA>\n7,-\n8,.\n9,nan\n", .refused(["line 7, column 2 (b) is \"-\""])),
    (
      "missing words", "a,b\n1,2\nNA,3\n4,#N/A\n5,None\n6,<NA>\n8,.\n9,nan\n",
      .values(["a", "b"], [1, 2, .nan, 3, 4, .nan, 5, .nan, 6, .nan, 8, .nan, 9, .nan])
    ),
    ("bools", "a,b\n1,True\n2,False\n3,TRUE\n", .values(["a", "b"], [1, 1, 2, 0, 3, 1])),
    ("dates", "date,v\n2020-01-01,1\n2020-01-02,2\n", .refused(["line 2, column 1 (date) is \"2020-01-01\""])),
    ("dup", "a,a,b\n1,2,3\n4,5,6\n7,8,9\n", .values(["a", "a", "b"], [1, 2, 3, 4, 5, 6, 7, 8, 9])),
    ("inf", "a,b\n1,inf\n2,-inf\n3,Infinity\n", .values(["a", "b"], [1, .infinity, 2, -.infinity, 3, .infinity])),
    ("savetxt", "1.0 2.0 3.0\n4.0 5.0 6.0\n7.0 8.0 9.0\n", .values(nil, [1, 2, 3, 4, 5, 6, 7, 8, 9])),
    ("comment", "# x y z\n1.0,2.0,3.0\n4.0,5.0,6.0\n", .values(nil, [1, 2, 3, 4, 5, 6])),
    ("rtable", "\"x\" \"y\"\n\"1\" 1.5 2\n\"2\" 2.5 3\n", .values(["x", "y"], [1.5, 2, 2.5, 3])),
    ("rwrite", "\"\",\"x\",\"y\"\n\"1\",1.5,2\n\"2\",2.5,3\n", .values(["", "x", "y"], [1, 1.5, 2, 2, 2.5, 3])),
    ("pipe", "x|y\n1|2\n3|4\n", .values(["x", "y"], [1, 2, 3, 4])),
    ("nonefirst", "5.1,None,1.4\n4.9,3.0,1.4\n", .values(nil, [5.1, .nan, 1.4, 4.9, 3, 1.4])),
    ("mac", "a,b\r1,2\r3,4\r", .values(["a", "b"], [1, 2, 3, 4])),
    ("blank", "a,b\n1,2\n\n3,4\n\n", .values(["a", "b"], [1, 2, 3, 4])),
    ("blankone", "x\n1\n\n3\n", .values(["x"], [1, 3])),
    ("spaces", "a,b\n1, 2\n 3,4 \n", .values(["a", "b"], [1, 2, 3, 4])),
    ("minus", "a,b\n1,\u{2212}2\n3,4\n", .values(["a", "b"], [1, -2, 3, 4])),
    ("utf8", "größe,b\n1,2\n3,4\n", .values(["größe", "b"], [1, 2, 3, 4])),
    ("tabs", "a\tb\n1\t2\n3\t4\n", .values(["a", "b"], [1, 2, 3, 4])),
    ("ragged", "a,b\n1,2\n3\n", .refused(["line 3", "1 values, the first has 2"])),
    ("ctrlz", "a,b\n1,2\n3,4\n\u{1a}", .values(["a", "b"], [1, 2, 3, 4])),
    ("total", "a,b\n1,2\n3,4\nTotal,6\n", .refused(["line 4, column 1 (a) is \"Total\""])),
    ("dummies", "v,c_a,c_b\n1.5,True,False\n2.5,False,True\n", .values(["v", "c_a", "c_b"], [1.5, 1, 0, 2.5, 0, 1])),
    (
      "eur", "Time;Temp, C;Pressure, bar;Flow, l\n1;2.5;3;4\n2;3.5;4;5\n",
      .values(["Time", "Temp, C", "Pressure, bar", "Flow, l"], [1, 2.5, 3, 4, 2, 3.5, 4, 5])
    ),
    (
      "intheader", "0,1,2\n-0.5,1.25,3.5\n1.5,2.5,0.25\n", .values(["0", "1", "2"], [-0.5, 1.25, 3.5, 1.5, 2.5, 0.25])
    ),
    (
      "intheader_index", ",0,1\n0,-0.5,1.25\n1,1.5,2.5\n", .values(["", "0", "1"], [0, -0.5, 1.25, 1, 1.5, 2.5])
    ),
    ("unnamed", ",height\n0,170.5\n1,171.5\n", .values(["", "height"], [0, 170.5, 1, 171.5])),
    ("iris", "5.0,3.00,Iris-setosa\n5.1,3.05,Iris-setosa\n", .refused(["line 1, column 3 is \"Iris-setosa\""])),
    ("allnull", "a,b\n1,\n2,\n", .values(["a", "b"], [1, .nan, 2, .nan])),
  ]

  @Test(arguments: tables.indices) func gives(index: Int) throws {
    let (name, text, outcome) = Self.tables[index]
    try expect(name, Array(text.utf8), outcome)
  }

  @Test func encodings() throws {
    let text = "a,b\n1,2\n3,4\n"
    let units = Array(text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] })
    try expect("utf16", [0xff, 0xfe] + units, .refused(["UTF-16", "UTF-8"]))
    try expect("utf16nobom", units, .refused(["bytes that are 0", "UTF-16"]))
    try expect(
      "latin1", [0x67, 0x72, 0xf6, 0xdf] + Array("e,b\n1,2\n3,4\n".utf8),
      .values(["gr\u{fffd}\u{fffd}e", "b"], [1, 2, 3, 4]))
  }

  /// The text column that is left out is no reason to take the first row for names.
  @Test func irisWithoutItsText() throws {
    let text = "5.0,3.00,Iris-setosa\n5.1,3.05,Iris-setosa\n5.6,3.30,Iris-virginica\n"
    try expect("iris", Array(text.utf8), .values(nil, [5, 3, 5.1, 3.05, 5.6, 3.3])) { $0.droppedColumns = ["3"] }
  }

  private func expect(
    _ name: String, _ bytes: [UInt8], _ outcome: Outcome, _ set: (inout TableOptions) -> Void = { _ in }
  ) throws {
    var options = TableOptions()
    options.missing = .nan
    set(&options)
    let path = name + ".csv"
    func read() throws(VAEError) -> (names: [String]?, values: [Double]) {
      var stream = try TableStream(BytesReader(bytes, path: path), options)
      return (stream.columnNames, try stream.nextNumbers(1000))
    }
    switch outcome {
    case .values(let names, let values):
      let table = try read()
      #expect(table.names == names, "\(name)")
      #expect(table.values.map { "\($0)" } == values.map { "\($0)" }, "\(name)")
    case .refused(let words):
      let error = #expect(throws: VAEError.self, "\(name)") { try read() }
      #expect(error?.lacks([path] + words) == [], "\(error?.description ?? "")")
    }
  }
}
