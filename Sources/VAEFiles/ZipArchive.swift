import VAECore

/// A ZIP archive (PKWARE's APPNOTE.TXT), whose central directory at the end lists its members: stored or deflated, in the
/// 64-bit form, too. Others may be there, but cannot be read.
struct ZipArchive {
  let members: [Member]
  /// The file's path, for messages.
  var path: String { file.path }
  private let file: any PositionedBytes
  /// Where the central directory begins, and members end.
  private let directory: Int

  /// Whether a file begins as those of the format do.
  static func begins(_ start: [UInt8]) -> Bool {
    start.starts(with: [0x50, 0x4b, 3, 4]) || start.starts(with: [0x50, 0x4b, 5, 6])
  }

  /// Reads the directory.
  ///
  /// - Throws: where there is none, or it contradicts itself or the file's size.
  init(_ file: any PositionedBytes) throws(VAEError) {
    self.file = file
    let end = try ZipArchive.end(of: file)
    guard end.directorySize <= 100_000_000 else {
      throw VAEError(.file, "\(file.path) is not read: its directory takes \(end.directorySize) bytes.")
    }
    directory = end.directory
    let bytes = try file.read(end.directorySize, at: end.directory)
    var fields = Fields(bytes, file.path)
    var members: [Member] = []
    var names = Set<String>()
    // An entry takes 46 bytes at least, so there are no more of them than the file can have.
    while fields.hasMore {
      let member = try ZipArchive.member(&fields)
      guard names.insert(member.name).inserted else {
        throw fields.damaged("it holds two members \(member.name.prefix(60))")
      }
      guard member.header <= end.directory, member.compressedSize <= end.directory - member.header,
        member.hasPossibleSize
      else { throw fields.damaged("the sizes of its member \(member.name.prefix(60)) cannot be") }
      members.append(member)
    }
    guard members.count == end.count else {
      throw fields.damaged("it promises \(end.count) members, \(members.count) are there")
    }
    self.members = members
  }

  /// Where the bytes of a member begin.
  ///
  /// - Throws: where its own header is not what the directory says, or it is encrypted, or compressed in another way.
  func start(of member: Member) throws(VAEError) -> Int {
    if member.isEncrypted {
      throw VAEError(.file, "\(path):\(member.name.prefix(60)) is encrypted: unpack the archive.")
    }
    if case .other = member.method {
      throw VAEError(
        .file,
        "\(path):\(member.name.prefix(60)) is compressed by \(member.method.name); what is stored or deflated is read: write "
          + "it with numpy.savez_compressed, or unpack the archive.")
    }
    var fields = Fields(try file.read(min(30, file.size - member.header), at: member.header), file.path)
    let signature = try fields.integer(4)
    try fields.skip(4)
    let method = try fields.integer(2)
    try fields.skip(16)
    let (nameLength, extraLength) = (try fields.integer(2), try fields.integer(2))
    let start = member.header + 30 + nameLength + extraLength
    guard signature == 0x0403_4b50, method == member.method.number, start <= directory,
      member.compressedSize <= directory - start
    else { throw fields.damaged("its member \(member.name.prefix(60)) is not where its directory says") }
    return start
  }

  /// The bytes of a member, decompressed and compared with its size and checksum at its end.
  func reader(of member: Member) throws(VAEError) -> ZipMemberReader {
    let name = "\(file.path):\(member.name)"
    let start = try start(of: member)
    let section = SectionReader(file: file, path: name, position: start, end: start + member.compressedSize)
    return ZipMemberReader(
      member.method == .deflated ? InflateReader(section, .none) : section, path: name, size: member.size,
      checksum: member.checksum)
  }

  // MARK: The directory

  private struct End {
    var count: Int
    var directorySize: Int
    var directory: Int
  }

  /// Finds the end of the central directory, which a comment of up to 65,535 bytes may follow.
  private static func end(of file: any PositionedBytes) throws(VAEError) -> End {
    let length = min(file.size, 22 + 65_535)
    let tail = try file.read(length, at: file.size - length)
    var place = length - 22
    /// Whether the record lies there, its comment reaching to the end of the file.
    func isEnd(_ index: Int) -> Bool {
      guard tail[index..<index + 4].elementsEqual([0x50, 0x4b, 5, 6]) else { return false }
      let comment = Int(tail[index + 20]) + Int(tail[index + 21]) << 8
      return index + 22 + comment == length
    }
    while place >= 0, !isEnd(place) { place -= 1 }
    guard place >= 0 else {
      throw VAEError(.file, "\(file.path) is not a complete ZIP archive: its directory is missing. Is it truncated?")
    }
    var fields = Fields(Array(tail[place...]), file.path)
    try fields.skip(4)
    let disks = (try fields.integer(2), try fields.integer(2))
    let (countHere, count) = (try fields.integer(2), try fields.integer(2))
    var end = End(count: count, directorySize: try fields.integer(4), directory: try fields.integer(4))
    var last = file.size - length + place
    if let (end64, place) = try ZipArchive.end64(of: file, before: last) {
      (end, last) = (end64, place)
    } else if countHere != count || disks != (0, 0) {
      throw fields.damaged("it is one of several parts")
    }
    guard end.directory <= last, end.directorySize == last - end.directory else {
      throw fields.damaged("its directory is not where it should be")
    }
    return end
  }

  /// The end of the directory in the 64-bit form, which lies before the other one, and where it begins; nil where there is
  /// none, as its locator would say.
  private static func end64(of file: any PositionedBytes, before: Int) throws(VAEError) -> (End, Int)? {
    guard before >= 20 else { return nil }
    var locator = Fields(try file.read(20, at: before - 20), file.path)
    guard try locator.integer(4) == 0x0706_4b50 else { return nil }
    try locator.skip(4)
    let place = try locator.integer(8)
    guard place <= before - 20, before - 20 - place >= 56 else {
      throw locator.damaged("its 64-bit directory is missing")
    }
    var fields = Fields(try file.read(56, at: place), file.path)
    guard try fields.integer(4) == 0x0606_4b50 else { throw fields.damaged("its 64-bit directory is missing") }
    try fields.skip(28)
    let count = try fields.integer(8)
    let size = try fields.integer(8)
    return (End(count: count, directorySize: size, directory: try fields.integer(8)), place)
  }

  /// The next entry of the directory.
  private static func member(_ fields: inout Fields) throws(VAEError) -> Member {
    guard try fields.integer(4) == 0x0201_4b50 else { throw fields.damaged("its directory is no directory") }
    try fields.skip(4)
    let (flags, method) = (try fields.integer(2), try fields.integer(2))
    try fields.skip(4)
    let checksum = UInt32(try fields.integer(4))
    var sizes = (compressed: try fields.integer(4), plain: try fields.integer(4))
    let lengths = (name: try fields.integer(2), extra: try fields.integer(2), comment: try fields.integer(2))
    try fields.skip(8)
    var header = try fields.integer(4)
    let nameBytes = try fields.bytes(lengths.name)
    // Old ones have names in an encoding of their computer's: whichever, different names stay different.
    let name =
      String(validating: nameBytes, as: UTF8.self) ?? String(String.UnicodeScalarView(nameBytes.map { .init($0) }))
    var extra = Fields(try fields.bytes(lengths.extra), fields.path)
    try fields.skip(lengths.comment)
    while extra.remaining >= 4 {
      let (kind, length) = (try extra.integer(2), try extra.integer(2))
      var field = Fields(try extra.bytes(length), fields.path)
      guard kind == 1 else { continue }
      // Those of the numbers that did not fit, in this order.
      if sizes.plain == 0xffff_ffff { sizes.plain = try field.integer(8) }
      if sizes.compressed == 0xffff_ffff { sizes.compressed = try field.integer(8) }
      if header == 0xffff_ffff { header = try field.integer(8) }
    }
    return Member(
      name: name, method: Method(method), isEncrypted: flags & 1 == 1, checksum: checksum,
      compressedSize: sizes.compressed, size: sizes.plain, header: header)
  }

  /// Little-endian integers, one behind the other.
  private struct Fields {
    let path: String
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8], _ path: String) {
      self.bytes = bytes
      self.path = path
    }

    var remaining: Int { bytes.count - position }
    var hasMore: Bool { remaining > 0 }

    mutating func bytes(_ count: Int) throws(VAEError) -> [UInt8] {
      guard count <= remaining else { throw damaged("it ends in the middle of a header") }
      defer { position += count }
      return Array(bytes[position..<position + count])
    }

    mutating func skip(_ count: Int) throws(VAEError) { _ = try bytes(count) }

    mutating func integer(_ count: Int) throws(VAEError) -> Int {
      let value = try bytes(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard let value = Int(exactly: value) else { throw damaged("a number in it is too large") }
      return value
    }

    func damaged(_ problem: String) -> VAEError {
      VAEError(.file, "\(path) is not a valid ZIP archive: \(problem).")
    }
  }
}
