import Foundation
import VAECore

/// A file that a command is to write. It is checked before the command begins, which may then work for hours.
struct OutputFile {
  /// What a file holds, as its name's ending says.
  enum Format: String { case npy, csv, png, svg, html, json, jsonl }

  let path: String
  let format: Format
  private let option: String

  /// The file that an option names.
  ///
  /// - Throws: where its name has none of the formats' endings.
  init(_ option: String, _ path: String, as formats: [Format]) throws(VAEError) {
    // What has no name has no ending either.
    if path.isEmpty || path.hasSuffix("/") { try AtomicFile.check(path) }
    guard let format = formats.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) }) else {
      let endings = formats.map { "." + $0.rawValue }.joined(separator: " or ")
      throw VAEError(.configuration, "\(option) must end in \(endings); it is \(path).")
    }
    (self.option, self.path, self.format) = (option, path, format)
  }

  /// The file that an option names where it is given.
  static func ifGiven(_ option: String, _ path: String?, as formats: [Format]) throws(VAEError) -> OutputFile? {
    guard let path else { return nil }
    return try OutputFile(option, path, as: formats)
  }

  /// Throws where one of a command's outputs cannot be written, two are the same file, or one would take the place of what
  /// the command reads.
  static func check(_ outputs: [OutputFile?], reading inputs: [InputFiles] = []) throws(VAEError) {
    let outputs = outputs.compactMap { $0 }
    for (index, output) in outputs.enumerated() {
      try AtomicFile.check(output.path)
      if let other = outputs[..<index].first(where: { $0.place == output.place }) {
        throw VAEError(
          .configuration, "\(other.option) and \(output.option) name the same file, \(output.path): give two.")
      }
      for input in inputs { try input.check(output.path, of: output.option) }
    }
  }

  private var folder: String {
    let folder = PathParts(path).folder
    return folder.isEmpty ? "." : folder
  }

  /// Where a file is, however its path is written.
  private struct Place: Equatable {
    let folder: FileIdentity?
    let name: String
  }

  private var place: Place { Place(folder: FileIdentity(folder), name: PathParts(path).name) }
}

extension OutputFile {
  /// Writes a matrix of numbers for some data, a row each, piece by piece: a table also says which datum a row is of.
  func write<Element: Scalar>(
    columns names: [String], of data: any DataSource,
    _ body: ((Matrix<Element>) throws(VAEError) -> Void) throws(VAEError) -> Void
  ) throws(VAEError) {
    try write(rows: data.count, columns: names, positions: data.origin, body)
  }

  /// Writes a matrix piece by piece, under the names of its columns where the file is a table.
  func write<Element: Scalar>(
    rows: Int, columns names: [String], positions: [Range<Int>]? = nil,
    _ body: ((Matrix<Element>) throws(VAEError) -> Void) throws(VAEError) -> Void
  ) throws(VAEError) {
    if format == .csv {
      try CSV.write(columns: names, positions: positions, to: path, body)
    } else {
      try NPY.write(rows: rows, columns: names.count, to: path, body)
    }
  }
}
