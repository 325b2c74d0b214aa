import Foundation

/// A file of data in Tests/Fixtures/formats, written by NumPy or safetensors through the script there.
package func formatFixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/formats/\(name)")
    .standardizedFileURL.path(percentEncoded: false)
}

/// The bytes of such a file.
package func formatFixtureBytes(_ name: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(filePath: formatFixture(name))))
}

/// The numbers `[5, 3]` in them.
package let fixtureNumbers: [Float] = [0.5, -1.25, 3, 0, 100, -0.0625, 7, 8, 9, -2048, 0.125, 1, 5, 6, -7.5]
/// The images `[4, 2, 3]` in them.
package let fixtureImages: [UInt8] = (0..<24).map { UInt8(truncatingIfNeeded: $0 * 37) }
