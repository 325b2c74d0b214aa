import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct DataInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what data are like: format, shape, type, ranges, means, deviations, the first rows.",
    discussion: """
      Reads all of the data once. Missing values of a table are counted, those of texts with --missing model, without which they are a \
      category of their own. Grey levels are shown as models see them, from 0 to 1.

      Of a table with texts its schema is found: what each column is, how it is written, which numbers are frequent. \
      --schema-out writes it, for a person to look at or to edit, and --schema reads it.

        vae data inspect fashion-mnist --sheet sheet.png
        vae data inspect adult.csv --schema-out adult.json
      """)

  @OptionGroup var location: DataArgument
  @OptionGroup var table: SettingOptions<TableSettings>
  @OptionGroup var white: SettingOptions<WhiteLevelSetting>
  @Option(help: "How many of the first rows to show.") var rows = 5
  @Option(help: ArgumentHelp("The schema of a table to write, which --schema reads.", valueName: "x.json"))
  var schemaOut: String?
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
    let schemaFile = try OutputFile.ifGiven("--schema-out", schemaOut, as: [.json])
    try OutputFile.check([picture, schemaFile], reading: InputFiles.data(location.data))
    var options = try table.applied()
    // What a model is to take for missing is so here.
    if !options.missing.isForModel { options.missing = .nan }
    // Who wants the schema of a table of numbers alone has it found.
    if schemaOut != nil && options.schemaChoice == .detect { options.schemaChoice = .find }
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
    if let schemaFile {
      guard let schema = recorder.columns?.schema else {
        throw VAEError(.data, "\(location.data) has no schema, as --schema-out wants it: it is no table.")
      }
      try AtomicFile.write(schema.json, to: schemaFile.path)
    }
    if let picture, let shape = recorder.imageShape, let first, first.count > 0 {
      let images = first.rows(0..<min(count, first.count), as: Float.self)
      try GreyImage(grid: images, shape: shape, columns: columns).writePNG(to: picture.path)
    }
    let report = DataReport(
      name: location.data, file: file, stream: recorder, summary: summary,
      rows: first?.rows(0..<min(rows, first!.count), as: Double.self))
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
