import CZlib
import Foundation
import VAECore

extension DataSource {
  /// By what to know the data again, with what is known of them beside their values. It reads up to 1024 of them, at even
  /// distances, the first and the last among them.
  ///
  /// - Throws: where they cannot be read.
  public func fingerprint() throws(VAEError) -> DataFingerprint {
    var checksum = crc32(0, nil, 0)
    let some = min(count, 1024)
    for index in 0..<some {
      let position = some == 1 ? 0 : index * (count - 1) / (some - 1)
      let datum = try read(position..<position + 1)
      var values = datum.rows(0..<1, as: Float.self).elements + (datum.weights ?? [])
      if let condition = datum.condition {
        values +=
          condition.labels.map { $0.map { Float($0) } }
          ?? condition.rows(0..<1, as: Float.self).elements
      }
      values.withUnsafeBytes { bytes in
        checksum = crc32(checksum, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), CUnsignedInt(bytes.count))
      }
    }
    return DataFingerprint(count: count, dataSize: dataSize, checksum: UInt32(checksum))
  }
}

/// By what to know bytes again.
package func checksum(of data: Data) -> UInt32 {
  data.withUnsafeBytes { bytes in
    UInt32(crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
