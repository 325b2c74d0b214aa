import Foundation
import TestSupport
import Testing

/// `vae` while it runs, to be interrupted.
final class RunningTool {
  private let process = Process()
  private let folder: TemporaryFolder
  private let streams: (output: String, errors: String)

  /// Starts `vae` in a folder, with arguments separated by spaces.
  convenience init(_ arguments: String, in folder: TemporaryFolder, input: FileHandle? = nil) throws {
    try self.init([Tool.path] + arguments.split(separator: " ").map(String.init), in: folder, input: input)
  }

  /// Starts a command, of its program and its arguments.
  init(_ command: [String], in folder: TemporaryFolder, input: FileHandle? = nil) throws {
    self.folder = folder
    let name = UUID().uuidString
    streams = (try folder.write("", ".\(name).output"), try folder.write("", ".\(name).errors"))
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.standardInput = input ?? FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: streams.output)
    process.standardError = FileHandle(forWritingAtPath: streams.errors)
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var id: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// Waits until something is so, or the process has ended.
  func wait(until condition: () -> Bool) {
    while process.isRunning && !condition() { usleep(1000) }
  }

  /// Waits until a run has a checkpoint of at least so many steps.
  func wait(untilStep step: Int, of run: String) { wait { folder.lastStep(of: run) >= step } }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end.
  func result() throws -> Tool.Result {
    process.waitUntilExit()
    func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    return Tool.Result(
      status: process.terminationStatus, exited: process.terminationReason == .exit,
      output: try text(streams.output), errors: try text(streams.errors))
  }
}

extension TemporaryFolder {
  /// The names of a run's checkpoints, in order.
  func checkpoints(of run: String) -> [String] {
    names.filter { $0.hasPrefix("\(run)/checkpoints/step-") && $0.hasSuffix(".safetensors") }
  }

  /// The steps of a run's checkpoints, in order.
  func steps(of run: String) -> [Int] {
    checkpoints(of: run).compactMap { Int($0.split(separator: "-").last!.dropLast(".safetensors".count)) }
  }

  /// The steps of a run's last checkpoint; −1 where there is none.
  func lastStep(of run: String) -> Int { steps(of: run).last ?? -1 }

  /// The lines of a run's metrics.jsonl without times.
  func metrics(of run: String) throws -> [[String: NSObject]] {
    try String(decoding: bytes("\(run)/metrics.jsonl"), as: UTF8.self).split(separator: "\n").map { line in
      var values = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: NSObject])
      for time in ["seconds", "data_per_second"] { #expect(values.removeValue(forKey: time) != nil) }
      return values
    }
  }

  /// Expects that two runs have come to the same, byte for byte.
  func expectSame(_ run: String, _ other: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    for name in ["model.safetensors", "best.safetensors", "samples.png", "reconstructions.png", "config.json"] {
      let isThere = names.contains("\(run)/\(name)")
      #expect(isThere == names.contains("\(other)/\(name)"), "\(name)", sourceLocation: sourceLocation)
      if isThere {
        let isEqual = try bytes("\(run)/\(name)") == bytes("\(other)/\(name)")
        #expect(isEqual, "\(name)", sourceLocation: sourceLocation)
      }
    }
    #expect(try metrics(of: run) == metrics(of: other), sourceLocation: sourceLocation)
    let isEqual = try bytes(#require(checkpoints(of: run).last)) == bytes(#require(checkpoints(of: other).last))
    #expect(isEqual, "checkpoint", sourceLocation: sourceLocation)
  }
}
