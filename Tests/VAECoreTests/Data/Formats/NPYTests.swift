import TestSupport
import Testing
import VAECore

/// NumPy's files, by hand: what is written is what NumPy expects, and only matrices are read.
struct NPYTests {
  private static func file(_ header: String, version: UInt8 = 1, _ body: [UInt8]) -> [UInt8] {
    let length =
      version == 1 ? UInt16(header.utf8.count).littleEndianBytes : UInt32(header.utf8.count).littleEndianBytes
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8) + body
  }

  private static func header(_ type: String = "<f4", _ shape: String = "(1, 2)", fortran: String = "False") -> String {
    "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }\n"
  }

  private static let body = Float(1.5).bitPattern.littleEndianBytes + Float(-2).bitPattern.littleEndianBytes

  private func roundTrip<S: Scalar>(_ type: S.Type, _ description: String) throws {
    try withTemporaryFolder { folder in
      var random = TestRandom(1)
      for (rows, columns) in [(3, 5), (1, 1), (0, 4), (1000, 100)] {
        let matrix: Matrix<S> = random.matrix(rows, columns)
        let path = folder.file("matrix.npy")
        try NPY.write(matrix, to: path)
        #expect(try NPY.read(path, as: type) == matrix)
        let bytes = try folder.bytes("matrix.npy")
        let length = Int(bytes[8]) + Int(bytes[9]) << 8
        #expect(bytes[..<8] == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
        #expect((10 + length) % 64 == 0)
        #expect(bytes[9 + length] == UInt8(ascii: "\n"))
        let text = String(decoding: bytes[10..<10 + length], as: UTF8.self)
        #expect(
          text.hasPrefix("{'descr': '\(description)', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"))
        #expect(bytes.count == 10 + length + rows * columns * S.elementType.size)
      }
      #expect(folder.names == ["matrix.npy"])
    }
  }

  @Test func inFloat() throws { try roundTrip(Float.self, "<f4") }

  @Test func inDouble() throws { try roundTrip(Double.self, "<f8") }

  @Test func writesAVector() throws {
    try withTemporaryFolder { folder in
      try NPY.write([1.5, -2, .infinity], to: folder.file("vector.npy"))
      let bytes = try folder.bytes("vector.npy")
      let length = Int(bytes[8]) + Int(bytes[9]) << 8
      #expect((10 + length) % 64 == 0 && bytes.count == 10 + length + 24)
      let text = String(decoding: bytes[10..<10 + length], as: UTF8.self)
      #expect(text.hasPrefix("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }"))
      #expect(Array(bytes[(10 + length)...]) == [1.5, -2, .infinity].flatMap { $0.bitPattern.littleEndianBytes })
    }
  }

  @Test func writesPieceByPiece() throws {
    try withTemporaryFolder { folder in
      let matrix = Matrix<Float>(rows: 5, columns: 2, elements: (0..<10).map(Float.init))
      try NPY.write(rows: 5, columns: 2, of: Float.self, to: folder.file("pieces")) { append throws(VAEError) in
        try append(matrix.rows(0..<2))
        try append(matrix.rows(2..<5))
      }
      try NPY.write(matrix, to: folder.file("whole"))
      #expect(try folder.bytes("pieces") == folder.bytes("whole"))
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt8]) func readsEveryVersion(version: UInt8) throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(Self.file(Self.header(), version: version, Self.body), "file.npy")
      #expect(try NPY.read(path, as: Double.self) == Matrix(rows: 1, columns: 2, elements: [1.5, -2]))
    }
  }

  @Test func readsDoublesAsFloats() throws {
    try withTemporaryFolder { folder in
      let body = (1.0 / 3).bitPattern.littleEndianBytes
      let path = try folder.write(Self.file(Self.header("<f8", "(1, 1)"), body), "file.npy")
      #expect(try NPY.read(path, as: Float.self)[0, 0] == Float(1.0 / 3))
    }
  }

  @Test func readsIntegers() throws {
    try withTemporaryFolder { folder in
      let bytes = try folder.write(Self.file(Self.header("|u1", "(1, 3)"), [0, 1, 255]), "bytes.npy")
      #expect(try NPY.read(bytes, as: Float.self).elements == [0, 1, 255])
      let columns = try folder.write(
        Self.file(Self.header("|i1", "(2, 2)", fortran: "True"), [1, 2, 3, 255]), "columns.npy")
      #expect(try NPY.read(columns, as: Double.self).elements == [1, 3, 2, -1])
    }
  }

  @Test func readsHalfPrecisionAndOtherByteOrders() throws {
    for (name, type) in [("f2-little", 2), ("f2-big", 2), ("f4-big", 4), ("f8-big", 8)] {
      let matrix: Matrix<Double> = try NPY.read(formatFixture("vectors-\(name).npy"))
      #expect(matrix.elements == fixtureNumbers.map(Double.init), "\(type) bytes")
    }
  }

  static let damages: [(name: String, bytes: [UInt8], words: [String])] = [
    ("empty", [], ["0 of 8 bytes"]),
    ("garbage", Array(repeating: 7, count: 200), ["not an NPY file"]),
    ("version 4", file(header(), version: 4, body), ["not an NPY file"]),
    ("truncated magic", [0x93, 0x4e], ["2 of 8 bytes"]),
    ("truncated length", Array(file(header(), body)[..<9]), ["header's length"]),
    ("truncated header", Array(file(header(), body)[..<30]), ["header"]),
    ("huge header", [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255], ["4294967295 bytes"]),
    ("no order", file("{'descr': '<f4', 'shape': (1, 2), }\n", body), ["Fortran"]),
    ("text", file(header("<U2", "(1, 1)"), body), ["text", "<U2", "numpy.unique"]),
    ("no type", file("{'fortran_order': False, 'shape': (1, 2), }\n", body), ["nothing known"]),
    ("no dictionary", file("hello\n", body), ["nothing known"]),
    ("one dimension", file(header("<f4", "(2,)"), body), ["one dimension (2)"]),
    ("no dimensions", file(header("<f4", "()"), body), ["0 dimensions"]),
    ("three dimensions", file(header("<f4", "(1, 1, 2)"), body), ["matrix", "reshape"]),
    ("a negative dimension", file(header("<f4", "(-1, -2)"), body), ["shape", "(-1, -2)"]),
    ("a number as shape", file(header("<f4", "2"), body), ["shape", "2"]),
    ("half a shape", file(header("<f4", "(1, 2"), body), ["shape"]),
    ("no shape", file("{'descr': '<f4', 'fortran_order': False, }\n", body), ["shape", "missing"]),
    ("truncated", file(header(), Array(body[..<7])), ["truncated", "1 data of 8 bytes", "0 are there"]),
    ("trailing byte", file(header(), body + [0]), ["goes on", "1 data"]),
    ("huge shape", file(header("<f4", "(1000000000, 1000000000)"), body), ["1000000000", "cannot hold"]),
    ("overflowing shape", file(header("<f4", "(9223372036854775807, 9223372036854775807)"), body), ["cannot hold"]),
    ("shape beyond counting", file(header("<f4", "(99999999999999999999, 2)"), body), ["shape"]),
  ]

  @Test(arguments: damages.indices) func refuses(index: Int) throws {
    let damage = Self.damages[index]
    try withTemporaryFolder { folder in
      let path = try folder.write(damage.bytes, "hostile.npy")
      let error = #expect(throws: VAEError.self, "\(damage.name)") { _ = try NPY.read(path, as: Float.self) }
      #expect(error?.kind == .file)
      #expect(error?.lacks([path] + damage.words) == [], "\(damage.name): \(error?.description ?? "")")
    }
  }
}
