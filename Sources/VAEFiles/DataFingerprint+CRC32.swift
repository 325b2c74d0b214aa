import CZlib
import VAECore

extension DataSource {
  /// By what to know the data again. It reads up to 1024 of them, at even distances, the first and the last among them.
  ///
  /// - Throws: where they cannot be read.
  public func fingerprint() throws(VAEError) -> DataFingerprint {
    var checksum = crc32(0, nil, 0)
    let some = min(count, 1024)
    for index in 0..<some {
      let position = some == 1 ? 0 : index * (count - 1) / (some - 1)
      let values = try read(position..<position + 1).rows(0..<1, as: Float.self).elements
      values.withUnsafeBytes { bytes in
        checksum = crc32(checksum, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), CUnsignedInt(bytes.count))
      }
    }
    return DataFingerprint(count: count, dataSize: dataSize, checksum: UInt32(checksum))
  }
}
