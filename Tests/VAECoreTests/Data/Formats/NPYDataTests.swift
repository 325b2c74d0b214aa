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
    ("objects", ["Python objects", "|O", "astype(numpy.float64)"]),
    ("vector", ["one dimension (5)", "reshape(-1, 1)"]),
    ("fields", ["records of several fields", "(a, <f4)", "structured_to_unstructured"]),
  ])
  func refuses(name: String, words: [String]) throws {
    let path = formatFixture("\(name).npy")
    let error = #expect(throws: VAEError.self) { _ = try open(path) }
    #expect(error?.kind == .file)
    #expect(error?.lacks([path] + words) == [], "\(error?.description ?? "")")
  }

  // MARK: Orders and shapes

  /// An array by hand, its elements bytes.
  private func file(_ shape: String, _ elements: [UInt8], fortran: Bool = false, code: String = "|i1") -> [UInt8] {
    let header = "{'descr': '\(code)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(shape)), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + UInt16(header.utf8.count).littleEndianBytes + Array(header.utf8)
      + elements
  }

  private func stream(_ bytes: [UInt8], allowingVectors: Bool = false) throws -> ArrayStream<CountingReader> {
    try ArrayStream(CountingReader(bytes)) { reader throws(VAEError) in
      try NPY.layout(&reader, allowingVectors: allowingVectors)
    }
  }

  private func read(_ bytes: [UInt8]) throws -> Dataset {
    var stream = try stream(bytes)
    return try stream.inMemory()
  }

  /// From any position, and as a stream, in pieces of any size.
  @Test(arguments: 1...6) func fortranOrder(piece: Int) throws {
    let vectors = try open(formatFixture("fortran.npy"))
    #expect(vectors.layout.isByColumns && vectors.count == 5 && vectors.dataSize == 3)
    #expect(try vectors.inMemory().rows(0..<5, as: Float.self).elements == fixtureNumbers)
    let some = try vectors.read([3..<5, 0..<1]).rows(0..<3, as: Float.self).elements
    #expect(some == Array(fixtureNumbers[9...] + fixtureNumbers[..<3]))
    let images = try open(formatFixture("fortran-images.npy"))
    #expect(images.imageShape == ImageShape(height: 2, width: 3))
    #expect(try images.inMemory().rows(0..<4, as: Float.self).elements == fixtureImages.map { Float($0) / 255 })

    var numbers: [Float] = []
    var stream = try stream(formatFixtureBytes("fortran.npy"))
    while numbers.count < 15 {
      let data = try stream.next(piece)
      numbers += data.rows(0..<data.count, as: Float.self).elements
    }
    #expect(numbers == fixtureNumbers)
    #expect(try stream.next(piece).count == 0)
    #expect(try NPY.read(formatFixture("fortran.npy"), as: Float.self).elements == fixtureNumbers)
  }

  /// More than is read at once; each column is read at its place.
  @Test func fortranOrderInPieces() throws {
    let (count, size) = (6000, 1000)
    let elements = (0..<size).flatMap { column in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ column &* 3) }
    }
    try withTemporaryFolder { folder in
      let file = try open(folder.write(file("\(count), \(size)", elements, fortran: true), "x.npy"))
      let data = try file.read([5990..<6000, 0..<5500])
      var isRight = data.count == 5510
      for (row, position) in [(0, 5990), (9, 5999), (10, 0), (5000, 4990), (5509, 5499)] {
        let expected = (0..<size).map { Float(Int8(truncatingIfNeeded: position &* 7 &+ $0 &* 3)) }
        isRight = isRight && data.rows(row..<row + 1, as: Float.self).elements == expected
      }
      #expect(isRight)
    }
  }

  /// Where all but one dimension count one thing each, there is no order.
  @Test(arguments: ["4, 1", "1, 4", "4, 1, 1", "1, 1, 4, 1", "0, 4"]) func fortranOrderOfOneDimension(shape: String)
    throws
  {
    let elements: [UInt8] = shape.hasPrefix("0") ? [] : [1, 2, 3, 4]
    let data = try read(file(shape, elements, fortran: true))
    #expect(data.rows(0..<data.count, as: Float.self).elements == elements.map { Float($0) })
    #expect(try !stream(file(shape, elements, fortran: true)).layout.isByColumns)
  }

  /// Of no data, there may be as many columns as there is no time for.
  @Test func fortranOrderOfNoData() throws {
    let bytes = file("0, 134217728, 268435456", [], fortran: true)
    #expect(try drain(stream(bytes)) == 0)
    let error = #expect(throws: VAEError.self) { try drain(stream(bytes + [1])) }
    #expect(error?.lacks("goes on") == [])
    try withTemporaryFolder { folder in
      let file = try open(folder.write(bytes, "x.npy"))
      #expect(try file.layout.isByColumns && file.inMemory().count == 0)
    }
  }

  @Test func damagedFortranOrder() throws {
    let bytes = file("3, 2", Array(1...6), fortran: true)
    for count in bytes.indices {
      #expect(throws: VAEError.self, "\(count) bytes") { try drain(stream(Array(bytes[..<count]))) }
    }
    let long = #expect(throws: VAEError.self) { try drain(stream(bytes + [0])) }
    #expect(long?.lacks("goes on") == [])
    let order = file("3, 2", Array(1...6)).map { $0 == UInt8(ascii: "F") ? UInt8(ascii: "f") : $0 }
    let error = #expect(throws: VAEError.self) { _ = try stream(order) }
    #expect(error?.lacks("Fortran order", "numpy.save") == [])
  }

  /// A stream in Fortran order is held, and only what the file has is asked for.
  @Test func asksForNoMoreOfFortranOrder() throws {
    let reader = CountingReader(file("5, 999999999", Array(1...15), fortran: true), path: "data.npy")
    let error = #expect(throws: VAEError.self) {
      try drain(ArrayStream(reader) { reader throws(VAEError) in try NPY.layout(&reader) })
    }
    #expect(error?.lacks("data.npy", "truncated") == [], "\(error?.description ?? "")")
    #expect(reader.wasSpared)
    // Of a length that nobody knows, it is the machine's memory that is enough or not.
    let pipe = BytesReader(file("5, 9999999999999", [], fortran: true), path: "data.npy", limit: .max)
    let need = #expect(throws: VAEError.self) {
      try drain(ArrayStream(pipe) { reader throws(VAEError) in try NPY.layout(&reader) })
    }
    #expect(need?.lacks("data.npy", "Fortran order", "ascontiguousarray") == [], "\(need?.description ?? "")")
  }

  @Test(arguments: ["4, 1, 2, 3", "4, 2, 3, 1"], [false, true]) func imagesOfOneChannel(shape: String, fortran: Bool)
    throws
  {
    // Values tell their position and place: in Fortran order the first changes fastest.
    func element(_ n: Int, _ h: Int, _ w: Int) -> UInt8 { UInt8(n * 30 + h * 10 + w) }
    var elements: [UInt8] = []
    if fortran {
      for w in 0..<3 { for h in 0..<2 { for n in 0..<4 { elements.append(element(n, h, w)) } } }
    } else {
      for n in 0..<4 { for h in 0..<2 { for w in 0..<3 { elements.append(element(n, h, w)) } } }
    }
    let data = try read(file(shape, elements, fortran: fortran))
    #expect(data.imageShape == ImageShape(height: 2, width: 3))
    let expected = (0..<4).flatMap { n in (0..<2).flatMap { h in (0..<3).map { Float(element(n, h, $0)) } } }
    #expect(data.rows(0..<4, as: Float.self).elements == expected)
  }

  @Test(arguments: [
    ("", "0 dimensions"), ("6,", "one dimension (6)"), ("1, 2, 1, 3", "4 dimensions (1 × 2 × 1 × 3)"),
    ("1, 1, 1, 2, 3", "5 dimensions"), ("1, 2, 3, 0", "empty"), ("5, 0", "empty"),
  ]) func refusesShapes(shape: String, word: String) {
    let error = #expect(throws: VAEError.self) { _ = try stream(file(shape, Array(1...6))) }
    #expect(error?.lacks("bytes", word) == [], "\(error?.description ?? "")")
  }

  /// Labels and weights: one number each, where that is asked for.
  @Test func vectorsWhereTheyAreAllowed() throws {
    var vector = try stream(file("6,", Array(1...6)), allowingVectors: true)
    #expect(vector.count == 6 && vector.dataSize == 1)
    #expect(try vector.inMemory().rows(0..<6, as: Float.self).elements == [1, 2, 3, 4, 5, 6])
    var matrix = try stream(file("2, 3", Array(1...6)), allowingVectors: true)
    #expect(matrix.count == 2 && matrix.dataSize == 3)
    #expect(try matrix.inMemory().count == 2)
    #expect(throws: VAEError.self) { _ = try stream(file("", [1]), allowingVectors: true) }
  }

  /// Python 2 wrote an L behind a long number.
  @Test func shapesOfOldFiles() throws {
    let data = try read(file("2L, 3L", Array(1...6)))
    #expect(data.count == 2 && data.dataSize == 3)
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
