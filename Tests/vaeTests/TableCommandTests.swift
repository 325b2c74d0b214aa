import Foundation
import TestSupport
import Testing
import VAECore

/// Tables of text, numbers and dates, from the file to rows like it.
struct TableCommandTests {
  /// 240 rows in which the number and the date follow the kind, and the flag is drawn by itself.
  static let table: String = {
    var random = TestRandom(5)
    let rows = (0..<240).map { _ in
      let kind = random.integer(0...2)
      let weight = 10 * Double(kind) + random.uniform(0...4)
      let day = 10 + random.integer(0...9) + 5 * kind
      let size = 25 * (40 + 8 * kind + random.integer(0...6))
      let text = ["apple", "\"pear, green\"", "fig"][kind]
      return
        "\(text),\(String(format: "%.1f", weight)),2024-03-\(day),\(random.integer(0...1) == 1 ? "yes" : "no"),\(size)\n"
    }
    return "fruit,weight,picked,ripe,size\n" + rows.joined()
  }()

  private func withRun(_ options: String = "", _ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.table, "fruit.csv")
      try folder.vae("train --data fruit.csv --out run --hidden 8 --latent 2 --epochs 3 --batch-size 40 \(options)")
      try body(folder)
    }
  }

  private func lines(_ folder: TemporaryFolder, _ name: String) throws -> [Substring] {
    String(decoding: try folder.bytes(name), as: UTF8.self).split(separator: "\n")
  }

  @Test func rowsLikeTheTable() throws {
    try withRun { folder in
      try folder.vae("sample run --out rows.csv")
      let rows = try lines(folder, "rows.csv")
      #expect(rows.count == 241 && rows[0] == "fruit,weight,picked,ripe,size")
      let pattern = /(apple|"pear, green"|fig),\d{1,2}\.\d,2024-03-\d\d,(yes|no),(\d+)/
      for row in rows.dropFirst() {
        let match = try #require(row.wholeMatch(of: pattern), "\(row)")
        #expect(Int(match.3)! % 25 == 0)
      }
      // Another table of it is the same schema's.
      let inspected = try folder.vae("data inspect rows.csv --schema find --json").output
      #expect(inspected.contains("\"date\"") && inspected.contains("pear, green"))
      try folder.vae("evaluate run --data rows.csv")
      try folder.vae("sample run --out mean.csv --mean --count 3")
      #expect(try lines(folder, "mean.csv").count == 4)
      try folder.vae("sample run --out numbers.npy --count 7")
      try folder.vae("reconstruct run --data fruit.csv --out again.csv")
      #expect(try lines(folder, "again.csv").count == 241)
      try folder.vae("encode run --data fruit.csv --out codes.npy")
      try folder.vae("decode run --codes codes.npy --out decoded.csv --draw")
      #expect(try lines(folder, "decoded.csv")[0] == "fruit,weight,picked,ripe,size")
      for call in [
        "score run --data fruit.csv --out scores.csv", "verify --model run",
        "explain --model run --weight w1 --datum 1",
      ] {
        try folder.vae(call)
      }
    }
  }

  /// The peer's preset: modes on the way in, numbers on the way out, the same when it goes on.
  @Test func modes() throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.table, "fruit.csv")
      let options = "--data fruit.csv --preset tvae --condition ripe --validation 0.2"
      let output = try folder.vae("train \(options) --out whole --epochs 4").output
      #expect(output.contains("preset      tvae") && output.contains("mode of 3"))
      try folder.vae("train \(options) --out run --epochs 2")
      try folder.vae("train --resume run --epochs 4")
      #expect(try folder.bytes("run/model.safetensors") == folder.bytes("whole/model.safetensors"))
      try folder.vae("sample run --out rows.csv --where ripe=yes")
      // Numbers are rounded before they are asked for.
      try folder.vae("sample run --out some.csv --count 2 --where ripe=yes --where size=900..1500 --max-draws 20000")
      try folder.write(Self.table, "copy.csv")
      try folder.vae("train --data fruit.csv --preset tvae --missing mean --validation copy.csv --epochs 1 --out means")
      #expect(try folder.vae("evaluate means --data fruit.csv").output.contains("no densities of the rows"))
      try folder.vae(
        "train --data fruit.csv --condition size --missing mean --validation copy.csv --epochs 1 --out means-by-size")
      let rows = try lines(folder, "rows.csv")
      #expect(rows.count > 100 && rows[0] == "fruit,weight,picked,ripe,size")
      #expect(rows.dropFirst().allSatisfy { $0.contains(",yes,") })
      for call in [
        "evaluate run --data fruit.csv", "score run --data fruit.csv --out scores.csv",
        "reconstruct run --data fruit.csv --out again.csv", "encode run --data fruit.csv --out codes.npy",
      ] {
        try folder.vae(call)
      }
      #expect(try lines(folder, "again.csv").count == 241)
    }
  }

  /// A table that became an array is the same data, by the schema beside it, and no other array is taken for it.
  @Test func arraysOfTables() throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.table, "fruit.csv")
      try folder.vae("data convert fruit.csv --out fruit.npy")
      let options = "--hidden 8 --latent 2 --epochs 3 --batch-size 40 --condition ripe"
      try folder.vae("train --data fruit.csv \(options) --out one")
      let output = try folder.vae("train --data fruit.npy \(options) --out two").output
      #expect(output.contains("preset      table"))
      #expect(try folder.bytes("one/metrics.jsonl").count > 0)
      try folder.vae("sample one --out one.csv")
      try folder.vae("sample two --out two.csv")
      #expect(try folder.bytes("one.csv") == folder.bytes("two.csv"))
      let scores = try ["one", "two"].flatMap { run in
        try ["fruit.csv", "fruit.npy"].map { data in
          try folder.vae("evaluate \(run) --data \(data) --json").json()["loss"] as? Double
        }
      }
      #expect(Set(scores).count == 1)
      try folder.vae("data convert fruit.csv --out shards --shard-size 100")
      #expect(try folder.vae("train --data shards \(options) --out three").output.contains("preset      table"))
      try folder.vae("sample three --out three.csv")
      #expect(try folder.bytes("one.csv") == folder.bytes("three.csv"))
      #expect(
        try folder.vae("train --data fruit.npy --preset tvae --epochs 1 --out four").output.contains("preset      tvae")
      )
      // An array has a schema of its own, which a model's does not take the place of: columns go by their names, and other
      // categories are refused.
      let rows = Self.table.split(separator: "\n").map {
        $0.replacing("\"pear, green\"", with: "pear").split(separator: ",")
      }
      let turned = rows.map { $0.reversed().joined(separator: ",") + "\n" }.joined()
      try folder.write(turned.replacing("pear", with: "\"pear, green\""), "turned.csv")
      try folder.vae("data convert turned.csv --out turned.npy")
      #expect(try folder.vae("evaluate two --data turned.npy --json").json()["loss"] as? Double == scores[0])
      try folder.write(turned.replacing("fig", with: "date"), "other.csv")
      try folder.vae("data convert other.csv --out other.npy")
      try folder.expectFailure(["evaluate", "two", "--data", "other.npy"], ["date", "fig", "same schema"])
      // Another array of that name.
      try folder.write("a,b,c,d,e\n" + String(repeating: "0,1,0,1,0.5\n", count: 7), "numbers.csv")
      try folder.vae("data convert numbers.csv --out other.npy --schema none")
      #expect(!FileManager.default.fileExists(atPath: folder.file("other.npy.schema.json")))
      try FileManager.default.removeItem(atPath: folder.file("fruit.npy"))
      try FileManager.default.copyItem(atPath: folder.file("other.npy"), toPath: folder.file("fruit.npy"))
      try folder.expectFailure(["train", "--data", "fruit.npy", "--out", "r"], ["240 rows", "has 7"])
      try folder.vae("data convert numbers.csv --out fruit.npy --schema none")
      #expect(!FileManager.default.fileExists(atPath: folder.file("fruit.npy.schema.json")))
      try folder.vae("train --data fruit.npy --hidden 4 --latent 2 --epochs 1 --out r")
    }
  }

  @Test func conditionsThatAreNotThere() throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.table, "fruit.csv")
      try folder.expectFailure(
        ["train", "--data", "fruit.csv", "--out", "run", "--condition", "rype"], ["no column of fruit.csv", "ripe"])
    }
  }

  @Test func comparison() throws {
    try withRun { folder in
      try folder.vae("sample run --out rows.csv")
      let files = "fruit.csv rows.csv --holdout fruit.csv --target ripe"
      let object = try folder.vae("compare \(files) --out page.html --json").json()
      #expect(object["synthetic_rows"] as? Int == 240 && object["held_out_rows"] as? Int == 240)
      let shapes = try #require(object["column_shapes"] as? Double)
      #expect(shapes > 0.5 && shapes < 1)
      #expect(String(decoding: try folder.bytes("page.html"), as: UTF8.self).contains("pear, green"))
      let text = try folder.vae("compare \(files)").output
      #expect(text.contains("Column shapes") && text.contains("trained on synthetic rows"))
      // The real rows themselves are perfect, and none of them is new.
      let same = try folder.vae("compare fruit.csv fruit.csv --json").json()
      #expect(same["column_shapes"] as? Double == 1)
      #expect((same["new_rows"] as? [String: Any])?["share"] as? Double == 0)
      for (call, words) in [
        ("compare fruit.csv none.csv", ["none.csv"]), ("compare fruit.csv rows.csv --target ripe", ["--holdout"]),
        ("compare fruit.csv rows.csv --holdout fruit.csv --target weight", ["weight"]),
        ("compare fruit.csv rows.csv --out page.csv", [".html"]),
        ("compare fruit.csv rows.csv --out rows.csv", [".html"]),
      ] {
        try folder.expectFailure(call.split(separator: " ").map(String.init), words)
      }
    }
  }

  @Test func longerBeginsWithShorter() throws {
    try withRun { folder in
      try folder.vae("sample run --out long.csv --count 1300 --seed 4")
      let long = try lines(folder, "long.csv")
      for (count, threads) in [(1, 1), (600, 2), (1300, 3)] {
        try folder.vae("sample run --out short.csv --count \(count) --seed 4 --threads \(threads)")
        #expect(try lines(folder, "short.csv") == Array(long.prefix(count + 1)))
      }
      try folder.vae("sample run --out other.csv --count 600 --seed 5")
      #expect(try lines(folder, "other.csv") != Array(long.prefix(601)))
    }
  }

  /// The same bytes on any number of threads, and where a run was interrupted.
  @Test func sameModel() throws {
    try withRun("--threads 1") { folder in
      let model = try folder.bytes("run/model.safetensors")
      let options = "--data fruit.csv --hidden 8 --latent 2 --batch-size 40 --epochs 3"
      try folder.vae("train --out three --threads 3 \(options)")
      #expect(try folder.bytes("three/model.safetensors") == model)
      try folder.vae(
        "train --out begun \(options.replacing("--epochs 3", with: "--epochs 2")) --kl-warmup 15 --schedule constant")
      try folder.vae("train --out whole \(options) --kl-warmup 15 --schedule constant")
      try folder.vae("train --resume begun --epochs 3")
      #expect(try folder.bytes("begun/model.safetensors") == folder.bytes("whole/model.safetensors"))
    }
  }

  @Test func conditionsByName() throws {
    try withRun("--condition ripe,fruit") { folder in
      try folder.vae("sample run --out rows.csv --count 3000")
      let rows = try lines(folder, "rows.csv").dropFirst()
      let real = Self.table.split(separator: "\n").dropFirst()
      // As often as they were.
      for name in ["apple,", "fig,", ",yes,"] {
        let share = Double(rows.count { $0.contains(name) }) / 3000
        let expected = Double(real.count { $0.contains(name) }) / 240
        #expect(abs(share - expected) < 0.04, "\(name)")
      }
      try folder.vae("sample run --out figs.csv --count 100 --where fruit=fig --where ripe=no")
      #expect(try lines(folder, "figs.csv").dropFirst().allSatisfy { $0.hasPrefix("fig,") && $0.contains(",no,") })
      let pears = try Tool.run(
        ["sample", "run", "--out", "pears.csv", "--count", "20", "--where", "fruit=pear, green"], in: folder)
      #expect(pears.status == 0)
      #expect(try lines(folder, "pears.csv").dropFirst().allSatisfy { $0.hasPrefix("\"pear, green\",") })
      let output = try folder.vae("sample run --out light.csv --count 50 --where fruit=apple --where weight=0..2")
        .output
      #expect(output.contains("%"))
      for row in try lines(folder, "light.csv").dropFirst() {
        let cells = row.split(separator: ",")
        #expect(cells[0] == "apple" && Double(cells[1])! <= 2)
      }
      for call in ["evaluate run --data fruit.csv", "reconstruct run --data fruit.csv --out again.csv"] {
        try folder.vae(call)
      }
      try folder.vae("encode run --data fruit.csv --out codes.npy")
      try folder.vae("decode run --codes codes.npy --condition fruit.csv --out decoded.csv")
      // The condition is given, not made.
      let kinds = try lines(folder, "decoded.csv").map { $0.prefix(3) }
      #expect(kinds == Self.table.split(separator: "\n").map { $0.prefix(3) })
    }
  }

  @Test func numbersAsACondition() throws {
    try withRun("--condition size") { folder in
      try folder.vae("sample run --out rows.csv --count 40 --where size=1000..1100")
      for row in try lines(folder, "rows.csv").dropFirst() {
        #expect((1000...1100).contains(Int(row.split(separator: ",").last!)!))
      }
    }
  }

  @Test(arguments: [
    ("sample run --out x.csv --where fruit=grape", ["fruit", "grape", "apple", "fig"]),
    ("sample run --out x.csv --where colour=red", ["colour=red", "fruit, weight"]),
    ("sample run --out x.csv --where weight=99", ["weight", "99", "0", "never"]),
    ("sample run --out x.csv --where weight=3..1", ["weight", "3..1"]),
    ("sample run --out x.csv --where picked=monday", ["picked", "monday"]),
    ("sample run --out x.csv --where fruit=fig --where fruit=apple", ["fruit", "twice"]),
    ("sample run --out x.csv --where fruit=fig --max-draws 4096 --count 4000", ["4096", "--max-draws"]),
    ("sample run --out x.csv --max-draws 5", ["--where"]),
    ("sample run --out x.png", ["not images"]),
    ("sample run --out x.csv --count 0", ["--count", "0"]),
    ("sample run --out x.csv --label 1", ["no condition", "--label"]),
    ("sample run --out x.csv --draw --mean", ["--draw", "--mean"]),
    ("train --data fruit.csv --out y --condition colour,ripe", ["colour", "fruit, weight"]),
    ("train --data fruit.csv --out y --condition ripe,ripe", ["ripe", "twice"]),
    ("train --data fruit.csv --out y --condition fruit,weight,picked,ripe,size", ["none is left"]),
    ("train --data fruit.csv --out y --likelihood gaussian", ["fruit", "categories", "gaussian", "--likelihood"]),
    ("train --data fruit.csv --out y --preset gated-mlp", ["fruit", "categories", "bernoulli"]),
    ("train --data synthetic --out y --preset table", ["table", "synthetic"]),
    ("train --data huge.csv --out y", ["huge.csv", "weight", "1e+300"]),
    ("evaluate run --data unknown.csv", ["unknown.csv", "line 3", "kiwi", "--unknown"]),
  ])
  func refused(_ call: String, _ words: [String]) throws {
    try withRun { folder in
      try folder.write(
        "fruit,weight,picked,ripe,size\nfig,1.5,2024-03-11,no,1000\nkiwi,1.5,2024-03-11,no,1000\n", "unknown.csv")
      try folder.write("fruit,weight\nfig,1.5\napple,1e300\n", "huge.csv")
      try folder.expectFailure(call.split(separator: " ").map(String.init), words)
      #expect(!FileManager.default.fileExists(atPath: folder.file("x.csv")))
    }
  }

  /// Tables that have little to say.
  @Test(arguments: [
    "a,b\nx,1\n", "a\nx\ny\nx\n", "a,b\nx,5\nx,5\nx,5\n", "when,what\n2020-01-01,a\n2020-01-01,b\n",
    "a,b\nx,1.5\ny,1e12\n",
  ])
  func smallTables(_ text: String) throws {
    try withTemporaryFolder { folder in
      try folder.write(text, "small.csv")
      try folder.vae("train --data small.csv --out run --epochs 2")
      try folder.vae("sample run --out rows.csv --count 20")
      let rows = try lines(folder, "rows.csv")
      #expect(rows.count == 21 && rows[0] == text.split(separator: "\n")[0])
    }
  }
}
