import Foundation
import TestSupport
import Testing
import VAECore

/// Scores with what they are made of, thresholds, labels, and rows as they come.
struct ScoreCommandTests {
  /// Rows in which b follows a, and a fault in every tenth where it is asked for.
  static func table(_ seed: UInt64, rows: Int = 400, faults: Bool = false) -> String {
    var random = TestRandom(seed)
    return "name,a,b,label\n"
      + (0..<rows).map { row in
        let a = random.normal()
        let isFault = faults && row % 10 == 9
        let b = isFault ? 40 : 2 * a + 0.3 * random.normal()
        return
          "\(["x", "y"][random.integer(0...1)]),\(String(format: "%.3f", a)),\(String(format: "%.3f", b)),\(isFault ? 1 : 0)\n"
      }.joined()
  }

  private func withRun(_ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.table(1), "normal.csv")
      try folder.write(Self.table(2, rows: 200, faults: true), "today.csv")
      try folder.vae(
        "train --data normal.csv --drop-columns label --out run --hidden 16 --latent 2 --epochs 30 --batch-size 40")
      try body(folder)
    }
  }

  private func lines(_ folder: TemporaryFolder, _ name: String) throws -> [[Substring]] {
    String(decoding: try folder.bytes(name), as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  @Test func termsAndReasons() throws {
    try withRun { folder in
      let kept = try folder.run("score run --data normal.csv --quantile 0.99")
      #expect(kept.errors.lacks(["99 % of 400", "run/threshold.json"]) == [])
      try folder.vae("score run --data today.csv --out scores.csv --by-column --top 1")
      let rows = try lines(folder, "scores.csv")
      #expect(rows[0] == ["datum", "neg_log_probability", "anomaly", "kl", "name", "a", "b", "reasons"])
      for (index, row) in rows.dropFirst().enumerated() {
        let numbers = row[3...6].map { Double($0)! }
        #expect(abs(numbers.reduce(0, +) - Double(row[1])!) < 1e-6 * max(1, abs(Double(row[1])!)))
        if index % 10 == 9 {
          #expect(row[2] == "true" && row[7].hasPrefix("b = 40.0") && row[7].contains("expected"), "\(row)")
        }
        if row[2] == "false" { #expect(row[7] == "") }
      }
      #expect(rows.count { $0[2] == "true" } < 32)
      // The same of the same rows, in JSON.
      try folder.vae("score run --data today.csv --out scores.jsonl --by-column --top 1 --threads 1")
      let text = String(decoding: try folder.bytes("scores.jsonl"), as: UTF8.self)
      for (line, row) in zip(text.split(separator: "\n"), rows.dropFirst()) {
        // (Compared as texts: not every reader of JSON takes a number for the nearest.)
        let isSame =
          try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any]
          && line.contains("\"neg_log_probability\":\(row[1]),\"anomaly\":\(row[2]),\"kl\":\(row[3]),")
          && line.contains("\"b\":\(row[6])")
        #expect(isSame, "\(line)")
      }
      // Of another state of the model, or other scores, the threshold says nothing.
      let other = try folder.run("score run --data today.csv --out other.csv --samples 3")
      #expect(other.errors.contains("not used"))
      #expect(try lines(folder, "other.csv")[0] == ["datum", "neg_log_probability"])
      try folder.vae("train --resume run --epochs 31")
      #expect(try folder.run("score run --data today.csv --out other.csv").errors.contains("not used"))
    }
  }

  @Test func labels() throws {
    try withRun { folder in
      for labels in ["label", "label=1", "labels.csv"] {
        if labels == "labels.csv" {
          try folder.write((0..<200).map { $0 % 10 == 9 ? "1\n" : "0\n" }.joined(), "labels.csv")
        }
        let output = try folder.vae("score run --data today.csv --labels \(labels)").output
        #expect(
          output.lacks(["20 anomalies among 200", "1.0000", "±", "0.1000 is guessing"]) == [], "\(labels): \(output)")
      }
      let quality = try folder.vae("score run --data today.csv --labels label --json --reconstruction").output
      #expect(quality.lacks(["\"area\"", "average_precision", "standard_error"]) == [])
    }
  }

  /// Rows through standard input have the scores that they have in a file.
  @Test func asTheyCome() throws {
    try withRun { folder in
      try folder.vae("score run --data today.csv --out scores.csv")
      let table = Self.table(2, rows: 200, faults: true)
      let live = try folder.run("score run --data - --out -", input: table)
      #expect(live.status == 0)
      #expect(live.output == String(decoding: try folder.bytes("scores.csv"), as: UTF8.self))
      // Columns go by name; without a header they are the model's.
      let bare = try folder.run("score run --data - --out - --drop-columns label", input: "x,0.1,0.2\n")
      let named = try folder.run("score run --data - --out -", input: "b,name,a\n0.2,x,0.1")
      #expect(bare.status == 0 && bare.output == named.output && bare.output.split(separator: "\n").count == 2)
      // A row that is none.
      let bad = "name,a,b\nx,0.1,0.2\nx,1\nx,0.1,word\nz,0.1,0.2\ny,0.5,1\nx,0.3"
      let stopped = try folder.run("score run --data - --out -", input: bad)
      #expect(stopped.status != 0 && stopped.errors.contains("line 3"))
      #expect(stopped.output.split(separator: "\n").count == 2)
      let skipped = try folder.run("score run --data - --out - --skip-bad-rows --json", input: bad)
      #expect(
        skipped.status == 0
          && skipped.errors.lacks(["line 3", "line 4", "word", "line 5", "line 7", "4 rows skipped"]) == [])
      let objects = skipped.output.split(separator: "\n")
      #expect(objects.count == 2 && objects[0].hasPrefix("{\"datum\":0,") && objects[1].hasPrefix("{\"datum\":4,"))
      #expect(try folder.run("score run --data - --out -", input: "").status == 0)
      let open = try folder.run("score run --data - --out - --skip-bad-rows", input: "name,a,b\nx,\"1,2\n")
      #expect(open.status != 0 && open.errors.contains("quote"))
      // What came before text that is no table has its scores.
      let broken = try folder.run("score run --data - --out -", input: "name,a,b\nx,1,2\ny,2,4\n\"x\"y,1,2\n")
      #expect(broken.status != 0 && broken.errors.contains("line 4"))
      #expect(broken.output.split(separator: "\n").count == 3)
      // A header of other columns is no row.
      let header = try folder.run("score run --data - --out - --skip-bad-rows", input: "name,b,c\nx,1,2\n")
      #expect(header.status != 0 && header.errors.contains("no column \"a\"") && header.output.isEmpty)
      let limited = try folder.run("score run --data - --out - --limit 2", input: table)
      #expect(limited.status != 0 && limited.errors.contains("--limit"))
    }
  }

  /// What rows are conditioned on comes with them, and columns' names alone are no rows.
  @Test func conditionsAsTheyCome() throws {
    try withRun { folder in
      try folder.vae(
        "train --data normal.csv --drop-columns label --condition name --out by-name --hidden 8 --latent 1 --epochs 2")
      try folder.vae("score by-name --data today.csv --out scores.csv")
      let table = Self.table(2, rows: 200, faults: true)
      let live = try folder.run("score by-name --data - --out -", input: table)
      let file = String(decoding: try folder.bytes("scores.csv"), as: UTF8.self)
      #expect(live.status == 0 && live.output == file)
      let rows = "name,a,b\n,1,2\nz,1,2\nx,1,2\n"
      let skipped = try folder.run("score by-name --data - --out - --skip-bad-rows", input: rows)
      #expect(skipped.status == 0 && skipped.output.split(separator: "\n").count == 2)
      #expect(skipped.errors.lacks(["line 2", "(name) is missing", "line 3", "\"z\"", "2 rows skipped"]) == [])
      let names = try folder.run("score by-name --data - --out -", input: "name,a,b\n")
      #expect(names.status == 0 && names.output == "datum,neg_log_probability\n")
    }
  }

  /// −ELBO is a tolerance of 0, and what a larger one leaves are probabilities.
  @Test func tolerance() throws {
    try withRun { folder in
      func scores(_ options: String) throws -> (name: Substring, values: [Double]) {
        try folder.vae("score run --data today.csv --out s.csv \(options)")
        let rows = try lines(folder, "s.csv")
        return (rows[0][1], rows.dropFirst().map { Double($0[1])! })
      }
      let (plain, usual, wide) = (try scores("--tolerance 0"), try scores(""), try scores("--tolerance 4"))
      #expect([plain.name, usual.name, wide.name] == ["neg_elbo", "neg_log_probability", "neg_log_probability"])
      #expect(zip(usual.values, wide.values).allSatisfy { $0 > $1 })
      #expect(try scores("--tolerance 1").values == usual.values)
      #expect(try scores("--importance-samples 5").name == "neg_log_likelihood")
      for (options, words) in [
        ("--tolerance=-1", ["--tolerance", "negative"]),
        ("--tolerance 1 --importance-samples 3", ["--tolerance", "--importance-samples"]),
        ("--tolerance 1 --reconstruction", ["--tolerance", "--reconstruction"]),
      ] {
        let result = try folder.run("score run --data today.csv --out s.csv \(options)")
        #expect(result.status != 0 && result.errors.lacks(words) == [], "\(result.errors)")
      }
    }
  }

  @Test func refusals() throws {
    try withRun { folder in
      func expect(_ call: String, _ words: [String]) throws {
        let result = try folder.run(call)
        #expect(result.status != 0 && result.errors.lacks(words) == [], "\(call): \(result.errors)")
      }
      try expect("score run --data today.csv --quantile 0.999", ["1000 data", "there are 200"])
      try expect("score run --data today.csv --quantile 1.5", ["between 0 and 1"])
      try folder.write(Self.table(3, rows: 50), "one.csv")
      try expect("score run --data one.csv --labels label", ["both classes"])
      try expect("score run --data today.csv --labels a", ["label is", "column=text"])
      try expect("score run --data today.csv --labels name=q", ["has no \"q\""])
      try expect("score run --data today.csv --out s.npy --by-column", [".jsonl"])
      try expect("score run --data today.csv --out s.csv --by-column --importance-samples 3", ["--by-column"])
      try expect("score run --data today.csv", ["--out"])
      try folder.write("{}", "run/threshold.json")
      try expect("score run --data today.csv --out s.csv", ["threshold.json", "remove it"])
    }
  }
}
