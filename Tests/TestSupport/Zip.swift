import CZlib

/// A ZIP archive by hand, to be put together wrongly.
package struct ZipFile {
  package struct Member {
    package var name: String
    package var content: [UInt8]
    package var isCompressed = false
    package var method: UInt16?
    package var flags: UInt16 = 0
    package var checksum: UInt32?
    package var size: UInt32?
    package var compressedSize: UInt32?
    package var localName: String?

    package init(_ name: String, _ content: [UInt8], isCompressed: Bool = false) {
      self.name = name
      self.content = content
      self.isCompressed = isCompressed
    }
  }

  package var members: [Member]
  package var comment: [UInt8] = []
  package var count: UInt16?
  package var directoryOffset: UInt32?
  /// Whether sizes and places are written in the 64-bit form.
  package var is64Bit = false

  package init(_ members: [Member]) { self.members = members }

  package var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let body = member.isCompressed ? deflated(member.content) : member.content
      let checksum = member.checksum ?? UInt32(crc32(0, member.content, UInt32(member.content.count)))
      let header = UInt32(file.count)
      let most = UInt32.max
      let sizes =
        (member.compressedSize ?? (is64Bit ? most : UInt32(body.count))).littleEndianBytes
        + (member.size ?? (is64Bit ? most : UInt32(member.content.count))).littleEndianBytes
      let extra =
        is64Bit
        ? UInt16(1).littleEndianBytes + UInt16(24).littleEndianBytes
          + [member.content.count, body.count, Int(header)].flatMap { UInt64($0).littleEndianBytes } : []
      let method = (member.method ?? (member.isCompressed ? 8 : 0)).littleEndianBytes
      let start =
        [20, 0] + member.flags.littleEndianBytes + method + [0, 0, 0, 0] + checksum.littleEndianBytes + sizes
      let name = Array(member.name.utf8)
      let localName = member.localName.map { Array($0.utf8) } ?? name
      file += [0x50, 0x4b, 3, 4] + start + UInt16(localName.count).littleEndianBytes + [0, 0] + localName + body
      directory += [0x50, 0x4b, 1, 2, 20, 0] + start + UInt16(name.count).littleEndianBytes
      directory += UInt16(extra.count).littleEndianBytes + Array(repeating: 0, count: 10)
      directory += (is64Bit ? most : header).littleEndianBytes + name + extra
    }
    let offset = UInt32(file.count)
    file += directory
    if is64Bit {
      let place = UInt64(file.count)
      file += [0x50, 0x4b, 6, 6] + UInt64(44).littleEndianBytes + [45, 0, 45, 0] + Array(repeating: 0, count: 8)
      file += [members.count, members.count, directory.count, Int(offset)].flatMap { UInt64($0).littleEndianBytes }
      file += [0x50, 0x4b, 6, 7, 0, 0, 0, 0] + place.littleEndianBytes + [1, 0, 0, 0]
    }
    let number = (count ?? (is64Bit ? .max : UInt16(members.count))).littleEndianBytes
    file += [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + number + number
    file += (is64Bit ? UInt32.max : UInt32(directory.count)).littleEndianBytes
    file += (directoryOffset ?? (is64Bit ? UInt32.max : offset)).littleEndianBytes
    return file + UInt16(comment.count).littleEndianBytes + comment
  }

  /// A raw deflate stream.
  private func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    let room = Int(deflateBound(&stream, UInt(bytes.count)))
    return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      input.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = CUnsignedInt(input.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = CUnsignedInt(room)
        _ = deflate(&stream, Z_FINISH)
      }
      count = room - Int(stream.avail_out)
    }
  }
}
