import CommandSupport
import Foundation
import VAECore

/// Where scores are written.
struct ScoreTarget {
  let path: String
  /// The file; nil of standard output.
  let file: OutputFile?
  let asJSON: Bool

  /// The place that an option names.
  ///
  /// - Throws: where a file's name has none of the endings, or more than a number is to be written of each datum into a vector.
  init(_ path: String, asJSON: Bool, isPlain: Bool) throws(VAEError) {
    self.path = path
    guard path != "-" else {
      (file, self.asJSON) = (nil, asJSON)
      return
    }
    let file = try OutputFile("--out", path, as: [.csv, .jsonl, .npy])
    guard isPlain || file.format != .npy else {
      throw VAEError(
        .configuration,
        "NPY holds a number for each datum: end --out in .csv or .jsonl for terms of columns and reasons.")
    }
    (self.file, self.asJSON) = (file, file.format == .jsonl)
  }

  var isStandardOutput: Bool { file == nil }
  var format: OutputFile.Format? { file?.format }

  /// Hands out what appends text.
  func write(_ body: ((String) throws(VAEError) -> Void) throws -> Void) throws {
    guard let file else { return try body { (text) throws(VAEError) in try Terminal.write(text) } }
    var failure: (any Error)?
    try AtomicFile.write(to: file.path) { writer throws(VAEError) in
      do { try body { (text) throws(VAEError) in try writer.write(text) } } catch {
        failure = error
        throw error as? VAEError ?? VAEError(.file, "\(error)")
      }
    }
    if let failure { throw failure }
  }
}
