import CZlib
import Foundation

/// Bytes as one gzip member.
package func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
  try withTemporaryFolder { folder in
    let file = gzopen(folder.file("file"), "wb9")
    _ = bytes.withUnsafeBytes { gzwrite(file, $0.baseAddress, CUnsignedInt($0.count)) }
    guard gzclose(file) == Z_OK else { throw CocoaError(.fileWriteUnknown) }
    return try folder.bytes("file")
  }
}
