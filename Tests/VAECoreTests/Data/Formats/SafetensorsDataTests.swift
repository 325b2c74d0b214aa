import TestSupport
import Testing
import VAECore

/// Tensors as data, from a file that the safetensors package wrote.
struct SafetensorsDataTests {
  private let path = formatFixture("tensors.safetensors")

  private func open(_ tensor: String?) throws -> ArrayFile {
    try ArrayFile(path: path) { reader throws(VAEError) in try Safetensors.layout(&reader, tensor: tensor) }
  }

  @Test(arguments: ["x", "half", "double"]) func vectors(name: String) throws {
    let file = try open(name)
    #expect(file.count == 5 && file.dataSize == 3)
    #expect(try file.inMemory().rows(0..<5, as: Float.self).elements == fixtureNumbers)
  }

  @Test func images() throws {
    let file = try open("bytes")
    #expect(file.imageShape == ImageShape(height: 2, width: 3))
    #expect(try file.inMemory().rows(0..<4, as: Float.self).elements == fixtureImages.map { Float($0) / 255 })
  }

  @Test func saysWhatThereIs() {
    let several = #expect(throws: VAEError.self) { _ = try open(nil) }
    let words = ["several tensors", "double (5 × 3, double precision)", "bytes (4 × 2 × 3, bytes)"]
    #expect(several?.lacks([path] + words) == [], "\(several?.description ?? "")")
    let missing = #expect(throws: VAEError.self) { _ = try open("y") }
    #expect(missing?.lacks(path, "no tensor y", "double", "half") == [])
  }

  /// A file by hand: its header, and its tensors' bytes.
  private func file(_ tensors: [(name: String, dtype: String, shape: [Int], bytes: [UInt8])]) -> [UInt8] {
    var offset = 0
    let members = tensors.map { tensor in
      defer { offset += tensor.bytes.count }
      return "\"\(tensor.name)\":{\"dtype\":\"\(tensor.dtype)\",\"shape\":\(tensor.shape),"
        + "\"data_offsets\":[\(offset),\(offset + tensor.bytes.count)]}"
    }
    let header = Array("{\(members.joined(separator: ","))}".utf8)
    return UInt64(header.count).littleEndianBytes + header + tensors.flatMap(\.bytes)
  }

  /// Types that NumPy has not, beside labels and what is not read: it matters only if it is asked for.
  @Test func tensorsBesideOthers() throws {
    let numbers: [Float] = [1.5, -2, 0x1p100, 0]
    let bytes = file([
      ("x", "BF16", [2, 2], numbers.flatMap { UInt16($0.bitPattern >> 16).littleEndianBytes }),
      ("y", "I64", [2], [3, 0].flatMap(\.littleEndianBytes)), ("small", "F8_E5M2", [2, 2], [1, 2, 3, 4]),
      ("scalar", "F32", [], [0, 0, 0, 0]), ("none", "F32", [0], []),
    ])
    try withTemporaryFolder { folder in
      let path = try folder.write(bytes, "x.safetensors")
      func read(_ tensor: String, allowingVectors: Bool = false) throws -> [Float] {
        let data = try ArrayFile(path: path) { reader throws(VAEError) in
          try Safetensors.layout(&reader, tensor: tensor, allowingVectors: allowingVectors)
        }.inMemory()
        return data.rows(0..<data.count, as: Float.self).elements
      }
      #expect(try read("x") == numbers)
      #expect(try read("y", allowingVectors: true) == [3, 0])
      for (tensor, words) in [
        ("y", ["one dimension (2)", "labels"]), ("small", ["F8_E5M2", "float()"]), ("scalar", ["0 dimensions"]),
      ] {
        let error = #expect(throws: VAEError.self) { _ = try read(tensor) }
        #expect(error?.lacks([path, tensor] + words) == [], "\(error?.description ?? "")")
      }
    }
  }

  /// Neither deep nesting, nor very many members, nor long names take the program down.
  @Test func hostileHeaders() {
    func refuse(_ header: String, _ word: String) {
      var reader = BytesReader(UInt64(header.utf8.count).littleEndianBytes + Array(header.utf8))
      let error = #expect(throws: VAEError.self) { _ = try Safetensors.layout(&reader, tensor: "x") }
      #expect(error?.lacks(word) == [], "\(error?.description.prefix(300) ?? "")")
      #expect((error?.description.utf8.count ?? 0) < 2000)
    }
    refuse("{\"x\":" + String(repeating: "[", count: 1_000_000), "header")
    refuse("{\"x\":" + String(repeating: "{\"a\":", count: 200_000), "header")
    let member = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}"
    refuse("{" + (0..<20_000).map { "\"\($0)\":\(member)" }.joined(separator: ",") + "}", "begins at 0")
    let long = String(repeating: "n", count: 1_000_000)
    refuse("{\"\(long)\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "takes 8 bytes")
    let shape = String(repeating: "1,", count: 300_000) + "-1"
    refuse("{\"x\":{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[0,4]}}", "impossible")
  }
}
