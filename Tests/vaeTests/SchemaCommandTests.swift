import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Tables with texts on the command line: looked at, described in a file, converted, trained on.
struct SchemaCommandTests {
  private static let people =
    "id,job,age,born,paid\n"
    + (1...24).map { "\($0), \($0 % 3 == 0 ? "?" : "clerk"),\(20 + $0),19\(70 + $0)-01-0\(1 + $0 % 9),\(25 * $0).50\n" }
    .joined()

  @Test func inspectsAndDescribes() throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.people, "people.csv")
      let text = try folder.vae("data inspect people.csv --rows 1 --schema-out people.json").output
      for words in [
        "1 of numbers, 1 of whole numbers, 1 of categories, 1 of dates", "identifiers: id",
        "category of their own in job",
        "Dates in born: YYYY-MM-DD", "2 categories: clerk 16, ? 8", "1971-01-02", "600.50", "2 decimals", "left out",
      ] {
        #expect(text.contains(words), "\(words) in \(text)")
      }
      #expect(!text.contains("e+"))
      let schema = try TableSchema(contentsOf: folder.file("people.json"))
      #expect(schema.names == ["job", "age", "born", "paid"] && schema.identifiers == ["id"])
      #expect(schema.columns[3].leastDecimals == 2 && schema.columns[0].blanks == 1)
      let json = try folder.vae("data inspect people.csv --json").json()
      let columns = try #require((json["schema"] as? [String: Any])?["columns"] as? [[String: Any]])
      #expect(columns.map { $0["kind"] as? String } == ["category", "integer", "date", "number"])
      // What is asked of columns, and a schema that is given.
      let asked = try folder.vae("data inspect people.csv --categories id,age --ids job --json").json()
      let kinds = try #require((asked["columns"] as? [[String: Any]])?.map { $0["kind"] as? String })
      #expect(kinds == ["category", "category", "date", "number"])
      let call = "\"$0\" data inspect - --schema people.json --json < people.csv"
      #expect(try Tool.run("/bin/bash", ["-c", call, Tool.path], in: folder).json()["count"] as? Int == 24)
      let piped = try Tool.run("/bin/bash", ["-c", "\"$0\" data inspect - < people.csv", Tool.path], in: folder)
      #expect(piped.status == 1 && piped.errors.contains("(--schema FILE.json"), "\(piped.errors)")
      // Numbers alone, as before, until somebody wants their schema.
      try folder.write("a,b\n1,2\n3,4\n", "numbers.csv")
      #expect(try folder.vae("data inspect numbers.csv --json").json()["schema"] == nil)
      try folder.vae("data inspect numbers.csv --schema-out numbers.json")
      #expect(try TableSchema(contentsOf: folder.file("numbers.json")).columns.map(\.kind) == [.integer, .integer])
      try folder.write(idxImages(count: 3), "images")
      try folder.expectFailure(["data", "inspect", "images", "--schema-out", "x.json"], ["images", "no table"])
      try folder.expectFailure(
        ["data", "inspect", "people.csv", "--schema-out", "people.csv"], ["--schema-out", ".json"])
    }
  }

  @Test func converts() throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.people, "people.csv")
      let result = try folder.vae("data convert people.csv --out x.npy")
      #expect(result.output.contains("x.npy.schema.json"), "\(result.output)")
      let schema = try TableSchema(contentsOf: folder.file("x.npy.schema.json"))
      let matrix: Matrix<Double> = try NPY.read(folder.file("x.npy"))
      let written = RowWriter(schema).rows(matrix.elements)
      let lines = Self.people.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",").dropFirst().joined(separator: ",")
      }
      #expect(String(decoding: written, as: UTF8.self) == lines.joined(separator: "\n") + "\n")
    }
  }

  @Test func trainsOnWhatIsOrdered() throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.people, "people.csv")
      let small = "--likelihood gaussian --standardize --hidden 4 --latent 2 --epochs 1"
      try folder.expectFailure(
        "train --data people.csv --out run \(small)".split(separator: " ").map(String.init),
        ["people.csv", "column 2 (job)", "categories", "gaussian"])
      try folder.vae("train --data people.csv --drop-columns job --validation 0.2 --out run \(small)")
      // The model keeps the schema: dates are read in its format, and in no other.
      let shown = try folder.vae("inspect run").output
      #expect(shown.contains("dates as days or seconds since 1970: born"), "\(shown)")
      try folder.vae("evaluate run --data people.csv")
      try folder.vae("train --resume run --epochs 2")
      try folder.write("age,born,paid\n30,02.01.1980,1.50\n", "other.csv")
      try folder.expectFailure(
        ["evaluate", "run", "--data", "other.csv"], ["other.csv, line 2", "column 2 (born)", "YYYY-MM-DD"])
      try folder.write("age,born,paid\nold,1980-01-02,1.50\n", "other.csv")
      try folder.expectFailure(
        ["evaluate", "run", "--data", "other.csv"], ["other.csv, line 2", "column 1 (age)", "\"old\""])
    }
  }

  @Test func whatIsRefused() throws {
    try withTemporaryFolder { folder in
      func expect(_ text: String, _ call: String, _ words: [String]) throws {
        try folder.write(text, "t.csv")
        try folder.expectFailure(call.split(separator: " ").map(String.init), words)
      }
      let inspect = "data inspect t.csv"
      let many = "k,n\n" + (0..<3000).map { "k\($0 % 1500),1\n" }.joined()
      try expect(many, inspect, ["t.csv", "column 1 (k)", "1500", "(--ids k, or --max-categories 100)."])
      try expect(many, inspect + " --categories k", ["more than 1000"])
      try expect(many, inspect + " --max-categories 1", ["max_categories", "from 2 to 100000"])
      try expect("k,d\nx,01/02/2020\ny,03/04/2020\n", inspect, ["column 2 (d)", "--dates 'd=DD/MM/YYYY'"])
      try expect("k,d\nx,2020-01-02\ny,3.4.2020\n", inspect, ["line 3", "column 2 (d)", "--categories d"])
      try expect("k,n\nx,1\ny,2\nz,c\n", inspect, ["line 4", "column 2 (n)", "--categories n"])
      try expect("k,n\nx,1\n", inspect + " --schema none", ["line 2", "column 1 (k)"])
      try expect("k,n\nx,1\n", inspect + " --schema no.json", ["no.json"])
      try folder.write("{\"columns\": 3}", "bad.json")
      try expect("k,n\nx,1\n", inspect + " --schema bad.json", ["bad.json", "columns"])
      try folder.vae("data inspect t.csv --schema-out t.json")
      try expect(
        "k,n\nz,1\n", inspect + " --schema t.json", ["line 2", "column 1 (k)", "\"z\"", "(--unknown missing)."])
      try expect("k\nx\n", inspect + " --schema t.json", ["no column \"n\""])
      try expect("k,n\nx,y\n", inspect + " --schema t.json", ["line 2", "column 2 (n)", "whole numbers"])
    }
  }
}
