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
    let description = value(of: "descr") ?? "nothing known"
    let kind = description.filter { $0 != "'" }
    let isBigEndian = kind.first == ">"
    switch String(kind.drop { "<>|=".contains($0) }) {
    case "u1": return (.uint8, false)
    case "b1", "?": return (.bool, false)
    case "f2": return (.float16, isBigEndian)
    case "f4": return (.float32, isBigEndian)
    case "f8": return (.float64, isBigEndian)
    default:
      throw VAEError(
        .file,
        "\(path) holds \(shortened(description)); bytes ('|u1'), booleans ('|b1') and floating-point numbers of 2, 4 and "
          + "8 bytes ('<f2', '<f4', '<f8') are read: save it with .astype(numpy.float32).")
    }
  }

  /// The lengths of the array's dimensions; nil where they are no such lengths.
  var shape: [Int]? {
    guard let tuple = value(of: "shape"), tuple.first == "(", tuple.last == ")" else { return nil }
    var lengths = tuple.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.filter { $0 != " " } }
    // Python's comma behind the only length, or the last.
    if lengths.last == "" { lengths.removeLast() }
    let numbers = lengths.compactMap { length in Int(length).flatMap { $0 >= 0 ? $0 : nil } }
    return numbers.count == lengths.count ? numbers : nil
  }

  /// The shape as the file says it, for messages.
  var shapeText: String { shortened(value(of: "shape") ?? "missing") }

  /// Throws unless the last dimension changes fastest.
  func checkOrder() throws(VAEError) {
    guard value(of: "fortran_order") == "False" else {
      throw VAEError(.file, "\(path) is in Fortran order: save it with numpy.ascontiguousarray.")
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
    let description =
      switch type {
      case .uint8: "|u1"
      case .bool: "|b1"
      case .float16: "<f2"
      case .float32: "<f4"
      case .float64: "<f8"
      }
    var header = "{'descr': '\(description)', 'fortran_order': False, 'shape': (\(shape)), }"
    // Magic, version and length take 10 bytes; all of it ends in a newline at a multiple of 64.
    let length = max(least, 10 + header.utf8.count + 1)
    header += String(repeating: " ", count: (length + 63) / 64 * 64 - 11 - header.utf8.count) + "\n"
    let count = UInt16(header.utf8.count)
    return magic + [1, 0, UInt8(count & 0xff), UInt8(count >> 8)] + Array(header.utf8)
  }
}
