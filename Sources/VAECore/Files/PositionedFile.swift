import SystemPackage

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
  /// The file's state when it was first opened, which has to stay.
  private let state: FileState

  package var size: Int { state.size }

  /// Looks at a file; throws where it is missing, cannot be read, or is no regular file. A pipe is not even opened: whoever
  /// writes to it would find it closed again.
  package init(path: String) throws(VAEError) {
    let kind = try FileKind(path)
    guard kind == .file else { throw .noFile(path, kind) }
    let descriptor: FileDescriptor
    do { descriptor = try PositionedFile.open(path) } catch { throw .cannotRead(path, error) }
    defer { try? descriptor.close() }
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
    let descriptor: FileDescriptor
    do { descriptor = try PositionedFile.open(path) } catch {
      throw error as? Errno == .noSuchFileOrDirectory ? .spoiled(path, "was deleted") : .cannotRead(path, error)
    }
    defer { try? descriptor.close() }
    try check(descriptor)
    for place in places {
      let bytes = try bytes(place, of: descriptor)
      try check(descriptor)
      guard bytes.count == place.count else { throw .spoiled(path, "has changed") }
      try take(bytes)
    }
  }

  /// Where a pipe has taken a file's place, it is not waited for.
  private static func open(_ path: String) throws -> FileDescriptor {
    try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
  }

  /// The bytes of a place, or those of them that are there.
  private func bytes(_ place: Range<Int>, of descriptor: FileDescriptor) throws(VAEError) -> [UInt8] {
    precondition(place.lowerBound >= 0 && place.upperBound <= size, "bytes \(place) of \(size)")
    do {
      return try [UInt8](unsafeUninitializedCapacity: place.count) { buffer, length in
        while length < place.count {
          let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[length...])
          let got = try descriptor.read(fromAbsoluteOffset: Int64(place.lowerBound + length), into: rest)
          if got == 0 { break }
          length += got
        }
      }
    } catch { throw .cannotRead(path, error) }
  }

  /// Throws where an open file is not the one that was found first, as it was then.
  private func check(_ descriptor: FileDescriptor) throws(VAEError) {
    guard let now = FileState(descriptor), now.isSameFile(as: state) else {
      throw .spoiled(path, "was replaced by another")
    }
    guard now == state else { throw .spoiled(path, "has changed") }
  }
}

/// What identifies a regular file, and tells whether it was written since.
private struct FileState: Equatable {
  private let device: DeviceID
  private let inode: Inode
  let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// Nil where what is open is no regular file.
  init?(_ descriptor: FileDescriptor) {
    guard let status = try? descriptor.stat(), status.type == .regular else { return nil }
    (device, inode, size) = (status.deviceID, status.inode, Int(status.size))
    (seconds, nanoseconds) = (Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec))
  }

  func isSameFile(as other: FileState) -> Bool { device == other.device && inode == other.inode }
}
