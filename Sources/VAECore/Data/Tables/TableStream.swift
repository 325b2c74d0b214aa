/// Data in a table of separated values: a row per datum, a column per value, and perhaps a row of names above them.
public struct TableStream: DataStream {
  var records: SeparatedRecords
  private let table: TableInterpretation
  /// Whether a missing value is an error; else it becomes NaN.
  let refusesMissing: Bool
  /// Whether a category that a schema does not have is missing; else it is an error.
  let takesUnknown: Bool
  /// What the columns are by a schema, and how they are read by it.
  let schema: TableSchema?
  let readers: [ColumnReader]
  /// What stands for a missing value.
  private let missingWords: MissingWords
  /// Whether the current record is yet to be read.
  var isPending: Bool
  /// What was seen of the columns that are read.
  private var contents: [ColumnContent]

  /// How the table is read: its dialect, and what was taken for its header.
  public var reading: TableReading { TableReading(table, schema) }
  /// The lines at which the rows of the last ``next(_:)`` begin, from 1 on.
  package private(set) var lastLines: [UInt32] = []

  var layout: TableColumns { table.columns }
  var mark: DecimalMark { table.mark }
  /// How the table is written, as far as its first row shows.
  let style: TableStyle
  /// Whether the first rows have texts that are no numbers, so that a schema is needed to read them.
  public let needsSchema: Bool

  /// Where the bytes come from.
  public var name: String { records.path }
  /// Unknown before the end.
  public var count: Int? { nil }
  /// D, the columns that are read.
  public var dataSize: Int { layout.chosen.count }
  /// Rows are no images.
  public var imageShape: ImageShape? { nil }
  /// Numbers are kept in double precision.
  public var storedType: StoredType { .float64 }
  /// The columns that are read: their names, where a header names them, and their kinds, as far as rows have been read.
  public var columns: DataColumns? {
    let (names, numbers) = (layout.names.map { names in layout.chosen.map { names[$0] } }, layout.chosen.map { $0 + 1 })
    return if let schema {
      DataColumns(names: names, schema: schema, numbers: numbers)
    } else {
      DataColumns(names: names, kinds: contents.map(\.kind), numbers: numbers)
    }
  }

  /// A table in a stream of bytes, from its beginning. Missing values become NaN unless they are refused;
  /// ``ImputedStream`` replaces them.
  ///
  /// - Throws: where there are no rows, the options ask for columns that are not there, it can be read in two ways, or
  ///   bytes cannot be read.
  public init(_ reader: any ByteReader, _ options: TableOptions) throws(VAEError) {
    let stream = try TableStream(live: SeparatedRecords(reader), options)
    guard let stream else {
      throw VAEError(
        .file,
        "\(reader.path) holds a row that is not all numbers, and no rows below: is it a table, with a row per datum?")
    }
    self = stream
  }

  /// A table of records, from the first on; nil where there is a header and no row.
  init?(live records: SeparatedRecords, _ options: TableOptions) throws(VAEError) {
    guard options.separator != .comma || options.decimal != .comma else {
      throw VAEError(
        .configuration, "A comma cannot be both between values and within numbers: choose another separator.")
    }
    self.records = records
    let sample = try TableDialect.sample(records, options)
    self.records.separate(by: sample.separator)
    guard try self.records.next() else { throw VAEError(.file, "\(records.path) is empty: it holds no row.") }
    let told = options.readingBySchema
    table = try TableInterpretation(self.records, sample, told)
    schema = try options.schema?.matched(to: table.columns, of: records.path)
    let words = told.missingWords
    missingWords = words
    readers = schema.map { $0.columns.map { ColumnReader($0, words) } } ?? []
    takesUnknown = options.unknown == .missing
    style = TableStyle(table, self.records, sample)
    needsSchema = sample.hasTexts(in: table.columns.chosen, belowFirst: table.isFirstRowHeader)
    contents = Array(repeating: ColumnContent(), count: table.columns.chosen.count)
    refusesMissing = options.missing == .refuse
    isPending = true
    if table.isFirstRowHeader { isPending = try self.records.next() }
    if !isPending { return nil }
  }

  /// The next data; throws where a row has another number of values than the first, or one is not a number or missing.
  public mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    let numbers = try nextNumbers(count)
    var builder = builder()
    builder.append(numbers, lines: lastLines)
    return builder.dataset()
  }

  /// The values of the next rows `[count, D]`, or fewer, in double precision.
  package mutating func nextNumbers(_ count: Int) throws(VAEError) -> [Double] {
    var values: [Double] = []
    lastLines.removeAll(keepingCapacity: true)
    while lastLines.count < count {
      if !isPending { isPending = try records.next() }
      guard isPending else { break }
      isPending = false
      try read(into: &values)
      lastLines.append(UInt32(clamping: records.line))
    }
    return values
  }

  /// The line at which the current row begins.
  var line: UInt32 { UInt32(clamping: records.line) }

  /// The values of the next row, or what is wrong with it alone; where nothing waits for it, nil where it is not all there yet, and at the end
  /// in any case.
  mutating func nextLiveRow(waits: Bool) throws(VAEError) -> Result<[Double], VAEError>? {
    if !isPending { isPending = try waits ? records.next() : records.nextInBuffer() }
    guard isPending else { return nil }
    isPending = false
    var values: [Double] = []
    do throws(VAEError) {
      try read(into: &values)
      return .success(values)
    } catch {
      return .failure(error)
    }
  }

  private mutating func read(into values: inout [Double]) throws(VAEError) {
    try checkWidth()
    if schema != nil { return try readBySchema(into: &values) }
    for (index, column) in layout.chosen.enumerated() {
      switch TableField(records.buffer, records.fields[column], mark, missingWords) {
      case .number(let number):
        guard contents[index].takes(number) else { throw mixed(column) }
        values.append(number)
      case .boolean(let isTrue):
        guard contents[index].takesBoolean() else { throw mixed(column) }
        values.append(isTrue ? 1 : 0)
      case .missing:
        guard !refusesMissing else { throw missing(column) }
        values.append(.nan)
      case .rounded:
        throw VAEError(
          .data,
          "\(place(column)) is \(text(column)), a whole number that double precision does not hold: leave the column out, or "
            + "subtract a number from it first. Is it an identifier?", remedy: .leaveOutColumn(layout.option(column)))
      case .overflow:
        throw VAEError(
          .data,
          "\(place(column)) is \(text(column)), beyond what double precision holds. Leave the row or the column out.",
          remedy: .leaveOutColumn(layout.option(column)))
      case .text: throw notNumber(column)
      }
    }
    try checkOmitted()
  }

  func checkWidth() throws(VAEError) {
    guard records.fields.count == layout.width else {
      throw VAEError(
        .file,
        "\(name), line \(records.line): the row has \(records.fields.count) values, the first has \(layout.width). "
          + "Give each row as many, and put a value with a separator in it in quotes.")
    }
  }

  func checkOmitted() throws(VAEError) {
    if table.omitsLast, !TableField.trimmed(records.buffer, records.fields[layout.width - 1]).isEmpty {
      let column = layout.width - 1
      throw VAEError(
        .data,
        "\(place(column)) is \(text(column)), in a column without a name that is empty in the first rows. Give it a name, or "
          + "leave it out.", remedy: .leaveOutColumn(layout.option(column)))
    }
  }

  // MARK: What is wrong, and where

  func place(_ column: Int) -> CellPlace {
    CellPlace(file: name, line: records.line, column: column, columnName: layout.names?[column])
  }

  func missing(_ column: Int) -> VAEError {
    VAEError(
      .data, "\(place(column)) is missing. Leave the row or the column out, or have missing values replaced.",
      remedy: .replaceMissingValues)
  }

  private func text(_ column: Int) -> String { "\"\(CellPlace.short(records.text(column)))\"" }

  private func mixed(_ column: Int) -> VAEError {
    VAEError(
      .data,
      "\(place(column)) is \(text(column)), in a column that has both True or False and numbers other than 0 and 1. Leave it "
        + "out, or make numbers of it.", remedy: .leaveOutColumn(layout.option(column)))
  }

  private func notNumber(_ column: Int) -> VAEError {
    .notNumber(place(column), records.text(column), mark, option: layout.option(column))
  }
}
