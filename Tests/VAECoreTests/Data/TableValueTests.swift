import Foundation
import TestSupport
import Testing
import VAECore

/// Values as spreadsheets, pandas, NumPy, R and older programs write them.
struct TableValueTests: TableExpectations {
  // MARK: Values

  @Test func booleans() throws {
    try expect("a,b\n1,True\n2,False\n3,TRUE\n", ["a", "b"], [1, 1, 2, 0, 3, 1])
    try expect("v,c_a,c_b\n1.5,True,False\n2.5,False,true\n", ["v", "c_a", "c_b"], [1.5, 1, 0, 2.5, 0, 1])
    try expect("a,b\n,1\n true ,0\nfalse,TRUE\n", ["a", "b"], [.nan, 1, 1, 0, 0, 1]) { $0.missing = .nan }
    try expect("True,False\nFalse,False\n", nil, [1, 0, 0, 0])
    var stream = try open(Array("a,b,c\n?,1.5,0\nTrue,2,1\n0,3,False\n".utf8)) { $0.missing = .nan }
    #expect(stream.columns?.kinds == [.number, .number, .number])
    _ = try stream.next(10)
    #expect(stream.columns?.kinds == [.boolean, .number, .boolean])
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
      "a,b\n1e3,1E-3\n-1.5e+2,.5\n5.,+7\n7,1e-400\n1.23456789012345678901234567890e29,0.1234567890123456789012345678901234567890\n",
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
    refuse("name,val\n\"x, \"\"y\"\"\nz\",1\n\"q\",2\n", "line 2, column 1 (name) is \"x, \"y\"⏎z\"")
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
}
