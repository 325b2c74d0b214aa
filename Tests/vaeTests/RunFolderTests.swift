import Foundation
import TestSupport
import Testing
import VAECore

/// A run's folder is never half another run's, and a failure leaves the model that was there.
struct RunFolderTests {
  private func withRun(_ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 50), "data")
      try folder.vae("train --data data --out run --hidden 8 --latent 2 --epochs 1")
      try body(folder)
    }
  }

  private let again = ["train", "--data", "data", "--hidden", "60", "--latent", "2", "--epochs", "1"]

  @Test func refusesAnotherRun() throws {
    try withRun { folder in
      try folder.expectFailure(again + ["--out", "run"], ["run", "another run", "--overwrite"])
      let before = try folder.bytes("run/model.safetensors")
      try folder.vae((again + ["--out", "run", "--overwrite"]).joined(separator: " "))
      #expect(try folder.bytes("run/model.safetensors") != before)
      // Five files, and two checkpoints in their folder.
      #expect(folder.names.filter { $0.hasPrefix("run/") }.count == 8)
    }
  }

  /// What a folder holds besides is nobody's business.
  @Test func leavesOtherFilesAlone() throws {
    try withRun { folder in
      try folder.write("mine", "run/notes.txt")
      try folder.vae((again + ["--out", "run", "--overwrite"]).joined(separator: " "))
      #expect(try folder.bytes("run/notes.txt") == Array("mine".utf8))
    }
  }

  @Test func refusesAFile() throws {
    try withRun { folder in
      try folder.expectFailure(again + ["--out", "data"], ["data", "is a file"])
      try folder.expectFailure(again + ["--out", "data/run"], ["data/run", "Not a directory"])
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may write into read-only folders")) func refusesAReadOnlyFolder() throws {
    try withRun { folder in
      mkdir(folder.file("locked"), 0o500)
      try folder.expectFailure(again + ["--out", "locked/run"], ["locked/run", "Permission denied"])
      try folder.expectFailure(again + ["--out", "locked"], ["locked", "Permission denied"])
    }
  }

  /// No room for the first checkpoint: the run before stays, and nothing half written is left.
  @Test(.enabled(if: Tool.canLimitFiles)) func aFullDiskLeavesTheModel() throws {
    try withRun { folder in
      let model = try folder.bytes("run/model.safetensors")
      #expect(model.count < 8 * 1024)
      let result = try Tool.run(again + ["--out", "run", "--overwrite"], in: folder, fileLimit: 8)
      #expect(result.exited && result.status != 0)
      expectMessage(
        result.errors, ["run/checkpoints/step-000000000.safetensors", "too large"], "", #_sourceLocation)
      #expect(try folder.bytes("run/model.safetensors") == model)
      #expect(folder.names.allSatisfy { !$0.hasSuffix(".tmp") })
    }
  }

  /// Without a run before, the folder is free for the next try.
  @Test(.enabled(if: Tool.canLimitFiles)) func aFullDiskLeavesNoRun() throws {
    try withRun { folder in
      let result = try Tool.run(again + ["--out", "new"], in: folder, fileLimit: 1)
      #expect(result.exited && result.status == 1)
      #expect(folder.names.filter { $0.hasPrefix("new/") } == [])
      try folder.vae((again + ["--out", "new"]).joined(separator: " "))
    }
  }

  @Test(.enabled(if: Tool.canLimitFiles)) func aFullDiskLeavesNoHalfFiles() throws {
    try withRun { folder in
      try folder.write(idxImages(count: 500), "many")
      for command in ["encode run --data many --out out.npy", "sample run --out out.png --count 100"] {
        try folder.expectFailure(
          command.split(separator: " ").map(String.init), ["out.", "too large"], fileLimit: 1)
      }
    }
  }

  /// A model that diverged is not written: it could not be read. What there was before is named.
  @Test func aDivergedModelIsNotWritten() throws {
    try withRun { folder in
      let result = try Tool.run(
        again + ["--out", "run", "--overwrite", "--learning-rate", "1e39"], in: folder)
      #expect(result.exited && result.status != 0)
      expectMessage(
        result.errors,
        ["encoder.0.weight", "step 1", "learning rate", "run/checkpoints/step-000000000.safetensors"], "",
        #_sourceLocation)
      #expect(
        folder.names.filter { $0.hasPrefix("run/") }
          == ["run/checkpoints", "run/checkpoints/step-000000000.safetensors", "run/config.json", "run/metrics.jsonl"])
    }
  }
}
