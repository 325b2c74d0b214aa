import CZlib
import Foundation

/// Bytes as one gzip member; at level 0 they stand in it as they are.
package func gzip(_ bytes: [UInt8], level: Int = 9) throws -> [UInt8] {
  try withTemporaryFolder { folder in
    let file = gzopen(folder.file("file"), "wb\(level)")
    _ = bytes.withUnsafeBytes { gzwrite(file, $0.baseAddress, CUnsignedInt($0.count)) }
    guard gzclose(file) == Z_OK else { throw CocoaError(.fileWriteUnknown) }
    return try folder.bytes("file")
  }
}
