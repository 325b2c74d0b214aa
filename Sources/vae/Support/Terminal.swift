import Foundation
import VAECore

/// What a person sees: results on standard output, progress on standard error.
enum Terminal {
  /// Whether a line can be drawn over.
  static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  static func note(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

  /// Draws a line over the one before.
  static func status(_ line: String) {
    if isInteractive { FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8)) }
  }

  static func clearStatus() { status("") }

  /// Prints a value as JSON.
  static func printJSON(_ value: some Encodable) throws {
    print(try json(value, pretty: true))
  }

  static func json(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension Double {
  /// With a fixed number of digits behind the point.
  func digits(_ count: Int) -> String { String(format: "%.\(count)f", self) }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Minutes and seconds, as "1:05".
func clockTime(_ seconds: Double) -> String {
  let whole = Int(seconds.rounded(.up))
  return whole < 3600
    ? String(format: "%d:%02d", whole / 60, whole % 60)
    : String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
}

extension String {
  /// Padded with spaces on the right.
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  /// Padded with spaces on the left.
  func aligned(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
