import CZlib
import Foundation
import VAECore

extension DataSource {
  /// By what to know the data again, with what is known of them beside their values. It reads up to 1024 of them, at even
  /// distances, the first and the last among them.
  ///
  /// - Throws: where they cannot be read.
  public func fingerprint() throws(VAEError) -> DataFingerprint {
    var checksum = CRC32()
    let some = min(count, 1024)
    for index in 0..<some {
      let position = some == 1 ? 0 : index * (count - 1) / (some - 1)
      checksum.add(try read(position..<position + 1), as: Float.self)
    }
    return DataFingerprint(count: count, dataSize: dataSize, checksum: checksum.value)
  }

  /// CRC-32 of all data, with what is known of them beside their values: that of others is another, where a fingerprint may not
  /// see a single value. It reads all of them, some at a time.
  ///
  /// - Throws: where they cannot be read.
  public func checksum() throws(VAEError) -> UInt32 {
    var checksum = CRC32()
    let some = max(1, (1 << 20) / max(dataSize, 1))
    for first in stride(from: 0, to: count, by: some) {
      checksum.add(try read(first..<min(first + some, count)), as: Double.self)
    }
    return checksum.value
  }
}

/// By what to know bytes again.
package func checksum(of data: Data) -> UInt32 {
  var checksum = CRC32()
  data.withUnsafeBytes { checksum.add($0) }
  return checksum.value
}

private struct CRC32 {
  private(set) var value = UInt32(crc32_z(0, nil, 0))

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    value = UInt32(crc32_z(CUnsignedLong(value), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  /// Adds values in a precision, weights and conditions.
  mutating func add<Element: Scalar>(_ data: Dataset, as type: Element.Type) {
    var values = data.rows(0..<data.count, as: type).elements + (data.weights ?? []).map { Element($0) }
    if let condition = data.condition {
      values +=
        condition.labels.map { $0.map { Element($0) } } ?? condition.rows(0..<data.count, as: type).elements
    }
    values.withUnsafeBytes { add($0) }
  }
}
