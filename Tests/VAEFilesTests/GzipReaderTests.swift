import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Compressed files read like plain ones; damaged ones give a reason.
struct GzipReaderTests {
  /// 5000 bytes that compress, but not to nothing.
  private static let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) }

  private func read(_ path: String, piece: Int = 1 << 16) throws -> [UInt8] {
    let reader = try GzipReader(path: path)
    var bytes: [UInt8] = []
    while true {
      let next = try reader.read(piece)
      bytes += next
      if next.count < piece { return bytes }
    }
  }

  @Test(arguments: [1, 7, 4999, 5000, 5001, 1 << 22]) func inPiecesOfAnySize(piece: Int) throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(gzip(Self.content), "file.gz")
      #expect(try read(path, piece: piece) == Self.content)
    }
  }

  /// More than one of the reader's own pieces.
  @Test func largeFiles() throws {
    try withTemporaryFolder { folder in
      let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 100) }
      let path = try folder.write(gzip(content), "file.gz")
      let reader = try GzipReader(path: path)
      #expect(try reader.read(5_000_000) == content)
      #expect(reader.limit >= content.count)
    }
  }

  @Test func anEmptyMember() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(gzip([]), "file.gz")
      #expect(try read(path) == [])
    }
  }

  @Test func severalMembersFollowOneAnother() throws {
    try withTemporaryFolder { folder in
      let bytes = try gzip(Array(Self.content[..<1000])) + gzip([]) + gzip(Array(Self.content[1000...]))
      #expect(try read(folder.write(bytes, "file.gz")) == Self.content)
    }
  }

  /// What stands behind the last member is none, as of a tape's block, and does not matter.
  @Test(arguments: [Array(repeating: 0, count: 512), Array("garbage!".utf8), [0x1f]]) func whatStandsBehind(
    rest: [UInt8]
  )
    throws
  {
    try withTemporaryFolder { folder in
      let path = try folder.write(gzip(Self.content) + rest, "file.gz")
      #expect(try read(path) == Self.content)
    }
  }

  @Test func everyTruncationThrows() throws {
    try withTemporaryFolder { folder in
      let bytes = try gzip(Self.content)
      for count in Array(0..<20) + Array(stride(from: 20, to: bytes.count, by: 31))
        + Array(bytes.count - 9..<bytes.count)
      {
        let path = try folder.write(Array(bytes[..<count]), "short.gz")
        let error = #expect(throws: VAEError.self, "\(count) bytes") { _ = try read(path) }
        #expect(error?.lacks(path) == [])
      }
    }
  }

  /// The checksum notices what the decompression does not.
  @Test func flippedBitsThrowOrChangeNothing() throws {
    try withTemporaryFolder { folder in
      let bytes = try gzip(Self.content)
      var refused = 0
      for position in Array(0..<20) + Array(stride(from: 20, to: bytes.count, by: 13))
        + Array(bytes.count - 8..<bytes.count)
      {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(position % 8)
        let path = try folder.write(damaged, "flipped.gz")
        do {
          #expect(try read(path) == Self.content, "byte \(position)")
        } catch let error as VAEError {
          refused += 1
          #expect(error.lacks(path) == [])
        }
      }
      #expect(refused > 50)
    }
  }

  @Test func saysWhatIsWrong() throws {
    try withTemporaryFolder { folder in
      let bytes = try gzip(Self.content)
      let cases = [
        ("plain.gz", Self.content, "not gzip-compressed"), ("empty.gz", [], "not gzip-compressed"),
        ("short.gz", Array(bytes.dropLast(100)), "ends too early"),
        ("wrong.gz", Array(bytes.dropLast(8)) + Array(repeating: 0, count: 8), "damaged"),
      ]
      for (name, content, word) in cases {
        let path = try folder.write(content, name)
        let error = #expect(throws: VAEError.self) { _ = try read(path) }
        #expect(error?.kind == .file)
        #expect(error?.lacks(path, word) == [], "\(error?.description ?? "")")
      }
      for path in [folder.path, folder.file("missing.gz")] {
        let error = #expect(throws: VAEError.self) { _ = try GzipReader(path: path) }
        #expect(error?.lacks(path) == [])
      }
    }
  }

  /// A set in a compressed file, and what is missing where its end is.
  @Test func readsIDXFiles() throws {
    try withTemporaryFolder { folder in
      let bytes = idxImages(count: 10)
      let path = try folder.write(gzip(bytes), "images.gz")
      let images = try DataLocation.open(path).train.inMemory()
      #expect(images.rows(0..<10, as: Double.self).elements == bytes[16...].map { Double($0) / 255 })
      let short = try folder.write(gzip(Array(bytes.dropLast(40))), "short.gz")
      let error = #expect(throws: VAEError.self) { _ = try DataLocation.open(short).train }
      #expect(error?.lacks(short, "10 data of 36 bytes", "8 are there") == [])
      let long = try folder.write(gzip(bytes + [0]), "long.gz")
      #expect(throws: VAEError.self) { _ = try DataLocation.open(long).train }
      // Its checksum is wrong, though all data are there.
      var damaged = try gzip(bytes)
      damaged[damaged.count - 6] ^= 1
      let wrong = try folder.write(damaged, "wrong.gz")
      #expect(throws: VAEError.self) { _ = try DataLocation.open(wrong).train }
    }
  }
}
