import Foundation
import TestSupport
import Testing
import VAECore

/// Whatever fails, the old file stays and nothing else is left.
struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    try withTemporaryFolder { folder in
      for text in ["first", "", "second, in pieces"] {
        try AtomicFile.write(to: folder.file("file")) { writer throws(VAEError) in
          for character in text { try writer.write(String(character)) }
        }
        #expect(try folder.bytes("file") == Array(text.utf8))
        #expect(folder.names == ["file"])
      }
    }
  }

  @Test func aFailingBodyLeavesTheOldFile() throws {
    try withTemporaryFolder { folder in
      for name in ["old", "new"] {
        try folder.write("as before", "old")
        let problem = VAEError(.numerics, "in the middle")
        let error = #expect(throws: VAEError.self) {
          try AtomicFile.write(to: folder.file(name)) { writer throws(VAEError) in
            try writer.write(Array(repeating: 1, count: 1 << 20))
            throw problem
          }
        }
        #expect(error == problem)
        #expect(try folder.bytes("old") == Array("as before".utf8))
        #expect(folder.names == ["old"])
      }
    }
  }

  /// Half a file of a process that was killed; files of others, and such as only look like it, stay.
  @Test func removesLeftovers() throws {
    try withTemporaryFolder { folder in
      let others = [".model.tmp", "model", "model.12.tmp", ".other.12.tmp", ".model.12", ".model.x.tmp", ".tmp"]
        .sorted()
      for name in others + [".model.12.tmp", ".model.99999.tmp"] { try folder.write("half", name) }
      AtomicFile.removeLeftovers(in: folder.path) { $0 == "model" }
      #expect(folder.names == others)
    }
  }

  @Test func saysThatAFolderIsMissing() throws {
    try withTemporaryFolder { folder in
      let path = folder.file("missing/file")
      let error = #expect(throws: VAEError.self) { try AtomicFile.write("text", to: path) }
      #expect(error?.kind == .file)
      #expect(error?.lacks(path, "No such file or directory") == [])
      #expect(folder.names == [])
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may write into read-only folders")) func saysThatAFolderIsReadOnly() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write("as before", "file")
      chmod(folder.path, 0o500)
      defer { chmod(folder.path, 0o700) }
      let error = #expect(throws: VAEError.self) { try AtomicFile.write("text", to: path) }
      #expect(error?.lacks(path, "Permission denied") == [])
      #expect(try folder.bytes("file") == Array("as before".utf8))
    }
  }

  /// A folder, or what is no regular file (a device, say, which renaming would replace), is left alone.
  @Test func refusesWhatIsNoFile() throws {
    try withTemporaryFolder { folder in
      mkdir(folder.file("folder"), 0o700)
      mkfifo(folder.file("pipe"), 0o600)
      for name in ["folder", "pipe"] {
        let error = #expect(throws: VAEError.self) { try AtomicFile.write("text", to: folder.file(name)) }
        #expect(error?.kind == .file)
        #expect(error?.lacks(folder.file(name), "not a file") == [])
      }
      var status = stat()
      #expect(stat(folder.file("pipe"), &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
      #expect(folder.names == ["folder", "pipe"])
    }
  }

  /// What could not be written is refused before there is anything to write, and what could, is left as it was.
  @Test func checksBefore() throws {
    try withTemporaryFolder { folder in
      try folder.write("as before", "file")
      mkdir(folder.file("folder"), 0o700)
      mkfifo(folder.file("pipe"), 0o600)
      let before = folder.names
      for name in ["file", "new", "folder/new"] { try AtomicFile.check(folder.file(name)) }
      for (path, words) in [
        (folder.file("folder"), ["not a file"]), (folder.file("pipe"), ["not a file"]),
        (folder.file("new/"), ["slash"]),
        ("", ["empty path"]), (folder.file("none/new"), ["none/new", "No such file"]),
        (folder.file("file/new"), ["Not a directory"]),
        (folder.file(String(repeating: "x", count: 300)), ["cannot be written", "too long"]),
      ] {
        let error = #expect(throws: VAEError.self) { try AtomicFile.check(path) }
        #expect(error?.kind == .file && error?.lacks(words) == [])
      }
      #expect(try folder.names == before && folder.bytes("file") == Array("as before".utf8))
    }
  }
}
