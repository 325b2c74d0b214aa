import TestSupport
import Testing
import VAECore

/// NumPy's files as data, against files that NumPy wrote (Tests/Fixtures/formats/write.py).
struct NPYDataTests {
  private func open(_ path: String) throws -> ArrayFile {
    try ArrayFile(path: path) { reader throws(VAEError) in try NPY.layout(&reader) }
  }

  @Test(arguments: [
    "f2-little", "f2-big", "f4-little", "f4-big", "f8-little", "f8-big", "version1", "version2", "version3",
  ])
  func vectorsOfEveryType(name: String) throws {
    let path = formatFixture("vectors-\(name).npy")
    let file = try open(path)
    #expect(file.count == 5 && file.dataSize == 3 && file.imageShape == nil && file.name == path)
    #expect(try file.inMemory().rows(0..<5, as: Float.self).elements == fixtureNumbers)
    let some = try file.read([3..<5, 0..<1]).rows(0..<3, as: Float.self).elements
    #expect(some == Array(fixtureNumbers[9...] + fixtureNumbers[..<3]))
    var stream = try ArrayStream(BytesReader(formatFixtureBytes("vectors-\(name).npy"))) { reader throws(VAEError) in
      try NPY.layout(&reader)
    }
    #expect(try stream.next(2).rows(0..<2, as: Float.self).elements == Array(fixtureNumbers[..<6]))
    #expect(try stream.inMemory().rows(0..<3, as: Float.self).elements == Array(fixtureNumbers[6...]))
  }

  @Test func booleansAreZeroAndOne() throws {
    let file = try open(formatFixture("vectors-b1.npy"))
    #expect(file.storedType == .bool && file.memoryByteCount == 60)
    #expect(try file.inMemory().rows(0..<5, as: Float.self).elements == fixtureNumbers.map { $0 > 0 ? 1 : 0 })
  }

  @Test func bytesAsImages() throws {
    let file = try open(formatFixture("images-u1.npy"))
    #expect(file.imageShape == ImageShape(height: 2, width: 3) && file.storedType == .uint8)
    #expect(try file.inMemory().rows(0..<4, as: Float.self).elements == fixtureImages.map { Float($0) / 255 })
  }

  @Test(arguments: [
    ("fortran", ["Fortran order", "ascontiguousarray"]), ("objects", ["|O", "astype(numpy.float32)"]),
    ("integers", ["<i4", "astype(numpy.float32)"]), ("vector", ["1 dimensions (5)", "reshape"]),
    ("fields", ["('a', '<f4')", "astype"]),
  ])
  func refuses(name: String, words: [String]) throws {
    let path = formatFixture("\(name).npy")
    let error = #expect(throws: VAEError.self) { _ = try open(path) }
    #expect(error?.kind == .file)
    #expect(error?.lacks([path] + words) == [], "\(error?.description ?? "")")
  }

  @Test(arguments: ["vectors-f4-big", "images-u1", "vectors-version2"]) func everyTruncationThrows(name: String) throws
  {
    let bytes = try formatFixtureBytes(name + ".npy")
    try withTemporaryFolder { folder in
      for count in bytes.indices {
        let short = Array(bytes[..<count])
        #expect(throws: VAEError.self, "\(count) bytes") {
          try drain(ArrayStream(BytesReader(short)) { reader throws(VAEError) in try NPY.layout(&reader) })
        }
        let path = try folder.write(short, "short.npy")
        #expect(throws: VAEError.self, "\(count) bytes") { _ = try open(path) }
      }
      let long = try folder.write(bytes + [0], "long.npy")
      let error = #expect(throws: VAEError.self) { _ = try open(long) }
      #expect(error?.lacks(long, "goes on") == [])
    }
  }

  /// A file whose header promises another shape than it has.
  private func bytes(_ name: String, claiming shape: String) throws -> [UInt8] {
    var bytes = try formatFixtureBytes(name)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("(5, 3)".utf8)) })
    bytes.replaceSubrange(place..<place + shape.utf8.count, with: Array(shape.utf8))
    return bytes
  }

  /// A header that promises more than the file can have makes nobody ask for more.
  @Test func asksForNoMoreThanTheFileHas() throws {
    let bytes = try bytes("vectors-f4-little.npy", claiming: "(5, 999999999)")
    let reader = CountingReader(bytes, path: "data.npy")
    let error = #expect(throws: VAEError.self) {
      try drain(ArrayStream(reader) { reader throws(VAEError) in try NPY.layout(&reader) })
    }
    #expect(error?.lacks("data.npy", "truncated", "5 data") == [], "\(error?.description ?? "")")
    #expect(reader.most <= bytes.count)
  }

  /// Of no data, one must be countable all the same, as it would be in memory: a boolean takes a byte here, four there.
  @Test(arguments: ["(0, 4611686018427387904)", "(0, 3037000500, 3037000500)"])
  func refusesNoDataOfImpossibleSize(shape: String) throws {
    var reader = BytesReader(try bytes("vectors-b1.npy", claiming: shape), path: "data.npy")
    let error = #expect(throws: VAEError.self) { _ = try NPY.layout(&reader) }
    #expect(error?.lacks("data.npy", "cannot hold") == [], "\(error?.description ?? "")")
  }

  // MARK: Writing

  private func data(_ count: Int) -> Dataset {
    Dataset(name: "numbers", floats: (0..<count * 3).map { Float($0) / 8 }, dataSize: 3)
  }

  @Test(arguments: [0, 1, 700_000]) func writesWhatItReads(count: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder.file("x.npy")
      var told = 0
      #expect(try NPY.write(SourceStream(data(count)), to: path) { told = $0 } == count)
      #expect(told == count && folder.names == ["x.npy"])
      let file = try open(path)
      #expect(file.count == count && file.dataSize == 3)
      #expect(try file.inMemory().rows(0..<count, as: Float.self) == data(count).rows(0..<count, as: Float.self))
    }
  }

  @Test func writesBytesAsBytes() throws {
    try withTemporaryFolder { folder in
      try NPY.write(SourceStream(open(formatFixture("images-u1.npy"))), to: folder.file("x.npy"))
      let bytes = try folder.bytes("x.npy")
      #expect(bytes.count == 192 + 24 && Array(bytes.suffix(24)) == fixtureImages)
      let header = String(decoding: bytes[10..<192], as: UTF8.self)
      #expect(
        header.hasPrefix("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 2, 3), }") && header.hasSuffix("\n"))
    }
  }

  @Test(arguments: [(10, 4, [4, 4, 2]), (8, 4, [4, 4]), (3, 4, [3]), (0, 4, [0])])
  func writesShards(count: Int, size: Int, counts: [Int]) throws {
    try withTemporaryFolder { folder in
      let result = try NPY.writeShards(SourceStream(data(count)), of: size, to: folder.file("shards"))
      #expect(result.count == count && result.shards == counts.count)
      #expect(folder.names == ["shards"] + counts.indices.map { "shards/part-0000\($0).npy" })
      let shards = try counts.indices.map { try open(folder.file("shards/part-0000\($0).npy")) }
      #expect(shards.map(\.count) == counts)
      let whole = try ShardedSource(name: "shards", shards).inMemory()
      #expect(whole.rows(0..<count, as: Float.self) == data(count).rows(0..<count, as: Float.self))
      let error = #expect(throws: VAEError.self) {
        _ = try NPY.writeShards(SourceStream(data(count)), of: size, to: folder.file("shards"))
      }
      #expect(error?.lacks("shards", "already there") == [])
    }
  }

  /// A stream that breaks leaves neither a file nor a folder, and what was there before.
  @Test func writesAllOrNothing() throws {
    struct Breaking: DataStream {
      var name: String { "breaking" }
      var count: Int? { nil }
      var dataSize: Int { 2 }
      var imageShape: ImageShape? { nil }
      var storedType: StoredType { .float32 }
      var left = 3
      mutating func next(_ count: Int) throws(VAEError) -> Dataset {
        left -= 1
        if left == 0 { throw VAEError(.file, "broken") }
        return Dataset(name: name, floats: [1, 2], dataSize: 2)
      }
    }
    try withTemporaryFolder { folder in
      try folder.write("before", "x.npy")
      #expect(throws: VAEError(.file, "broken")) { try NPY.write(Breaking(), to: folder.file("x.npy")) }
      #expect(throws: VAEError(.file, "broken")) { _ = try NPY.writeShards(Breaking(), of: 1, to: folder.file("s")) }
      #expect(folder.names == ["x.npy"])
      #expect(try folder.bytes("x.npy") == Array("before".utf8))
    }
  }
}
