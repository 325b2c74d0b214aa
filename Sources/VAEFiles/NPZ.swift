import VAECore

/// NumPy's file format for several arrays: a ZIP archive of NPY files.
package enum NPZ {
  /// Opens one of the arrays: the one of that name, or the only one. Where vectors are allowed in place of matrices, an
  /// array of one dimension `[N]`, as of labels, is `[N, 1]`.
  ///
  /// An array that is stored as it is can be read from any position, and its checksum is compared now, in one pass; a
  /// compressed one can be read from its beginning. What the others hold does not matter. A sparse matrix of SciPy's is one
  /// set, in memory.
  package static func open(
    _ path: String, array name: String?, allowingVectors: Bool = false
  ) throws(VAEError) -> OpenedData {
    let archive = try ZipArchive(PositionedFile(path: path))
    if name == nil && archive.isSparseMatrix { return .source(try archive.sparseMatrix()) }
    return try open(archive, array: name, allowingVectors: allowingVectors)
  }

  /// Opens one of an archive's arrays.
  static func open(
    _ archive: ZipArchive, array name: String?, allowingVectors: Bool
  ) throws(VAEError) -> OpenedData {
    let (path, member) = (archive.path, try archive.member(name))
    guard member.method == .stored else {
      return .stream(try stream(of: member, in: archive, allowingVectors))
    }
    var reader = try archive.reader(of: member)
    let layout = try NPY.layout(&reader, allowingVectors: allowingVectors)
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
    return try stream(of: archive.member(name), in: archive, false)
  }

  private static func stream(
    of member: ZipArchive.Member, in archive: ZipArchive, _ allowingVectors: Bool
  ) throws(VAEError) -> any DataStream {
    try ArrayStream(try archive.reader(of: member)) { reader throws(VAEError) in
      try NPY.layout(&reader, allowingVectors: allowingVectors)
    }
  }
}
