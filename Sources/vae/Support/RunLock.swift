import Foundation
import SystemPackage
import VAECore

/// Keeps a second writer out of a run's folder while one is at work.
///
/// The system holds the lock for the process, not the file: what a killed process leaves behind locks nothing.
struct RunLock: ~Copyable {
  private let path: String
  private let descriptor: FileDescriptor

  /// Locks a folder.
  ///
  /// - Throws: where another process has it, saying which.
  init(folder: String) throws(VAEError) {
    path = folder.path(of: ".lock")
    while true {
      let descriptor: FileDescriptor
      do {
        descriptor = try FileDescriptor.open(
          path, .readWrite, options: [.create, .closeOnExec, .noFollow],
          permissions: [.ownerReadWrite, .groupRead, .otherRead])
      } catch { throw .cannotWrite(path, error) }
      guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
        let error = Errno(rawValue: errno)
        let owner = RunLock.owner(descriptor)
        try? descriptor.close()
        guard error == .wouldBlock else { throw .cannotWrite(path, error) }
        throw VAEError(
          .file,
          "\(folder) is being trained by another process\(owner.map { " (\($0))" } ?? ""): wait until it ends, or give "
            + "another folder.")
      }
      // The one before may have removed the file between our opening and our locking it.
      if let ours = try? descriptor.stat(), let there = try? FilePath(path).stat(), ours.inode == there.inode {
        self.descriptor = descriptor
        break
      }
      try? descriptor.close()
    }
    // For the message alone, so that a full disk is no reason to give up.
    try? descriptor.resize(to: 0)
    _ = try? descriptor.writeAll("\(getpid())\n".utf8)
  }

  deinit {
    unlink(path)
    try? descriptor.close()
  }

  private static func owner(_ descriptor: FileDescriptor) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = bytes.withUnsafeMutableBytes { try? descriptor.read(fromAbsoluteOffset: 0, into: $0) } ?? 0
    return Int(String(decoding: bytes.prefix(count), as: UTF8.self).trimmingCharacters(in: .newlines))
  }
}
