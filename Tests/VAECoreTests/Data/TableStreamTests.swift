import Foundation
import TestSupport
import Testing
import VAECore

/// Tables of separated values: what they hold, in whatever form they come, and what is wrong with them and where.
struct TableStreamTests {
  private func open(_ text: String, _ set: (inout TableOptions) -> Void = { _ in }) throws -> TableStream {
    var options = TableOptions()
    set(&options)
    let bytes = Array(text.utf8)
    return try TableStream(BytesReader(bytes, path: "table.csv"), options)
  }

  private func values(_ text: String, _ set: (inout TableOptions) -> Void = { _ in }) throws -> [Float] {
    var options = TableOptions()
    set(&options)
    var stream: any DataStream = try open(text, set)
    switch options.missing {
    case .refuse, .nan, .model: break
    case .zero: stream = ImputedStream(stream, substitutes: Array(repeating: 0, count: stream.dataSize))
    case .mean: stream = ImputedStream(try open(text, set), substitutes: try ImputedStream.means(of: stream))
    }
    let data = try stream.inMemory()
    return data.rows(0..<data.count, as: Float.self).elements
  }

  @Test(arguments: [
    "a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4", "\u{feff}a,b\n1,2\n3,4\n",
    "a\tb\n1\t2\n3\t4\n", "a;b\n1;2\n3;4\n", "\"a\",\"b\"\n\"1\",2\n3,\"4\"\n", "a,b\n\n1,2\n\r\n3,4\n\n\n",
    "a,b\n 1 ,\t2\n3 , 4 \n", "a,b\n1e0,+2\n.3e1,4.\n", "\n\na,b\n1,2\n3,4",
  ])
  func theSameTableInEveryForm(text: String) throws {
    let stream = try open(text)
    #expect(stream.columnNames == ["a", "b"] && stream.dataSize == 2 && stream.count == nil)
    #expect(try values(text) == [1, 2, 3, 4], "\(text)")
  }

  @Test func headers() throws {
    let plain = try open("1,2\n3,4\n")
    #expect(plain.columnNames == nil)
    #expect(try values("1,2\n3,4\n") == [1, 2, 3, 4])
    #expect(try values("1,NA\n3,4\n") { $0.missing = .zero } == [1, 0, 3, 4])
    #expect(try open("1,2\n3,4\n") { $0.header = .yes }.columnNames == ["1", "2"])
    #expect(try values("1,2\n3,4\n") { $0.header = .yes } == [3, 4])
    let error = #expect(throws: VAEError.self) { _ = try values("a,2\n3,4\n") { $0.header = .no } }
    #expect(error?.lacks("line 1", "column 1", "\"a\"") == [], "\(error?.description ?? "")")
  }

  @Test func quotedNames() throws {
    let text = "\"a, b\",\"say \"\"hi\"\"\",\"two\nlines\"\n1,2,3\n"
    #expect(try open(text).columnNames == ["a, b", "say \"hi\"", "two\nlines"])
    #expect(try values(text) { $0.columns = ["two\nlines", "a, b"] } == [3, 1])
  }

  @Test func choosesColumns() throws {
    let text = "a,b,c,3\n1,2,3,4\n5,6,7,8\n"
    #expect(try values(text) { $0.columns = ["c", "a"] } == [3, 1, 7, 5])
    #expect(try open(text) { $0.columns = ["c", "1"] }.columnNames == ["c", "a"])
    // A sign says that a number is one, where it is a name, too.
    #expect(try values(text) { ($0.columns, $0.header) = (["#3", "#4"], .yes) } == [3, 4, 7, 8])
    #expect(
      try values("1,2\na,b\n".replacing("a,b", with: "3,4")) { ($0.columns, $0.header) = (["2", "#1"], .yes) } == [
        4, 3,
      ])
    #expect(try values(text) { $0.droppedColumns = ["b", "4"] } == [1, 3, 5, 7])
    let unclear = #expect(throws: VAEError.self) { try open(text) { ($0.columns, $0.header) = (["3"], .yes) } }
    #expect(unclear?.lacks("table.csv", "\"3\" is the name of column 4", "#4", "#3") == [])
    // What is left out need not be numbers.
    #expect(try values("a,b\n1,x\n2,\n") { $0.droppedColumns = ["b"] } == [1, 2])
    let cases: [(String, [String]?, [String], [String])] = [
      (text, ["d"], [], ["no column \"d\"", "1 to 4", "a, b, c, 3"]), (text, ["5"], [], ["no column \"5\""]),
      (text, ["0"], [], ["no column \"0\""]), (text, ["a", "1"], [], ["\"1\"", "twice"]),
      (text, nil, ["1", "2", "#3", "c", "4"], ["No column"]), ("x,x\n1,2\n", ["x"], [], ["several columns \"x\""]),
      ("1,2\n", ["a"], [], ["no column \"a\"", "no names"]),
    ]
    for (text, columns, dropped, words) in cases {
      let error = #expect(throws: VAEError.self) {
        _ = try open(text) {
          $0.columns = columns
          $0.droppedColumns = dropped
        }
      }
      #expect(error?.kind == .data && error?.lacks(["table.csv"] + words) == [], "\(error?.description ?? "")")
    }
  }

  @Test(arguments: ["", " ", "NA", "na", "N/A", "nan", "NaN", "-nan", "?", "null", "\"\""])
  func missingValues(field: String) throws {
    let text = "a,b\n1,10\n\(field),20\n4,\(field)\n"
    let error = #expect(throws: VAEError.self) { _ = try values(text) }
    #expect(
      error?.lacks("table.csv", "line 3", "column 1 (a)", "missing", "replaced") == [],
      "\(error?.description ?? "")")
    #expect(try values(text) { $0.missing = .zero } == [1, 10, 0, 20, 4, 0])
    #expect(try values(text) { $0.missing = .mean } == [1, 10, 2.5, 20, 4, 15])
    #expect(try values(text) { $0.missing = .nan }.map(\.isNaN) == [false, false, true, false, false, true])
    // The means of the columns that are chosen, in their order.
    #expect(
      try values(text) {
        $0.missing = .mean
        $0.columns = ["b", "a"]
      } == [10, 1, 20, 2.5, 15, 4])
  }

  @Test func noMeanOfNothing() {
    let error = #expect(throws: VAEError.self) { _ = try values("a,b\n1,\n2,NA\n") { $0.missing = .mean } }
    #expect(error?.lacks("table.csv", "column 2 (b)", "no finite mean") == [])
  }

  /// What is wrong, and in which line, lines in quotes counted.
  @Test(arguments: [
    ("a,b\n1,2\n3\n", ["line 3", "1 values", "first has 2"]), ("a,b\n1,2\n3,4,5\n", ["line 3", "3 values"]),
    ("a,b\n1,2\n3,4,\n", ["line 3", "3 values"]), ("a,b\n1,\n", ["line 2", "column 2 (b)", "missing"]),
    ("a,b\n\n1,2\nx,3\n", ["line 4", "column 1 (a)", "\"x\"", "Leave the column out"]),
    ("\"a\nb\",c\n1,2\n3,1.5.2\n", ["line 4", "column 2 (c)", "\"1.5.2\""]),
    ("1,2\n3,0x10\n", ["line 2", "column 2 is", "\"0x10\""]), ("1,2\n3,1e\n", ["line 2", "\"1e\""]),
    ("1,2\n3,--1\n", ["line 2", "\"--1\""]), ("1,2\n3,1 2\n", ["line 2", "\"1 2\""]),
    ("1,2\n3,٣\n", ["line 2", "\"٣\""]),
    ("1,2\n3,-\n", ["line 2", "\"-\""]), ("1;2.5\n3;1,5\n", ["line 2", "\"1,5\""]),
    ("1,2\n\"3,4\n5,6\n", ["line 2", "quote", "closed nowhere"]), ("1,2\n\"3\"4,5\n", ["line 2", "behind the quotes"]),
    ("\"x\"", ["no rows"]), ("hello, world", ["no rows"]), ("", ["empty"]), ("\n\n", ["empty"]),
    ("1,\"say \"\"hi\"\"\"\n2,3\n", ["no number"]),
  ])
  func refuses(text: String, words: [String]) throws {
    // The last is a header.
    if words == ["no number"] { return #expect(try values(text) == [2, 3]) }
    let error = #expect(throws: VAEError.self, "\(text)") { _ = try values(text) }
    #expect(error?.lacks(["table.csv"] + words) == [], "\(text): \(error?.description ?? "")")
  }

  @Test func utf16IsNamed() {
    let error = #expect(throws: VAEError.self) {
      _ = try TableStream(BytesReader([0xff, 0xfe, 0x31, 0x00], path: "table.csv"), TableOptions())
    }
    #expect(error?.lacks("table.csv", "UTF-16", "UTF-8") == [])
  }

  /// The fast way to read a number rounds as the C library does, in double precision, and knows where it would not.
  @Test func fieldsAreExact() {
    var random = TestRandom(5)
    for _ in 0..<5000 {
      let digits = random.integer(1 << 52...1 << 62)
      for text in ["\(digits)e\(random.integer(-22...22))", "\(digits % 1_000_000_007)e\(random.integer(-25...25))"] {
        let bytes = Array(text.utf8)
        #expect(TableField(bytes, bytes.indices) == .number(strtod(text, nil)), "\(text)")
      }
    }
  }

  /// A line break whose two bytes are read apart is one: messages count lines.
  @Test func aLineBreakAcrossPieces() {
    // The carriage return of the row before the last is the last byte of the first megabyte.
    let rows = ((1 << 20) - 1 - 6) / 3
    let text = "xxx\r\n" + String(repeating: "1\r\n", count: rows + 1) + "oops\r\n"
    let bytes = Array(text.utf8)
    #expect(bytes[(1 << 20) - 1] == UInt8(ascii: "\r"))
    let error = #expect(throws: VAEError.self) {
      try drain(TableStream(BytesReader(bytes, path: "table.csv"), TableOptions()), 1 << 20)
    }
    #expect(error?.lacks("line \(rows + 3),", "oops") == [])
  }

  /// Each number is the double nearest to what is written, as the C library reads it, rounded once to single precision.
  @Test func numbersAreExact() throws {
    var random = TestRandom(3)
    var texts = [
      "0", "-0", "1", "9007199254740992", "123456789012345680", "18446744073709551616", "1e22", "1e23", "1e-22",
      "4.9e-324", "2.2250738585072014e-308", "0.1", "123456.789e-5", "1E+5", "000012.500",
      "3.4028235677973366e38", "1.7976931348623157e308", "1e-400", "1e0000000001", "9007199254740993.0",
      "779634947402169000",
      "1.00000017881393421514957253748434595763683319091796875001",
    ]
    for _ in 0..<2000 {
      texts.append("\(random.normal() * pow(10, Double(random.integer(-30...30))))")
      texts.append(String(format: "%.\(random.integer(0...20))f", random.normal() * 1000))
      texts.append("\(random.integer(0...1 << 60))e\(random.integer(-40...40))")
    }
    let read = try values(texts.map { "\($0)\n" }.joined()) { $0.header = .no }
    for (text, value) in zip(texts, read) {
      let expected = Float(strtod(text, nil))
      #expect(value.bitPattern == expected.bitPattern, "\(text): \(value), not \(expected)")
    }
    // But for whole numbers that would be others.
    for text in ["9007199254740993", "-9007199254740993", "+0123456789012345678", "9999999999999999999"] {
      let error = #expect(throws: VAEError.self, "\(text)") { try values("a,b\n1,2\n3,\(text)\n") }
      #expect(error?.lacks("line 3, column 2 (b) is \"\(text)\"", "identifier") == [], "\(error?.description ?? "")")
      #expect(error?.remedy == .leaveOutColumn("2"))
    }
    #expect(try values("inf\n-inf\nInfinity\n") { $0.header = .no } == [.infinity, -.infinity, .infinity])
  }

  /// Records that cross the boundaries of what is read at once, at every place.
  @Test func recordsAcrossPieces() throws {
    let padding = String(repeating: "1.25,\"2.5\"\r\n", count: (1 << 20) / 12 - 2)
    for extra in 0..<30 {
      let text = String(repeating: "\n", count: extra) + padding + "\"3\",\"4\"\r\n5,6\r\n\"7\",8"
      let read = try values(text)
      #expect(read.count == 2 * ((1 << 20) / 12 - 2) + 6 && read.suffix(6) == [3, 4, 5, 6, 7, 8], "\(extra)")
    }
  }

  /// A line that never ends is refused once it is too long, and one that is merely long is read.
  @Test func longLines() throws {
    struct Endless: ByteReader {
      let path = "endless.csv"
      let limit = Int.max
      var total = 0
      mutating func read(_ count: Int) throws(VAEError) -> [UInt8] {
        total += count
        return Array(repeating: UInt8(ascii: "1"), count: count)
      }
    }
    let error = #expect(throws: VAEError.self) { _ = try TableStream(Endless(), TableOptions()) }
    #expect(error?.lacks("endless.csv", "line 1", "67108864 bytes") == [], "\(error?.description ?? "")")
    let wide = (0..<700_000).map { "\($0 % 10)" }.joined(separator: ",")
    #expect(try values(wide + "\n" + wide).count == 1_400_000)
    // Names of columns take more memory than their separators do.
    let names = String(repeating: ",", count: 1 << 20)
    let many = #expect(throws: VAEError.self) { _ = try values("1,2\n" + names) }
    #expect(many?.lacks("table.csv", "line 2", "more than 1048576 values") == [], "\(many?.description ?? "")")
    #expect(throws: Never.self) { _ = try values(String(names.dropFirst())) { $0.missing = .nan } }
    // A field of very many digits is no number that anybody meant.
    let long = #expect(throws: VAEError.self) { _ = try values("1\n" + String(repeating: "7", count: 3_000_000)) }
    #expect(long?.lacks("line 2", "not a number") == [])
  }

  @Test func everyTruncationGivesRowsOrAReason() {
    let text = Array("\"a \"\"b\"\"\",c\n1,2\n\"3\",4\n".utf8)
    for count in text.indices {
      let part = String(decoding: text[..<count], as: UTF8.self)
      do {
        #expect(try values(part).count % 2 == 0, "\(part)")
      } catch {
        #expect((error as? VAEError)?.lacks("table.csv") == [], "\(error)")
      }
    }
  }
}
