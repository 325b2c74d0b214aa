import Foundation
import VAECore

extension DataFile {
  /// The schema of a table, from a pass over all of it: of a file, of the files of a list or of a folder as one set. Nil
  /// where the data are no table.
  ///
  /// - Throws: where they cannot be read, come once only, a column is of several kinds, or one has too many categories.
  public static func discoverSchema(
    _ location: String, options: TableOptions = TableOptions()
  ) throws(VAEError) -> TableSchema? {
    var options = options
    options.schemaChoice = .find
    return try settled(location, options, allowingVectors: false).schema
  }

  /// The options with the schema that they ask for: a file's, or the one that is found.
  static func settled(_ location: String, _ options: TableOptions, allowingVectors: Bool) throws(VAEError)
    -> TableOptions
  {
    try options.checkSettings()
    var settled = options
    // A model's, or that of the data to train on; an array's own says what its columns and numbers are.
    if options.schema != nil {
      if let own = try beside(location, options, allowingVectors) { return own }
      return options
    }
    switch options.schemaChoice {
    case .none: return options
    case .file(let path):
      guard options.kinds.values.allSatisfy(\.isEmpty), options.maxCategories == nil else {
        throw VAEError(
          .configuration, "The schema \(path) says what the columns are: say nothing else of them, or edit the schema.")
      }
      settled.schema = try TableSchema(contentsOf: path)
    case .find:
      if let own = try beside(location, options, allowingVectors) { return own }
      settled.schema = try find(location, options, allowingVectors, isNeeded: true)
    case .detect:
      if let own = try beside(location, options, allowingVectors) { return own }
      settled.schema = try find(
        location, options, allowingVectors, isNeeded: !options.kinds.values.allSatisfy(\.isEmpty))
    }
    return settled
  }

  /// Where the schema of an array, or of the arrays in a folder, lies that a table became.
  public static func schemaPath(beside location: String) -> String {
    var path = location
    while path.hasSuffix("/") { path.removeLast() }
    return path + ".schema.json"
  }

  /// The options with the schema that lies beside an array; nil where there is none.
  private static func beside(
    _ location: String, _ options: TableOptions, _ allowingVectors: Bool
  ) throws(VAEError) -> TableOptions? {
    let path = schemaPath(beside: location)
    guard location != "-", FileManager.default.fileExists(atPath: path),
      try !isTable(location, options, allowingVectors)
    else { return nil }
    var own = options
    own.schemaChoice = .file(path)
    own.schema = try TableSchema(contentsOf: path)
    return own
  }

  private static func isTable(
    _ location: String, _ options: TableOptions, _ allowingVectors: Bool
  ) throws(VAEError) -> Bool {
    var raw = options
    (raw.schemaChoice, raw.missing) = (.none, .nan)
    for file in try locations(of: location) where try table(file, raw, allowingVectors) != nil { return true }
    return false
  }

  /// The schema of the tables at a location, where it is needed or the first rows of one show that it is.
  private static func find(
    _ location: String, _ options: TableOptions, _ allowingVectors: Bool, isNeeded: Bool
  ) throws(VAEError) -> TableSchema? {
    if DataInput.comesOnce(location) {
      if isNeeded { throw needsFile(location) }
      return nil
    }
    var raw = options
    (raw.schemaChoice, raw.missing) = (.none, .nan)
    let files = try locations(of: location)
    // What is no file among them is refused where they are opened.
    if files.contains(where: { $0.isEmpty || isFolder($0) == true || DataInput.comesOnce($0) }) { return nil }
    // Opened one after the other, and again for the survey, so that any number of them may be one set.
    var needed = isNeeded
    for file in files {
      guard let table = try table(file, raw, allowingVectors) else { return nil }
      needed = needed || table.needsSchema
    }
    guard needed else { return nil }
    var survey = TableSurvey(options)
    for file in files { if var table = try table(file, raw, allowingVectors) { try survey.add(&table) } }
    return try survey.schema()
  }

  private static func table(
    _ file: String, _ options: TableOptions, _ allowingVectors: Bool
  ) throws(VAEError) -> TableStream? {
    guard case .stream(let stream) = try openAsTheyAre(file, options, allowingVectors).data else { return nil }
    return stream as? TableStream
  }

  /// The files of a location, each as one opens it.
  private static func locations(of location: String) throws(VAEError) -> [String] {
    switch isFolder(location) {
    case true?: return try DataFormats.dataFiles(in: location).map { location.path(of: $0) }
    case false?: return [location]
    case nil: return location.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// Throws where a table that comes once has texts, which only a schema reads.
  static func checkNeedsNoSchema(_ location: String, _ file: DataFile, _ options: TableOptions) throws(VAEError) {
    guard options.schema == nil, options.schemaChoice == .detect, DataInput.comesOnce(location),
      case .stream(let stream) = file.data, let table = stream as? TableStream, table.needsSchema
    else { return }
    throw needsFile(location)
  }

  private static func needsFile(_ location: String) -> VAEError {
    VAEError(
      .data,
      "To find out what the columns of a table are takes a pass before the one that reads it, and "
        + "\(location == "-" ? "standard input" : location) comes once: give the table's schema, or put it into a file.",
      remedy: .giveSchema)
  }
}

extension OpenedData {
  /// An array as the table that it was, by the schema that the options have, where that is of as many columns.
  ///
  /// - Throws: where it is of others, and the schema was given for these data.
  func read(by options: TableOptions, _ path: String) throws(VAEError) -> OpenedData {
    guard let schema = options.schema else { return self }
    let size = stream.dataSize
    guard size == schema.columns.count else {
      guard case .file(let file) = options.schemaChoice else { return self }
      throw VAEError(
        .data, "The schema \(file) has \(schema.columns.count) columns, and \(path) \(size) values for each row.")
    }
    // A schema beside an array that came to its name later is another one's.
    if let count = stream.count, case .file(DataFile.schemaPath(beside: path)) = options.schemaChoice,
      count != schema.rowCount
    {
      throw VAEError(
        .data,
        "\(DataFile.schemaPath(beside: path)) is of \(schema.rowCount) rows, and \(path) has \(count): it is another one's. Remove it, or "
          + "say which schema it is.", remedy: .giveSchema)
    }
    return switch self {
    case .source(let source): .source(source.read(by: schema))
    case .stream(let stream): .stream(SchemaStream(stream, schema))
    }
  }
}

/// A stream of what a table's cells became.
private struct SchemaStream: DataStream {
  private var stream: any DataStream
  let columns: DataColumns?

  init(_ stream: any DataStream, _ schema: TableSchema) {
    (self.stream, columns) = (stream, DataColumns(schema))
  }

  var name: String { stream.name }
  var count: Int? { stream.count }
  var dataSize: Int { stream.dataSize }
  var imageShape: ImageShape? { nil }
  var storedType: StoredType { stream.storedType }
  var whiteLevel: WhiteLevel { .none }

  mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    var data = try stream.next(count).with(.none)
    data.columns = columns
    return data
  }
}
