import Foundation
import TestSupport
import Testing
import VAECore

/// The safetensors header: what the library writes it reads, and what the format forbids it refuses with a reason.
struct SafetensorsTests {
  struct Damage: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    /// What the message must say.
    let words: [String]
    /// The file's size, where it is not that of the bytes.
    var limit: Int?

    init(_ name: String, header: String, tensorBytes: Int = 0, _ words: String...) {
      self.init(name, bytes: file(header, tensorBytes: tensorBytes), words)
    }

    init(_ name: String, bytes: [UInt8], _ words: [String], limit: Int? = nil) {
      testDescription = name
      self.bytes = bytes
      self.words = words
      self.limit = limit
    }
  }

  static func file(_ header: String, tensorBytes: Int) -> [UInt8] {
    UInt64(header.utf8.count).littleEndianBytes + Array(header.utf8) + Array(repeating: 0, count: tensorBytes)
  }

  /// One member of a header: a vector of four-byte numbers.
  static func member(_ name: String, _ from: Int, _ to: Int, shape: String? = nil, type: String = "F32") -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape ?? "[\((to - from) / 4)]"),\"data_offsets\":[\(from),\(to)]}"
  }

  static let a = member("a", 0, 4)

  static let damages: [Damage] = [
    Damage("too short for a length", bytes: [1, 2, 3], ["3 of 8 bytes"]),
    Damage(
      "length beyond the file", bytes: UInt64(1000).littleEndianBytes + [0x7b, 0x7d],
      ["say 1000", "10 bytes", "another kind of file"]),
    Damage(
      "length over 100 MB", bytes: UInt64(100_000_001).littleEndianBytes + [0x7b, 0x7d], ["100000001"], limit: 1 << 40),
    Damage("length 2⁶⁴ − 1", bytes: UInt64.max.littleEndianBytes + [0x7b, 0x7d], ["18446744073709551615"]),
    Damage("no header", bytes: UInt64(0).littleEndianBytes, ["not a JSON object"]),
    Damage("not JSON", header: "{nonsense}", "does not hold what it should"),
    Damage("half an object", header: "{\"a\":", "does not hold what it should"),
    Damage("an array", header: "[1]", "not a JSON object"),
    Damage("a string", header: "\"text\"", "not a JSON object"),
    Damage("deep nesting", header: "{\"a\":" + String(repeating: "[", count: 100_000), "does not hold what it should"),
    Damage("a tensor twice", header: "{\(a),\(a)}", tensorBytes: 4, "\"a\"", "twice"),
    Damage("a tensor twice, escaped", header: "{\(a),\(member("\\u0061", 0, 4))}", tensorBytes: 4, "\"a\"", "twice"),
    Damage("metadata twice", header: "{\"__metadata__\":{},\"__metadata__\":{}}", "\"__metadata__\"", "twice"),
    Damage("a metadatum twice", header: "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", "\"k\"", "twice"),
    Damage("metadata of numbers", header: "{\"__metadata__\":{\"k\":1}}", "__metadata__.k"),
    Damage("overlap", header: "{\(a),\(member("b", 0, 4))}", tensorBytes: 4, "tensor b begins at 0", "ends at 4"),
    Damage("half an overlap", header: "{\(a),\(member("b", 2, 6))}", tensorBytes: 6, "tensor b begins at 2"),
    Damage("a gap", header: "{\(a),\(member("b", 8, 12))}", tensorBytes: 12, "tensor b begins at 8", "ends at 4"),
    Damage("a gap before the first", header: "{\(member("b", 4, 8))}", tensorBytes: 8, "tensor b begins at 4"),
    Damage("out of range", header: "{\(member("a", 0, 4000))}", tensorBytes: 4, "tensor a", "outside"),
    Damage("reversed", header: "{\(member("a", 4, 0, shape: "[1]"))}", tensorBytes: 4, "tensor a", "outside"),
    Damage("negative", header: "{\(member("a", -4, 0))}", tensorBytes: 4, "tensor a", "outside"),
    Damage(
      "offsets beyond counting", header: "{\(member("a", 0, Int.max, shape: "[1]"))}", tensorBytes: 4, "tensor a"),
    Damage(
      "one offset", header: "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", tensorBytes: 4, "tensor a"
    ),
    Damage(
      "shape overflows", header: "{\(member("a", 0, 4, shape: "[4611686018427387904,4]"))}", tensorBytes: 4,
      "tensor a", "impossible"),
    Damage(
      "negative dimension", header: "{\(member("a", 0, 4, shape: "[-1]"))}", tensorBytes: 4, "tensor a", "impossible"),
    Damage(
      "two negative dimensions", header: "{\(member("a", 0, 4, shape: "[-1,-1]"))}", tensorBytes: 4, "impossible"),
    Damage("broken dimension", header: "{\(member("a", 0, 4, shape: "[1.5]"))}", tensorBytes: 4, "not whole"),
    Damage("huge number", header: "{\(member("a", 0, 4, shape: "[1e300]"))}", tensorBytes: 4, "not whole"),
    Damage("wrong size", header: "{\(member("a", 0, 4, shape: "[2]"))}", tensorBytes: 4, "takes 8 bytes", "say 4"),
    Damage("no type", header: "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", tensorBytes: 4, "dtype", "missing"),
    Damage("truncated tensor", header: "{\(a),\(member("b", 4, 8))}", tensorBytes: 7, "take 8 bytes", "truncated"),
    Damage("trailing bytes", header: "{\(a)}", tensorBytes: 5, "take 4 bytes", "has 5"),
  ]

  @Test(arguments: damages) func refuses(_ damage: Damage) throws {
    var reader = BytesReader(damage.bytes, path: "hostile.safetensors", limit: damage.limit)
    let error = #expect(throws: VAEError.self) { _ = try SafetensorsHeader(&reader) }
    #expect(error?.kind == .file)
    #expect(error?.lacks(["hostile.safetensors"] + damage.words) == [], "\(error?.description ?? "")")
  }

  @Test func readsWhatItWrites() throws {
    let members = [
      Self.member("plain", 0, 24, shape: "[2,3]"),
      Self.member("quoted \\\"\\\\ é/\\n", 24, 32, shape: "[1]", type: "F64"),
      Self.member("scalar", 32, 36, shape: "[]"), #""__metadata__":{"key":"{\"nested\":\"json\"}","é":"\u0001"}"#,
    ]
    var first = BytesReader(Self.file("{\(members.joined(separator: ","))}", tensorBytes: 36))
    let header = try SafetensorsHeader(&first)
    #expect(header.tensors.map(\.name) == ["plain", "quoted \"\\ é/\n", "scalar"])
    #expect(header.tensors.map(\.shape) == [[2, 3], [1], []])
    #expect(header.tensors.map(\.bytes) == [0..<24, 24..<32, 32..<36])
    #expect(header.tensors.map(\.dtype) == ["F32", "F64", "F32"])
    #expect(header.metadata == ["key": #"{"nested":"json"}"#, "é": "\u{1}"])

    let bytes = try SafetensorsHeader.encode(tensors: header.tensors, metadata: header.metadata)
    #expect(bytes.count % 8 == 0)
    var second = BytesReader(bytes + Array(repeating: 0, count: 36))
    let again = try SafetensorsHeader(&second)
    #expect(again.tensors == header.tensors)
    #expect(again.metadata == header.metadata)
    #expect(try second.read(100).count == 36)
  }

  /// A type that is not read matters only to who wants that tensor.
  @Test func namesATypeThatItDoesNotKnow() throws {
    let members = "\(Self.member("a", 0, 2, shape: "[2]", type: "F8_E4M3")),\(Self.member("b", 2, 10, shape: "[2]"))"
    var reader = BytesReader(Self.file("{\(members)}", tensorBytes: 10))
    let tensors = try SafetensorsHeader(&reader).tensors
    #expect(try tensors[1].type("x.safetensors") == .float32)
    let error = #expect(throws: VAEError.self) { _ = try tensors[0].type("x.safetensors") }
    #expect(error?.lacks("x.safetensors", "tensor a", "F8_E4M3", "BF16", "float()") == [])
  }

  /// Its length is needed before its end.
  @Test func refusesAPipe() {
    var reader = BytesReader(Self.file("{\(Self.a)}", tensorBytes: 4), path: "pipe", limit: .max)
    let error = #expect(throws: VAEError.self) { _ = try SafetensorsHeader(&reader) }
    #expect(error?.lacks("pipe", "make a file") == [])
  }

  /// The format prescribes no order of the members, and allows spaces and empty tensors.
  @Test func sortsTensorsByTheirBytes() throws {
    let header = "{\(Self.member("b", 4, 12)), \(Self.a), \(Self.member("none", 12, 12, shape: "[0,7]"))}   "
    var reader = BytesReader(Self.file(header, tensorBytes: 12))
    #expect(try SafetensorsHeader(&reader).tensors.map(\.name) == ["a", "b", "none"])
  }

  @Test func readsAFileOfNoTensors() throws {
    var reader = BytesReader(Self.file("{}", tensorBytes: 0))
    let header = try SafetensorsHeader(&reader)
    #expect(header.tensors.isEmpty && header.metadata.isEmpty)
  }
}
