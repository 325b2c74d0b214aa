import Foundation
import TestSupport
import Testing

/// When a run is saved.
struct RunPolicyTests {
  /// A time that is always up saves after each step, one that never is saves at the ends of epochs, as none does; and
  /// neither changes what comes out.
  @Test func savesEverySoManyMinutes() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 100), "data")
      let settings = "--hidden 8 --latent 2 --batch-size 30 --epochs 2 --keep 1000"
      func steps(_ run: String, _ option: String) throws -> [Int] {
        try folder.vae("train --data data --out \(run) \(settings) \(option)")
        return folder.steps(of: run)
      }
      #expect(try steps("always", "--checkpoint-minutes 1e-12") == Array(0...8))
      #expect(try steps("never", "--checkpoint-minutes 1e6") == [0, 4, 8])
      #expect(try steps("none", "") == [0, 4, 8])
      for name in ["model.safetensors", "samples.png"] {
        #expect(try folder.bytes("always/\(name)") == folder.bytes("none/\(name)"))
      }
      #expect(try folder.metrics(of: "always") == folder.metrics(of: "none"))
      // Where a checkpoint is due is no part of the state: a run goes on from one that was made by time.
      for name in folder.checkpoints(of: "always").suffix(3) { unlink(folder.file(name)) }
      try folder.vae("train --resume always")
      #expect(folder.steps(of: "always") == Array(0...8))
      #expect(try folder.bytes("always/model.safetensors") == folder.bytes("none/model.safetensors"))
    }
  }
}
