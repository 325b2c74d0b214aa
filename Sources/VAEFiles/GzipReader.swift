import VAECore

/// Reads gzip-compressed bytes.
public struct GzipReader: ByteReader {
  private let reader: InflateReader

  /// The file's path.
  public var path: String { reader.path }
  /// No deflate stream expands to more than 1032 times its size.
  public var limit: Int { reader.limit }

  /// Whether bytes begin as gzip-compressed ones do.
  public static func begins(_ start: [UInt8]) -> Bool { start.starts(with: [0x1f, 0x8b]) }

  /// Opens a compressed file; throws where it is not there, not readable, a folder, or not compressed.
  public init(path: String) throws(VAEError) { try self.init(FileReader(path: path)) }

  /// Decompresses what another reader gives; throws where that is not compressed.
  public init(_ compressed: any ByteReader) throws(VAEError) {
    let source = try ReaderFromStart(compressed)
    guard GzipReader.begins(source.start) else {
      throw VAEError(
        .file, "\(source.path) is not gzip-compressed, as its name says: decompress it anew, or rename it.")
    }
    reader = InflateReader(source, .gzip)
  }

  /// The next bytes: `count` of them, or fewer at the end; throws where the compressed data are damaged or truncated.
  public func read(_ count: Int) throws(VAEError) -> [UInt8] { try reader.read(count) }
}
