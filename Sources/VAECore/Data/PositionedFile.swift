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
/// Ordinary reads and not a mapping: a mapped file that shrinks ends the program.
package final class PositionedFile: PositionedBytes {
  package let path: String
  package let size: Int
  private let descriptor: CInt
  private let modified: timespec

  /// Opens a file; throws where it is not there, not readable, or none.
  package init(path: String) throws(VAEError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw VAEError(.file, "\(path) is not a file: give the path of one.")
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
    modified = status.modificationTime
  }

  deinit { close(descriptor) }

  /// Exactly `count` bytes from `offset` on.
  ///
  /// - Throws: where they cannot be read, or the file is no longer what it was when it was opened.
  package func read(_ count: Int, at offset: Int) throws(VAEError) -> [UInt8] {
    precondition(count >= 0 && offset >= 0 && offset <= size - count, "\(count) bytes at \(offset) of \(size)")
    var failure: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
      while length < count {
        let got = pread(descriptor, buffer.baseAddress! + length, count - length, off_t(offset + length))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        length += got
      }
    }
    if failure != 0 {
      throw VAEError(.file, "\(path) cannot be read: \(String(cString: strerror(failure))).")
    }
    var status = stat()
    guard bytes.count == count, fstat(descriptor, &status) == 0, Int(status.st_size) == size,
      status.modificationTime.tv_sec == modified.tv_sec, status.modificationTime.tv_nsec == modified.tv_nsec
    else {
      throw VAEError(
        .file, "\(path) has changed while it was in use: leave a data set as it is until the work on it is done.")
    }
    return bytes
  }
}

extension stat {
  fileprivate var modificationTime: timespec {
    #if canImport(Darwin)
      st_mtimespec
    #else
      st_mtim
    #endif
  }
}
