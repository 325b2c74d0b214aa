import SystemPackage

/// A stream of bytes, read in pieces from the beginning.
///
/// Parsers work through this protocol, so that a compressed file reads like a plain one.
public protocol ByteReader {
  /// The file's path, for messages.
  var path: String { get }
  /// An upper bound of the bytes that the stream can deliver in all, from the file's real size: what a header promises
  /// beyond it is refused before it is allocated. `Int.max` of a pipe and of standard input, which nobody can bound.
  var limit: Int { get }
  /// The next bytes: `count` of them, or fewer at the end of the stream.
  ///
  /// - Throws: where they cannot be read, or are not what they should be.
  mutating func read(_ count: Int) throws(VAEError) -> [UInt8]

  /// The next bytes as soon as there is one, up to `most` of them; none at the end of the stream. By default it waits for all.
  ///
  /// - Throws: where they cannot be read, or are not what they should be.
  mutating func readSome(_ most: Int) throws(VAEError) -> [UInt8]
}

extension ByteReader {
  /// As many as there are.
  public mutating func readSome(_ most: Int) throws(VAEError) -> [UInt8] { try read(most) }

  /// Exactly `count` bytes; throws where the stream ends before.
  package mutating func readExactly(_ count: Int, _ what: String) throws(VAEError) -> [UInt8] {
    let bytes = try read(count)
    if bytes.count < count {
      throw VAEError(
        .file, "\(path) ends in the middle of \(what): \(bytes.count) of \(count) bytes are there. Is it truncated?")
    }
    return bytes
  }
}

/// What a path leads to, as far as bytes are concerned.
package enum FileKind {
  /// A regular file, which can be read again and again.
  case file
  /// A named pipe, or one of the shell's, as in `<(command)`: what was read of it once is gone.
  case pipe
  /// A folder, a device, a socket.
  case other

  /// What is there; throws where nothing is, or it cannot be looked at.
  package init(_ path: String) throws(VAEError) {
    do {
      let type = try FilePath(path).stat().type
      self = type == .regular ? .file : type == .fifo ? .pipe : .other
    } catch { throw .cannotRead(path, error) }
  }
}

/// Reads a plain file, a pipe, or standard input.
public struct FileReader: ByteReader {
  /// The file's path.
  public let path: String
  /// The file's size; `Int.max` where nobody knows it.
  public let limit: Int
  private let file: OpenFile

  /// Whether the bytes can be read only once, from a pipe or standard input.
  package var isPipe: Bool { limit == .max }

  /// Opens a regular file or a pipe, for whose writer it waits; throws where there is nothing, where it cannot be read, and
  /// where it is a folder or a device.
  public init(path: String) throws(VAEError) {
    let kind = try FileKind(path)
    guard kind != .other else { throw .noFile(path, kind) }
    do {
      file = OpenFile(try FileDescriptor.open(path, .readOnly, options: .closeOnExec))
      limit = kind == .file ? Int(try file.descriptor.stat().size) : .max
    } catch { throw .cannotRead(path, error) }
    self.path = path
  }

  /// Standard input, whose length nobody knows.
  public static var standardInput: FileReader {
    FileReader(path: "standard input", file: OpenFile(.standardInput), limit: .max)
  }

  private init(path: String, file: OpenFile, limit: Int) {
    self.path = path
    self.file = file
    self.limit = limit
  }

  /// The next bytes: `count` of them, or fewer at the end of the file; throws where it is shorter than it was.
  public func read(_ count: Int) throws(VAEError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let piece = try readSome(min(count - bytes.count, 1 << 20))
      if piece.isEmpty { break }
      if bytes.isEmpty {
        bytes = piece
        bytes.reserveCapacity(min(count, limit, 1 << 24))
      } else {
        bytes += piece
      }
    }
    return bytes
  }
}

extension FileReader {
  /// The next bytes as soon as there is one; throws where a file is shorter than it was.
  public func readSome(_ most: Int) throws(VAEError) -> [UInt8] {
    do {
      let piece = try [UInt8](unsafeUninitializedCapacity: most) { buffer, length in
        length = try file.descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      let isShorter =
        try piece.isEmpty && limit != .max && file.descriptor.seek(offset: 0, from: .current) < Int64(limit)
      if isShorter { throw VAEError.spoiled(path, "has changed") }
      return piece
    } catch { throw error as? VAEError ?? .cannotRead(path, error) }
  }
}

/// Closes a file that nobody reads from any more.
private final class OpenFile: Sendable {
  let descriptor: FileDescriptor

  init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  deinit { if descriptor != .standardInput { try? descriptor.close() } }
}

/// A reader whose first bytes can be looked at before they are read.
package struct ReaderFromStart: ByteReader {
  package var path: String { rest.path }
  package var limit: Int { rest.limit }
  /// The first bytes, which are still to be read.
  package private(set) var start: [UInt8]
  private var rest: any ByteReader

  /// Reads the first bytes of a reader, `count` of them where there are as many.
  package init(_ reader: any ByteReader, count: Int = 512) throws(VAEError) {
    rest = reader
    start = try rest.read(count)
  }

  package mutating func read(_ count: Int) throws(VAEError) -> [UInt8] {
    if start.isEmpty { return try rest.read(count) }
    let bytes = Array(start.prefix(count))
    start.removeFirst(bytes.count)
    return bytes.count < count ? bytes + (try rest.read(count - bytes.count)) : bytes
  }
}

extension VAEError {
  /// A path that leads to no file that could be read from any position.
  static func noFile(_ path: String, _ kind: FileKind) -> VAEError {
    VAEError(
      .file,
      kind == .pipe
        ? "\(path) is a pipe, which can be read once: make a file of what comes through it."
        : "\(shown(path)) is not a file: give the path of one.")
  }

  /// A file that is no longer what it was when work on it began.
  static func spoiled(_ path: String, _ what: String) -> VAEError {
    VAEError(.file, "\(path) \(what) while it was in use: leave a data set as it is until the work on it is done.")
  }
}
