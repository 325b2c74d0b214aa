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
