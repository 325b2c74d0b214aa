import VAECore

/// Bytes that are to be recognised and read as data.
struct DataInput {
  /// The file's path, for messages.
  let path: String
  /// The first bytes, decompressed.
  let start: [UInt8]
  private let origin: Origin

  private enum Origin {
    case file
    case compressedFile
    case stream(ReaderFromStart)
  }

  /// Whether the bytes lie compressed in their file.
  let isCompressed: Bool
  /// Whether they can be read from any position of a file at `path`.
  var isPlainFile: Bool { if case .file = origin { true } else { false } }

  /// The bytes from the beginning, decompressed.
  func reader() throws(VAEError) -> any ByteReader {
    switch origin {
    case .file: return try FileReader(path: path)
    case .compressedFile: return try GzipReader(path: path)
    case .stream(let reader): return reader
    }
  }

  /// The bytes of a file, decompressed where they are gzip-compressed, or the name says so.
  init(file path: String) throws(VAEError) {
    self.path = path
    let plain = try ReaderFromStart(FileReader(path: path))
    isCompressed = GzipReader.begins(plain.start) || path.hasSuffix(".gz")
    start = isCompressed ? try ReaderFromStart(GzipReader(path: path)).start : plain.start
    origin = isCompressed ? .compressedFile : .file
  }

  /// What comes from a reader, once.
  init(_ reader: any ByteReader) throws(VAEError) {
    var bytes = try ReaderFromStart(reader)
    isCompressed = GzipReader.begins(bytes.start)
    if isCompressed { bytes = try ReaderFromStart(GzipReader(bytes)) }
    path = bytes.path
    start = bytes.start
    origin = .stream(bytes)
  }
}
