import Foundation
import VAECore

extension TableSchema {
  /// The bytes that a schema's file has at most.
  private static let fileLimit = 1 << 26

  /// A schema out of a file of JSON, as ``json`` makes it and a person may have edited it.
  ///
  /// - Throws: where it cannot be read or contradicts itself, saying where.
  public init(contentsOf path: String) throws(VAEError) {
    let reader = try FileReader(path: path)
    let bytes = try reader.read(TableSchema.fileLimit + 1)
    guard bytes.count <= TableSchema.fileLimit else {
      throw VAEError(.file, "\(path) has more than \(TableSchema.fileLimit) bytes. Is it the schema of a table?")
    }
    try self.init(json: bytes, path: path)
  }

  /// A schema of JSON.
  package init(json bytes: [UInt8], path: String) throws(VAEError) {
    self = try StrictJSON.decode(TableSchema.self, from: bytes, path)
  }

  /// The schema as JSON, in lines that a person can read.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // All numbers of a schema are finite.
    guard let data = try? encoder.encode(self) else { preconditionFailure("a schema that is no JSON") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
