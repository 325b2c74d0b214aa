import Foundation
import TestSupport
import Testing

/// An implementation of MPI that is installed here, by its launcher.
struct MPI: CustomTestStringConvertible, Sendable {
  let name: String
  private let launcher: [String]

  /// Those that there are; tests that need one skip themselves where there is none.
  static let installed: [MPI] = [
    MPI(
      name: "Open MPI",
      launcher: ["/usr/bin/mpirun.openmpi", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none"]),
    MPI(name: "MPICH", launcher: ["/usr/bin/mpirun.mpich"]),
  ].filter { FileManager.default.isExecutableFile(atPath: $0.launcher[0]) && Tool.canLoadLibraries }

  static let reason: Comment = "needs openmpi-bin or mpich, and no sanitizer"

  var testDescription: String { name }

  /// The command that runs a program on so many ranks, for at most two minutes.
  func command(_ ranks: Int, _ program: [String]) -> [String] {
    ["/usr/bin/timeout", "-k", "5", "120"] + launcher + ["-n", "\(ranks)"] + program
  }

  /// Runs `vae` on so many ranks, with arguments separated by spaces.
  func run(_ ranks: Int, _ arguments: String, in folder: TemporaryFolder, environment: [String] = []) throws
    -> Tool.Result
  {
    let command = command(
      ranks, ["/usr/bin/env"] + environment + [Tool.path] + arguments.split(separator: " ").map(String.init))
    return try Tool.run(command[0], Array(command.dropFirst()), in: folder)
  }

  /// The same, which is expected to succeed.
  @discardableResult
  func vae(
    _ ranks: Int, _ arguments: String, in folder: TemporaryFolder, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Tool.Result {
    let result = try run(ranks, arguments, in: folder)
    #expect(
      result.exited && result.status == 0, "\(name), \(ranks) ranks, vae \(arguments): \(result.errors)",
      sourceLocation: sourceLocation)
    return result
  }
}
