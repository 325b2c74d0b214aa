import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Schemas of files, lists of files and folders, found or given, and read by all parts of a set.
struct TableSchemaFileTests {
  private static let train = "job,age\nclerk,30\nfarmer,41\nclerk,25\n"

  private func values(_ data: some DataSource) throws -> [Double] {
    let data = try data.inMemory()
    return data.rows(0..<data.count, as: Double.self).elements
  }

  private func refuse(
    _ words: String..., location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let error = #expect(throws: VAEError.self, sourceLocation: location) { try body() }
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")", sourceLocation: location)
  }

  @Test func textsAreFound() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(Self.train, "a.csv")
      let file = try DataFile.open(path)
      let data = try file.data.source()
      #expect(try values(data) == [0, 30, 1, 41, 0, 25] && data.columns?.kinds == [.category, .integer])
      let notes = file.table?.notes.joined(separator: "\n") ?? ""
      #expect(notes.contains("1 of whole numbers, 1 of categories"), "\(notes)")
      // Numbers are as before, unless somebody wants a schema.
      let numbers = try folder.write("a,b\n1,1\n3,True\n", "b.csv")
      #expect(try DataFile.open(numbers).data.source().columns?.schema == nil)
      var options = TableOptions()
      options.schemaChoice = .find
      #expect(try DataFile.open(numbers, options: options).data.source().columns?.kinds == [.integer, .boolean])
      options.schemaChoice = .none
      refuse("a.csv, line 2", "\"clerk\"") { _ = try DataFile.open(path, options: options).data.source() }
      #expect(try DataFile.discoverSchema(path)?.columns.map(\.kind) == [.category, .integer])
      // What is no table has none.
      let array = try folder.write(formatFixtureBytes("vectors-f8-big.npy"), "x.npy")
      #expect(try DataFile.discoverSchema(array) == nil)
      _ = try DataFile.open(array).data.source()
    }
  }

  @Test func missingValuesAreReplaced() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write("job,age\nclerk,30\n?,\nclerk,25\n", "a.csv")
      refuse("a.csv, line 3", "column 2 (age)", "missing") { _ = try DataFile.open(path).data.source() }
      var options = TableOptions()
      options.missing = .mean
      let file = try DataFile.open(path, options: options)
      // Of whole numbers the nearest to the mean.
      #expect(try values(file.data.source()) == [1, 30, 0, 28, 1, 25] && file.substitutes == [1, 28])
      #expect(file.table?.notes.contains { $0.contains("category of their own in job") } == true)
    }
  }

  @Test func severalFilesAreOneTable() throws {
    try withTemporaryFolder { folder in
      let (one, two) = (try folder.write(Self.train, "1.csv"), try folder.write("job,age\nbaker,50\n", "2.csv"))
      for location in ["\(one),\(two)", folder.path] {
        let data = try DataFile.open(location).data.source()
        #expect(try values(data) == [1, 30, 2, 41, 1, 25, 0, 50])
        #expect(try DataFile.discoverSchema(location)?.rowCount == 4)
      }
      // One of them may have numbers alone.
      try folder.write("job,age\n7,50\n", "2.csv")
      #expect(try values(DataFile.open("\(one),\(two)").data.source()) == [1, 30, 2, 41, 1, 25, 0, 50])
      try folder.write("age,job\n7,baker\n", "2.csv")
      refuse("1.csv", "2.csv", "columns") { _ = try DataFile.open("\(one),\(two)").data.source() }
    }
  }

  @Test func allPartsAreReadAsTheTrainingPart() throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.train, "train.csv")
      try folder.write("age,job\n33,farmer\n", "test.csv")
      let sets = try DataLocation.open(folder.path)
      #expect(try values(sets.test!) == [1, 33] && sets.test?.columns?.schema == sets.train.columns?.schema)
      // Numbers in a column of texts, and texts in one of numbers.
      try folder.write("age,job\n33,7\n", "test.csv")
      refuse("test.csv, line 2", "column 2 (job)", "\"7\"", "clerk, farmer") { _ = try DataLocation.open(folder.path) }
      try folder.write("age,job\nold,clerk\n", "test.csv")
      refuse("test.csv, line 2", "column 1 (age)", "\"old\"") { _ = try DataLocation.open(folder.path) }
      try folder.write("job,age\n1,30\n2,41\n", "train.csv")
      try folder.write("job,age\nclerk,30\n", "test.csv")
      refuse("test.csv, line 2", "\"clerk\"") { _ = try DataLocation.open(folder.path) }
      // Data for validation in a file of their own.
      let path = try folder.write("age,job\n20,farmer\n30,baker\n", "judge.csv")
      var request = DataRequest(try folder.write(Self.train, "all.csv"))
      request.table.unknown = .missing
      request.table.missing = .mean
      let judged = try DataLocation.open(request).validating(on: path, as: request)
      #expect(try values(judged.validation!) == [1, 20, 0, 30])
      request.table.unknown = .refuse
      refuse("judge.csv, line 3", "\"baker\"") { _ = try DataLocation.open(request).validating(on: path, as: request) }
    }
  }

  @Test func givenSchemas() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(Self.train, "a.csv")
      let schema = try #require(try DataFile.discoverSchema(path))
      #expect(try TableSchema(json: Array(schema.json.utf8), path: "x") == schema)
      try folder.write(schema.json.replacing("\"farmer\"", with: "\"fisher\""), "schema.json")
      var options = TableOptions()
      options.schemaChoice = .file(folder.file("schema.json"))
      refuse("a.csv, line 3", "\"farmer\"", "clerk, fisher") {
        _ = try DataFile.open(path, options: options).data.source()
      }
      try folder.write(schema.json, "schema.json")
      #expect(try values(DataFile.open(path, options: options).data.source()) == [0, 30, 1, 41, 0, 25])
      options.kinds = [.number: ["age"]]
      refuse("schema.json", "nothing else") { _ = try DataFile.open(path, options: options).data.source() }
      options.kinds = [:]
      for (text, word) in [
        ("{", "schema.json"), ("{\"row_count\": 1, \"row_count\": 1, \"columns\": [{\"kind\": \"number\"}]}", "twice"),
        ("{\"columns\": []}", "no columns"),
        ("{\"columns\": [], \"rows\": 1}", "rows"), ("[]", "schema.json"),
        ("", "schema.json"),
        (schema.json.replacing("category", with: "sort"), "sort"),
        ("{\"columns\": [{\"kind\": \"number\", \"decimals\": 1e99}]}", "whole"),
      ] {
        try folder.write(text, "schema.json")
        refuse("schema.json", word) { _ = try DataFile.open(path, options: options).data.source() }
      }
      options.schemaChoice = .file(folder.file("none.json"))
      refuse("none.json") { _ = try DataFile.open(path, options: options).data.source() }
    }
  }
}
