import Foundation

/// Bytes that can be read from any place.
package protocol PositionedBytes: Sendable {
  /// The file's path, for messages.
  var path: String { get }
  /// How many bytes there are.
  var size: Int { get }
  /// Exactly `count` bytes from `offset` on, which must be there.
  ///
  /// - Throws: where they cannot be read.
  func read(_ count: Int, at offset: Int) throws(VAEError) -> [UInt8]
}

/// A regular file, read at given places, by any number of threads at once.
///
/// Ordinary reads and not a mapping: a mapped file that shrinks ends the program. Nothing stays open between reads: a set
/// of data may have more files than a process may have open.
package struct PositionedFile: PositionedBytes {
  package let path: String
  /// The file as it was found first, and has to stay.
  private let state: FileState

  package var size: Int { state.size }

  /// Looks at a file; throws where it is not there, not readable, or none. A pipe is not even opened: whoever writes to it
  /// would find it closed again.
  package init(path: String) throws(VAEError) {
    let kind = try FileKind(path)
    guard kind == .file else { throw .noFile(path, kind) }
    let descriptor = PositionedFile.open(path)
    guard descriptor >= 0 else { throw .cannotRead(path) }
    defer { close(descriptor) }
    guard let state = FileState(descriptor) else { throw .noFile(path, .other) }
    self.path = path
    self.state = state
  }

  /// Exactly `count` bytes from `offset` on.
  ///
  /// - Throws: where they cannot be read, or the file is no longer what it was.
  package func read(_ count: Int, at offset: Int) throws(VAEError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read([offset..<offset + count]) { bytes = $0 }
    return bytes
  }

  /// Hands on the bytes of some places, one place after the other; the file is opened once for all of them.
  ///
  /// - Throws: where they cannot be read, or the file is no longer what it was.
  func read(_ places: [Range<Int>], _ take: ([UInt8]) throws(VAEError) -> Void) throws(VAEError) {
    let descriptor = PositionedFile.open(path)
    guard descriptor >= 0 else { throw errno == ENOENT ? .spoiled(path, "was deleted") : .cannotRead(path) }
    defer { close(descriptor) }
    try check(descriptor)
    for place in places {
      let bytes = try bytes(place, of: descriptor)
      try check(descriptor)
      guard bytes.count == place.count else { throw .spoiled(path, "has changed") }
      try take(bytes)
    }
  }

  /// Where a pipe has taken a file's place, it is not waited for.
  private static func open(_ path: String) -> CInt { Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }

  /// The bytes of a place, or those of them that are there.
  private func bytes(_ place: Range<Int>, of descriptor: CInt) throws(VAEError) -> [UInt8] {
    precondition(place.lowerBound >= 0 && place.upperBound <= size, "bytes \(place) of \(size)")
    var failure: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: place.count) { buffer, length in
      while length < place.count {
        let got = pread(
          descriptor, buffer.baseAddress! + length, place.count - length, off_t(place.lowerBound + length))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        length += got
      }
    }
    if failure != 0 {
      throw VAEError(.file, "\(path) cannot be read: \(String(cString: strerror(failure))).")
    }
    return bytes
  }

  /// Throws where an open file is not the one that was found first, as it was then.
  private func check(_ descriptor: CInt) throws(VAEError) {
    guard let now = FileState(descriptor), now.isSameFile(as: state) else {
      throw .spoiled(path, "was replaced by another")
    }
    guard now == state else { throw .spoiled(path, "has changed") }
  }
}

/// By what to know a regular file again, and whether it was written since.
private struct FileState: Equatable {
  private let device: UInt64
  private let inode: UInt64
  let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// Nil where what is open is no regular file.
  init?(_ descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    #if canImport(Darwin)
      let modified = status.st_mtimespec
    #else
      let modified = status.st_mtim
    #endif
    (seconds, nanoseconds) = (Int(modified.tv_sec), Int(modified.tv_nsec))
  }

  func isSameFile(as other: FileState) -> Bool { device == other.device && inode == other.inode }
}
