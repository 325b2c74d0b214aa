import CZlib
import VAECore

/// Some of the bytes of a file.
struct SectionReader: ByteReader {
  let file: any PositionedBytes
  let path: String
  var position: Int
  let end: Int
  var limit: Int { end - position }

  mutating func read(_ count: Int) throws(VAEError) -> [UInt8] {
    let piece = min(count, end - position)
    defer { position += piece }
    return try file.read(piece, at: position)
  }
}

/// The bytes of an archive's member, whose size and checksum must be what the archive says.
struct ZipMemberReader: ByteReader {
  let path: String
  /// The member's size.
  let limit: Int
  private var reader: any ByteReader
  private let checksum: UInt32
  private var running: UInt = 0
  private var position = 0

  init(_ reader: any ByteReader, path: String, size: Int, checksum: UInt32) {
    self.reader = reader
    self.path = path
    self.checksum = checksum
    limit = size
  }

  mutating func read(_ count: Int) throws(VAEError) -> [UInt8] {
    if position == limit { return [] }
    let wanted = min(count, limit - position)
    let bytes = try reader.read(wanted)
    position += bytes.count
    running = bytes.withUnsafeBufferPointer { crc32_z(running, $0.baseAddress, $0.count) }
    guard bytes.count == wanted else { throw damaged("it has \(position) bytes, and should have \(limit)") }
    if position == limit {
      guard try reader.read(1).isEmpty else { throw damaged("it goes on behind its \(limit) bytes") }
      guard running == UInt(checksum) else { throw damaged("its checksum is wrong") }
    }
    return bytes
  }

  /// Reads to the end, for the checks that are made there.
  mutating func check() throws(VAEError) {
    while position < limit { _ = try read(1 << 20) }
  }

  private func damaged(_ problem: String) -> VAEError {
    VAEError(.file, "\(path) is damaged: \(problem). Fetch or write it anew.")
  }
}
