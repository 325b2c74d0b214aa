/// Elements to and from little-endian bytes.
extension ElementType {
  /// The numbers that bytes of this type stand for, in the caller's precision.
  func elements<Element: Scalar>(_ bytes: [UInt8], as type: Element.Type = Element.self) -> [Element] {
    bytes.withUnsafeBytes { bytes in
      switch self {
      case .float32:
        (0..<bytes.count / 4).map {
          Element(Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))))
        }
      case .float64:
        (0..<bytes.count / 8).map {
          Element(
            Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))))
        }
      }
    }
  }
}

extension Array where Element: Scalar {
  /// The elements' little-endian bytes.
  var littleEndianBytes: [UInt8] {
    #if _endian(little)
      withUnsafeBytes { [UInt8]($0) }
    #else
      #error("Files are little-endian; this processor is not.")
    #endif
  }
}
