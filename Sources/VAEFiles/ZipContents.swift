import VAECore

/// What people put into archives, and what of it is meant.
extension ZipArchive {
  /// The members that somebody put there: no folders, and nothing that macOS or a file manager keeps for itself.
  private var files: [Member] {
    members.filter { member in
      let parts = member.name.split(separator: "/", omittingEmptySubsequences: false)
      return parts.last != "" && parts.first != "__MACOSX" && !parts.contains { $0.hasPrefix(".") }
        && parts.last != "Thumbs.db"
    }
  }

  /// The member that is meant: the one of that name, or that array; without a name the only array, or the only file.
  ///
  /// - Throws: where there is none, or more than one to choose from, listing them; and where the archive is a file of
  ///   another program.
  func member(_ name: String?) throws(VAEError) -> Member {
    if let name, let member = members.first(where: { $0.name == name }) { return member }
    if isSparseMatrix {
      throw VAEError(.file, "\(path) is a sparse matrix of SciPy: give the file without a name behind it.")
    }
    if let foreign = ForeignFormat.recognise(members: members.map(\.name)) {
      throw VAEError(.file, "\(path) is \(foreign.name): \(foreign.advice).")
    }
    let arrays = files.filter(\.isArray)
    let some = arrays.isEmpty ? files : arrays
    let index = try VAECore.Member.choose(
      name, of: some.map(\.arrayName), arrays.isEmpty ? "file" : "array", in: path
    ) { index in
      guard !arrays.isEmpty, var reader = try? self.reader(of: some[index]) else { return nil }
      return try? NPY.summary(&reader)
    }
    return some[index]
  }
}

extension ZipArchive.Member {
  /// Whether it is one of NumPy's arrays, by its name.
  var isArray: Bool { name.hasSuffix(".npy") }
  /// NumPy names a member after its array, with the ending of the file that it is.
  fileprivate var arrayName: String { isArray ? String(name.dropLast(4)) : name }
}

extension DataInput {
  /// What of an archive is meant, where it is one and no array is: a member, as a file of its own. An array stays a member
  /// of its archive.
  func choosing(_ name: String?) throws(VAEError) -> (input: DataInput, member: String?) {
    guard isPlainFile, ZipArchive.begins(start) else { return (self, name) }
    let archive = try ZipArchive(PositionedFile(path: path))
    if name == nil && archive.isSparseMatrix { return (self, nil) }
    let member = try archive.member(name)
    if member.isArray { return (self, member.name) }
    let input = try DataInput(member, of: archive)
    return NPY.begins(input.start) ? (self, member.name) : (input, nil)
  }
}
