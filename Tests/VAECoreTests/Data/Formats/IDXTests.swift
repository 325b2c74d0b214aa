import TestSupport
import Testing
import VAECore

/// IDX files by hand: bytes and floats, images and vectors, and everything that is no such file.
struct IDXTests {
  private func read(_ bytes: [UInt8], limit: Int? = nil) throws -> Dataset {
    var reader = BytesReader(bytes, path: "data.idx", limit: limit)
    return try IDX.read(&reader)
  }

  private func values(_ data: Dataset) -> [Double] { data.rows(0..<data.count, as: Double.self).elements }

  @Test func bytesAsImages() throws {
    let data = try read(idxFile(dimensions: [2, 1, 3], elements: [0, 51, 255, 1, 2, 3]))
    #expect(data.count == 2 && data.dataSize == 3 && data.name == "data.idx")
    #expect(data.imageShape == ImageShape(height: 1, width: 3))
    #expect(values(data) == [0, 51, 255, 1, 2, 3].map { $0 / 255 })
  }

  @Test func bytesAsVectors() throws {
    let data = try read(idxFile(dimensions: [3, 2], elements: [0, 51, 255, 1, 2, 3]))
    #expect(data.count == 3 && data.dataSize == 2 && data.imageShape == nil)
    #expect(data.rows(2..<3, as: Float.self).elements == [2, 3])
  }

  @Test func floats() throws {
    let numbers: [Float] = [-1.5, 0, 1e30, .leastNonzeroMagnitude]
    let data = try read(idxFile(type: 13, dimensions: [2, 2], elements: numbers.flatMap(\.bitPattern.bigEndianBytes)))
    #expect(data.rows(0..<2, as: Float.self).elements == numbers)
  }

  @Test func doubles() throws {
    let numbers = [-1.5, 1.0 / 3, 1e30, 0.25]
    let data = try read(
      idxFile(type: 14, dimensions: [1, 2, 2], elements: numbers.flatMap(\.bitPattern.bigEndianBytes)))
    #expect(data.imageShape == ImageShape(height: 2, width: 2))
    #expect(data.rows(0..<1, as: Float.self).elements == numbers.map { Float($0) })
  }

  @Test(arguments: [
    (9 as UInt8, StoredType.int8, [0x80, 0x7f, 0xff, 0]),
    (11, .int16, [0x80, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0]),
    (12, .int32, [0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
  ])
  func integers(code: UInt8, type: StoredType, bytes: [UInt8]) throws {
    let bits = 8 * type.size - 1
    let expected = [-Double(1 << bits), Double(1 << bits - 1), -1, 0]
    let file = idxFile(type: code, dimensions: [2, 2], elements: bytes)
    #expect(values(try read(file)) == expected)
    var reader = BytesReader(file)
    #expect(try IDX.layout(&reader).type == type)
  }

  @Test func imagesOfOneChannel() throws {
    for (dimensions, width) in [([2, 1, 1, 3], 3), ([2, 3, 1, 1], 1)] as [([UInt32], Int)] {
      let data = try read(idxFile(dimensions: dimensions, elements: [0, 51, 255, 1, 2, 3]))
      #expect(data.imageShape == ImageShape(height: 3 / width, width: width) && data.count == 2)
    }
  }

  @Test func vectorsWhereTheyAreAllowed() throws {
    var reader = BytesReader(idxFile(dimensions: [3], elements: [7, 8, 9]))
    let layout = try IDX.layout(&reader, allowingVectors: true)
    #expect(layout.count == 3 && layout.dataSize == 1 && layout.type == .uint8)
  }

  @Test func readsAnEmptySet() throws {
    let data = try read(idxFile(dimensions: [0, 2, 3], elements: []))
    #expect(data.count == 0 && data.dataSize == 6)
    let model = try VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 6, encoderHidden: [], latentSize: 1))
    let error = #expect(throws: VAEError.self) { try model.check(data) }
    #expect(error?.lacks("empty", "data.idx") == [])
  }

  private static let most = UInt32.max
  static let damages: [(name: String, bytes: [UInt8], words: [String])] = [
    ("empty", [], ["header", "0 of 4 bytes"]),
    ("truncated magic", [0, 0, 8], ["header", "3 of 4 bytes"]),
    ("wrong magic", [1, 0, 8, 3] + idxImages(count: 1)[4...], ["not an IDX file", "[1, 0, 8, 3]"]),
    ("text", Array("hello, world".utf8), ["not an IDX file"]),
    (
      "unknown type", idxFile(type: 10, dimensions: [1, 1], elements: [0, 0, 0, 1]),
      ["not an IDX file", "[0, 0, 10, 2]"]
    ),
    ("labels", idxFile(dimensions: [4], elements: [1, 2, 3, 4]), ["one dimension (4)", "labels", "images"]),
    ("no dimensions", idxFile(dimensions: [], elements: [1]), ["0 dimensions"]),
    (
      "pictures in colour", idxFile(dimensions: [1, 2, 2, 3], elements: Array(1...12)), ["4 dimensions (1 × 2 × 2 × 3)"]
    ),
    ("255 dimensions", [0, 0, 8, 255] + Array(repeating: 1, count: 1020), ["255 dimensions"]),
    ("255 dimensions that are not there", [0, 0, 8, 255], ["header", "0 of 4 bytes"]),
    ("truncated dimensions", [0, 0, 8, 3, 0, 0, 0, 1, 0], ["header", "1 of 4 bytes"]),
    ("zero width", idxFile(dimensions: [2, 3, 0], elements: []), ["2 × 3 × 0", "empty"]),
    ("zero height", idxFile(dimensions: [0, 0, 3], elements: []), ["0 × 0 × 3", "empty"]),
    ("truncated data", Array(idxImages(count: 10)[..<(16 + 36 * 7 + 5)]), ["10 data of 36 bytes", "7 are there"]),
    ("trailing byte", idxImages(count: 3) + [0], ["goes on", "3 data"]),
    (
      "larger than the file", idxFile(dimensions: [1_000_000, 1000, 1000], elements: [1]),
      ["truncated", "1000000 data of 1000000 bytes", "0 are there"]
    ),
    ("product overflows", idxFile(dimensions: [most, most, most], elements: [1]), ["cannot hold"]),
    ("doubles overflow", idxFile(type: 14, dimensions: [1, most, most], elements: [1]), ["cannot hold"]),
    ("no data, whose size overflows", idxFile(dimensions: [0, most, most], elements: []), ["cannot hold"]),
  ]

  @Test(arguments: damages.indices) func refuses(index: Int) {
    let damage = Self.damages[index]
    let error = #expect(throws: VAEError.self, "\(damage.name)") { _ = try read(damage.bytes) }
    #expect(error?.kind == .file)
    #expect(error?.lacks(["data.idx"] + damage.words) == [], "\(damage.name): \(error?.description ?? "")")
  }

  /// A header that promises more than the file can have makes nobody ask for more.
  @Test func asksForNoMoreThanTheFileHas() {
    final class Most { var value = 0 }
    struct Sparing: ByteReader {
      let path = "data.idx"
      let limit = 20
      var header = idxFile(dimensions: [1 << 31, 1 << 20], elements: [])[...]
      let most = Most()
      mutating func read(_ count: Int) throws(VAEError) -> [UInt8] {
        most.value = max(most.value, count)
        defer { header = header.dropFirst(count) }
        return Array(header.prefix(count))
      }
    }
    var reader = Sparing()
    let error = #expect(throws: VAEError.self) { _ = try IDX.read(&reader) }
    #expect(error?.lacks("truncated", "0 are there") == [])
    #expect(reader.most.value <= 20)
  }

  @Test func everyTruncationThrows() {
    let bytes = idxImages(count: 3)
    for count in bytes.indices {
      #expect(throws: VAEError.self, "\(count) bytes") { _ = try read(Array(bytes[..<count])) }
      #expect(throws: VAEError.self, "\(count) bytes") { _ = try read(Array(bytes[..<count]), limit: 1 << 20) }
    }
  }
}
