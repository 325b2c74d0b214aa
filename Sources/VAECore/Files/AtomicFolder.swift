import Foundation
import SystemPackage

/// Makes folders of files so that an error leaves nothing: under a temporary name, until all of them are written.
package enum AtomicFolder {
  /// Makes the folder at `path`, with the files that `body` writes into the folder that it is given.
  ///
  /// - Throws: where something is there already, or the folder cannot be made; and what `body` throws.
  static func write<R>(to path: String, _ body: (_ temporary: String) throws(VAEError) -> R) throws(VAEError) -> R {
    let temporary = try makeTemporary(for: path)
    do throws(VAEError) {
      let result = try body(temporary)
      guard rename(temporary, path) == 0 else { throw .cannotWrite(path) }
      return result
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      // Messages have the path that was given.
      throw VAEError(error.kind, error.description.replacing(temporary, with: path), remedy: error.remedy)
    }
  }

  /// Throws where a folder could not be made at `path`, before there is anything to write into it.
  ///
  /// - Throws: where something is there already, or the folder that it would lie in is not there or not writable.
  package static func check(_ path: String) throws(VAEError) { rmdir(try makeTemporary(for: path)) }

  /// Makes the folder that takes the name `path` in the end.
  private static func makeTemporary(for path: String) throws(VAEError) -> String {
    guard !path.isEmpty else { throw VAEError(.file, "An empty path cannot be written: give the path of a folder.") }
    if (try? FilePath(path).stat(followTargetSymlink: false)) != nil {
      throw VAEError(.file, "\(path) is already there: give the name of a new folder.")
    }
    let place = PathParts(path)
    let temporary = place.folder.path(of: ".\(place.name).\(getpid()).tmp")
    guard mkdir(temporary, 0o777) == 0 else { throw .cannotWrite(path) }
    return temporary
  }
}
