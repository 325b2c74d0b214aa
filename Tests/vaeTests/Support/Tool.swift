import Foundation
import TestSupport
import Testing

/// The built `vae`, run as a person runs it.
enum Tool {
  struct Result {
    let status: Int32
    /// Whether it ended by itself, not by a signal.
    let exited: Bool
    let output: String
    let errors: String

    /// Standard output as a JSON object.
    func json() throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
  }

  /// The program lies beside the test bundle.
  static let path: String = {
    #if os(macOS)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }!.bundleURL
    #else
      let bundle = Bundle.main.executableURL!
    #endif
    return bundle.deletingLastPathComponent().appending(path: "vae").path(percentEncoded: false)
  }()

  /// The benchmark executable, beside it.
  static var benchmark: String { path + "-bench" }

  /// Runs `vae` in a folder, until it ends.
  static func run(_ arguments: [String], in folder: TemporaryFolder) throws -> Result {
    try run(path, arguments, in: folder)
  }

  /// Runs `vae` with files limited to `blocks` of 1024 bytes.
  static func run(_ arguments: [String], in folder: TemporaryFolder, fileLimit blocks: Int) throws -> Result {
    try run(arguments, in: folder, limit: "-f \(blocks)")
  }

  /// Runs `vae` with so many files open at most.
  static func run(_ arguments: [String], in folder: TemporaryFolder, openFileLimit count: Int) throws -> Result {
    try run(arguments, in: folder, limit: "-n \(count)")
  }

  /// Runs `vae` with so many blocks of 1024 bytes of address space, for at most a minute.
  static func run(_ arguments: [String], in folder: TemporaryFolder, addressSpaceLimit blocks: Int) throws -> Result {
    try run(
      "/bin/bash", ["-c", "ulimit -v \(blocks); exec timeout -s KILL 60 \"$0\" \"$@\"", path] + arguments, in: folder)
  }

  /// Sanitizers map terabytes.
  static let canLimitAddressSpace = ProcessInfo.processInfo.environment["VAE_SANITIZER"] == nil

  private static func run(_ arguments: [String], in folder: TemporaryFolder, limit: String) throws -> Result {
    try run("/bin/bash", ["-c", "ulimit \(limit); exec \"$0\" \"$@\"", path] + arguments, in: folder)
  }

  /// ThreadSanitizer does not start in a process whose files are limited.
  static let canLimitFiles = ProcessInfo.processInfo.environment["VAE_SANITIZER"] != "thread"

  /// AddressSanitizer refuses to load a library whose calls are looked up in itself first.
  static let canLoadLibraries = ProcessInfo.processInfo.environment["VAE_SANITIZER"] == nil

  static func run(_ program: String, _ arguments: [String], in folder: TemporaryFolder) throws -> Result {
    // Into files of another folder: pipes could fill up, and tests look at what is left in theirs.
    try withTemporaryFolder { streams in
      let process = Process()
      process.executableURL = URL(filePath: program)
      process.arguments = arguments
      process.currentDirectoryURL = URL(filePath: folder.path)
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle(forWritingAtPath: try streams.write("", "output"))
      process.standardError = FileHandle(forWritingAtPath: try streams.write("", "errors"))
      try process.run()
      process.waitUntilExit()
      return Result(
        status: process.terminationStatus, exited: process.terminationReason == .exit,
        output: String(decoding: try streams.bytes("output"), as: UTF8.self),
        errors: String(decoding: try streams.bytes("errors"), as: UTF8.self))
    }
  }
}

extension TemporaryFolder {
  /// Runs `vae` here with arguments separated by spaces, expects it to succeed, and gives what it printed.
  @discardableResult
  func vae(_ arguments: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Tool.Result {
    let result = try Tool.run(arguments.split(separator: " ").map(String.init), in: self)
    #expect(result.exited && result.status == 0, "vae \(arguments): \(result.errors)", sourceLocation: sourceLocation)
    return result
  }

  /// Runs `vae` here with arguments separated by spaces, and with a text as standard input, where there is one.
  func run(_ arguments: String, input: String? = nil) throws -> Tool.Result {
    guard let input else { return try Tool.run(arguments.split(separator: " ").map(String.init), in: self) }
    return try withTemporaryFolder { folder in
      let file = try folder.write(input, "input")
      return try Tool.run("/bin/bash", ["-c", "cat \(file) | \"$0\" \(arguments)", Tool.path], in: self)
    }
  }

  /// Runs `vae` here, and expects it to fail with a short message that holds the words, and to leave nothing behind.
  func expectFailure(
    _ arguments: [String], _ words: [String], fileLimit: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = try Dictionary(uniqueKeysWithValues: names.map { ($0, try contents($0)) })
    let result =
      try fileLimit.map { try Tool.run(arguments, in: self, fileLimit: $0) } ?? Tool.run(arguments, in: self)
    let after = try Dictionary(uniqueKeysWithValues: names.map { ($0, try contents($0)) })
    let call = "vae \(arguments.joined(separator: " "))"
    #expect(result.exited && result.status != 0, "\(call)", sourceLocation: sourceLocation)
    #expect(after == before, "\(call)", sourceLocation: sourceLocation)
    expectMessage(result.errors, words, call, sourceLocation)
  }

  private func contents(_ name: String) throws -> [UInt8]? {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: file(name), isDirectory: &isFolder) && !isFolder.boolValue
      ? try bytes(name) : nil
  }
}

/// Expects one line that begins with "Error:" and says what is wrong, and the choices where it lists them; behind it
/// there may be how to use the command.
func expectMessage(_ errors: String, _ words: [String], _ call: String, _ sourceLocation: SourceLocation) {
  let lines = errors.split(separator: "\n").drop { !$0.hasPrefix("Error:") }
  let message = (lines.prefix(1) + lines.dropFirst().prefix { $0.hasPrefix("  - ") }).joined(separator: "\n")
  #expect(!message.isEmpty && message.count < 800, "\(call): \(errors)", sourceLocation: sourceLocation)
  for sign in ["Fatal error", "crashed", "Error Domain", "DecodingError", "EncodingError", "could not be completed"] {
    #expect(!errors.contains(sign), "\(call): \(errors)", sourceLocation: sourceLocation)
  }
  #expect(words.filter { !message.contains($0) } == [], "\(call): \(errors)", sourceLocation: sourceLocation)
}

extension String {
  /// Which of some words it lacks.
  func lacks(_ words: [String]) -> [String] { words.filter { !contains($0) } }
}
