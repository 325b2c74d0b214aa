import VAECore

extension FixedWidthInteger {
  /// The number's bytes, the most significant first.
  package var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
  /// The number's bytes, the least significant first.
  package var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

/// An IDX file by hand.
package func idxFile(type: UInt8 = 8, dimensions: [UInt32], elements: [UInt8]) -> [UInt8] {
  [0, 0, type, UInt8(dimensions.count)] + dimensions.flatMap(\.bigEndianBytes) + elements
}

/// An IDX file of `count` images of `side` × `side` pixels that all differ.
package func idxImages(count: Int, side: Int = 6) -> [UInt8] {
  idxFile(
    dimensions: [UInt32(count), UInt32(side), UInt32(side)],
    elements: (0..<count * side * side).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 7 &* 11) })
}

/// A stream of bytes in memory, which may pretend to be longer than it is.
package struct BytesReader: ByteReader {
  package let path: String
  package let limit: Int
  private var rest: ArraySlice<UInt8>

  package init(_ bytes: [UInt8], path: String = "bytes", limit: Int? = nil) {
    self.path = path
    self.limit = limit ?? bytes.count
    rest = bytes[...]
  }

  package mutating func read(_ count: Int) throws(VAEError) -> [UInt8] {
    let piece = rest.prefix(count)
    rest = rest.dropFirst(count)
    return Array(piece)
  }
}
