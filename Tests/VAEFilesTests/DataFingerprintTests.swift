import TestSupport
import Testing
import VAECore
import VAEFiles

/// A set is known again, and a change of what is looked at is told.
struct DataFingerprintTests {
  private func dataset(_ count: Int, changed: Int? = nil) -> Dataset {
    var bytes = (0..<2 * count).map { UInt8(truncatingIfNeeded: 37 &* $0) }
    if let changed { bytes[2 * changed + 1] ^= 1 }
    return Dataset(name: "bytes", bytes: bytes, dataSize: 2, whiteLevel: .value(255))
  }

  /// CRC-32 of the numbers 1, 0 as little-endian floats, by another program.
  @Test func isTheChecksumOfTheValues() throws {
    let data = Dataset(name: "bytes", bytes: [255, 0], dataSize: 2, whiteLevel: .value(255))
    #expect(try data.fingerprint() == DataFingerprint(count: 1, dataSize: 2, checksum: 1_491_330_278))
  }

  @Test(arguments: [1, 2, 1000, 1024]) func everyDatumCounts(count: Int) throws {
    let before = try dataset(count).fingerprint()
    #expect(try dataset(count).fingerprint() == before && before.difference(to: before) == nil)
    for position in Set([0, count / 3, count - 1]) {
      let after = try dataset(count, changed: position).fingerprint()
      #expect(before.difference(to: after)?.contains("other values") == true)
    }
  }

  /// Of many data, 1024: the first, the last, and such as are evenly spaced between them.
  @Test func looksAtSomeOfMany() throws {
    let count = 2 * 1023 + 1
    let before = try dataset(count).fingerprint()
    for position in [0, 2, 1000, count - 1] {
      #expect(try dataset(count, changed: position).fingerprint() != before)
    }
    #expect(try dataset(count, changed: 1).fingerprint() == before)
  }

  /// The checksum of all misses nothing, nor what stands beside the values.
  @Test func everyValueIsInTheChecksum() throws {
    let count = 3000
    let before = try dataset(count).checksum()
    #expect(try dataset(count).checksum() == before)
    for position in [0, 1, 1234, count - 1] { #expect(try dataset(count, changed: position).checksum() != before) }
    let labels = (0..<count).map { $0 % 3 }
    let labelled = try dataset(count).conditioned(on: Condition(name: "labels", labels: labels))
    let others = try dataset(count).conditioned(on: Condition(name: "labels", labels: labels.map { 2 - $0 }))
    let checksum = try labelled.checksum()
    #expect(checksum != before)
    #expect(try others.checksum() != checksum)
    // More values than are read at a time.
    let wide = Dataset(name: "wide", floats: Array(repeating: Float(1), count: 5 << 19), dataSize: 1 << 19)
    var values = Array(repeating: Float(1), count: 5 << 19)
    values[values.count - 1] = 2
    let end = try Dataset(name: "wide", floats: values, dataSize: 1 << 19).checksum()
    #expect(try wide.checksum() != end)
  }

  @Test func saysWhatIsDifferent() throws {
    let before = try dataset(10).fingerprint()
    #expect(before.difference(to: try dataset(11).fingerprint()) == "11 data instead of 10")
    let wide = Dataset(name: "wide", bytes: Array(repeating: 0, count: 30), dataSize: 3, whiteLevel: .value(255))
    #expect(before.difference(to: try wide.fingerprint()) == "3 values each instead of 2")
  }
}
