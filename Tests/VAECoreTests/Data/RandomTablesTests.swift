import Foundation
import TestSupport
import Testing
import VAECore

/// Tables at random in every dialect, against pandas, which is told the dialect that the reader has to find
/// (Tests/Fixtures/tables.py). `VAE_TABLE_FILES=5000` reads more of them, `VAE_TABLE_SEED` others.
struct RandomTablesTests {
  private static let python = Python(with: "pandas")

  private struct Table: Decodable {
    let file: String
    let dropped: [String]
    let names: [String]?
    let rows: Int
    /// The bits of each value in hexadecimal digits.
    let values: String
  }

  /// What may be refused, since nobody can tell: by words of the reason.
  private static let refusals = [
    "thousands, or a decimal comma", "partly text, partly numbers", "one name over rows", "commas or spaces",
  ]

  @Test(.enabled(if: python != nil, "needs a Python with pandas; set VAE_PYTHON to one"))
  func likePandas() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = Int(environment["VAE_TABLE_FILES"] ?? "") ?? 100
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/tables.py")
    try withTemporaryFolder { folder in
      let arguments = [
        script.path(percentEncoded: false), folder.path, "\(count)", environment["VAE_TABLE_SEED"] ?? "1",
      ]
      try #require(try #require(Self.python).run(arguments).status == 0)
      let tables = try JSONDecoder().decode([Table].self, from: Data(try folder.bytes("tables.json")))
      try #require(tables.count == count)
      var refused: [String: Int] = [:]
      for table in tables {
        do throws(VAEError) {
          if let difference = try difference(table, folder.file(table.file)) {
            Issue.record("\(table.file): \(difference)\n\(start(of: folder.file(table.file)))")
          }
        } catch {
          if let kind = Self.refusals.first(where: { error.description.contains($0) }) {
            refused[kind, default: 0] += 1
          } else {
            Issue.record("\(error)\n\(start(of: folder.file(table.file)))")
          }
        }
      }
      #expect(refused.values.reduce(0, +) * 20 <= count, "\(refused) of \(count)")
      if count > 100 { print("Of \(count) tables were refused: \(refused).") }
    }
  }

  /// What is other than pandas has it; nil where all is the same.
  private func difference(_ table: Table, _ path: String) throws(VAEError) -> String? {
    var options = TableOptions()
    options.missing = .nan
    options.droppedColumns = table.dropped
    var stream = try TableStream(FileReader(path: path), options)
    let values = try stream.nextNumbers(table.rows + 10)
    let bits = values.map { value in
      // One NaN for all.
      let digits = String((value.isNaN ? Double.nan : value).bitPattern, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    if stream.columnNames != table.names {
      return "names \(stream.columnNames ?? []), not \(table.names ?? []); \(stream.reading.dialect)"
    }
    if bits.joined() != table.values { return "other values, as \(values.prefix(5)); \(stream.reading.dialect)" }
    return stream.lastLines.count == table.rows ? nil : "\(stream.lastLines.count) rows, not \(table.rows)"
  }

  private func start(of path: String) -> String {
    String(decoding: (FileManager.default.contents(atPath: path) ?? Data()).prefix(300), as: UTF8.self)
  }
}
