import Foundation

/// The safetensors format (github.com/huggingface/safetensors): the length of a JSON header as 8 bytes, the header,
/// and the tensors' elements, little-endian, one tensor behind the other without gaps.
package struct SafetensorsHeader: Sendable {
  package struct Tensor: Sendable, Equatable {
    package let name: String
    /// What the format calls the elements' type.
    package let dtype: String
    package let shape: [Int]
    /// Where its bytes lie, from the end of the header.
    package let bytes: Range<Int>

    /// A tensor of a type that the library writes.
    package init(name: String, type: StoredType, shape: [Int], bytes: Range<Int>) {
      self.init(name: name, dtype: type.rawValue, shape: shape, bytes: bytes)
    }

    fileprivate init(name: String, dtype: String, shape: [Int], bytes: Range<Int>) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.bytes = bytes
    }

    /// How the elements are stored, in a file at a path.
    ///
    /// - Throws: where they are of a type that is not read.
    package func type(_ path: String) throws(VAEError) -> StoredType {
      if let type = StoredType(rawValue: dtype) { return type }
      let types = StoredType.allCases.map(\.rawValue).joined(separator: ", ")
      throw VAEError(
        .file,
        "\(path): the tensor \(short(name)) is of type \(short(dtype)), and \(types) are read: save it with .float().")
    }
  }

  /// The tensors in the order of their bytes.
  package let tensors: [Tensor]
  package let metadata: [String: String]
  /// The bytes before the first tensor.
  package let byteCount: Int

  private struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  private enum Member: Decodable {
    case tensor(Entry)
    case metadata([String: String])

    init(from decoder: any Decoder) throws {
      let isMetadata = decoder.codingPath.last?.stringValue == "__metadata__"
      let value = try decoder.singleValueContainer()
      self = isMetadata ? .metadata(try value.decode([String: String].self)) : .tensor(try value.decode(Entry.self))
    }
  }

  /// Reads and validates the header; the reader then stands at the first tensor's first byte.
  ///
  /// - Throws: for everything the format forbids: a header longer than the file or 100 MB, offsets that overlap,
  ///   leave gaps or lie outside, sizes that contradict shapes, members that stand there twice.
  package init(_ reader: inout some ByteReader) throws(VAEError) {
    let path = reader.path
    func damaged(_ problem: String) -> VAEError {
      VAEError(.file, "\(path) is not a valid safetensors file: \(problem).")
    }
    guard reader.limit < .max else {
      throw VAEError(
        .file, "\(path) comes through a pipe; a safetensors file is read from several places: make a file of it.")
    }
    let lengthBytes = try reader.readExactly(8, "the header's length")
    let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= 100_000_000, length <= reader.limit - 8 else {
      throw damaged(
        "its first bytes, the length of a header, say \(length), and there are \(reader.limit) bytes in all. Is it another kind of file?"
      )
    }
    let header = try reader.readExactly(Int(length), "the header")
    guard header.first == UInt8(ascii: "{") else { throw damaged("its header is not a JSON object") }
    let members = try StrictJSON.decode([String: Member].self, from: header, "The header of \(path)")

    var metadata: [String: String] = [:]
    var tensors: [Tensor] = []
    for (name, member) in members {
      switch member {
      case .metadata(let value): metadata = value
      case .tensor(let entry):
        let offsets = entry.offsets
        guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= reader.limit else {
          throw damaged("the offsets \(short(offsets)) of the tensor \(short(name)) lie outside the file")
        }
        // Of a type that is not known, only the size is not known either.
        let type = StoredType(rawValue: entry.dtype)
        var size = type?.size ?? 1
        for dimension in entry.shape {
          let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
          guard dimension >= 0, !overflow else {
            throw damaged("the shape \(short(entry.shape)) of the tensor \(short(name)) is impossible")
          }
          size = product
        }
        guard type == nil || size == offsets[1] - offsets[0] else {
          throw damaged(
            "the tensor \(short(name)) of shape \(short(entry.shape)) takes \(size) bytes, its offsets say "
              + "\(offsets[1] - offsets[0])"
          )
        }
        tensors.append(Tensor(name: name, dtype: entry.dtype, shape: entry.shape, bytes: offsets[0]..<offsets[1]))
      }
    }
    tensors.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name) < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
    }
    var end = 0
    for tensor in tensors {
      guard tensor.bytes.lowerBound == end else {
        throw damaged(
          "the tensor \(short(tensor.name)) begins at \(tensor.bytes.lowerBound), the one before ends at \(end)")
      }
      end = tensor.bytes.upperBound
    }
    guard end == reader.limit - 8 - Int(length) else {
      throw damaged(
        "its tensors take \(end) bytes, the file has \(reader.limit - 8 - Int(length)) for them. Is it truncated?")
    }
    self.tensors = tensors
    self.metadata = metadata
    byteCount = 8 + Int(length)
  }

  /// The bytes before the tensors, padded so that the tensors begin at a multiple of 8.
  package static func encode(tensors: [Tensor], metadata: [String: String]) throws(VAEError) -> [UInt8] {
    var members: [String] = []
    do {
      func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
      }
      members.append("\"__metadata__\":\(try text(metadata))")
      for tensor in tensors {
        members.append(
          "\(try text(tensor.name)):{\"dtype\":\"\(tensor.dtype)\",\"shape\":\(try text(tensor.shape)),"
            + "\"data_offsets\":[\(tensor.bytes.lowerBound),\(tensor.bytes.upperBound)]}")
      }
    } catch {
      throw VAEError(.file, "The checkpoint's header cannot be encoded: \(error)")
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
  }
}

/// A hostile header must not fill the screen.
private func short(_ value: some Any) -> String {
  let text = "\(value)"
  return text.utf8.count <= 200 ? text : text.prefix(100) + "…"
}
