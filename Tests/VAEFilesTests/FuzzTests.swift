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

  /// Schemas that a person may have edited, and tables that are read by them and written again.
  @Test func schemas() throws {
    let table = Array(
      "a,b,when,ok,t\n1.5,x,2020-01-02,True,10.1.2020 9:05\n2.25,\"y, z\",2021-01-02,False,1.1.2020 10:00\n".utf8)
    let schema = try TableStream.discoverSchema(BytesReader(table, path: "table.csv"))
    try Fuzz.run("schema", [Array(schema.json.utf8)]) { bytes in
      let damaged = try TableSchema(json: bytes, path: "schema.json")
      #expect(try TableSchema(json: Array(damaged.json.utf8), path: "schema.json") == damaged)
      let writer = RowWriter(damaged)
      let values = (0..<2 * damaged.columns.count).map { Double($0) * 1.7 - 3 }
      #expect(writer.header.count + writer.rows(values).count > 0)
      var options = TableOptions()
      (options.schema, options.missing) = (damaged, .nan)
      var stream = try TableStream(BytesReader(table, path: "table.csv"), options)
      _ = try stream.inMemory()
    }
    try Fuzz.run("table-by-schema", [table]) { bytes in
      var options = TableOptions()
      (options.schema, options.unknown, options.missing) = (schema, .missing, .nan)
      var stream = try TableStream(BytesReader(bytes, path: "table.csv"), options)
      let data = try stream.inMemory()
      #expect(RowWriter(schema).rows(data.rows(0..<data.count, as: Double.self).elements).count >= data.count)
    }
    try Fuzz.run("survey", [table]) { bytes in
      let found = try TableStream.discoverSchema(BytesReader(bytes, path: "table.csv"))
      #expect(try TableSchema(json: Array(found.json.utf8), path: "schema.json") == found)
      var options = TableOptions()
      (options.schema, options.missing) = (found, .nan)
      if !found.style.hasHeader { options.header = .no }
      var stream = try TableStream(BytesReader(bytes, path: "table.csv"), options)
      _ = try stream.inMemory()
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
