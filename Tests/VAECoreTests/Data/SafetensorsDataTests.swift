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
    #expect(several?.lacks(path, "several tensors", "double", "half") == [], "\(several?.description ?? "")")
    let missing = #expect(throws: VAEError.self) { _ = try open("y") }
    #expect(missing?.lacks(path, "no tensor y", "double", "half") == [])
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
