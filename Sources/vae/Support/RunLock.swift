import Foundation
import VAECore

/// Keeps a second writer out of a run's folder while one is at work.
///
/// The system holds the lock for the process, not the file: what a killed process leaves behind locks nothing.
struct RunLock: ~Copyable {
  private let path: String
  private let descriptor: CInt

  /// Locks a folder.
  ///
  /// - Throws: where another process has it, saying which.
  init(folder: String) throws(VAEError) {
    path = (folder as NSString).appendingPathComponent(".lock")
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard descriptor >= 0 else { throw .cannotWrite(path) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let isTaken = errno == EWOULDBLOCK
        let owner = RunLock.owner(descriptor)
        close(descriptor)
        guard isTaken else { throw .cannotWrite(path) }
        throw VAEError(
          .file,
          "\(folder) is being trained by another process\(owner.map { " (\($0))" } ?? ""): wait until it ends, or give "
            + "another folder.")
      }
      // The one before may have removed the file between our opening and our locking it.
      var (ours, there) = (stat(), stat())
      if fstat(descriptor, &ours) == 0, stat(path, &there) == 0, ours.st_ino == there.st_ino {
        self.descriptor = descriptor
        break
      }
      close(descriptor)
    }
    ftruncate(descriptor, 0)
    // For the message alone, so that a full disk is no reason to give up.
    let text = Array("\(getpid())\n".utf8)
    _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  deinit {
    unlink(path)
    close(descriptor)
  }

  private static func owner(_ descriptor: CInt) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return Int(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).trimmingCharacters(in: .newlines))
  }
}
