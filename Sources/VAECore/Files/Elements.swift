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

extension Dataset {
  /// The values as a file holds them: bytes, or little-endian single precision.
  var fileBytes: [UInt8] {
    var result: [UInt8] = []
    withValues(bytes: { result = $0 }, floats: { result = $0.littleEndianBytes })
    return result
  }
}
