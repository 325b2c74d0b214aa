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
}
