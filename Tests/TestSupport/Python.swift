import Foundation

/// A Python, for programs that are independent of ours.
package struct Python: Sendable {
  private let path: String

  /// One that has some modules: VAE_PYTHON, or the one on the PATH; nil where neither has.
  package init?(with modules: String...) {
    let candidates = [ProcessInfo.processInfo.environment["VAE_PYTHON"], "python3"].compactMap { $0 }
    let program = "import " + modules.joined(separator: ", ")
    guard let path = candidates.first(where: { (try? Python(path: $0).run(["-c", program]))?.status == 0 }) else {
      return nil
    }
    self.path = path
  }

  private init(path: String) { self.path = path }

  /// Runs a program with its arguments, in a folder or here: its status, and what it printed.
  package func run(_ arguments: [String], in folder: TemporaryFolder? = nil) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [path] + arguments
    if let folder { process.currentDirectoryURL = URL(filePath: folder.path) }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
