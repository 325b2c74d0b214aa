import Foundation
import TestSupport
import Testing

/// The tool where address space is short, and with kernels that there are not.
struct AddressSpaceTests {
  @Test(.enabled(if: Tool.canLimitAddressSpace, "needs no sanitizer"), arguments: [250_000, 320_000, 600_000])
  func endsSoonWhateverItsAddressSpace(blocks: Int) throws {
    try withTemporaryFolder { folder in
      try folder.vae("train --data synthetic --hidden 8 --latent 2 --epochs 1 --out run")
      for arguments in ["--help", "inspect run", "data inspect synthetic"] {
        let result = try Tool.run(
          arguments.split(separator: " ").map(String.init), in: folder, addressSpaceLimit: blocks)
        #expect(result.exited && result.status == 0, "\(arguments): \(result.status) \(result.errors)")
      }
      let result = try Tool.run(
        ["encode", "run", "--data", "synthetic", "--out", "codes.npy"], in: folder, addressSpaceLimit: blocks)
      if result.status != 0 {
        #expect(result.exited && result.errors.contains("address space"), "\(result.status) \(result.errors)")
      }
      #expect(result.status == 0 || blocks < 600_000)
    }
  }

  @Test func kernelsThatThereAreNot() throws {
    try withTemporaryFolder { folder in
      let result = try Tool.run(
        "/usr/bin/env", ["VAECORE_SIMD=foo", Tool.path, "train", "--data", "synthetic", "--out", "run"], in: folder)
      #expect(result.exited && result.status == 1 && result.output.isEmpty)
      #expect(result.errors.contains("VAECORE_SIMD is \"foo\"; this processor has baseline"), "\(result.errors)")
      #expect(folder.names.isEmpty)
    }
  }
}
