import Foundation

/// A folder for one test's files.
package struct TemporaryFolder: Sendable {
  package let path: String

  /// The path of a file in the folder.
  package func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// Writes a file and gives its path.
  @discardableResult
  package func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: file(name)))
    return file(name)
  }

  /// Writes a text file and gives its path.
  @discardableResult
  package func write(_ text: String, _ name: String) throws -> String { try write(Array(text.utf8), name) }

  /// The bytes of a file.
  package func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: file(name)))) }

  /// Everything in the folder and the folders in it, hidden files included, in order.
  package var names: [String] { (FileManager.default.subpaths(atPath: path) ?? []).sorted() }
}

/// Runs a test in a new folder, and removes the folder afterwards.
package func withTemporaryFolder<R>(_ body: (TemporaryFolder) throws -> R) throws -> R {
  let url = FileManager.default.temporaryDirectory.appending(path: "vae-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(TemporaryFolder(path: url.path(percentEncoded: false)))
}
