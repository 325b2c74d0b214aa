import Foundation
import TestSupport
import Testing

/// `Benchmarks/compare` rejects what was measured while the machine was busy, and shows ratios of rounds.
struct ComparisonTests {
  private static let python = Python(with: "unittest")

  @Test(.enabled(if: python != nil, "needs a Python; set VAE_PYTHON to one"))
  func itsOwnTestsPass() throws {
    let tests = URL(filePath: #filePath).appending(path: "../../../Benchmarks/compare_tests.py").standardized
    // Python says on the other channel what failed: the file says how to run it.
    #expect(try #require(Self.python).run([tests.path]).status == 0, "python3 \(tests.path)")
  }
}
