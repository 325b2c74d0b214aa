import Foundation

/// A compiler of C, for libraries that a test loads.
package struct CCompiler: Sendable {
  private let name: String

  /// Clang, which comes with Swift, or the system's; nil where there is neither.
  package init?() {
    guard let name = ["clang", "cc"].first(where: { (try? Self.run([$0, "--version"])) == 0 }) else { return nil }
    self.name = name
  }

  /// Makes a library of a file in Tests/Fixtures, with definitions as "WRONG=1", and gives its path.
  package func library(of fixture: String, _ definitions: [String] = [], in folder: TemporaryFolder) throws -> String {
    let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/\(fixture)")
    let name = ([fixture] + definitions).joined(separator: "-") + ".so"
    let library = folder.file(name)
    let arguments =
      [self.name, "-O1", "-fPIC", "-shared"] + definitions.map { "-D" + $0 }
      + [source.standardizedFileURL.path(percentEncoded: false), "-o", library]
    let status = try Self.run(arguments)
    if status != 0 { throw Failure(description: "\(arguments.joined(separator: " ")) ended with \(status)") }
    return library
  }

  private struct Failure: Error, CustomStringConvertible { let description: String }

  private static func run(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
