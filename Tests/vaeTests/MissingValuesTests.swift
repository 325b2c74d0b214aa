import Foundation
import TestSupport
import Testing
import VAECore

/// What stands for a missing value belongs to the model: the means of the data that it was trained on.
struct MissingValuesTests {
  private let small = "--hidden 4 --latent 1 --likelihood gaussian --epochs 2 --batch-size 16 --seed 3"

  /// A table for training whose means are 0.5 and −2, `other.csv` with means of 5 and 1, and that completed by the training
  /// set's means, by its own, and by zeros.
  private func withTables(_ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let rows = (0..<40).map { "\($0 % 2 == 0 ? "0.25" : "0.75"),\($0 % 2 == 0 ? "-1" : "-3")\n" }.joined()
      try folder.write("a,b\n" + rows + "NA,-2\n0.5,\n", "table.csv")
      func write(_ name: String, _ a: String, _ b: String) throws {
        try folder.write("a,b\n4,1.5\n\(a),0.5\n6,\(b)\n", name)
      }
      try write("other.csv", "NA", "?")
      try write("training.csv", "0.5", "-2")
      try write("own.csv", "5", "1")
      try write("zero.csv", "0", "0")
      try body(folder)
    }
  }

  private func scores(_ call: String, _ folder: TemporaryFolder) throws -> [UInt8] {
    try folder.vae("score \(call) --out scores.npy")
    return try folder.bytes("scores.npy")
  }

  @Test func everyCommandTakesTheTrainingSetsMeans() throws {
    try withTables { folder in
      try folder.vae("train --data table.csv --missing mean --out run \(small)")
      let model = try Checkpoint<Float>(contentsOf: folder.file("run/model.safetensors")).model
      #expect(model.substitutes == [0.5, -2] && model.converted(to: Double.self).substitutes == [0.5, -2])
      // As the run's settings say, or where there are none, as one says.
      try FileManager.default.copyItem(atPath: folder.file("run/model.safetensors"), toPath: folder.file("model"))
      let expected = try scores("run --data training.csv", folder)
      #expect(try scores("run --data other.csv", folder) == expected)
      #expect(try scores("model --data other.csv --missing mean", folder) == expected)
      #expect(try scores("run --data own.csv", folder) != expected)
      #expect(try scores("run --data other.csv --missing zero", folder) == scores("run --data zero.csv", folder))
      let call = ["--data", "other.csv", "--out", "x.npy"]
      try folder.expectFailure(["score", "model"] + call, ["other.csv", "line 3", "missing"])
      try folder.expectFailure(
        ["score", "run", "--columns-used", "a"] + call, ["other.csv", "1 values", "had 2"])

      for name in ["other", "training"] { try folder.vae("encode run --data \(name).csv --out \(name).npy") }
      #expect(try folder.bytes("other.npy") == folder.bytes("training.npy"))
      for call in ["evaluate run --json", "explain --model run --weight w1 --datum 1 --json"] {
        let outputs = try ["other", "training"].map { try folder.vae("\(call) --data \($0).csv").output }
        #expect(outputs[0] == outputs[1], "\(call)")
      }
    }
  }

  /// Means need a pass of their own only where nobody knows them yet.
  @Test func standardInput() throws {
    try withTables { folder in
      try folder.vae("train --data table.csv --missing mean --out run \(small)")
      try folder.vae("train --data training.csv --out plain \(small)")
      func score(_ model: String) throws -> Tool.Result {
        let call = "\"$0\" score \(model) --data - --missing mean --out piped.npy < other.csv"
        return try Tool.run("/bin/bash", ["-c", call, Tool.path], in: folder)
      }
      let result = try score("run")
      #expect(result.status == 0, "\(result.errors)")
      #expect(try folder.bytes("piped.npy") == scores("run --data training.csv", folder))
      let refused = try score("plain")
      #expect(refused.exited && refused.status != 0)
      expectMessage(refused.errors, ["standard input", "file", "vae data convert"], "", #_sourceLocation)
    }
  }

  /// A model that knows no means leaves data to their own.
  @Test func modelsWithoutMeans() throws {
    try withTables { folder in
      for (name, settings) in [("plain", "training.csv"), ("zero", "table.csv --missing zero")] {
        try folder.vae("train --data \(settings) --out \(name) \(small)")
        #expect(try Checkpoint<Float>(contentsOf: folder.file("\(name)/model.safetensors")).model.substitutes == nil)
        #expect(
          try scores("\(name) --data other.csv --missing mean", folder) == scores("\(name) --data own.csv", folder))
      }
    }
  }

  /// The means are those of what is left to train on, and of nothing that is set aside.
  @Test func setAside() throws {
    try withTemporaryFolder { folder in
      let rows = (0..<40).map { "\($0 % 7 == 3 ? "" : "\($0 * $0)"),\($0)\n" }
      try folder.write("a,b\n" + rows.joined(), "table.csv")
      try folder.vae("train --data table.csv --missing mean --validation 0.5 --standardize --out run \(small)")
      let model = try Checkpoint<Float>(contentsOf: folder.file("run/model.safetensors")).model
      let (means, centre) = try (#require(model.substitutes), #require(model.standardization).means)
      // What stands for a missing value is the mean of the others, and so moves no mean.
      #expect(zip(means, centre).allSatisfy { abs($0 - $1) < 1e-9 * abs($1) }, "\(means), \(centre)")
      let all = (0..<40).filter { $0 % 7 != 3 }.map { Double($0 * $0) }
      #expect(abs(means[0] - all.reduce(0, +) / Double(all.count)) > 1)
      try folder.vae("train --resume run --epochs 3")
      // The same set aside as a file gives the same means.
      #expect(try folder.vae("inspect run --json").json()["substitutes"] as? [Double] == means)
    }
  }

  /// A model that centres its columns knows their means, without having met a missing value.
  @Test func meansOfStandardizedData() throws {
    try withTables { folder in
      try folder.vae("train --data training.csv --standardize --out run \(small)")
      let model = try Checkpoint<Float>(contentsOf: folder.file("run/model.safetensors")).model
      #expect(model.substitutes == nil && model.knownMeans == model.standardization?.means)
      try folder.write("a,b\n4,NA\n", "one.csv")
      try folder.vae("score run --data one.csv --missing mean --out one.npy")
      try folder.write("a,b\n4,\(model.standardization!.means[1])\n", "whole.csv")
      try folder.vae("score run --data whole.csv --out whole.npy")
      #expect(try folder.bytes("one.npy") == folder.bytes("whole.npy"))
    }
  }

  /// A run is judged by data that are completed as those that it is trained on, also where it is resumed.
  @Test func validation() throws {
    try withTables { folder in
      for name in ["other", "training"] {
        try folder.vae("train --data table.csv --missing mean --validation \(name).csv --out \(name) \(small)")
      }
      #expect(try folder.metrics(of: "other") == folder.metrics(of: "training"))
      for name in ["other", "training"] { try folder.vae("train --resume \(name) --epochs 3") }
      #expect(try folder.metrics(of: "other") == folder.metrics(of: "training"))
      for name in ["model", "best"] {
        let model = try Checkpoint<Float>(contentsOf: folder.file("other/\(name).safetensors")).model
        #expect(model.substitutes == [0.5, -2])
      }
    }
  }

  @Test func inspectShowsThem() throws {
    try withTables { folder in
      try folder.vae("train --data table.csv --missing mean --out run \(small)")
      try folder.vae("train --data training.csv --out plain \(small)")
      let text = try folder.vae("inspect run").output
      #expect(text.contains("missing becomes") && text.contains("0.5") && text.contains("-2"), "\(text)")
      #expect(try folder.vae("inspect run --json").json()["substitutes"] as? [Double] == [0.5, -2])
      #expect(try !folder.vae("inspect plain").output.contains("missing"))
      #expect(try folder.vae("inspect plain --json").json()["substitutes"] == nil)
    }
  }
}
