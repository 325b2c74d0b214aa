import Foundation
import TestSupport
import Testing
import VAECore

/// Bytes one after the other.
struct ByteReaderTests {
  @Test func readsToTheEnd() throws {
    try withTemporaryFolder { folder in
      let reader = try FileReader(path: try folder.write([1, 2, 3], "bytes"))
      let pieces = [try reader.read(2), try reader.read(2), try reader.read(2)]
      #expect(pieces == [[1, 2], [3], []] && reader.limit == 3)
    }
  }

  /// A table that became shorter would lack its last rows, and the last number some of its digits.
  @Test func noticesThatAFileBecameShorter() throws {
    try withTemporaryFolder { folder in
      let reader = try FileReader(path: try folder.write("1,2\n3,456\n", "table"))
      _ = try reader.read(4)
      #expect(truncate(reader.path, 8) == 0)
      let error = #expect(throws: VAEError.self) { _ = try reader.read(10) }
      #expect(error?.lacks(reader.path, "changed while it was in use", "leave") == [], "\(error?.description ?? "")")
    }
  }

  /// The system's reason, and not that something could not be completed.
  @Test func saysWhyAFileCannotBeRead() throws {
    for system in [NSError(domain: NSPOSIXErrorDomain, code: Int(EIO)), POSIXError(.EIO)] as [any Error] {
      let error = NSError(domain: NSCocoaErrorDomain, code: 256, userInfo: [NSUnderlyingErrorKey: system])
      #expect(VAEError.cannotRead("path", error).description == "path cannot be read: Input/output error.")
    }
    let empty = #expect(throws: VAEError.self) { _ = try FileReader(path: "") }
    #expect(empty?.lacks("An empty path", "No such file") == [])
  }
}
