import Foundation
import VAECore

/// A format that data come in. A program may add its own, which then is recognised, compressed or not:
///
/// ```swift
/// /// "TILES", the number of images, their width and their height, a byte each, and the images, a byte for each pixel.
/// struct Tiles: ArrayFormat {
///   let name = "TILES"
///   let endings = ["tiles"]
///   func begins(_ start: [UInt8]) -> Bool { start.starts(with: Array("TILES".utf8)) }
///
///   func layout(_ reader: inout some ByteReader, allowingVectors: Bool) throws(VAEError) -> ArrayLayout {
///     let header = try reader.readExactly(8, "the header")
///     let (count, width, height) = (Int(header[5]), Int(header[6]), Int(header[7]))
///     return try ArrayLayout(
///       dimensions: [count, height, width], type: .uint8, isBigEndian: true, offset: 8, path: reader.path)
///   }
/// }
///
/// DataFile.register(Tiles())
/// ```
///
/// A parser trusts nothing: what a file promises is to be compared with the reader's limit before it is allocated.
public protocol DataFormat: Sendable {
  /// What it is called.
  var name: String { get }
  /// How the names of its files end, without the point and a compressed file's `.gz`.
  var endings: [String] { get }
  /// Whether its files are tables, to which ``/VAECore/TableOptions`` apply.
  var isTable: Bool { get }
  /// Whether its files hold several arrays, of which one is chosen by name.
  var hasMembers: Bool { get }
  /// Whether a file that begins like this is one.
  func begins(_ start: [UInt8]) -> Bool
  /// Opens data of the format, of its members the one of that name where it has any. Where vectors are allowed in place of
  /// matrices, an array of one dimension `[N]`, as of labels or weights, is `[N, 1]`.
  ///
  /// - Throws: where they are not what they should be.
  func open(
    _ input: DataInput, member: String?, _ options: TableOptions, allowingVectors: Bool
  ) throws(VAEError) -> OpenedData
}

extension DataFormat {
  /// They are not.
  public var isTable: Bool { false }
  /// They do not.
  public var hasMembers: Bool { false }
}

extension DataFile {
  /// Lets files of another format be data. Of two that know a file by its beginning, the one that was registered last is
  /// asked first, and all before those that the library has.
  public static func register(_ format: any DataFormat) { DataFormats.registered.withLock { $0.insert(format, at: 0) } }
}

/// The formats that are read, and which of them a file is in.
package enum DataFormats {
  /// Those of other programs.
  fileprivate static let registered = Locked<[any DataFormat]>([])

  /// All of them, the ones that are easier to recognise first.
  static var all: [any DataFormat] {
    registered.withLock { $0 } + [NPYFormat(), NPZFormat(), SafetensorsFormat(), IDXFormat(), TableFormat()]
  }

  /// The format of some bytes, by their beginning, else by their name.
  ///
  /// - Throws: where they are in none.
  package static func recognise(_ input: DataInput) throws(VAEError) -> any DataFormat {
    if input.start.isEmpty { throw VAEError(.file, "\(input.path) is empty: give a file with data in it.") }
    // What another program reads may be what is refused otherwise.
    if let format = registered.withLock({ $0 }).first(where: { $0.begins(input.start) }) { return format }
    if let foreign = ForeignFormat.recognise(input.start) {
      throw VAEError(.file, "\(input.path) is \(foreign.name): \(foreign.advice).")
    }
    if let format = all.first(where: { $0.begins(input.start) }) ?? format(ofName: input.path) { return format }
    let isNoGzip = input.path.lowercased().hasSuffix(".gz") && !input.isCompressed
    throw VAEError(
      .file,
      "\(input.path) is \(isNoGzip ? "not gzip-compressed, as its name says, and " : "")in none of the formats that are read: "
        + "convert it to one of \(all.map(\.name).joined(separator: ", ")).")
  }

  /// The format that a file's name promises.
  static func format(ofName path: String) -> (any DataFormat)? {
    let ending = ending(of: path)
    return all.first { $0.endings.contains(ending) }
  }

  /// The ending of a file's name in small letters, without `.gz`.
  private static func ending(of path: String) -> String {
    var name = PathParts(path).name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    return (name as NSString).pathExtension
  }

  /// The names of a folder's files in order, without hidden ones.
  static func names(in folder: String) throws(VAEError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw .cannotRead(folder, error)
    }
  }

  /// The names of a folder's files whose names promise data, which must be in one format; the others do not matter.
  static func dataFiles(in folder: String) throws(VAEError) -> [String] {
    let names = try names(in: folder)
    let files = names.filter { format(ofName: $0) != nil }
    guard let first = files.first else {
      let found = names.isEmpty ? "it is empty" : "it holds \(names.prefix(6).joined(separator: ", "))"
      throw VAEError(
        .file,
        "The folder \(folder) has no train-images… file and no files of data by their names (\(found)): give the file "
          + "itself.")
    }
    if let other = files.first(where: { format(ofName: $0)!.name != format(ofName: first)!.name }) {
      throw VAEError(
        .file,
        "The folder \(folder) holds data in several formats, as \(first) and \(other): give the files of one, "
          + "separated by commas.")
    }
    return files
  }
}

// MARK: The formats

/// A format whose files are an array behind a header: only the header's parser differs.
public protocol ArrayFormat: DataFormat {
  /// Reads the header, and leaves the reader at the first element.
  ///
  /// - Throws: where it is none, or cannot be read, saying what to do.
  func layout(_ reader: inout some ByteReader, allowingVectors: Bool) throws(VAEError) -> ArrayLayout
}

extension ArrayFormat {
  /// A file that can be read from any position is read so; anything else from its beginning.
  public func open(
    _ input: DataInput, member: String?, _ options: TableOptions, allowingVectors: Bool
  ) throws(VAEError) -> OpenedData {
    if input.isPlainFile {
      return .source(
        try ArrayFile(path: input.path) { reader throws(VAEError) in
          try layout(&reader, allowingVectors: allowingVectors)
        })
    }
    let reader = try ReaderFromStart(try input.reader())
    return .stream(
      try ArrayStream(reader) { reader throws(VAEError) in try layout(&reader, allowingVectors: allowingVectors) })
  }
}

private struct IDXFormat: ArrayFormat {
  let name = "IDX"
  let endings = ["idx", "idx2-ubyte", "idx3-ubyte"]
  func begins(_ start: [UInt8]) -> Bool { IDX.begins(start) }
  func layout(_ reader: inout some ByteReader, allowingVectors: Bool) throws(VAEError) -> ArrayLayout {
    try IDX.layout(&reader, allowingVectors: allowingVectors)
  }
}

private struct NPYFormat: ArrayFormat {
  let name = "NPY"
  let endings = ["npy"]
  func begins(_ start: [UInt8]) -> Bool { NPY.begins(start) }
  func layout(_ reader: inout some ByteReader, allowingVectors: Bool) throws(VAEError) -> ArrayLayout {
    try NPY.layout(&reader, allowingVectors: allowingVectors)
  }
}

private struct NPZFormat: DataFormat {
  let name = "NPZ"
  let endings = ["npz"]
  let hasMembers = true
  func begins(_ start: [UInt8]) -> Bool { ZipArchive.begins(start) }

  func open(
    _ input: DataInput, member: String?, _ options: TableOptions, allowingVectors: Bool
  ) throws(VAEError) -> OpenedData {
    try input.requirePlainFile(name)
    return try NPZ.open(input.path, array: member, allowingVectors: allowingVectors)
  }
}

private struct SafetensorsFormat: DataFormat {
  let name = "safetensors"
  let endings = ["safetensors"]
  let hasMembers = true
  func begins(_ start: [UInt8]) -> Bool { Safetensors.begins(start) }

  func open(
    _ input: DataInput, member: String?, _ options: TableOptions, allowingVectors: Bool
  ) throws(VAEError) -> OpenedData {
    try input.requirePlainFile(name)
    let name = member.map { "\(input.path):\($0)" }
    return .source(
      try ArrayFile(path: input.path, name: name) { reader throws(VAEError) in
        try Safetensors.layout(&reader, tensor: member, allowingVectors: allowingVectors)
      })
  }
}

private struct TableFormat: DataFormat {
  let name = "CSV or TSV"
  let endings = ["csv", "tsv"]
  let isTable = true

  func begins(_ start: [UInt8]) -> Bool { ForeignFormat.isText(start) }

  func open(
    _ input: DataInput, member: String?, _ options: TableOptions, allowingVectors: Bool
  ) throws(VAEError) -> OpenedData {
    .stream(try TableStream(try input.reader(), options))
  }
}

extension DataInput {
  fileprivate func requirePlainFile(_ format: String) throws(VAEError) {
    guard isPlainFile else {
      throw VAEError(
        .file, "\(path) is a compressed or piped \(format) file, which is read from several places: make a file of it.")
    }
  }
}
