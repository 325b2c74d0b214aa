import Foundation
import Testing
import VAECore

struct VectorLevelTests {
  @Test func byName() throws {
    let supported = VectorLevel.allCases.filter(\.isSupported)
    for level in supported { #expect(try VectorLevel.level(named: level.name).get() == level) }
    #expect(try VectorLevel.level(named: nil).get() == supported.last)
  }

  /// A name of no level, or of one that the processor does not have, is an error that tells those that it has.
  @Test func whatThereIsNot() {
    let missing = VectorLevel.allCases.filter { !$0.isSupported }.map(\.name)
    for name in ["foo", "", "AVX2"] + missing {
      let error = #expect(throws: VAEError.self) { try VectorLevel.level(named: name).get() }
      let text = error?.description ?? ""
      #expect(
        error?.kind == .configuration && text.contains("VAECORE_SIMD is \"\(name)\"; this processor has baseline"))
      #expect(VectorLevel.allCases.filter(\.isSupported).allSatisfy { text.contains($0.name) })
    }
  }

  @Test func isThrownByModels() async {
    await #expect(processExitsWith: .success) {
      setenv("VAECORE_SIMD", "foo", 1)
      #expect(throws: VAEError.self) { try VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 4)) }
      // What needs no level goes on with the best.
      #expect(VectorLevel.current == VectorLevel.allCases.last(where: \.isSupported))
    }
  }
}
