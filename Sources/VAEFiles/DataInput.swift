import VAECore

/// Bytes that are to be recognised and read as data: of a file, of a member of an archive, of a pipe.
public struct DataInput {
  /// The file's path, and the member of it where that is one, for messages.
  public let path: String
  /// The first bytes, decompressed.
  public let start: [UInt8]
  /// Whether the bytes are compressed where they lie.
  public let isCompressed: Bool
  /// Whether they can be read from any position of a file at `path`.
  public let isPlainFile: Bool
  /// Whether they lie in an archive.
  let isInArchive: Bool
  private let open: () throws(VAEError) -> any ByteReader

  /// The bytes from the beginning, decompressed. What comes through a pipe must be asked for once only.
  public func reader() throws(VAEError) -> any ByteReader { try open() }

  /// The bytes of a file, decompressed where they are gzip-compressed, or what comes through a pipe.
  package init(file path: String) throws(VAEError) {
    let file = try FileReader(path: path)
    if file.isPipe {
      try self.init(file)
    } else {
      try self.init(path, first: file) { () throws(VAEError) in try FileReader(path: path) }
    }
  }

  /// What comes from a reader, once.
  package init(_ reader: any ByteReader) throws(VAEError) {
    let (bytes, layers) = try DataInput.decompressed(reader)
    path = bytes.path
    start = bytes.start
    isCompressed = layers > 0
    isPlainFile = false
    isInArchive = false
    open = { bytes }
  }

  /// The bytes of an archive's member.
  init(_ member: ZipArchive.Member, of archive: ZipArchive) throws(VAEError) {
    let first = try archive.reader(of: member)
    try self.init(first.path, first: first, isInArchive: true) { () throws(VAEError) in try archive.reader(of: member) }
  }

  /// What can be opened again and again.
  private init(
    _ path: String, first: any ByteReader, isInArchive: Bool = false,
    _ again: @escaping () throws(VAEError) -> any ByteReader
  ) throws(VAEError) {
    let (bytes, layers) = try DataInput.decompressed(first)
    self.path = path
    start = bytes.start
    isCompressed = layers > 0
    isPlainFile = layers == 0 && !isInArchive
    self.isInArchive = isInArchive
    open =
      layers == 0 ? again : { () throws(VAEError) in try DataInput.decompressed(again()).bytes }
  }

  /// The bytes with as many layers of compression taken off as there are: a file that is compressed twice by mistake has
  /// two, and one that unpacks into itself has no end of them.
  private static func decompressed(
    _ reader: any ByteReader
  ) throws(VAEError) -> (bytes: ReaderFromStart, layers: Int) {
    var bytes = try ReaderFromStart(reader)
    var layers = 0
    while GzipReader.begins(bytes.start) {
      guard layers < 3 else {
        throw VAEError(.file, "\(bytes.path) is gzip-compressed more than three times: decompress it (gunzip).")
      }
      bytes = try ReaderFromStart(GzipReader(bytes))
      layers += 1
    }
    return (bytes, layers)
  }

  /// Whether what a path leads to can be read once only: standard input, or a pipe.
  package static func comesOnce(_ location: String) -> Bool {
    location == "-" || (try? FileKind(location)) == .pipe
  }

  /// The name of a format, and how the bytes of it lie there.
  func title(of format: any DataFormat) -> String {
    format.name + (isInArchive ? ", in a ZIP archive" : "") + (isCompressed ? ", gzip-compressed" : "")
  }
}
