/// By what to know a set of data again: its size, and a checksum over some of its data.
public struct DataFingerprint: Hashable, Sendable, Codable {
  /// N
  public let count: Int
  /// D
  public let dataSize: Int
  /// CRC-32 of up to 1024 of the data, at even distances.
  public let checksum: UInt32

  /// A fingerprint; VAEFiles computes it.
  public init(count: Int, dataSize: Int, checksum: UInt32) {
    self.count = count
    self.dataSize = dataSize
    self.checksum = checksum
  }

  /// What is different about another set, for a message: "60000 data instead of 50000"; nil where nothing is.
  public func difference(to other: DataFingerprint) -> String? {
    if count != other.count { return "\(other.count) data instead of \(count)" }
    if dataSize != other.dataSize { return "\(other.dataSize) values each instead of \(dataSize)" }
    if checksum == other.checksum { return nil }
    return "as many data, but with other values, or another condition or weights beside them"
  }

  enum CodingKeys: String, CodingKey {
    case count
    case dataSize = "data_size"
    case checksum
  }
}
