import Foundation
import TestSupport
import Testing
import VAECore

/// A run whose checkpoints are damaged, of a newer version, or could not be written.
struct DamagedRunTests {
  private let small = "--hidden 8 --latent 2 --batch-size 16"

  @Test func namesADamagedCheckpointAndTakesTheOneBefore() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out straight \(small) --epochs 3")
      try folder.vae("train --data data --out run \(small) --epochs 2")
      let newest = try #require(folder.checkpoints(of: "run").last)
      try folder.write(Array(folder.bytes(newest).dropLast(7)), newest)
      let result = try folder.vae("train --resume run --epochs 3")
      #expect(result.errors.contains(newest) && result.errors.contains("Going on from run/checkpoints/step-000000007"))
      try folder.expectSame("run", "straight")
      #expect(folder.names.contains(newest + ".damaged"))
    }
  }

  @Test func refusesWhereAllAreDamaged() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 1")
      for name in folder.checkpoints(of: "run") { try folder.write("nothing", name) }
      let result = try Tool.run(["train", "--resume", "run", "--epochs", "2"], in: folder)
      #expect(result.exited && result.status != 0)
      expectMessage(result.errors, ["run/checkpoints", "step-000000007"], "", #_sourceLocation)
    }
  }

  @Test func refusesANewerVersion() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 1")
      let newest = try #require(folder.checkpoints(of: "run").last)
      let text = "\"version\":\"3\""
      var bytes = try folder.bytes(newest)
      let place = try #require(Data(bytes).range(of: Data(text.utf8)))
      bytes.replaceSubrange(place, with: Array(text.replacing("3", with: "7").utf8))
      try folder.write(bytes, newest)
      try folder.expectFailure(["train", "--resume", "run", "--epochs", "2"], [newest, "version 7", "newer"])
    }
  }

  /// A save that fails leaves the checkpoint before, and says so; with room again it goes on.
  @Test(.enabled(if: Tool.canLimitFiles)) func aFullDiskLeavesTheLastCheckpoint() throws {
    try withRunData { folder in
      let settings = "\(small) --hidden 60 --epochs 3"
      try folder.vae("train --data data --out straight \(settings)")
      // The metrics grow with each epoch, behind files that fit; the model's size stays.
      try folder.vae("train --data data --out run \(settings) --epochs 1")
      let before = try Dictionary(
        uniqueKeysWithValues: folder.checkpoints(of: "run").map { ($0, try folder.bytes($0)) })
      let model = try folder.bytes("run/model.safetensors")
      let limit = model.count / 1024
      let result = try Tool.run(
        ["train", "--resume", "run", "--epochs", "3"], in: folder, fileLimit: limit)
      #expect(result.exited && result.status != 0)
      expectMessage(
        result.errors, ["too large", "unchanged", "last good checkpoint", "step-000000007", "--resume run"], "",
        #_sourceLocation)
      #expect(try folder.bytes("run/model.safetensors") == model)
      for (name, bytes) in before { #expect(try folder.bytes(name) == bytes) }
      #expect(folder.names.allSatisfy { !$0.hasSuffix(".tmp") })
      try folder.vae("train --resume run")
      try folder.expectSame("run", "straight")
    }
  }

  // MARK: Contradictions

  @Test func refusesOtherSettings() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 2 --learning-rate 0.002")
      func expect(_ options: String, _ words: [String]) throws {
        try folder.expectFailure(
          "train --resume run \(options)".split(separator: " ").map(String.init), words)
      }
      try expect("--latent 3", ["latent", "2", "3"])
      try expect("--optimizer sgd", ["optimizer", "adam", "sgd"])
      try expect("--learning-rate 0.001", ["learning_rate", "0.002", "0.001"])
      try expect("--bound iwae", ["bound", "iwae"])
      try expect("--data synthetic", ["data", "synthetic"])
      try expect("--validation 0.5", ["validation", "0.5", "left out"])
      try expect("--checkpoint-steps 5", ["checkpoint_steps", "5"])
      try expect("--preset gated-mlp", ["setting", "not"])
      try expect("--epochs 1", ["2 epochs", "1"])
      try expect("--out other", ["--out"])
      try expect("--overwrite", ["--overwrite"])
      // The same once more is no contradiction.
      try folder.vae("train --resume run \(small) --learning-rate 0.002 --beta 1 --epochs 3")
    }
  }
}
