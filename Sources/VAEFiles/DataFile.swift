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

  /// The part of the values that is stored, where zeros are left out.
  public var storedPart: Double? { if case .source(let source) = self { source.storedPart } else { nil } }

  /// The data as a source: a stream is read into memory, of which it may take `limit` bytes (the machine's where nil).
  ///
  /// - Throws: where it takes more, or cannot be read.
  public func source(limit: Int? = nil) throws(VAEError) -> any DataSource {
    switch self {
    case .source(let source):
      if let limit, let data = source as? Dataset, data.memoryByteCount > limit {
        throw VAEError(
          .data,
          "\(data.name) takes \(data.memoryByteCount) bytes of memory, where it lies as a whole, and \(limit) are allowed: allow "
            + "more.")
      }
      return source
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
  /// How a table was read, of tables; of several the first.
  public let table: TableReading?
  /// The means that stand for a missing value of each column, where they do.
  public let substitutes: [Double]?

  /// Data that were opened in another way.
  public init(format: String, data: OpenedData, table: TableReading? = nil, substitutes: [Double]? = nil) {
    self.format = format
    self.data = data
    self.table = table
    self.substitutes = substitutes
  }

  /// Opens one set of data:
  ///
  /// - a file in any of the formats, recognised by its first bytes, then by its name; IDX, NPY, CSV and TSV files may be
  ///   gzip-compressed, or the only file in a ZIP archive;
  /// - `file.npz:name` or `file.safetensors:name`, one of the arrays in a file, `file.zip:name`, one of the files in an
  ///   archive;
  /// - `-`, standard input, or a pipe; of these IDX, NPY, CSV and TSV;
  /// - a folder of files of one format, or a list of files separated by commas: one behind the other, as one set.
  ///
  /// Of a table with texts the schema is found first, in a pass of its own, unless the options have one or want none
  /// (``/VAECore/TableOptions/schemaChoice``). An array that a table became has its schema beside it, as x.npy.schema.json.
  ///
  /// Where missing values become means (``/VAECore/TableOptions/MissingValues/mean``), these are the numbers of
  /// `substitutes`, if they are given: those of a training set, as a rule.
  ///
  /// - Throws: where nothing is there, it is in none of the formats or not what it should be, or the files of a set
  ///   differ in what they hold. To choose columns, or to have a header, is an error where there is no table.
  public static func open(
    _ location: String, options: TableOptions = TableOptions(), substitutes: [Double]? = nil
  ) throws(VAEError) -> DataFile {
    try open(location, options: options, substitutes: substitutes, allowingVectors: false)
  }

  /// The same; where `allowingVectors`, an array may be one number for each datum, such as a label or a weight, and is read as
  /// `[N, 1]` then.
  package static func open(
    _ location: String, options: TableOptions = TableOptions(), substitutes: [Double]? = nil, allowingVectors: Bool
  ) throws(VAEError) -> DataFile {
    let options = try settled(location, options, allowingVectors: allowingVectors)
    guard options.missing == .mean || options.missing == .zero else {
      let file = try openAsTheyAre(location, options, allowingVectors)
      try checkNeedsNoSchema(location, file, options)
      return file
    }
    var marked = options
    marked.missing = .nan
    let file = try openAsTheyAre(location, marked, allowingVectors)
    try checkNeedsNoSchema(location, file, options)
    var stream = file.data.stream
    // These cannot be missing, and nothing can where there are no data, whose size may be any then.
    if stream.storedType.isInteger || stream.count == 0 { return file }
    guard options.missing == .mean else {
      let zeros = [Double](repeating: 0, count: stream.dataSize)
      return DataFile(
        format: file.format, data: .stream(ImputedStream(stream, substitutes: zeros)), table: file.table)
    }
    let means: [Double]
    if let substitutes {
      guard substitutes.count == stream.dataSize else {
        throw VAEError(
          .data,
          "\(location) has \(stream.dataSize) values per datum, the training data, whose means are to stand for missing "
            + "values, had \(substitutes.count): give the same columns.")
      }
      means = substitutes
    } else {
      guard !DataInput.comesOnce(location) else {
        throw VAEError(
          .configuration,
          "Means need a pass before the one that reads the data, and \(location == "-" ? "standard input" : location) comes "
            + "once: put it into a file, or use a model that was trained with means in place of missing "
            + "values, and has them.", remedy: .convert)
      }
      means = try ImputedStream.means(of: stream)
      stream = try openAsTheyAre(location, marked, allowingVectors).data.stream
    }
    return DataFile(
      format: file.format, data: .stream(ImputedStream(stream, substitutes: means, takesEmptyRows: false)),
      table: file.table,
      substitutes: means)
  }

  /// Opens a set with its missing values as they are.
  static func openAsTheyAre(
    _ location: String, _ options: TableOptions, _ allowingVectors: Bool
  ) throws(VAEError) -> DataFile {
    if location == "-" { return try open(DataInput(FileReader.standardInput), member: nil, options, allowingVectors) }
    if let isFolder = isFolder(location) {
      return isFolder
        ? try open(filesOf: location, options, allowingVectors)
        : try open(DataInput(file: location), member: nil, options, allowingVectors)
    }
    let list = location.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if list.count > 1 { return try openShards(list, name: location, options, allowingVectors) }
    if let colon = location.lastIndex(of: ":") {
      let path = String(location[..<colon])
      if isFolder(path) == false {
        return try open(
          DataInput(file: path), member: String(location[location.index(after: colon)...]), options, allowingVectors)
      }
    }
    // What lies in a folder that is not ours to look into may be there.
    if access(location, F_OK) != 0, errno == EACCES || location.isEmpty { throw .cannotRead(location) }
    throw VAEError(
      .file,
      "There is no \(location): give a file (\(DataFormats.all.map(\.name).joined(separator: ", "))), a folder of them, "
        + "several separated by commas, fashion-mnist, or synthetic.")
  }

  static func open(
    _ input: DataInput, member: String?, _ options: TableOptions, _ allowingVectors: Bool
  ) throws(VAEError) -> DataFile {
    let (input, member) = try input.choosing(member)
    let format = try DataFormats.recognise(input)
    // Missing values may be anywhere, and what a model's columns are called nobody has said of this file.
    var told = options
    (told.missing, told.matching, told.schema) = (TableOptions().missing, nil, nil)
    told.schemaChoice = TableOptions().schemaChoice
    guard format.isTable || options.isOptional || told == TableOptions() else {
      throw VAEError(
        .configuration,
        "\(input.path) is \(format.name): a header and names of columns belong to tables (CSV, TSV).")
    }
    guard member == nil || format.hasMembers else {
      throw VAEError(.file, "\(input.path) is \(format.name) and holds one array: leave \":\(member!)\" out.")
    }
    let data = try format.open(input, member: member, options, allowingVectors: allowingVectors)
    var table: TableReading?
    if case .stream(let stream) = data { table = (stream as? TableStream)?.reading }
    let read = try format.isTable ? data : data.read(by: options, input.path)
    return DataFile(format: input.title(of: format), data: read, table: table)
  }

  // MARK: Several files

  /// The files that a location stands for: itself, those of a list, or those of a folder.
  static func files(of location: String) throws(VAEError) -> [String] {
    if let isFolder = isFolder(location) {
      guard isFolder else { return [location] }
      return try DataFormats.dataFiles(in: location).map { location.path(of: $0) }
    }
    return location.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// Opens the files of a folder as one set, in the order of their names.
  private static func open(
    filesOf folder: String, _ options: TableOptions, _ allowingVectors: Bool
  ) throws(VAEError) -> DataFile {
    let names = try DataFormats.dataFiles(in: folder)
    return try openShards(
      names.map { folder.path(of: $0) }, name: folder, options, allowingVectors)
  }

  private static func openShards(
    _ locations: [String], name: String, _ options: TableOptions, _ allowingVectors: Bool
  ) throws(VAEError) -> DataFile {
    for location in locations
    where isFolder(location) == true || location.isEmpty || DataInput.comesOnce(location) {
      throw VAEError(
        .file, "\(name): \(location.isEmpty ? "an empty name" : location) is no file; a set is put together from files."
      )
    }
    let first = try openAsTheyAre(locations[0], options, allowingVectors)
    if locations.count == 1 { return first }
    guard case .source(let source) = first.data else {
      // Opened again, each when its turn comes.
      func stream(_ location: String) throws(VAEError) -> any DataStream {
        try openAsTheyAre(location, options, allowingVectors).data.stream
      }
      return DataFile(
        format: "\(first.format), \(locations.count) files",
        data: .stream(try ShardedStream(name: name, locations, open: stream)), table: first.table)
    }
    var shards = [source]
    for location in locations.dropFirst() {
      let file = try openAsTheyAre(location, options, allowingVectors)
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
