import ArgumentParser
import Foundation

/// Runs the same command once for each of OpenBLAS's kernel families, which it chooses when it is loaded.
struct CoreTypes {
  private let names: [String]

  init(_ names: String) throws {
    self.names = names.split(separator: ",").map(String.init)
    let known = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids"]
    for name in self.names where !known.contains(where: { $0.lowercased() == name.lowercased() }) {
      throw ValidationError("There is no core type \(name); OpenBLAS knows \(known.joined(separator: ", ")).")
    }
  }

  func run() throws {
    let arguments = CommandLine.arguments
    guard let option = arguments.firstIndex(where: { $0.hasPrefix("--core-types") }) else { return }
    let width = arguments[option].contains("=") ? 1 : 2
    let others = Array(arguments[1..<option] + arguments[(option + width)...])
    for name in names {
      let process = Process()
      process.executableURL = Bundle.main.executableURL
      process.arguments = others
      process.environment = ProcessInfo.processInfo.environment.merging(["OPENBLAS_CORETYPE": name]) { $1 }
      try process.run()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw ExitCode(process.terminationStatus) }
      print()
    }
  }
}
