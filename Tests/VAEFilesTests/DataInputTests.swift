import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Bytes by whatever way they come: compressed, in archives, through pipes.
struct DataInputTests {
  private func values(_ location: String) throws -> [Float] {
    let data = try DataFile.open(location).data.source().inMemory()
    return data.rows(0..<data.count, as: Float.self).elements
  }

  private func expectRefusal(_ location: String, _ options: TableOptions = TableOptions(), _ words: String...) {
    let error = #expect(throws: VAEError.self, "\(location)") {
      try drain(DataFile.open(location, options: options).data.stream)
    }
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }

  // MARK: Compressed files

  /// What a browser unpacked keeps the name that says it is not.
  @Test func namesThatSayCompressed() throws {
    try withTemporaryFolder { folder in
      let images = try folder.write(idxImages(count: 2), "train-images-idx3-ubyte.gz")
      #expect(try DataFile.open(images).format == "IDX" && values(images).count == 72)
      guard case .source = try DataFile.open(images).data else { return #expect(Bool(false), "a stream") }
      let table = try folder.write("a,b\n1,2\n", "t.csv.gz")
      #expect(try DataFile.open(table).format == "CSV or TSV" && values(table) == [1, 2])
      expectRefusal(
        try folder.write([7, 0, 1, 200], "x.gz"), TableOptions(), "x.gz", "not gzip-compressed", "none of the formats")
    }
  }

  @Test func compressedMoreThanOnce() throws {
    try withTemporaryFolder { folder in
      var bytes = idxImages(count: 2)
      for layers in 1...3 {
        bytes = try gzip(bytes)
        let path = try folder.write(bytes, "images.gz")
        #expect(try values(path).count == 72, "\(layers) layers")
      }
      expectRefusal(try folder.write(gzip(bytes), "images.gz"), TableOptions(), "images.gz", "more than three times")
    }
  }

  // MARK: Archives

  @Test func anArchiveOfOneFile() throws {
    let table = Array("a,b\n1,2\n3,4\n".utf8)
    try withTemporaryFolder { folder in
      for isCompressed in [false, true] {
        let zip = ZipFile([
          .init("data/", []), .init("__MACOSX/._t.csv", [1]), .init("data/t.csv", table, isCompressed: isCompressed),
        ])
        for name in ["t.csv", "t.zip"] {
          let path = try folder.write(zip.bytes, name)
          let file = try DataFile.open(path)
          #expect(file.format == "CSV or TSV, in a ZIP archive" && file.data.stream.name == path + ":data/t.csv")
          #expect(file.data.stream.columnNames == ["a", "b"])
          #expect(try values(path) == [1, 2, 3, 4])
          // A table's options, and passes, as of any other.
          var options = TableOptions()
          options.columns = ["b"]
          options.missing = .mean
          let source = try DataFile.open(path, options: options).data.source().inMemory()
          #expect(source.rows(0..<2, as: Float.self).elements == [2, 4])
        }
      }
      let packed = try folder.write(ZipFile([.init("t.csv.gz", gzip(table))]).bytes, "t.zip")
      #expect(try DataFile.open(packed).format == "CSV or TSV, in a ZIP archive, gzip-compressed")
      #expect(try values(packed) == [1, 2, 3, 4])
      let images = try folder.write(ZipFile([.init("i-idx3-ubyte", idxImages(count: 2))]).bytes, "i.zip")
      #expect(try values(images).count == 72)
      // An array by another name is one.
      let array = try folder.write(ZipFile([.init("x", formatFixtureBytes("fortran.npy"))]).bytes, "x.zip")
      #expect(try DataFile.open(array).format == "NPZ" && values(array) == fixtureNumbers)
    }
  }

  @Test func anArchiveOfSeveralFiles() throws {
    try withTemporaryFolder { folder in
      let zip = ZipFile([
        .init("train.csv", Array("a\n1\n".utf8)), .init("test.csv", Array("a\n2\n".utf8)),
        .init("page.html", Array("<html>".utf8)),
      ])
      let path = try folder.write(zip.bytes, "data.zip")
      #expect(try values(path + ":test.csv") == [2] && values(path + ":train.csv") == [1])
      expectRefusal(path, TableOptions(), "several files", "data.zip:NAME", "train.csv, test.csv, page.html")
      expectRefusal(path + ":other", TableOptions(), "no file other", "train.csv")
      expectRefusal(path + ":page.html", TableOptions(), "page.html", "HTML")
      // A file is asked for by its name among arrays, too.
      let mixed = ZipFile([
        .init("x.npy", try formatFixtureBytes("vectors-f4-little.npy")), .init("y.csv", Array("a\n7\n".utf8)),
      ])
      let both = try folder.write(mixed.bytes, "both.npz")
      #expect(try values(both) == fixtureNumbers && values(both + ":y.csv") == [7])
    }
  }

  @Test func damagedArchives() throws {
    let zip = ZipFile([.init("t.csv", Array("a,b\n1,2\n3,4\n".utf8), isCompressed: true)]).bytes
    try withTemporaryFolder { folder in
      for count in 4..<zip.count {
        let path = try folder.write(Array(zip[..<count]), "t.zip")
        #expect(throws: VAEError.self, "\(count) bytes") { try drain(DataFile.open(path).data.stream) }
      }
      var wrong = ZipFile([.init("t.csv", Array("a,b\n1,2\n3,4\n".utf8))])
      wrong.members[0].checksum = 7
      expectRefusal(try folder.write(wrong.bytes, "t.zip"), TableOptions(), "t.csv", "checksum")
    }
  }

  // MARK: Labels and weights

  private func vector(_ path: String, _ member: String? = nil) throws -> [Float] {
    let data = try DataFile.open(path + (member.map { ":\($0)" } ?? ""), allowingVectors: true).data.source().inMemory()
    #expect(data.dataSize == 1)
    return data.rows(0..<data.count, as: Float.self).elements
  }

  @Test func vectorsInEveryFormat() throws {
    let labels: [UInt8] = [2, 0, 1, 2]
    try withTemporaryFolder { folder in
      let idx = idxFile(type: 9, dimensions: [4], elements: labels)
      let path = try folder.write(idx, "labels-idx1-ubyte")
      #expect(try vector(path) == [2, 0, 1, 2])
      #expect(try vector(folder.write(gzip(idx), "labels-idx1-ubyte.gz")) == [2, 0, 1, 2])
      #expect(try vector(formatFixture("vector.npy")) == stride(from: 0, to: 15, by: 3).map { fixtureNumbers[$0] })
      #expect(try vector(folder.write(gzip(formatFixtureBytes("vector.npy")), "v.npy.gz")).count == 5)
      #expect(try vector(formatFixture("shapes.npz"), "labels") == [2, 0, 1, 2])
      #expect(try vector(folder.write("y\n2\n0\n1\n2\n", "labels.csv")) == [2, 0, 1, 2])
      let header = Array("{\"y\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}".utf8)
      let tensors = UInt64(header.count).littleEndianBytes + header + labels
      #expect(try vector(folder.write(tensors, "y.safetensors")) == [2, 0, 1, 2])
    }
  }

  // MARK: Pipes

  /// Runs something with the path of a named pipe into which the bytes go, once.
  private func withPipe<R>(_ bytes: [UInt8], _ name: String = "pipe", _ body: (String) throws -> R) throws -> R {
    try withTemporaryFolder { folder in
      let path = folder.file(name)
      #expect(mkfifo(path, 0o600) == 0)
      let writer = Thread {
        let pipe = open(path, O_WRONLY)
        var rest = bytes[...]
        // In pieces as small as they may come.
        while !rest.isEmpty {
          let count = rest.prefix(100).withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
          if count <= 0 { break }
          rest = rest.dropFirst(count)
        }
        close(pipe)
      }
      signal(SIGPIPE, SIG_IGN)
      writer.start()
      // Where nobody read, the writer waits for somebody.
      defer { close(open(path, O_RDONLY | O_NONBLOCK)) }
      return try body(path)
    }
  }

  @Test func pipesComeOnce() throws {
    let table = Array(("a,b\n" + (0..<500).map { "\($0),1\n" }.joined()).utf8)
    let expected: [Float] = (0..<500).flatMap { [Float($0), 1] }
    for bytes in [table, try gzip(table)] {
      let numbers = try withPipe(bytes) { try values($0) }
      #expect(numbers == expected)
    }
    for name in ["fortran.npy", "vectors-f8-big.npy"] {
      let numbers = try withPipe(formatFixtureBytes(name), "x.csv") { try values($0) }
      #expect(numbers == fixtureNumbers)
    }
    let images = try withPipe(idxImages(count: 3)) { try values($0) }
    #expect(images.count == 108)
    let labels = try withPipe(idxFile(dimensions: [3], elements: [1, 2, 0])) { try ConditionLocation.open($0) }
    #expect(labels.labels == [1, 2, 0])
    let condition = try withPipe(Array("1,0\n0,1\n".utf8)) { try ConditionLocation.open($0) }
    #expect(condition.count == 2)
    let train = try withPipe(table) { try DataLocation.open($0).train }
    #expect(train.count == 500)
  }

  @Test func truncatedPipes() throws {
    try withPipe(Array(idxImages(count: 3).dropLast())) { expectRefusal($0, TableOptions(), $0, "truncated") }
    try withPipe(Array(idxImages(count: 3)) + [0]) { expectRefusal($0, TableOptions(), $0, "goes on") }
    try withPipe([]) { expectRefusal($0, TableOptions(), $0, "is empty") }
  }

  /// What needs more than one pass says so, and does not wait for a second.
  @Test func whatAPipeCannotGive() throws {
    try withPipe(formatFixtureBytes("single.npz")) { expectRefusal($0, TableOptions(), $0, "NPZ", "make a file") }
    try withPipe(formatFixtureBytes("tensors.safetensors")) {
      expectRefusal($0, TableOptions(), $0, "safetensors", "make a file")
    }
    var options = TableOptions()
    options.missing = .mean
    try withPipe(Array("a\n1\n\n".utf8)) { expectRefusal($0, options, $0, "comes once") }
    options.missing = .zero
    let data = try withPipe(Array("a,b\n1,\n".utf8)) {
      try DataFile.open($0, options: options).data.source().inMemory()
    }
    #expect(data.rows(0..<1, as: Float.self).elements == [1, 0])
    try withPipe(Array("a\n1\n".utf8)) { path in
      try withTemporaryFolder { folder in
        let table = try folder.write("a\n1\n", "t.csv")
        expectRefusal("\(table),\(path)", TableOptions(), path, "is no file")
      }
    }
    try withPipe([1, 2, 3]) { path in
      let error = #expect(throws: VAEError.self) { _ = try PositionedFile(path: path) }
      #expect(error?.lacks(path, "pipe", "make a file") == [])
    }
    // To look at it does not take it from whoever reads it afterwards.
    let numbers = try withPipe(Array("a\n1\n".utf8)) { path in
      _ = try? PositionedFile(path: path)
      return try values(path)
    }
    #expect(numbers == [1])
  }

  /// A device may have no end.
  @Test(arguments: ["/dev/zero", "/dev/null"]) func devices(path: String) {
    expectRefusal(path, TableOptions(), path, "not a file")
    #expect(!DataInput.comesOnce(path))
  }
}
