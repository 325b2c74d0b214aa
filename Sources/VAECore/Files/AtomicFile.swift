import Foundation
import SystemPackage

/// Writes files so that a failure leaves what was there before: into a temporary file in the same folder, which takes
/// the file's place only once everything is on the disk.
public enum AtomicFile {
  /// Takes a file's bytes, piece by piece.
  public struct Writer {
    fileprivate let path: String
    fileprivate let descriptor: FileDescriptor

    /// Appends bytes.
    public func write(_ bytes: [UInt8]) throws(VAEError) {
      do { try descriptor.writeAll(bytes) } catch { throw .cannotWrite(path, error) }
    }

    /// Puts bytes in the place of as many first ones.
    func overwrite(_ bytes: [UInt8]) throws(VAEError) {
      do { try descriptor.writeAll(toAbsoluteOffset: 0, bytes) } catch { throw .cannotWrite(path, error) }
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
      guard fsync(descriptor.rawValue) == 0 else { throw .cannotWrite(path) }
    } catch {
      try? descriptor.close()
      unlink(temporary)
      throw error
    }
    do {
      try descriptor.close()
      guard rename(temporary, path) == 0 else { throw Errno.last }
    } catch {
      unlink(temporary)
      throw .cannotWrite(path, error)
    }
    // The name itself is on the disk once the folder is.
    let folder = PathParts(path).folder
    guard let directory = try? FileDescriptor.open(folder.isEmpty ? "." : folder, .readOnly, options: .closeOnExec)
    else {
      return
    }
    fsync(directory.rawValue)
    try? directory.close()
  }

  /// Throws where a file could not be written at `path`, as ``write(to:_:)`` would, before there is anything to write.
  ///
  /// - Throws: where its folder is not there or not writable, or something else than a file is in its place.
  package static func check(_ path: String) throws(VAEError) {
    // What the system allows, it alone knows.
    let (temporary, descriptor) = try openTemporary(for: path)
    try? descriptor.close()
    unlink(temporary)
  }

  /// Opens the file that takes the place of the one at `path` in the end.
  private static func openTemporary(for path: String) throws(VAEError) -> (path: String, descriptor: FileDescriptor) {
    let place = PathParts(path)
    guard !path.isEmpty, path.utf8.last != UInt8(ascii: "/") else {
      let reason = path.isEmpty ? "give the path of a file" : "what ends in a slash is a folder"
      throw VAEError(.file, "\(VAEError.shown(path)) cannot be written: \(reason).")
    }
    if let status = try? FilePath(path).stat(), status.type != .regular {
      throw VAEError(.file, "\(path) is there and not a file: give the path of one, or a new one.")
    }
    let temporary = place.folder.path(of: ".\(place.name).\(getpid()).tmp")
    do {
      let descriptor = try FileDescriptor.open(
        temporary, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      return (temporary, descriptor)
    } catch { throw .cannotWrite(path, error) }
  }

  /// Removes what processes that were killed in the middle of a write have left in a folder of files that `names` says
  /// are theirs. No process may be writing these meanwhile.
  package static func removeLeftovers(in folder: String, of names: (String) -> Bool) {
    for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let parts = file.split(separator: ".", omittingEmptySubsequences: false)
      // ".name.1234.tmp"
      guard parts.count >= 4, parts[0].isEmpty, parts.last == "tmp", Int32(parts[parts.count - 2]) != nil,
        names(parts[1..<parts.count - 2].joined(separator: "."))
      else { continue }
      unlink(folder.path(of: file))
    }
  }

  /// Writes a text file.
  public static func write(_ text: String, to path: String) throws(VAEError) {
    try write(to: path) { writer throws(VAEError) in try writer.write(text) }
  }
}
