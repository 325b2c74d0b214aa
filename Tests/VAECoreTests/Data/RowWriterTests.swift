import Foundation
import TestSupport
import Testing
import VAECore

/// Rows that are read by a schema and written by it are what they were, and any numbers are rows of such a table.
struct RowWriterTests {
  private static let tables = [
    "age,job,wage\n39, State-gov,77516\n50, ?,83311\n", "a,b\n1.5,x\n2.0,y\n1e-05,z\n",
    "when;price;ok;text\n31.12.2020;1,5;True;\"a;b\"\n01.01.2021;2,25;False;\"say \"\"hi\"\"\"\n02.01.2021;3;True;c\n",
    "\"a\",\"b\"\r\n\"x\",1.50\r\n\"y\",2.25\r\n",
    "x\tTRUE\t2020-01-02T10:00:05.25Z\ny\tFALSE\t1999-12-31T23:59:59.00Z\n",
    "a|b\n007|\n010|x\n", "a,b\n\"two\nlines\",1\n\" blank \",2\n#,3\n\",\",4\n", "a,b\nNA,1\nx,-2\nnull,3\n",
    "t,u\nx,2020-01-01 10:00\ny,2020-01-01 00:30\n", "a b\nx 1.25\n\"y z\" 2\n", "k\nx\n\"\"\ny\n",
    "d,e\n1/2/2020 9:05,x\n12/31/2020 10:00,y\n", "a,b\n0.1234567890123456,x\n100000000000000000000,y\n",
    "n,c\n25,x\n100,y\n-50,x\n", "é,ü\nß,1\n日本,2\n",
  ]

  private func read(_ text: String, _ schema: TableSchema, missing: TableOptions.MissingValues = .refuse) throws
    -> [Double]
  {
    var options = TableOptions()
    (options.schema, options.missing) = (schema, missing)
    if !schema.style.hasHeader { options.header = .no }
    var stream = try TableStream(BytesReader(Array(text.utf8), path: "table.csv"), options)
    var values: [Double] = []
    while true {
      let rows = try stream.nextNumbers(2)
      if rows.isEmpty { return values }
      values += rows
    }
  }

  private func schema(_ text: String) throws -> TableSchema {
    try TableStream.discoverSchema(BytesReader(Array(text.utf8), path: "table.csv"))
  }

  @Test(arguments: tables) func thereAndBack(text: String) throws {
    let schema = try schema(text)
    let writer = RowWriter(schema)
    let written = writer.header + writer.rows(try read(text, schema))
    #expect(String(decoding: written, as: UTF8.self) == text)
    // By what a person may have edited, too.
    let copy = try JSONDecoder().decode(TableSchema.self, from: JSONEncoder().encode(schema))
    #expect(copy == schema)
  }

  @Test func missingValues() throws {
    let text = "a,b\n1,x\nNA,y\n3,x\n"
    let schema = try schema(text)
    let values = try read(text, schema, missing: .nan)
    #expect(values.map(\.isNaN) == [false, false, true, false, false, false])
    let writer = RowWriter(schema)
    #expect(String(decoding: writer.header + writer.rows(values), as: UTF8.self) == text)
  }

  /// Numbers that no row had become values of their columns.
  @Test func anyNumbers() throws {
    let text = "0.5,x,True,2020-01-02,5\n1.0,y,False,2020-02-03,10\n"
    let writer = RowWriter(try schema("n,c,b,d,w\n" + String(repeating: text, count: 8)))
    let rows = writer.rows([0.74, 1.6, 0.4, 18_262.4, 7.6, -3.26, -5, 9, 18_263, .nan])
    #expect(String(decoding: rows, as: UTF8.self) == "0.5,y,False,2020-01-01,10\n-3.5,x,True,2020-01-02,\n")
    for number in [1e300, -1e300, .infinity, -.infinity, .nan, -0.0, .leastNonzeroMagnitude, 1e17] {
      let row = writer.rows(Array(repeating: number, count: 5))
      #expect(row.count { $0 == UInt8(ascii: ",") } == 4 && row.last == UInt8(ascii: "\n"))
    }
    var plain = TableColumn(name: "n", kind: .number)
    plain.decimals = 2
    let numbers = RowWriter(TableSchema(columns: [plain]))
    #expect(
      [1.234, -0.001, 1, 0.1 + 0.2, 1234567.891, -2.5].map { numbers.text($0, column: 0) }
        == ["1.23", "0", "1", "0.3", "1234567.89", "-2.5"])
  }

  /// pandas finds the types that it found in the table itself.
  @Test func pandasReadsTheSame() throws {
    guard let python = Python(with: "pandas") else { return }
    let text = "a,b,c,d,e\n1,1.5,x,True,2020-01-01\n2,2.0,y,False,2020-01-02\n"
    try withTemporaryFolder { folder in
      try folder.write(text, "a.csv")
      let writer = RowWriter(try schema(text))
      try folder.write(writer.header + writer.rows([7.7, 2, 0.2, 0.9, 18_300, 1, 0.26, 1, 0, 18_301.5]), "b.csv")
      let program = "import pandas as p, sys; print(*(list(map(str, p.read_csv(f).dtypes)) for f in ['a.csv','b.csv']))"
      let result = try python.run(["-c", program], in: folder)
      let types = result.output.split(separator: "]").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        .filter { !$0.isEmpty }
      #expect(result.status == 0 && types.count == 2 && types[0] == types[1], "\(result.output)")
    }
  }
}

/// Whole tables of a folder, which the environment names (`VAE_TABLES`): each comes back byte for byte.
struct WholeTableTests {
  private static let paths: [String] = {
    guard let folder = ProcessInfo.processInfo.environment["VAE_TABLES"] else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".csv") }.sorted().map { (folder as NSString).appendingPathComponent($0) }
  }()

  @Test(arguments: paths) func thereAndBack(path: String) throws {
    var options = TableOptions()
    // All columns are to come back.
    let names = try TableStream(FileReader(path: path), options).columns
    if let names {
      options.kinds[.integer] = (0..<names.count).filter { names.names?[$0] == "id" }.map { "#\($0 + 1)" }
    }
    options.schema = try TableStream.discoverSchema(FileReader(path: path), options)
    var stream = try TableStream(FileReader(path: path), options)
    let writer = RowWriter(try #require(options.schema))
    var written = writer.header
    while case let rows = try stream.nextNumbers(1000), !rows.isEmpty { written += writer.rows(rows) }
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let (one, other) = (bytes.split(separator: 10), written.split(separator: 10))
    let line = zip(one, other).enumerated().first { $1.0 != $1.1 }
    #expect(
      written == bytes,
      "line \((line?.offset ?? -1) + 1): \(line.map { String(decoding: $1.0 + [124] + $1.1, as: UTF8.self) } ?? "")")
  }
}
