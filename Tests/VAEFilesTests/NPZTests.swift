import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Archives of arrays, by NumPy and by hand; what is wrong with one is said.
struct NPZTests {
  private func open(_ path: String, _ array: String? = nil) throws -> Dataset {
    try NPZ.open(path, array: array).source().inMemory()
  }

  @Test(arguments: ["stored", "deflated"]) func arraysByNumPy(name: String) throws {
    let path = formatFixture(name + ".npz")
    let x = try open(path, "x")
    #expect(x.rows(0..<5, as: Float.self).elements == fixtureNumbers && x.name == path + ":x.npy")
    let images = try open(path, "images")
    #expect(images.imageShape == ImageShape(height: 2, width: 3) && images.storedType == .uint8)
    #expect(images.rows(0..<4, as: Float.self).elements == fixtureImages.map { Float($0) / 255 })
    let several = #expect(throws: VAEError.self) { _ = try open(path) }
    #expect(
      several?.lacks(path, "several arrays", "x (5 × 3, double precision), images (4 × 2 × 3, bytes)") == [],
      "\(several?.description ?? "")")
    let none = #expect(throws: VAEError.self) { _ = try open(path, "y") }
    #expect(none?.lacks(path, "no array y", "x (5 × 3", "images (4") == [])
  }

  @Test func theOnlyArrayNeedsNoName() throws {
    #expect(try open(formatFixture("single.npz")).rows(0..<5, as: Float.self).elements == fixtureNumbers)
  }

  /// What is stored as it is can be read from any position; what is compressed cannot.
  @Test func sourcesAndStreams() throws {
    guard case .source(let source) = try NPZ.open(formatFixture("stored.npz"), array: "x") else {
      return #expect(Bool(false), "stored")
    }
    #expect(try source.read([4..<5, 1..<2]).rows(0..<2, as: Float.self).elements == [5, 6, -7.5, 0, 100, -0.0625])
    guard case .stream(var stream) = try NPZ.open(formatFixture("deflated.npz"), array: "x") else {
      return #expect(Bool(false), "deflated")
    }
    #expect(try stream.next(2).rows(0..<2, as: Float.self).elements == [0.5, -1.25, 3, 0, 100, -0.0625])
  }

  /// Fortran order, from any position and as a stream.
  @Test(arguments: ["orders", "orders-deflated"]) func fortranOrder(name: String) throws {
    let path = formatFixture(name + ".npz")
    func values(_ array: String) throws -> [Float] {
      let data = try open(path, array)
      return data.rows(0..<data.count, as: Float.self).elements
    }
    let images = fixtureImages.map { Float($0) / 255 }
    #expect(try values("vectors") == fixtureNumbers)
    #expect(try values("big") == fixtureNumbers.map { $0.rounded(.towardZero) })
    for array in ["images", "first", "last"] {
      #expect(try open(path, array).imageShape == ImageShape(height: 2, width: 3))
      #expect(try values(array) == images, "\(array)")
    }
    #expect(try values("image") == Array(images[..<6]))
  }

  /// Only what is asked for matters.
  @Test(arguments: [
    ("shapes", "number", ["0 dimensions"]), ("shapes", "vector", ["one dimension (5)", "reshape(-1, 1)"]),
    ("shapes", "labels", ["one dimension (4)", "labels"]), ("shapes", "first", []), ("shapes", "last", []),
    ("shapes", "colour", ["4 dimensions (4 × 2 × 3 × 3)", "one channel"]), ("shapes", "empty", []),
    ("shapes", "none", ["5 × 0", "empty"]), ("shapes", "row", []), ("kinds", "x", []),
    ("kinds", "text", ["text", "<U1", "numpy.unique"]), ("kinds", "ascii", ["text", "|S1", "numpy.unique"]),
    ("kinds", "objects", ["Python objects", "|O", "astype"]),
    ("kinds", "complex", ["complex numbers", "<c16", "x.real"]),
    ("kinds", "dates", ["dates", "<M8[D]", "timedelta64"]),
    ("kinds", "durations", ["durations", "<m8[s]", "timedelta64"]),
    ("kinds", "fields", ["records", "structured_to_unstructured"]), ("kinds", "raw", ["raw bytes", "|V2", "bfloat16"]),
    ("kinds", "extended", ["extended precision", "<f16", "numpy.float64"]),
    ("bzip2", "x", ["bzip2", "savez_compressed"]), ("lzma", "x", ["LZMA", "savez_compressed"]), ("streamed", "x", []),
    ("names", "größe", []), ("names", "b c", []), ("sparse", "data", ["sparse matrix of SciPy", "without a name"]),
  ])
  func arraysOfEveryKind(file: String, array: String, words: [String]) throws {
    let path = formatFixture(file + ".npz")
    if words.isEmpty {
      let x = try open(path, array)
      if x.dataSize == 3 { #expect(Array(x.rows(0..<1, as: Float.self).elements) == Array(fixtureNumbers[..<3])) }
      return
    }
    let error = #expect(throws: VAEError.self) { _ = try open(path, array) }
    #expect(error?.lacks([path] + words) == [], "\(error?.description ?? "")")
  }

  @Test func aListTellsShapesAndTypes() {
    for (file, words) in [
      ("kinds", ["x (5 × 3, double precision)", "objects (2 × 2, Python objects)", "and 2 more"]),
      ("shapes", ["number (one value, single precision)", "labels (4, 64-bit integers)"]),
      ("names", ["größe (5 × 3", "b c (5 × 3"]),
    ] {
      let error = #expect(throws: VAEError.self) { _ = try open(formatFixture(file + ".npz")) }
      #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
    }
  }

  @Test func vectorsWhereTheyAreAllowed() throws {
    for file in ["stored", "deflated"] {
      #expect(try NPZ.open(formatFixture(file + ".npz"), array: "x", allowingVectors: true).source().dataSize == 3)
    }
    let labels = try NPZ.open(formatFixture("shapes.npz"), array: "labels", allowingVectors: true).source().inMemory()
    #expect(labels.dataSize == 1 && labels.rows(0..<4, as: Float.self).elements == [2, 0, 1, 2])
  }

  /// Folders, what macOS and others leave, and texts beside an array do not matter.
  @Test func arraysThatWerePackedAgain() throws {
    try withTemporaryFolder { folder in
      let zip = ZipFile([
        .init("data/", []), .init("data/x.npy", Self.array), .init("__MACOSX/data/._x.npy", [0, 5, 0x16, 7]),
        .init("data/.DS_Store", [0, 0, 0, 1]), .init("data/._x.npy", [0]), .init("README.txt", Array("hello".utf8)),
      ])
      let path = try folder.write(zip.bytes, "x.npz")
      #expect(try open(path).rows(0..<5, as: Float.self).elements == fixtureNumbers)
      #expect(try open(path, "data/x").count == 5 && open(path, "data/x.npy").count == 5)
    }
  }

  /// What cannot be read of an archive matters only to who wants it.
  @Test func membersBesideOthersThatCannotBeRead() throws {
    var zip = ZipFile([.init("x.npy", Self.array), .init("y.npy", Self.array), .init("z.npy", Self.array)])
    zip.members[1].flags = 1
    zip.members[2].method = 12
    #expect(try drain(NPZ.stream(BytesInMemory(zip.bytes), array: "x")) == 5)
    for (name, word) in [("y", "encrypted"), ("z", "bzip2")] {
      let error = #expect(throws: VAEError.self) { _ = try NPZ.stream(BytesInMemory(zip.bytes), array: name) }
      #expect(error?.lacks(name, word) == [], "\(error?.description ?? "")")
    }
  }

  private static let array: [UInt8] = (try? formatFixtureBytes("vectors-f4-little.npy")) ?? []

  @Test(arguments: [false, true], [false, true]) func byHand(is64Bit: Bool, isCompressed: Bool) throws {
    try withTemporaryFolder { folder in
      var zip = ZipFile([
        .init("other.txt", Array("text".utf8)), .init("x.npy", Self.array, isCompressed: isCompressed),
      ])
      zip.is64Bit = is64Bit
      zip.comment = Array("a comment with PK\u{5}\u{6} in it, and more than that many bytes behind".utf8)
      let path = try folder.write(zip.bytes, "x.npz")
      #expect(try open(path, "x").rows(0..<5, as: Float.self).elements == fixtureNumbers)
    }
  }

  typealias Damage = (name: String, words: [String], bytes: [UInt8])
  static let damages: [Damage] = {
    func zip(_ isCompressed: Bool = false, _ change: (inout ZipFile) -> Void) -> [UInt8] {
      var zip = ZipFile([.init("x.npy", array, isCompressed: isCompressed)])
      change(&zip)
      return zip.bytes
    }
    return [
      ("text", ["not a complete ZIP archive"], Array("hello".utf8)),
      ("no members", ["no file"], ZipFile([]).bytes),
      ("checksum, stored", ["x.npy", "checksum"], zip { $0.members[0].checksum = 7 }),
      ("checksum, deflated", ["x.npy", "checksum"], zip(true) { $0.members[0].checksum = 7 }),
      ("too small", ["sizes"], zip { $0.members[0].size = 100 }),
      ("deflated, too small", ["x.npy"], zip(true) { $0.members[0].size = 187 }),
      ("deflated, too large", ["x.npy"], zip(true) { $0.members[0].size = 189 }),
      ("a bomb", ["sizes"], zip(true) { $0.members[0].size = 0xffff_fffe }),
      ("compressed size", ["sizes"], zip(true) { $0.members[0].compressedSize = 10_000 }),
      ("compressed too short", ["x.npy"], zip(true) { $0.members[0].compressedSize = 20 }),
      ("encrypted", ["encrypted"], zip { $0.members[0].flags = 1 }),
      ("another method", ["method 97"], zip { $0.members[0].method = 97 }),
      ("count", ["2 members, 1 are there"], zip { $0.count = 2 }),
      ("directory", ["directory"], zip { $0.directoryOffset = 3 }),
      ("directory outside", ["directory"], zip { $0.directoryOffset = 1 << 30 }),
      (
        "bytes behind the directory", ["not where it should be"],
        { Array($0.dropLast(22) + [1, 2, 3, 4] + $0.suffix(22)) }(ZipFile([.init("x.npy", array)]).bytes)
      ),
      ("twice", ["two members x.npy"], zip { $0.members.append($0.members[0]) }),
      (
        "local header", ["where its directory says"],
        zip {
          $0.members[0].localName = String(repeating: "n", count: 60_000)
          $0.members[0].compressedSize = 60_000
          $0.members[0].size = 60_000
        }
      ),
      ("no array inside", ["not an NPY file"], ZipFile([.init("x.npy", Array("hello, world".utf8))]).bytes),
      ("array and more", ["promises 188 bytes", "has 189"], ZipFile([.init("x.npy", array + [0])]).bytes),
      ("array and more, deflated", ["goes on"], ZipFile([.init("x.npy", array + [0], isCompressed: true)]).bytes),
      ("array cut", ["promises 188 bytes", "has 187"], ZipFile([.init("x.npy", array.dropLast())]).bytes),
      ("array cut, deflated", ["truncated"], ZipFile([.init("x.npy", array.dropLast(), isCompressed: true)]).bytes),
    ]
  }()

  @Test(arguments: damages.indices) func refuses(index: Int) throws {
    let damage = Self.damages[index]
    try withTemporaryFolder { folder in
      let path = try folder.write(damage.bytes, "hostile.npz")
      let error = #expect(throws: VAEError.self, "\(damage.name)") { _ = try open(path) }
      #expect(error?.kind == .file)
      #expect(error?.lacks([path] + damage.words) == [], "\(damage.name): \(error?.description ?? "")")
    }
  }

  @Test(arguments: ["stored", "deflated", "single"]) func everyTruncationThrows(name: String) throws {
    let bytes = try formatFixtureBytes(name + ".npz")
    for count in bytes.indices {
      #expect(throws: VAEError.self, "\(count) bytes") {
        try drain(NPZ.stream(BytesInMemory(Array(bytes[..<count])), array: "x"))
      }
    }
  }

  /// Each bit of the compressed data matters, but for the few that fill up the last byte.
  @Test func flippedBitsOfAMemberThrow() throws {
    let bytes = ZipFile([.init("x.npy", Self.array, isCompressed: true)]).bytes
    let end = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4b, 1, 2]) })
    for place in 35..<end {
      var damaged = bytes
      damaged[place] ^= 1 << UInt8(place == end - 1 ? 0 : place % 8)
      #expect(throws: VAEError.self, "byte \(place)") { try drain(NPZ.stream(BytesInMemory(damaged), array: "x")) }
    }
  }

  /// The most members that the short form has: looked up in time that grows with them only.
  @Test func veryManyMembers() throws {
    var zip = ZipFile((0..<65_534).map { .init("\($0).npy", []) } + [.init("x.npy", Self.array)])
    #expect(try drain(NPZ.stream(BytesInMemory(zip.bytes), array: "x")) == 5)
    let error = #expect(throws: VAEError.self) { _ = try NPZ.stream(BytesInMemory(zip.bytes), array: nil) }
    #expect(error?.lacks("0, 1, 2", "and 65527 more") == [] && error!.description.count < 500)
    zip.members[65_000].name = "7.npy"
    let twice = #expect(throws: VAEError.self) { _ = try NPZ.stream(BytesInMemory(zip.bytes), array: "x") }
    #expect(twice?.lacks("two members 7.npy") == [])
  }
}
