import CZlib
import Foundation
import VAECore

/// Reads a gzip-compressed file, through zlib.
public struct GzipReader: ByteReader {
  /// The file's path.
  public let path: String
  /// No deflate stream expands to more than 1032 times its size.
  public let limit: Int
  private let file: Handle

  /// Closes the file with its last reader.
  private final class Handle {
    let pointer: gzFile
    init(_ pointer: gzFile) { self.pointer = pointer }
    deinit { gzclose(pointer) }
  }

  /// Whether a file begins as gzip-compressed ones do.
  public static func isCompressed(_ path: String) throws(VAEError) -> Bool {
    try FileReader(path: path).read(2) == [0x1f, 0x8b]
  }

  /// Opens a compressed file; throws where it is not there, not readable, a folder, or not compressed.
  public init(path: String) throws(VAEError) {
    let plain = try FileReader(path: path)
    guard try GzipReader.isCompressed(path) else {
      throw VAEError(.file, "\(path) is not gzip-compressed, as its name says: decompress it anew, or rename it.")
    }
    guard let pointer = gzopen(path, "rb") else { throw .cannotRead(path) }
    gzbuffer(pointer, 1 << 18)
    self.path = path
    limit = plain.limit.multipliedReportingOverflow(by: 1032).overflow ? .max : plain.limit * 1032
    file = Handle(pointer)
  }

  /// The next bytes: `count` of them, or fewer at the end; throws where the compressed data are damaged or truncated.
  public func read(_ count: Int) throws(VAEError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let wanted = min(count - bytes.count, 1 << 20)
      var status: CInt = 0
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, length in
        status = gzread(file.pointer, buffer.baseAddress, CUnsignedInt(wanted))
        length = max(Int(status), 0)
      }
      var code: CInt = Z_OK
      let message = gzerror(file.pointer, &code).map { String(cString: $0) } ?? ""
      if status < 0 || code == Z_BUF_ERROR || code == Z_DATA_ERROR {
        let reason = code == Z_BUF_ERROR ? "it ends too early" : message
        throw VAEError(.file, "\(path) is damaged: \(reason). Fetch or compress it anew.")
      }
      if piece.isEmpty { break }
      bytes.append(contentsOf: piece)
    }
    return bytes
  }
}
