import Foundation
import TestSupport
import Testing
import VAECore

/// `--precision mixed`: the same model on every processor, and a run goes on as it began.
struct PrecisionCommandTests {
  /// The numbers of a model file, without the header, which tells the level.
  private func tensors(_ path: String, in folder: TemporaryFolder) throws -> [UInt8] {
    let bytes = try folder.bytes(path)
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return Array(bytes.dropFirst(8 + length))
  }

  /// With the processor's instruction and without it: levels whose other kernels are the same.
  @Test(.enabled(if: VectorLevel.avx512bf16.isSupported)) func instructionsChangeNothing() throws {
    try withRunData { folder in
      let models = try ["avx512", "avx512bf16"].map { level in
        let result = try Tool.run(
          "/usr/bin/env",
          [
            "VAECORE_SIMD=\(level)", Tool.path, "train", "--data", "data", "--out", level, "--hidden", "70", "--epochs",
            "2", "--precision", "mixed",
          ], in: folder)
        #expect(result.status == 0, "\(result.errors)")
        return try tensors("\(level)/model.safetensors", in: folder)
      }
      #expect(models[0] == models[1] && models[0].contains { $0 != 0 })
    }
  }

  @Test func isRecorded() throws {
    try withRunData { folder in
      let mixed = try folder.vae("train --data data --out mixed --hidden 8 --epochs 1 --precision mixed")
      let full = try folder.vae("train --data data --out full --hidden 8 --epochs 1")
      #expect(mixed.output.contains("mixed precision: this processor") && !full.output.contains("mixed precision"))
      #expect(try tensors("mixed/model.safetensors", in: folder) != tensors("full/model.safetensors", in: folder))
      for (run, other) in [("mixed", "full"), ("full", "mixed")] {
        let result = try Tool.run(
          ["train", "--resume", run, "--epochs", "2", "--precision", other], in: folder)
        #expect(result.status != 0 && result.errors.contains("precision"), "\(result.errors)")
      }
      try folder.vae("train --resume mixed --epochs 2 --precision mixed")
    }
  }

  /// A model is asked in single precision, however it was trained, unless mixed is asked for.
  @Test func questions() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run --hidden 70 --epochs 1 --precision mixed")
      for (question, file) in [
        ("score run --data data --out", "csv"), ("score run --data data --importance-samples 5 --out", "csv"),
        ("encode run --data data --out", "csv"),
      ] {
        let answers = try ["", " --precision full", " --precision mixed"].enumerated().map { index, option in
          try folder.vae("\(question) \(index).\(file)\(option)")
          return try folder.bytes("\(index).\(file)")
        }
        #expect(answers[0] == answers[1] && answers[0] != answers[2], "\(question)")
      }
      try folder.vae("encode run --data data --out codes.npy")
      let decoded = try ["full", "mixed"].map { precision in
        try folder.vae("decode run --codes codes.npy --out x.npy --precision \(precision)")
        return try folder.bytes("x.npy")
      }
      #expect(decoded[0] != decoded[1])
      let losses = try ["full", "mixed"].map { precision in
        let evaluation = try folder.vae("evaluate run --data data --json --precision \(precision)").json()
        return (evaluation["loss"] as? [String: Any])?["loss"] as? Double
      }
      #expect(losses[0] != nil && losses[0] != losses[1] && abs(losses[0]! - losses[1]!) < 0.01 * losses[0]!)
    }
  }

  /// The proof says what it is of.
  @Test func verification() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run --hidden 8 --epochs 1 --precision mixed")
      let mixed = try folder.vae("verify --model run --quotients 3").output
      #expect(mixed.contains("Rounding: ") && mixed.contains("All gradients are right"))
      #expect(mixed.contains("numbers of 8 bits"))
      let full = try folder.vae("verify --model run --quotients 3 --precision full").output
      #expect(!full.contains("Rounding: "))
      let json = try folder.vae("verify --precision mixed --json").json()
      let rounding = try #require(json["rounding"] as? [[String: Any]])
      #expect(rounding.count > 3)
      #expect(
        rounding.allSatisfy { ($0["single"] as? Double ?? 1) < 1e-5 && ($0["mixed"] as? Double ?? 1) < 0x1p-5 })
    }
  }

  /// Where mixed precision takes half the time, a run says so, once, and not where it is used or would not pay.
  @Test func advice() throws {
    try withRunData { folder in
      let advice = "--precision mixed takes about half the time"
      let large = try folder.vae("train --data data --out run --hidden 2000 --epochs 1").output
      #expect(large.contains(advice) == VectorLevel.avx512bf16.isSupported)
      #expect(!(try folder.vae("train --data data --out small --hidden 8 --epochs 1").output.contains(advice)))
      // Its variance may become so small that 8 bits cost likelihood.
      let narrow = "train --data data --out narrow --hidden 2000 --epochs 1 --likelihood gaussian --variance learned"
      #expect(!(try folder.vae(narrow).output.contains(advice)))
      #expect(
        !(try folder.vae("train --data data --out mixed --hidden 2000 --epochs 1 --precision mixed").output
          .contains(advice)))
    }
  }
}
