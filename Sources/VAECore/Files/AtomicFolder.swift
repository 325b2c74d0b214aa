import Foundation

/// Makes folders of files so that a failure leaves nothing: under a temporary name, until all of them are written.
enum AtomicFolder {
  /// Makes the folder at `path`, with the files that `body` writes into the folder that it is given.
  ///
  /// - Throws: where something is there already, or the folder cannot be made; and what `body` throws.
  static func write<R>(to path: String, _ body: (_ temporary: String) throws(VAEError) -> R) throws(VAEError) -> R {
    var status = stat()
    if lstat(path, &status) == 0 {
      throw VAEError(.file, "\(path) is already there: give the name of a new folder.")
    }
    let url = URL(filePath: path)
    let temporary = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(getpid()).tmp")
      .path(percentEncoded: false)
    guard mkdir(temporary, 0o777) == 0 else { throw .cannotWrite(path) }
    do throws(VAEError) {
      let result = try body(temporary)
      guard rename(temporary, path) == 0 else { throw .cannotWrite(path) }
      return result
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      // The name that a person knows.
      throw VAEError(error.kind, error.description.replacing(temporary, with: path))
    }
  }
}
