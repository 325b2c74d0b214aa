import Foundation
import VAECore

/// Data that can be read from any position, or once from the beginning.
public enum OpenedData {
  /// Data that can be read again and again, from any position.
  case source(any DataSource)
  /// Data that come one after the other, once.
  case stream(any DataStream)

  /// The data one after the other.
  public var stream: any DataStream {
    switch self {
    case .source(let source): SourceStream(source)
    case .stream(let stream): stream
    }
  }

  /// The data as a source: a stream is read into memory, of which it may take `limit` bytes (the machine's where nil).
  ///
  /// - Throws: where it takes more, or cannot be read.
  public func source(limit: Int? = nil) throws(VAEError) -> any DataSource {
    switch self {
    case .source(let source): return source
    case .stream(var stream): return try stream.inMemory(limit: limit)
    }
  }
}

/// Data by what a person names them, and the format that they are in.
public struct DataFile {
  /// The format's name.
  public let format: String
  /// The data.
  public let data: OpenedData

  /// Data that were opened in another way.
  public init(format: String, data: OpenedData) {
    self.format = format
    self.data = data
  }

  /// Opens one set of data:
  ///
  /// - a file in any of the formats, recognised by its first bytes, then by its name; IDX, NPY, CSV and TSV files may be
  ///   gzip-compressed;
  /// - `file.npz:name` or `file.safetensors:name`, one of the arrays in a file;
  /// - `-`, standard input;
  /// - a folder of files of one format, or a list of files separated by commas: one behind the other, as one set.
  ///
  /// - Throws: where nothing is there, it is in none of the formats or not what it should be, or the files of a set
  ///   differ in what they hold. `options` other than the default ones are an error where there is no table.
  public static func open(_ location: String, options: TableOptions = TableOptions()) throws(VAEError) -> DataFile {
    if location == "-" { return try open(DataInput(FileReader.standardInput), member: nil, options) }
    if let isFolder = isFolder(location) {
      return isFolder
        ? try open(filesOf: location, options) : try open(DataInput(file: location), member: nil, options)
    }
    let list = location.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if list.count > 1 { return try openShards(list, name: location, options) }
    if let colon = location.lastIndex(of: ":") {
      let path = String(location[..<colon])
      if isFolder(path) == false {
        return try open(DataInput(file: path), member: String(location[location.index(after: colon)...]), options)
      }
    }
    // The system's reason why it cannot be read.
    _ = try FileReader(path: location)
    throw VAEError(.file, "\(location) cannot be read.")
  }

  private static func open(
    _ input: DataInput, member: String?, _ options: TableOptions
  ) throws(VAEError) -> DataFile {
    let format = try DataFormats.recognise(input)
    guard format.isTable || options.isOptional || options == TableOptions() else {
      throw VAEError(
        .configuration,
        "\(input.path) is \(format.name): columns, headers and missing values belong to tables (CSV, TSV).")
    }
    guard member == nil || format.hasMembers else {
      throw VAEError(.file, "\(input.path) is \(format.name) and holds one array: leave \":\(member!)\" out.")
    }
    let data = try format.open(input, member: member, options)
    return DataFile(format: input.isCompressed ? "\(format.name), gzip-compressed" : format.name, data: data)
  }

  // MARK: Several files

  /// Opens the files of a folder as one set, in the order of their names.
  private static func open(filesOf folder: String, _ options: TableOptions) throws(VAEError) -> DataFile {
    let names = try DataFormats.dataFiles(in: folder)
    return try openShards(names.map { (folder as NSString).appendingPathComponent($0) }, name: folder, options)
  }

  private static func openShards(
    _ locations: [String], name: String, _ options: TableOptions
  ) throws(VAEError) -> DataFile {
    for location in locations where isFolder(location) == true || location.isEmpty || location == "-" {
      throw VAEError(
        .file, "\(name): \(location.isEmpty ? "an empty name" : location) is no file; a set is put together from files."
      )
    }
    let first = try open(locations[0], options: options)
    if locations.count == 1 { return first }
    guard case .source(let source) = first.data else {
      // Opened again, each when its turn comes.
      func stream(_ location: String) throws(VAEError) -> any DataStream {
        try open(location, options: options).data.stream
      }
      return DataFile(
        format: "\(first.format), \(locations.count) files",
        data: .stream(try ShardedStream(name: name, locations, open: stream)))
    }
    var shards = [source]
    for location in locations.dropFirst() {
      let file = try open(location, options: options)
      guard case .source(let shard) = file.data else {
        throw VAEError(
          .data, "\(locations[0]) and \(location) cannot be one set: \(first.format) and \(file.format). Convert one.")
      }
      shards.append(shard)
    }
    return DataFile(
      format: "\(first.format), \(locations.count) files", data: .source(try ShardedSource(name: name, shards)))
  }

  /// Whether a path is a folder; nil where nothing is there.
  static func isFolder(_ path: String) -> Bool? {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
  }
}
