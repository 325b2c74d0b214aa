import Foundation
import TestSupport
import Testing
import VAECore

/// `vae train --resume` goes on as if nothing had happened, or says why it does not.
struct ResumeCommandTests {
  private let small = "--hidden 8 --latent 2 --batch-size 16"

  static let settings = [
    "", "--samples 3 --gradient accumulated --clip-norm 5", "--optimizer adagrad --learning-rate 0.05 --validation 0.2",
    "--optimizer sgd --momentum 0.9 --schedule cosine --schedule-epochs 4 --warmup-steps 9",
    "--schedule plateau --schedule-epochs 1 --early-stopping 3 --learning-rate 0.3 --binarize dynamic",
    "--validation data/t10k-images --kl-warmup 2 --optimizer rmsprop", "--precision mixed",
    "--trim 0.2 --samples 2",
    "--precision mixed --samples 3 --gradient accumulated --clip-norm 5 --gated",
  ]

  /// More epochs, and any number of threads: a run of three epochs is one of one and two more.
  @Test(arguments: settings) func moreEpochs(settings: String) throws {
    try withRunData { folder in
      try folder.vae("train --data data --out straight \(small) --epochs 3 --checkpoint-steps 3 \(settings)")
      try folder.vae("train --data data --out parted \(small) --epochs 1 --checkpoint-steps 3 \(settings) --threads 1")
      try folder.vae("train --resume parted --epochs 3 --threads 3")
      try folder.expectSame("parted", "straight")
    }
  }

  /// From any checkpoint on, in the middle of an epoch too; what is there from later goes.
  @Test(arguments: settings) func anyCheckpoint(settings: String) throws {
    try withRunData { folder in
      let call = "train --data data --out straight \(small) --epochs 3 --checkpoint-steps 2 --keep 100 \(settings)"
      try folder.vae(call)
      let all = folder.checkpoints(of: "straight")
      #expect(all.count >= 10)
      for (index, last) in all.enumerated() where index % 3 == 0 {
        try FileManager.default.copyItem(atPath: folder.file("straight"), toPath: folder.file("cut"))
        for name in all where name > last { unlink(folder.file("cut" + name.dropFirst("straight".count))) }
        let result = try folder.vae("train --resume cut")
        #expect(result.output.contains("going on") == (last != all.last))
        try folder.expectSame("cut", "straight")
        try FileManager.default.removeItem(atPath: folder.file("cut"))
      }
    }
  }

  @Test func keepsTheLast() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 2 --checkpoint-steps 4 --keep 2")
      #expect(
        folder.checkpoints(of: "run").map { $0.suffix(14) } == ["12.safetensors", "14.safetensors"])
    }
  }

  @Test func finishedIsFinished() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 2")
      let before = try folder.bytes("run/model.safetensors")
      let result = try folder.vae("train --resume run --json")
      #expect(try result.json()["model"] as? String == "run/model.safetensors")
      #expect((try result.json()["metrics"] as? [String: Any])?["epoch"] as? Int == 2)
      #expect(try folder.vae("train --resume run").output.contains("finished after 2 epochs"))
      #expect(try folder.bytes("run/model.safetensors") == before)
      #expect(!folder.names.contains("run/.lock"))
    }
  }

  /// It ends where nothing improves, stays ended, and the best model is the least loss's.
  @Test func stopsEarly() throws {
    try withRunData { folder in
      let result = try folder.vae(
        "train --data data --out run \(small) --epochs 500 --early-stopping 2 --learning-rate 0.5")
      let losses = try folder.metrics(of: "run").map { line in
        try #require((line["test"] as? [String: Double])?["loss"])
      }
      #expect(losses.count < 500 && result.output.contains("no improvement for 2 epochs"))
      let best = losses.firstIndex(of: losses.min()!)!
      #expect(best == losses.count - 3)
      #expect(try Checkpoint<Float>(contentsOf: folder.file("run/best.safetensors")).epoch == best + 1)
      #expect(try folder.vae("train --resume run").output.contains("finished"))
      #expect(try folder.metrics(of: "run").count == losses.count)
    }
  }

  // MARK: What it refuses

  @Test func refusesAChangedConfiguration() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 1")
      let text = String(decoding: try folder.bytes("run/config.json"), as: UTF8.self)
      for (setting, other, words) in [
        ("\"seed\" : 0", "\"seed\" : 4", ["seed is 4", "and 0"]),
        ("\"activation\" : \"tanh\"", "\"activation\" : \"relu\"", ["activation", "relu", "tanh"]),
      ] {
        #expect(text.contains(setting))
        try folder.write(text.replacing(setting, with: other), "run/config.json")
        try folder.expectFailure(
          ["train", "--resume", "run", "--epochs", "2"], ["run/config.json", "step 7"] + words)
      }
    }
  }

  @Test func refusesChangedData() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 1")
      func expect(_ name: String, _ bytes: [UInt8], _ words: [String]) throws {
        let before = try folder.bytes("data/\(name)")
        try folder.write(bytes, "data/\(name)")
        try folder.expectFailure(["train", "--resume", "run", "--epochs", "2"], words)
        try folder.write(before, "data/\(name)")
      }
      var changed = idxImages(count: 100)
      changed[changed.count - 1] ^= 1
      try expect("train-images", changed, ["data", "train part", "other values"])
      try expect("train-images", idxImages(count: 99), ["train part", "99 data instead of 100"])
      try expect("t10k-images", idxImages(count: 31), ["test part", "31 data instead of 30"])
      unlink(folder.file("data/t10k-images"))
      try folder.expectFailure(["train", "--resume", "run", "--epochs", "2"], ["test part", "no longer"])
      try folder.write(idxImages(count: 30), "data/t10k-images")
      try folder.vae("train --resume run --epochs 2")
    }
  }

  @Test func refusesWhatIsNoRun() throws {
    try withRunData { folder in
      try folder.expectFailure(["train", "--resume", "none"], ["none"])
      try folder.expectFailure(["train", "--resume", "data"], ["data", "config.json"])
      try folder.expectFailure(["train"], ["--out"])
      try folder.vae("train --data data --out run \(small) --epochs 1")
      try FileManager.default.removeItem(atPath: folder.file("run/checkpoints"))
      try folder.expectFailure(["train", "--resume", "run"], ["run/checkpoints", "no checkpoint"])
    }
  }

  @Test func badOptions() throws {
    try withRunData { folder in
      try folder.write(idxImages(count: 20, side: 5), "other")
      func expect(_ options: String, _ words: [String]) throws {
        try folder.expectFailure(
          "train --data data/train-images --out run \(options)".split(separator: " ").map(String.init), words)
      }
      try expect("--early-stopping 2", ["test part", "--validation"])
      try expect("--schedule plateau", ["plateau", "--validation"])
      try expect("--early-stopping 0 --validation 0.1", ["early_stopping", "0"])
      try expect("--validation 1", ["between 0 and 1", "1"])
      try expect("--validation 0.001", ["0.001", "100 data"])
      try expect("--validation missing", ["missing", "There is no"])
      try expect("--validation other", ["36", "25", "other"])
      try expect("--checkpoint-steps 0", ["checkpoint_steps", "0"])
      try expect("--checkpoint-minutes 0", ["checkpoint_minutes", "0"])
      try expect("--keep 0", ["keep", "0"])
      try expect("--on-divergence hope", ["on-divergence", "rollback"])
    }
  }
}
