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
    #expect(several?.lacks(path, "several arrays", "x, images") == [], "\(several?.description ?? "")")
    let none = #expect(throws: VAEError.self) { _ = try open(path, "y") }
    #expect(none?.lacks(path, "no array y", "x, images") == [])
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
      ("no members", ["no array"], ZipFile([]).bytes),
      ("checksum, stored", ["x.npy", "checksum"], zip { $0.members[0].checksum = 7 }),
      ("checksum, deflated", ["x.npy", "checksum"], zip(true) { $0.members[0].checksum = 7 }),
      ("too small", ["sizes"], zip { $0.members[0].size = 100 }),
      ("deflated, too small", ["x.npy"], zip(true) { $0.members[0].size = 187 }),
      ("deflated, too large", ["x.npy"], zip(true) { $0.members[0].size = 189 }),
      ("a bomb", ["sizes"], zip(true) { $0.members[0].size = 0xffff_fffe }),
      ("compressed size", ["sizes"], zip(true) { $0.members[0].compressedSize = 10_000 }),
      ("compressed too short", ["x.npy"], zip(true) { $0.members[0].compressedSize = 20 }),
      ("encrypted", ["encrypted"], zip { $0.members[0].flags = 1 }),
      ("another method", ["method 12"], zip { $0.members[0].method = 12 }),
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
    var zip = ZipFile((0..<65_534).map { .init("\($0)", []) } + [.init("x.npy", Self.array)])
    #expect(try drain(NPZ.stream(BytesInMemory(zip.bytes), array: "x")) == 5)
    let error = #expect(throws: VAEError.self) { _ = try NPZ.stream(BytesInMemory(zip.bytes), array: nil) }
    #expect(error?.lacks("0, 1, 2", "and 65527 more") == [] && error!.description.count < 500)
    zip.members[65_000].name = "7"
    let twice = #expect(throws: VAEError.self) { _ = try NPZ.stream(BytesInMemory(zip.bytes), array: "x") }
    #expect(twice?.lacks("two members 7") == [])
  }
}
