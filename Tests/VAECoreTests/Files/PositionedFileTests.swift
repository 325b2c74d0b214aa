import Foundation
import TestSupport
import Testing
import VAECore

/// Reads of a file that is opened anew for each of them, and has to be the same file then.
struct PositionedFileTests {
  private func withFile(_ body: (PositionedFile, TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try body(PositionedFile(path: try folder.write((0..<200).map { UInt8($0) }, "bytes")), folder)
    }
  }

  private func expectRefusal(_ file: PositionedFile, _ words: String...) {
    let error = #expect(throws: VAEError.self) { _ = try file.read(10, at: 3) }
    #expect(error?.lacks([file.path, "leave a data set as it is"] + words) == [], "\(error?.description ?? "")")
  }

  @Test func readsAnyPlace() throws {
    try withFile { file, _ in
      let (some, all, none) = (try file.read(3, at: 100), try file.read(200, at: 0), try file.read(0, at: 200))
      #expect(file.size == 200 && some == [100, 101, 102] && all == (0..<200).map { UInt8($0) } && none.isEmpty)
    }
  }

  @Test func whatIsNoFile() throws {
    try withTemporaryFolder { folder in
      for path in [folder.path, "/dev/null"] {
        let error = #expect(throws: VAEError.self) { _ = try PositionedFile(path: path) }
        #expect(error?.lacks(path, "not a file") == [])
      }
      let error = #expect(throws: VAEError.self) { _ = try PositionedFile(path: folder.file("missing")) }
      #expect(error?.lacks("missing", "No such file") == [])
    }
  }

  @Test func noticesThatItIsGone() throws {
    try withFile { file, _ in
      unlink(file.path)
      expectRefusal(file, "deleted")
    }
  }

  /// Another file of the same size, written at the same time, is another all the same; so is a folder, or a pipe, which is
  /// not waited for.
  @Test func noticesAnotherInItsPlace() throws {
    try withFile { file, folder in
      let other = try folder.write(Array(repeating: 0, count: 200), "other")
      let written = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate]
      try FileManager.default.setAttributes([.modificationDate: written!], ofItemAtPath: other)
      #expect(rename(other, file.path) == 0)
      expectRefusal(file, "replaced")
      unlink(file.path)
      #expect(mkfifo(file.path, 0o600) == 0)
      expectRefusal(file, "replaced")
      unlink(file.path)
      #expect(mkdir(file.path, 0o700) == 0)
      expectRefusal(file, "replaced")
    }
  }

  @Test(arguments: [150, 200, 300]) func noticesThatItWasWritten(size: UInt64) throws {
    try withFile { file, _ in
      let handle = try #require(FileHandle(forWritingAtPath: file.path))
      size == 200 ? try handle.write(contentsOf: Data([1])) : try handle.truncate(atOffset: size)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: file.path)
      expectRefusal(file, "changed")
    }
  }

  /// Of several files as one set, the one that is meant is named.
  @Test func aSetNamesTheFile() throws {
    try withTemporaryFolder { folder in
      let shards = try (0..<3).map { index in
        try ArrayFile(path: try folder.write(idxImages(count: 4), "\(index)")) { reader throws(VAEError) in
          try IDX.layout(&reader)
        }
      }
      let set = try ShardedSource(name: "all", shards)
      unlink(shards[1].name)
      #expect(try set.read([0..<4, 8..<12]).count == 8)
      let error = #expect(throws: VAEError.self) { _ = try set.read(3..<5) }
      #expect(error?.lacks(shards[1].name, "deleted") == [])
    }
  }
}
