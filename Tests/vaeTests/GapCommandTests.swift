import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Tables with missing values, from the file through every command and back.
struct GapCommandTests {
  /// 300 rows in which the number follows the kind; some of each are missing, and some marks, which say NA for themselves.
  static func table(_ random: inout TestRandom, rows: Int = 300) -> String {
    "row,kind,weight,note\n"
      + (0..<rows).map { row in
        let kind = random.integer(0...2)
        let weight = String(format: "%.1f", 10 * Double(kind) + random.uniform(0...4))
        let isMissing = (random.integer(0...4) == 0, random.integer(0...3) == 0)
        return
          "id-\(row)x\(random.integer(0...9999)),\(isMissing.0 ? "?" : ["apple", "\"pear, green\"", "fig"][kind]),\(isMissing.1 ? "" : weight),\(["NA", "b"][random.integer(0...1)])\n"
      }.joined()
  }

  private func withRun(_ body: (TemporaryFolder, String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      var random = TestRandom(7)
      let table = Self.table(&random)
      try folder.write(table, "fruit.csv")
      let output = try folder.vae(
        "train --data fruit.csv --missing model --missing-tokens ? --out run --hidden 16 --latent 2 --epochs 20 --ids row"
      ).output
      #expect(output.contains("gaps"))
      try body(folder, table)
    }
  }

  private func lines(_ folder: TemporaryFolder, _ name: String) throws -> [Substring] {
    String(decoding: try folder.bytes(name), as: UTF8.self).split(separator: "\n")
  }

  private func fields(_ line: Substring) -> [Substring] {
    line.replacing(", green", with: "; green").split(separator: ",", omittingEmptySubsequences: false)
  }

  /// What was missing is there, and all else as it was.
  private func checkRow(_ old: Substring, _ new: Substring) {
    let before = fields(old)
    let after = fields(new)
    let isFilled =
      after.count == 4 && ["apple", "fig", "\"pear; green\""].contains(after[1]) && Double(after[2]) != nil
    #expect(isFilled, "\(new)")
    if !isFilled { return }
    let isKept = (0..<4).allSatisfy { before[$0] == after[$0] || before[$0] == "?" || before[$0] == "" }
    #expect(isKept, "\(old) became \(new)")
  }

  /// What is missing is filled in, and nothing else is touched: names of rows, quotes, and NA, which is a text here.
  @Test func filledIn() throws {
    try withRun { folder, table in
      let output = try folder.vae("impute run --data fruit.csv --out full.csv --samples 50").output
      #expect(output.contains("missing values of 300 data filled in") && output.contains("effective of 50"))
      let before = table.split(separator: "\n")
      let after = try lines(folder, "full.csv")
      try #require(before.count == after.count)
      #expect(before[0] == after[0])
      for row in 1..<before.count { checkRow(before[row], after[row]) }
      try folder.vae("impute run --data fruit.csv --out draw.csv --samples 50 --draws 2")
      #expect(
        try lines(folder, "draw.1.csv").count == 301 && lines(folder, "draw.1.csv") != lines(folder, "draw.2.csv"))
      #expect(try lines(folder, "draw.1.csv")[0] == before[0])
      // Some of the rows, as the model has them.
      try folder.vae("impute run --data fruit.csv --out some.csv --samples 50 --limit 3")
      #expect(try lines(folder, "some.csv").count == 4)
      try folder.vae("impute run --data fruit.csv --out some.npy --samples 50")
    }
  }

  /// Which values are missing says nothing of what they are, though z tells both: of a text that nothing goes with, what is drawn in its place is
  /// as frequent as the texts that are there. (Of those data the decoder would learn no such thing, were no value ever hidden.)
  @Test func gapsSayNothingOfWhatIsMissing() throws {
    try withTemporaryFolder { folder in
      var random = TestRandom(9)
      let rows = (0..<1500).map { _ -> String in
        let kind = [0, 0, 0, 1, 1, 2][random.integer(0...5)]
        let fields = [
          ["fig", "pear", "plum"][kind], String(format: "%.1f", 10 * Double(kind) + 4 * random.normal()),
          random.uniform() < 0.7 ? "u" : "v",
        ]
        return fields.enumerated().map { $0 > 0 && random.uniform() < 0.25 ? "" : $1 }.joined(separator: ",")
      }
      try folder.write("kind,weight,side\n" + rows.map { $0 + "\n" }.joined(), "some.csv")
      try folder.vae(
        "train --data some.csv --missing model --out run --hidden 32 --latent 4 --batch-size 50 --epochs 100")
      try folder.vae("impute run --data some.csv --out drawn.csv --samples 200 --draws 1")
      let drawn = try lines(folder, "drawn.1.csv").dropFirst()
      let sides = zip(rows, drawn).filter { $0.0.hasSuffix(",") }.map { $0.1.suffix(1) }
      let share = Double(sides.count { $0 == "u" }) / Double(sides.count)
      #expect(sides.count > 300 && abs(share - 0.7) < 0.15, "\(share) of \(sides.count)")
    }
  }

  @Test func everyCommand() throws {
    try withRun { folder, _ in
      try folder.vae("sample run --out rows.csv --count 400")
      let rows = try lines(folder, "rows.csv")
      let missing = (rows.count { $0.contains("?") }, rows.count { $0.contains(",,") })
      #expect((30...140).contains(missing.0) && (40...170).contains(missing.1), "\(missing)")
      for call in [
        "evaluate run --data fruit.csv --importance-samples 5", "evaluate run --data rows.csv",
        "score run --data fruit.csv --out scores.csv --by-column --top 2",
        "encode run --data fruit.csv --out codes.npy",
        "decode run --codes codes.npy --out decoded.csv --draw", "reconstruct run --data fruit.csv --out again.csv",
        "compare fruit.csv rows.csv --out page.html", "inspect run", "verify --model run",
        "train --resume run --epochs 21", "data inspect fruit.csv --missing model --missing-tokens ?",
      ] {
        try folder.vae(call)
      }
      // Kinds that are missing are no category to a model, and to nobody else.
      let gaps = try folder.vae("data inspect fruit.csv --missing model --missing-tokens ?").output
      #expect(gaps.contains("3 categories: ") && !gaps.contains("\"?\""), "\(gaps)")
      #expect(try folder.vae("data inspect fruit.csv").output.contains("4 categories: "))
    }
  }

  /// All numbers of an array.
  private func numbers(_ folder: TemporaryFolder, _ name: String) throws -> [Double] {
    let data = try DataLocation.open(folder.file(name)).train.inMemory()
    return data.rows(0..<data.count, as: Double.self).elements
  }

  /// Images and arrays with NaN: what is there is learnt, scored, reconstructed and filled in.
  @Test(arguments: [("--binarize none", "bernoulli"), ("--standardize", "gaussian")])
  func images(option: String, likelihood: String) throws {
    try withTemporaryFolder { folder in
      var random = TestRandom(3)
      let pixels = (0..<60).flatMap { image in
        (0..<36).map { pixel in
          // (Each image has some that are there.)
          pixel % 7 != image % 7 && random.uniform() < 0.2
            ? Float.nan : Float((pixel + image) % 6 < 3 ? 0.9 : 0.1) + Float(random.uniform(0...0.1))
        }
      }
      let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (60, 6, 6), }\n"
      try folder.write(
        [0x93] + Array("NUMPY".utf8) + [1, 0] + UInt16(header.utf8.count).littleEndianBytes + Array(header.utf8)
          + pixels.flatMap { $0.bitPattern.littleEndianBytes }, "images.npy")
      let refused = try folder.run("train --data images.npy --likelihood \(likelihood) --out none")
      #expect(refused.status != 0 && refused.errors.contains("--missing model"), "\(refused.errors)")
      try folder.vae(
        "train --data images.npy --missing model --likelihood \(likelihood) \(option) --out run --hidden 12 --latent 2 --epochs 3"
      )
      for call in [
        "evaluate run --data images.npy --importance-samples 5",
        "score run --data images.npy --out scores.csv --by-column --top 2",
        "encode run --data images.npy --out codes.npy",
        "reconstruct run --data images.npy --out again.npy",
        "reconstruct run --data images.npy --out again.png --count 8",
        "impute run --data images.npy --out full.npy --samples 20", "sample run --out samples.npy --count 5",
        "inspect run", "verify --model run", "data inspect images.npy", "train --resume run --epochs 4",
      ] {
        try folder.vae(call)
      }
      let filled = try numbers(folder, "full.npy")
      for (index, value) in pixels.enumerated() {
        let new = filled[index]
        #expect(value.isNaN ? new.isFinite && new > -1 && new < 2 : new == Double(value))
      }
      for name in ["codes.npy", "again.npy", "samples.npy"] {
        #expect(try numbers(folder, name).allSatisfy { $0.isFinite }, "\(name)")
      }
    }
  }

  @Test func refusals() throws {
    try withRun { folder, _ in
      func expect(_ call: String, _ words: [String]) throws {
        let result = try folder.run(call)
        #expect(result.status != 0 && result.errors.lacks(words) == [], "\(call): \(result.errors)")
      }
      try folder.write("kind,weight,note\n,,\nfig,2.0,b\n", "empty.csv")
      try expect("score run --data empty.csv --out s.csv", ["line 2", "every value is missing"])
      try folder.write("a,b,c\n1,,x\n2,,y\n3,,x\n", "nothing.csv")
      try expect("train --data nothing.csv --missing model --out none", ["no value at all", "--drop-columns b"])
      try folder.write("kind,weight\nfig,1.0\n?,2.0\napple,1.5\n", "condition.csv")
      try expect(
        "train --data condition.csv --missing model --condition kind --out none", ["line 3", "condition is missing"])
      try expect("train --data fruit.csv --gaps masked --out none", ["--missing model"])
      try folder.write("a,b\n1,2\n3,4\n", "numbers.csv")
      try folder.vae("train --data numbers.csv --likelihood gaussian --out plain --epochs 1")
      try expect("impute plain --data numbers.csv --out full.csv", ["nothing of missing values", "--missing model"])
      try expect("impute run --data fruit.csv --out full.txt", [".csv"])
      try expect("impute run --data fruit.csv --out fruit.csv", ["fruit.csv", "data"])
    }
  }
}
