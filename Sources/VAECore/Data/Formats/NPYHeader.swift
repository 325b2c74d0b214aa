import Foundation

/// The header of NumPy's file format for one array (numpy.lib.format): a magic number, a version, a length, and a Python
/// dictionary that says how the elements are stored, in which order, and in which shape.
struct NPYHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The bytes before the elements.
  let byteCount: Int
  private let path: String
  private let text: String

  /// Reads the header; the reader then stands at the first element.
  ///
  /// - Throws: where the file is not of the format. What the dictionary says is checked when it is asked for.
  init(_ reader: inout some ByteReader) throws(VAEError) {
    path = reader.path
    let start = try reader.readExactly(8, "the magic number")
    guard start.prefix(6).elementsEqual(NPYHeader.magic), (1...3).contains(start[6]) else {
      throw VAEError(.file, "\(path) is not an NPY file of version 1, 2 or 3: write it anew, as numpy.save does.")
    }
    let width = start[6] == 1 ? 2 : 4
    let length = try reader.readExactly(width, "the header's length").reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= min(reader.limit, 1 << 16) else {
      throw VAEError(
        .file,
        "\(path): its header would be \(length) bytes long; the file has \(reader.limit), and a header at most 65536.")
    }
    text = String(decoding: try reader.readExactly(length, "the header"), as: UTF8.self)
    byteCount = 8 + width + length
  }

  /// How elements are stored, and whether the most significant byte comes first.
  ///
  /// - Throws: where they are no numbers that the library reads.
  func elements() throws(VAEError) -> (type: StoredType, isBigEndian: Bool) {
    let description = self.description
    if let type = NPYHeader.types.first(where: { $0.code == code })?.type { return (type, description.first == ">") }
    throw VAEError(.file, "\(path) holds \(foreignType.name), \(shortened(description)): \(foreignType.advice).")
  }

  /// What elements are, for a list of arrays.
  var elementText: String {
    NPYHeader.types.first { $0.code == code }?.type.description ?? foreignType.name
  }

  /// The description of the elements, without Python's quotes.
  private var description: String { (value(of: "descr") ?? "nothing known").filter { $0 != "'" && $0 != "\"" } }

  /// The same without the order of bytes.
  private var code: String { String(description.drop { "<>|=".contains($0) }) }

  /// NumPy's names for the types that are read.
  private static let types: [(code: String, type: StoredType)] = [
    ("b1", .bool), ("?", .bool), ("u1", .uint8), ("i1", .int8), ("u2", .uint16), ("i2", .int16), ("u4", .uint32),
    ("i4", .int32), ("u8", .uint64), ("i8", .int64), ("f2", .float16), ("f4", .float32), ("f8", .float64),
  ]

  /// What elements of other types are, and what to do about them.
  private var foreignType: (name: String, advice: String) {
    switch code.first {
    case "O": ("Python objects", "make numbers of them, .astype(numpy.float64), as far as they are some")
    case "U", "S", "a": ("text", "number its values, numpy.unique(x, return_inverse=True)[1]")
    case "M": ("dates", "count from one of them, (x - x.min()) / numpy.timedelta64(1, 'D')")
    case "m": ("durations", "make numbers of them, x / numpy.timedelta64(1, 's')")
    case "c": ("complex numbers", "make two real ones of each, x.real and x.imag, or take numpy.abs(x)")
    case "[", "(":
      ("records of several fields", "numpy.lib.recfunctions.structured_to_unstructured(x) makes a matrix of them")
    case "V": ("raw bytes", "save the numbers that they are, as of bfloat16 with .astype(numpy.float32)")
    case "f", "g": ("extended precision", "save it with .astype(numpy.float64)")
    default: ("elements that are not known", "save them with .astype(numpy.float64)")
    }
  }

  /// The lengths of the array's dimensions; nil where they are no such lengths.
  var shape: [Int]? {
    guard let tuple = value(of: "shape"), tuple.first == "(", tuple.last == ")" else { return nil }
    var lengths = tuple.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.filter { $0 != " " && $0 != "L" } }
    // Python's comma behind the only length, or the last. (Python 2 wrote an L behind a number.)
    if lengths.last == "" { lengths.removeLast() }
    let numbers = lengths.compactMap { length in Int(length).flatMap { $0 >= 0 ? $0 : nil } }
    return numbers.count == lengths.count ? numbers : nil
  }

  /// The shape as the file says it, for messages.
  var shapeText: String { shortened(value(of: "shape") ?? "missing") }

  /// Whether the first dimension changes fastest, and not the last.
  ///
  /// - Throws: where the header does not say.
  func isInFortranOrder() throws(VAEError) -> Bool {
    switch value(of: "fortran_order") {
    case "True": return true
    case "False": return false
    default:
      throw VAEError(
        .file, "\(path) does not say whether it is in Fortran order: write it anew, as numpy.save does.")
    }
  }

  /// The text of an entry of the header's Python dictionary, whose values are a string, a bool and a tuple of integers.
  private func value(of key: String) -> String? {
    guard let start = text.range(of: "'\(key)':")?.upperBound else { return nil }
    let rest = text[start...].drop { $0 == " " }
    let end =
      switch rest.first {
      case "(": rest.firstIndex(of: ")").map(rest.index(after:))
      case "[": rest.firstIndex(of: "]").map(rest.index(after:))
      default: rest.firstIndex { $0 == "," || $0 == "}" }
      }
    return end.map { String(rest[..<$0]) }
  }

  private func shortened(_ text: String) -> String { text.count <= 80 ? text : text.prefix(77) + "…" }
}

extension NPYHeader {
  /// Everything before the elements, with a shape as in a Python tuple, in no fewer than `least` bytes.
  static func encode(_ type: StoredType, shape: String, least: Int = 0) -> [UInt8] {
    let code = types.first { $0.type == type }!.code
    let description = (type.size == 1 ? "|" : "<") + code
    var header = "{'descr': '\(description)', 'fortran_order': False, 'shape': (\(shape)), }"
    // Magic, version and length take 10 bytes; all of it ends in a newline at a multiple of 64.
    let length = max(least, 10 + header.utf8.count + 1)
    header += String(repeating: " ", count: (length + 63) / 64 * 64 - 11 - header.utf8.count) + "\n"
    let count = UInt16(header.utf8.count)
    return magic + [1, 0, UInt8(count & 0xff), UInt8(count >> 8)] + Array(header.utf8)
  }
}
