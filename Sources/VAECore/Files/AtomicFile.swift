import Foundation

/// Writes files so that a failure leaves what was there before: into a temporary file in the same folder, which takes
/// the file's place only once everything is on the disk.
public enum AtomicFile {
  /// Takes a file's bytes, piece by piece.
  public struct Writer {
    fileprivate let path: String
    fileprivate let descriptor: CInt

    /// Appends bytes.
    public func write(_ bytes: [UInt8]) throws(VAEError) {
      var offset = 0
      while offset < bytes.count {
        let written = bytes.withUnsafeBytes {
          Foundation.write(descriptor, $0.baseAddress! + offset, $0.count - offset)
        }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { throw .cannotWrite(path) }
        offset += written
      }
    }

    /// Writes bytes once more over the first.
    func overwrite(_ bytes: [UInt8]) throws(VAEError) {
      guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .cannotWrite(path) }
      try write(bytes)
      guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw .cannotWrite(path) }
    }

    /// Appends text.
    public func write(_ text: String) throws(VAEError) { try write(Array(text.utf8)) }
  }

  /// Writes the file at `path` with what `body` appends.
  ///
  /// - Throws: where the folder is not writable or the disk is full, saying so; and what `body` throws. The file is
  ///   then what it was before, or still not there.
  public static func write(to path: String, _ body: (Writer) throws(VAEError) -> Void) throws(VAEError) {
    let (temporary, descriptor) = try openTemporary(for: path)
    do throws(VAEError) {
      try body(Writer(path: path, descriptor: descriptor))
      guard fsync(descriptor) == 0 else { throw .cannotWrite(path) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let error = VAEError.cannotWrite(path)
      unlink(temporary)
      throw error
    }
    // The name itself is on the disk once the folder is.
    let folder = PathParts(path).folder
    let directory = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Throws where a file could not be written at `path`, as ``write(to:_:)`` would, before there is anything to write.
  ///
  /// - Throws: where its folder is not there or not writable, or something else than a file is in its place.
  public static func check(_ path: String) throws(VAEError) {
    // What the system allows, it alone knows.
    let (temporary, descriptor) = try openTemporary(for: path)
    close(descriptor)
    unlink(temporary)
  }

  /// Opens the file that takes the place of the one at `path` in the end.
  private static func openTemporary(for path: String) throws(VAEError) -> (path: String, descriptor: CInt) {
    let place = PathParts(path)
    guard !path.isEmpty, path.utf8.last != UInt8(ascii: "/") else {
      let reason = path.isEmpty ? "give the path of a file" : "what ends in a slash is a folder"
      throw VAEError(.file, "\(VAEError.shown(path)) cannot be written: \(reason).")
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw VAEError(.file, "\(path) is there and not a file: give the path of one, or a new one.")
    }
    let temporary = (place.folder as NSString).appendingPathComponent(".\(place.name).\(getpid()).tmp")
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path) }
    return (temporary, descriptor)
  }

  /// Removes what processes that were killed in the middle of a write have left in a folder of files that `names` says
  /// are theirs. Nobody may be writing these.
  public static func removeLeftovers(in folder: String, of names: (String) -> Bool) {
    for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let parts = file.split(separator: ".", omittingEmptySubsequences: false)
      // ".name.1234.tmp"
      guard parts.count >= 4, parts[0].isEmpty, parts.last == "tmp", Int32(parts[parts.count - 2]) != nil,
        names(parts[1..<parts.count - 2].joined(separator: "."))
      else { continue }
      unlink((folder as NSString).appendingPathComponent(file))
    }
  }

  /// Writes a text file.
  public static func write(_ text: String, to path: String) throws(VAEError) {
    try write(to: path) { writer throws(VAEError) in try writer.write(text) }
  }
}

extension VAEError {
  /// The system's reason why a path could not be written.
  public static func cannotWrite(_ path: String) -> VAEError {
    let reason = String(cString: strerror(errno))
    return VAEError(.file, "\(shown(path)) cannot be written: \(reason). What was there before is unchanged.")
  }
}
