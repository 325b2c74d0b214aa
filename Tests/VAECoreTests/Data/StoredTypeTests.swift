import TestSupport
import Testing
import VAECore

/// Numbers of every type, as NumPy wrote the least and the greatest of them (Tests/Fixtures/formats/write.py).
struct StoredTypeTests {
  /// NumPy's name, the type, and the numbers `[3, 2]` in the file.
  static let types: [(name: String, type: StoredType, numbers: [Double])] = [
    ("b1", .bool, [0, 1, 1, 1, 0, 0]),
    ("i1", .int8, limits(Int8.self)), ("u1", .uint8, limits(UInt8.self)),
    ("i2", .int16, limits(Int16.self)), ("u2", .uint16, limits(UInt16.self)),
    ("i4", .int32, limits(Int32.self)), ("u4", .uint32, limits(UInt32.self)),
    ("i8", .int64, [-0x1p53, -0x1p53 + 1, 0, 1, 0x1p53 - 1, 0x1p53]),
    ("u8", .uint64, [0, 1, 0, 1, 0x1p53 - 1, 0x1p53]),
    ("f2", .float16, [-65504, -1.25, 0x1p-24, 0, 0.5, 65504]),
    ("f4", .float32, limits(Float.self)), ("f8", .float64, limits(Double.self)),
  ]

  private static func limits<T: FixedWidthInteger>(_ type: T.Type) -> [Double] {
    [T.min, T.min + 1, 0, 1, T.max - 1, T.max].map { Double($0) }
  }

  private static func limits<T: BinaryFloatingPoint>(_ type: T.Type) -> [Double] {
    [-T.greatestFiniteMagnitude, -1.25, T.leastNonzeroMagnitude, 0, 0.5, T.greatestFiniteMagnitude].map { Double($0) }
  }

  @Test(arguments: types.indices, ["little", "big"]) func everyTypeInEitherOrder(index: Int, order: String) throws {
    let (name, type, numbers) = Self.types[index]
    guard type.size > 1 || order == "little" else { return }
    let path = formatFixture("types/\(name)-\(order).npy")
    // Exact in double precision.
    let read: Matrix<Double> = try NPY.read(path)
    #expect(read.elements == numbers, "\(type): \(read.elements)")
    let file = try ArrayFile(path: path) { reader throws(VAEError) in try NPY.layout(&reader) }
    #expect(file.storedType == type && file.count == 3 && file.dataSize == 2)
    // And of some data from any position, whatever they become in memory.
    let some = try file.read([2..<3, 0..<1]).rows(0..<2, as: Float.self).elements
    #expect(some == [4, 5, 0, 1].map { Float(numbers[$0]) })
  }

  @Test func everyTypeIsTested() {
    // NumPy has no bfloat16; a tensor of it stands in SafetensorsDataTests.
    #expect(Set(Self.types.map(\.type)) == Set(StoredType.allCases).subtracting([.bfloat16]))
    #expect(Set(StoredType.allCases.map(\.description)).count == StoredType.allCases.count)
  }

  /// What is said of a type is what its extremes show.
  @Test(arguments: types.indices) func properties(index: Int) {
    let (_, type, numbers) = Self.types[index]
    #expect(type.isInteger == numbers.allSatisfy { $0 == $0.rounded() })
    #expect(type.isFloatingPoint != type.isInteger)
    #expect(type.fitsInFloat == numbers.allSatisfy { Double(Float($0)) == $0 })
  }

  private static func file(_ code: String, _ bytes: [UInt8], rows: Int) -> [UInt8] {
    let header = "{'descr': '\(code)', 'fortran_order': False, 'shape': (\(rows), 2), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + UInt16(header.utf8.count).littleEndianBytes + Array(header.utf8)
      + bytes
  }

  /// An integer that a double does not hold is refused where it stands, before it could become another.
  @Test(arguments: [
    ("<i8", [1, 2, 3, 4, 5, -(1 << 53) - 1], "datum 2, column 2", "-9007199254740993"),
    (">i8", [1, 2, 3, 1 << 53 + 1, 5, 6], "datum 1, column 2", "9007199254740993"),
    ("<u8", [1, 2, -1, 4, 5, 6], "datum 1, column 1", "18446744073709551615"),
  ]) func integersBeyondDoublePrecision(code: String, numbers: [Int], place: String, number: String) throws {
    let bytes = numbers.flatMap { code.first == ">" ? $0.bigEndianBytes : $0.littleEndianBytes }
    try withTemporaryFolder { folder in
      let path = try folder.write(Self.file(code, bytes, rows: 3), "ids.npy")
      let words = [path, place, number]
      func expectRefusal(_ body: () throws -> Void) {
        let error = #expect(throws: VAEError.self) { try body() }
        let text = error?.description ?? ""
        #expect(error?.kind == .data && words.allSatisfy { text.lowercased().contains($0.lowercased()) }, "\(text)")
      }
      expectRefusal { _ = try NPY.read(path, as: Double.self) }
      let file = try ArrayFile(path: path) { reader throws(VAEError) in try NPY.layout(&reader) }
      expectRefusal { _ = try file.inMemory() }
      expectRefusal { _ = try file.read([1..<3]) }
      #expect(try file.read([0..<1]).count == 1)
      expectRefusal {
        try drain(
          ArrayStream(FileReader(path: path)) { reader throws(VAEError) in try NPY.layout(&reader) }, 1)
      }
    }
  }

  /// What is no number, or less than the least normal one, in either of the short types.
  @Test func shortFloatingPoint() throws {
    try withTemporaryFolder { folder in
      let bits: [UInt16] = [0x7c00, 0xfc00, 0x8001, 0x7e00]
      let path = try folder.write(Self.file("<f2", bits.flatMap(\.littleEndianBytes), rows: 2), "x.npy")
      let numbers = try NPY.read(path, as: Double.self).elements
      #expect(numbers[..<3] == [.infinity, -.infinity, -0x1p-24] && numbers[3].isNaN)
    }
  }

  /// Beyond 2⁵³ some are held, and these are read.
  @Test func greatIntegersThatADoubleHolds() throws {
    try withTemporaryFolder { folder in
      let bytes = [1 << 60, Int.min].flatMap(\.littleEndianBytes)
      let path = try folder.write(Self.file("<i8", bytes, rows: 1), "x.npy")
      #expect(try NPY.read(path, as: Double.self).elements == [0x1p60, -0x1p63])
    }
  }
}
