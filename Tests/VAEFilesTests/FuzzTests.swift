import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Damaged archives and compressed files: a reason or what is in them, never a trap.
@Suite(.serialized) struct FuzzTests {
  @Test func gz() throws {
    let content = (0..<600).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) }
    let examples = try [
      gzip(content), gzip([]), gzip(Array(content[..<50])) + gzip(content), gzip(idxImages(count: 9)),
      // What mutations reach as if it were not compressed.
      gzip(idxImages(count: 2), level: 0), gzip(Array("a,b\n1,2\n".utf8), level: 0),
      gzip(formatFixtureBytes("images-u1.npy"), level: 0),
    ]
    try Fuzz.run("gz", examples) { bytes in
      let source = CountingReader(bytes)
      let reader = try GzipReader(source)
      var total = 0
      while true {
        let piece = try reader.read(1000)
        total += piece.count
        if piece.isEmpty { break }
      }
      #expect(total <= reader.limit && source.wasSpared)
    }
  }

  @Test func npz() throws {
    var archive = try ZipFile([.init("x.npy", formatFixtureBytes("images-u1.npy"))])
    archive.is64Bit = true
    let fortran = try formatFixtureBytes("fortran.npy")
    let examples =
      try ["stored.npz", "deflated.npz", "single.npz", "streamed.npz"].map(formatFixtureBytes) + [
        archive.bytes, ZipFile([.init("x.npy", fortran, isCompressed: true)]).bytes,
        ZipFile([.init("x.npy", fortran), .init("a/", []), .init("y.txt", [1])]).bytes,
        ZipFile([.init("t.csv", Array("a,b\n1,2\n3,4\n".utf8), isCompressed: true)]).bytes,
        ZipFile([.init("__MACOSX/._i", [1]), .init("d/i", idxImages(count: 2))]).bytes,
      ]
    try withTemporaryFolder { folder in
      try Fuzz.run("npz", examples) { bytes in
        let path = try folder.write(bytes, "data.npz")
        // What is there alone needs no name.
        let file = try (try? DataFile.open(path)) ?? DataFile.open(path + ":x")
        try drain(file.data.stream)
      }
    }
  }

  /// Files of all formats through the one way in, parts of one format in another.
  @Test func whateverItIs() throws {
    let examples =
      try [
        idxImages(count: 3), gzip(idxImages(count: 4)), Array("a,b\n1,2\n3,4\n".utf8), gzip(Array("1\t2\n".utf8)),
        ZipFile([.init("t.csv", Array("a,b\n1,2\n3,4\n".utf8), isCompressed: true)]).bytes,
        ZipFile([.init("d/", []), .init("d/i.idx", idxImages(count: 2))]).bytes,
      ]
      + ["single.npz", "images-u1.npy", "vectors-f8-big.npy", "fortran.npy", "types/i8-big.npy"].map(formatFixtureBytes)
    try withTemporaryFolder { folder in
      try Fuzz.run("file", examples) { bytes in
        let file = try DataFile.open(folder.write(bytes, "data"))
        try drain(file.data.stream)
      }
    }
  }
}
