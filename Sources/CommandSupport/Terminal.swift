import Foundation
import Synchronization
import VAECore

/// What a person sees: results on standard output, progress on standard error.
package enum Terminal {
  /// Whether a line can be drawn over.
  package static let isInteractive =
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  /// Whether nothing is said, because another process that does the same says it.
  private static let isSilent = Atomic(false)

  /// From now on another process says it all.
  package static func silence() {
    isSilent.store(true, ordering: .relaxed)
    let nowhere = open("/dev/null", O_WRONLY)
    dup2(nowhere, STDOUT_FILENO)
    close(nowhere)
  }

  package static func note(_ line: String) {
    if !isSilent.load(ordering: .relaxed) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
  }

  /// Draws a line over the one before.
  package static func status(_ line: String) {
    if isInteractive && !isSilent.load(ordering: .relaxed) {
      FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
    }
  }

  package static func clearStatus() { status("") }

  /// Prints a value as JSON.
  package static func printJSON(_ value: some Encodable) throws { print(try json(value, pretty: true)) }

  /// Prints text at once.
  ///
  /// - Throws: where nobody takes it.
  package static func write(_ text: String) throws(VAEError) {
    do { try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) } catch {
      throw VAEError(.file, "The results cannot be printed: \(error.localizedDescription).")
    }
  }

  package static func json(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension Double {
  /// With four significant digits.
  package var short: String { String(format: "%.4g", self) }

  /// With one digit and a power of ten.
  package var exponent: String { String(format: "%.1e", self) }

  /// With a fixed number of digits behind the point; a number that would fill a line, short.
  package func digits(_ count: Int) -> String {
    guard abs(self) < 1e9 else { return short }
    let text = String(format: "%.\(count)f", self)
    // What rounds to nothing has no sign.
    return text.hasPrefix("-") && text.allSatisfy { "-0.".contains($0) } ? String(text.dropFirst()) : text
  }
}

/// A number of things, as "1 epoch" and "2 epochs".
package func counted(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }

/// Minutes and seconds, as "1:05".
package func clockTime(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "?" }
  let whole = Int(seconds.rounded(.up))
  return whole < 3600
    ? String(format: "%d:%02d", whole / 60, whole % 60)
    : String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
}
