import Foundation
import TestSupport
import Testing
import VAECore

/// A run goes on where its data are now, if they are the same; and says what more epochs change.
struct MovedRunTests {
  private let small = "--hidden 8 --latent 2 --batch-size 16"

  private func settings(of run: String, _ folder: TemporaryFolder) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(folder.bytes(run + "/config.json"))) as? [String: Any])
  }

  @Test func dataMayMove() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out straight \(small) --epochs 2")
      try folder.vae("train --data data --out run \(small) --epochs 1")
      try FileManager.default.moveItem(atPath: folder.file("data"), toPath: folder.file("elsewhere"))
      try folder.expectFailure(["train", "--resume", "run", "--epochs", "2"], ["data", "There is no"])
      try folder.vae("train --resume run --data elsewhere --epochs 2")
      #expect(try settings(of: "run", folder)["data"] as? String == "elsewhere")
      #expect(try folder.bytes("run/model.safetensors") == folder.bytes("straight/model.safetensors"))
      // And it is remembered.
      try folder.vae("train --resume run --epochs 3")
    }
  }

  @Test func allThatBelongsToTheDataMayMove() throws {
    try withRunData { folder in
      try folder.write(idxFile(dimensions: [100], elements: (0..<100).map { UInt8($0 % 3) }), "labels")
      try folder.write(idxFile(dimensions: [30], elements: (0..<30).map { UInt8($0 % 3) }), "other-labels")
      try folder.write((0..<100).map { "\($0 % 5 + 1)\n" }.joined(), "weights.csv")
      let data = "--data data/train-images --condition labels.idx --weights weights.csv"
      rename(folder.file("labels"), folder.file("labels.idx"))
      rename(folder.file("other-labels"), folder.file("other-labels.idx"))
      let validation = "--validation data/t10k-images --validation-condition other-labels.idx"
      try folder.vae("train \(data) \(validation) --out straight \(small) --epochs 2")
      try folder.vae("train \(data) \(validation) --out run \(small) --epochs 1")
      mkdir(folder.file("new"), 0o700)
      for name in ["labels.idx", "other-labels.idx", "weights.csv"] {
        rename(folder.file(name), folder.file("new/" + name))
      }
      rename(folder.file("data"), folder.file("new/data"))
      try folder.vae(
        "train --resume run --epochs 2 --data new/data/train-images --condition new/labels.idx --weights new/weights.csv "
          + "--validation new/data/t10k-images --validation-condition new/other-labels.idx")
      let settings = try settings(of: "run", folder)
      for (name, place) in [
        ("data", "new/data/train-images"), ("condition", "new/labels.idx"), ("weights", "new/weights.csv"),
        ("validation", "new/data/t10k-images"), ("validation_condition", "new/other-labels.idx"),
      ] { #expect(settings[name] as? String == place) }
      #expect(try folder.bytes("run/model.safetensors") == folder.bytes("straight/model.safetensors"))
      #expect(try folder.bytes("run/best.safetensors") == folder.bytes("straight/best.safetensors"))
    }
  }

  @Test func otherDataAreRefused() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 1 --validation 0.2")
      mkdir(folder.file("other"), 0o700)
      var changed = idxImages(count: 100)
      changed[changed.count - 1] ^= 1
      try folder.write(changed, "other/train-images")
      try folder.write(idxImages(count: 30), "other/t10k-images")
      func expect(_ options: String, _ words: [String]) throws {
        try folder.expectFailure(["train", "--resume", "run"] + options.split(separator: " ").map(String.init), words)
      }
      try expect("--data other --epochs 2", ["other", "part", "other values"])
      try expect("--data data/train-images --epochs 2", ["data/train-images", "test part", "no longer"])
      // A part of the training data is not somewhere.
      try expect("--validation data/t10k-images", ["validation", "0.2"])
      try expect("--validation 0.3", ["validation", "0.2", "0.3"])
      try expect("--missing zero", ["missing"])
      try expect("--seed 3", ["seed"])
      try expect("--condition labels", ["condition"])
      try expect("--weights other/train-images", ["weights"])
    }
  }

  /// The condition and the weights are the data's, too.
  @Test func otherConditionsAreRefused() throws {
    try withRunData { folder in
      try folder.write((0..<100).map { "\($0 % 3)\n" }.joined(), "labels.csv")
      try folder.write((0..<100).map { "\($0 % 2 + $0 / 98)\n" }.joined(), "others.csv")
      try folder.write((0..<100).map { "\($0 % 5 + 1)\n" }.joined(), "weights.csv")
      try folder.vae(
        "train --data data/train-images --condition labels.csv --weights weights.csv --out run \(small) --epochs 1")
      for option in ["--condition", "--weights"] {
        try folder.expectFailure(
          ["train", "--resume", "run", "--epochs", "2", option, "others.csv"], ["other values"])
      }
    }
  }

  @Test func moreEpochsThatChangeTheScheduleAreAnnounced() throws {
    try withRunData { folder in
      for (settings, isAnnounced) in [
        ("--schedule cosine", true), ("--schedule cosine --schedule-epochs 4", false),
        ("--schedule exponential", false),
        ("", false),
      ] {
        try folder.vae("train --data data --out run \(small) --epochs 2 \(settings) --overwrite")
        #expect(!(try folder.vae("train --resume run --epochs 2").output.contains("schedule")))
        let output = try folder.vae("train --resume run --epochs 4").output
        let lines = output.split(separator: "\n").filter { $0.contains("schedule") }
        #expect(lines.count == (isAnnounced ? 1 : 0))
        if isAnnounced {
          #expect(["cosine", "4 epochs", "not 2"].filter { !lines[0].contains($0) } == [], "\(lines)")
        }
      }
    }
  }
}
