import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct DataInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what data are like: format, shape, type, ranges, means, deviations, the first rows.",
    discussion: """
      Reads all of the data once. Missing values of a table are counted, whatever --missing says elsewhere. Grey \
      levels are shown as models see them, from 0 to 1.

        vae data inspect fashion-mnist --sheet sheet.png
      """)

  @OptionGroup var location: DataArgument
  @OptionGroup var table: SettingOptions<TableSettings>
  @OptionGroup var white: SettingOptions<WhiteLevelSetting>
  @Option(help: "How many of the first rows to show.") var rows = 5
  @Option(help: ArgumentHelp("For images: a picture of the first of them to write.", valueName: "sheet.png"))
  var sheet: String?
  @Option(help: "Images on the sheet.") var count = 64
  @Option(help: "Images per row of the sheet.") var columns = 8
  @OptionGroup var output: JSONFlag

  func validate() throws {
    try validateGrid(count: count, columns: columns)
    if !(0...1000).contains(rows) { throw ValidationError("--rows must be from 0 to 1000; it is \(rows).") }
  }

  func run() throws {
    let picture = try OutputFile.ifGiven("--sheet", sheet, as: [.png])
    try OutputFile.check([picture], reading: InputFiles.data(location.data))
    var options = try table.applied()
    options.missing = .nan
    let file = try openData(location.data, options)
    let recorder = FirstData(
      try LevelledStream(file.data.stream, white.level()), keeping: max(rows, sheet == nil ? 0 : count))
    if sheet != nil && recorder.imageShape == nil {
      throw VAEError(.data, "\(location.data) holds no images, as --sheet wants them: leave it out.")
    }
    var stream: any DataStream = recorder
    let summary = try DataSummary(&stream, progress: showProgress("read", of: recorder.count))
    Terminal.clearStatus()
    let first = recorder.first
    if let picture, let shape = recorder.imageShape, let first, first.count > 0 {
      let images = first.rows(0..<min(count, first.count), as: Float.self)
      try GreyImage(grid: images, shape: shape, columns: columns).writePNG(to: picture.path)
    }
    let report = DataReport(
      name: location.data, file: file, stream: recorder, summary: summary,
      rows: first?.rows(0..<min(rows, first!.count), as: Float.self))
    try output.json ? Terminal.printJSON(report) : print(report.text)
  }
}

/// A stream that keeps the first of its data.
private final class FirstData: DataStream {
  private var stream: any DataStream
  private let wanted: Int
  private(set) var first: Dataset?

  var name: String { stream.name }
  var count: Int? { stream.count }
  var dataSize: Int { stream.dataSize }
  var imageShape: ImageShape? { stream.imageShape }
  var storedType: StoredType { stream.storedType }
  var columns: DataColumns? { stream.columns }
  var whiteLevel: WhiteLevel { stream.whiteLevel }

  init(_ stream: any DataStream, keeping wanted: Int) {
    self.stream = stream
    self.wanted = wanted
  }

  func next(_ count: Int) throws(VAEError) -> Dataset {
    // All that is wanted comes at once.
    let data = try stream.next(first == nil ? max(count, wanted) : count)
    if first == nil { first = data.read([0..<min(wanted, data.count)]) }
    return data
  }
}

/// A number, or infinity, for which JSON has no number but takes "inf" and "-inf".
struct Number<Value: Scalar>: Encodable {
  private let value: Value

  init(_ value: Value) { self.value = value }

  var text: String { Double(value).short }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if value.isFinite { try container.encode(value) } else { try container.encode(value < 0 ? "-inf" : "inf") }
  }
}

/// What is known of some data, for a person or a program.
struct DataReport: Encodable {
  struct Values: Encodable {
    let name: String?
    let kind: ColumnKind?
    let count: Int
    let missing: Int
    let infinite: Int
    let minimum: Number<Double>?
    let maximum: Number<Double>?
    let mean: Double?
    let deviation: Double?

    init(name: String? = nil, kind: ColumnKind? = nil, _ values: DataSummary.Values) {
      self.name = name
      self.kind = kind
      count = values.count
      missing = values.missing
      infinite = values.infinite
      minimum = values.count == 0 ? nil : Number(values.minimum)
      maximum = values.count == 0 ? nil : Number(values.maximum)
      // Of none there is no mean, and that of very large numbers may be none.
      mean = values.mean.isFinite ? values.mean : nil
      deviation = values.deviation.isFinite ? values.deviation : nil
    }

    var cells: [String] {
      [minimum?.text, maximum?.text, mean?.short, deviation?.short].map { $0 ?? "–" } + [String(missing)]
        + [String(infinite)]
    }
  }

  let name: String
  let format: String
  let table: TableReading?
  let whiteLevel: WhiteLevel
  let count: Int
  let dataSize: Int
  let imageShape: ImageShape?
  let storedType: StoredType
  let storedPart: Double?
  let all: Values
  /// Of a table.
  let columns: [Values]?
  /// Which columns hold no numbers, and what stands for them.
  let encodings: [String]
  let firstRows: [[Number<Float>?]]

  enum CodingKeys: String, CodingKey {
    case name, format, count
    case dataSize = "data_size"
    case imageShape = "image_shape"
    case storedType = "stored_type"
    case storedPart = "stored_part"
    case whiteLevel = "white_level"
    case separator
    case decimalCommas = "decimal_commas"
    case header, notes
    case all, columns
    case firstRows = "first_rows"
  }

  /// - Parameter stream: Whence the data came, for their kind.
  init(name: String, file: DataFile, stream: some DataStream, summary: DataSummary, rows: Matrix<Float>?) {
    self.name = name
    format = file.format
    table = file.table
    whiteLevel = stream.whiteLevel
    count = summary.count
    dataSize = stream.dataSize
    imageShape = stream.imageShape
    storedType = stream.storedType
    storedPart = file.data.storedPart
    all = Values(summary.all)
    let (names, kinds) = (stream.columnNames, stream.columns?.kinds)
    // Of a table each column; of an array without names, where there are few.
    let isTable = names != nil || (stream.imageShape == nil && stream.dataSize <= 64)
    columns =
      isTable ? summary.columns.enumerated().map { Values(name: names?[$0], kind: kinds?[$0], $1) } : nil
    encodings = DataText.encodings(stream.columns)
    firstRows = rows.map { rows in (0..<rows.rows).map { rows.row($0).map { $0.isNaN ? nil : Number($0) } } } ?? []
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(format, forKey: .format)
    if let table {
      try values.encode(table.separator.rawValue, forKey: .separator)
      try values.encode(table.hasDecimalCommas, forKey: .decimalCommas)
      try values.encode(table.hasHeader, forKey: .header)
      try values.encode(table.notes, forKey: .notes)
    }
    try values.encode(count, forKey: .count)
    try values.encode(dataSize, forKey: .dataSize)
    try values.encodeIfPresent(imageShape, forKey: .imageShape)
    try values.encode(storedType, forKey: .storedType)
    try values.encodeIfPresent(storedPart, forKey: .storedPart)
    try values.encode(whiteLevel.value, forKey: .whiteLevel)
    try values.encode(all, forKey: .all)
    try values.encodeIfPresent(columns, forKey: .columns)
    try values.encode(firstRows, forKey: .firstRows)
  }

  var text: String {
    var lines = [
      "format  \(format)\(table.map { ": \($0.dialect)" } ?? "")",
      "shape   \(count) data of \(imageShape.text(ofDataSize: dataSize))",
      "values  \(DataText.values(whiteLevel, storedType, storedPart))",
    ]
    lines += (table?.notes ?? []).map { "        \($0)" }
    lines += encodings.map { "        \($0)" }
    lines.append("")
    var values = Table(["column", "min", "max", "mean", "deviation", "missing", "infinite"])
    for (index, column) in (columns ?? []).enumerated() {
      values.add([column.name ?? String(index + 1)] + column.cells)
    }
    values.add(["all"] + all.cells)
    lines.append(values.text)
    if !firstRows.isEmpty {
      // Wide rows are cut, as a person's eye would do.
      let shown = min(dataSize, 8)
      var table = Table(
        ["row"] + (0..<shown).map { columns?[$0].name ?? String($0 + 1) } + (shown < dataSize ? ["…"] : []))
      for (index, row) in firstRows.enumerated() {
        table.add(
          [String(index)] + row.prefix(shown).map { $0?.text ?? "–" }
            + (shown < dataSize ? [""] : []))
      }
      lines += ["", table.text]
    }
    return lines.joined(separator: "\n")
  }
}

/// Opens data for the commands that look at them: a part of a named set, too.
func openData(_ location: String, _ options: TableOptions) throws(VAEError) -> DataFile {
  if DataLocation.hasParts(location) {
    var request = DataRequest(location)
    request.table = options
    request.takesTrainingAlone = true
    let sets = try DataLocation.open(request)
    let description = sets.descriptions["train"]
    let format = description.map { "\($0.format), " } ?? ""
    return DataFile(
      format: "\(format)the training part of \(location)", data: .source(sets.train), table: description?.table)
  }
  // A file of labels or weights may be looked at, too.
  return try DataFile.open(location, options: options, allowingVectors: true)
}
