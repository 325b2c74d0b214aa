import Foundation
import Testing
import VAECore

/// Damaged files by the thousand for one parser, which must give what is in them or throw a ``VAEError``.
///
/// The environment says more: `VAE_FUZZ_INPUTS`, how many inputs (3000); `VAE_FUZZ_SEED`, another seed; `VAE_FUZZ_KEEP`, a
/// folder in which each input is kept until the next, so that the one that ends the program is there afterwards. There
/// the examples are, too: `scripts/fuzz` has libFuzzer begin from them.
package enum Fuzz {
  private static let environment = ProcessInfo.processInfo.environment
  package static let inputs = environment["VAE_FUZZ_INPUTS"].flatMap { Int($0) } ?? 3000
  private static let folder = environment["VAE_FUZZ_KEEP"].map { URL(filePath: $0) }
  private static let seed = environment["VAE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  /// Calls the parser with one input after the other; the examples themselves must be read without an error.
  package static func run(_ format: String, _ examples: [[UInt8]], parse: ([UInt8]) throws -> Void) throws {
    try keep(examples, format)
    for example in examples { try parse(example) }
    var mutator = Mutator(seed: seed)
    var (accepted, refused) = (0, 0)
    for number in 0..<inputs {
      let bytes = mutator.next(from: examples)
      if let folder { try Data(bytes).write(to: folder.appending(path: "\(format).input")) }
      do {
        try parse(bytes)
        accepted += 1
      } catch let error as VAEError {
        refused += 1
        // A person has to read it.
        if error.description.utf8.count > 2000 {
          Issue.record("\(format), seed \(seed), input \(number): a message of \(error.description.utf8.count) bytes")
        }
      } catch {
        Issue.record("\(format), seed \(seed), input \(number): \(error)")
      }
    }
    #expect(refused > inputs / 20 && accepted > 0, "\(format): \(accepted) inputs accepted, \(refused) refused")
  }

  private static func keep(_ examples: [[UInt8]], _ format: String) throws {
    guard let examplesFolder = folder?.appending(path: "examples/\(format)") else { return }
    try FileManager.default.createDirectory(at: examplesFolder, withIntermediateDirectories: true)
    for (number, example) in examples.enumerated() {
      try Data(example).write(to: examplesFolder.appending(path: "\(number)"))
    }
  }
}

/// A reader that counts what it is asked for.
package final class CountingReader: ByteReader {
  package let path: String
  package var limit: Int { bytes.count }
  private let bytes: [UInt8]
  private var position = 0
  /// The most bytes that it was asked for at once.
  package private(set) var most = 0

  package init(_ bytes: [UInt8], path: String = "bytes") {
    self.bytes = bytes
    self.path = path
  }

  package func read(_ count: Int) throws(VAEError) -> [UInt8] {
    most = max(most, count)
    let piece = bytes[position..<position + min(count, bytes.count - position)]
    position = piece.endIndex
    return Array(piece)
  }

  /// Whether it was asked for no more than it has, or a reader's own piece.
  package var wasSpared: Bool { most <= max(bytes.count, 1 << 20) }
}

/// Bytes in memory that can be read from any place.
package struct BytesInMemory: PositionedBytes {
  package let path: String
  private let bytes: [UInt8]
  package var size: Int { bytes.count }

  package init(_ bytes: [UInt8], path: String = "bytes") {
    self.bytes = bytes
    self.path = path
  }

  package func read(_ count: Int, at offset: Int) throws(VAEError) -> [UInt8] {
    precondition(count >= 0 && offset >= 0 && offset <= size - count, "\(count) bytes at \(offset) of \(size)")
    return Array(bytes[offset..<offset + count])
  }
}

/// Reads a stream to its end, some data at a time, and gives how many there are.
@discardableResult
package func drain(_ stream: any DataStream, _ count: Int = 7) throws -> Int {
  var stream = stream
  var total = 0
  while true {
    let piece = try stream.next(count)
    if piece.count == 0 { return total }
    total += piece.count
  }
}
