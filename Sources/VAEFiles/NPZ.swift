import VAECore

/// NumPy's file format for several arrays: a ZIP archive of NPY files.
package enum NPZ {
  /// Opens one of the arrays: the one of that name, or the only one.
  ///
  /// An array that is stored as it is can be read from any position, and its checksum is compared now, in one pass; a
  /// compressed one can be read from its beginning.
  package static func open(_ path: String, array name: String?) throws(VAEError) -> OpenedData {
    let file = try PositionedFile(path: path)
    let archive = try ZipArchive(file)
    let member = try choose(name, of: archive, path)
    guard !member.isCompressed else { return .stream(try stream(of: member, in: archive)) }
    var reader = try archive.reader(of: member)
    let layout = try NPY.layout(&reader)
    try reader.check()
    guard layout.end == member.size else {
      throw VAEError(
        .file,
        "\(path):\(member.name) is damaged: its header promises \(layout.end) bytes, the member has \(member.size).")
    }
    let start = try archive.start(of: member)
    return .source(try ArrayFile(path: path, name: "\(path):\(member.name)") { _ in layout.embedded(behind: start) })
  }

  /// The data of an array of an archive, from their beginning.
  package static func stream(_ file: any PositionedBytes, array name: String?) throws(VAEError) -> any DataStream {
    let archive = try ZipArchive(file)
    return try stream(of: try choose(name, of: archive, file.path), in: archive)
  }

  private static func stream(of member: ZipArchive.Member, in archive: ZipArchive) throws(VAEError) -> any DataStream {
    try ArrayStream(try archive.reader(of: member)) { reader throws(VAEError) in try NPY.layout(&reader) }
  }

  private static func choose(
    _ name: String?, of archive: ZipArchive, _ path: String
  ) throws(VAEError) -> ZipArchive.Member {
    // NumPy names a member after its array, with the ending of the file that it is.
    let names = archive.members.map { $0.name.hasSuffix(".npy") ? String($0.name.dropLast(4)) : $0.name }
    return archive.members[try Member.choose(name, of: names, "array", in: path)]
  }
}
