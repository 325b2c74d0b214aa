extension Array where Element: Scalar {
  /// The elements of which these are the little-endian bytes.
  init(littleEndianBytes bytes: [UInt8]) {
    let count = bytes.count / Element.elementType.size
    precondition(bytes.count == count * Element.elementType.size, "\(bytes.count) bytes of \(Element.self)")
    #if _endian(little)
      self.init(unsafeUninitializedCapacity: count) { memory, initialized in
        UnsafeMutableRawBufferPointer(memory).copyBytes(from: bytes)
        initialized = count
      }
    #else
      #error("Files are little-endian; this processor is not.")
    #endif
  }

  /// The elements' little-endian bytes.
  var littleEndianBytes: [UInt8] {
    #if _endian(little)
      withUnsafeBytes { [UInt8]($0) }
    #else
      #error("Files are little-endian; this processor is not.")
    #endif
  }
}
