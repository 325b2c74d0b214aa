import ArgumentParser
import CommandSupport
import VAEComparison
import VAECore
import VAEFiles

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compares synthetic rows of a table with real ones.",
    discussion: """
      Says how like each other columns and pairs of columns are, by SDMetrics' measures from 0 to 1, and how many synthetic \
      rows are copies of real ones. With --holdout, real rows that no model was trained on, also whether synthetic rows are \
      nearer to the training rows than to these (½ is ideal), and with --target, a column of categories, how well a \
      classifier that is trained on synthetic rows predicts it for these.

        vae compare train.csv synthetic.csv --holdout test.csv --target income --out comparison.html
      """)

  @Argument(help: "The real rows, those that a model was trained on.") var real: String
  @Argument(help: "The synthetic rows.") var synthetic: String
  @Option(help: ArgumentHelp("Real rows that no model was trained on.", valueName: "file")) var holdout: String?
  @Option(help: ArgumentHelp("The column to predict for the rows of --holdout.", valueName: "column")) var target:
    String?
  @Option(help: ArgumentHelp("A page with all columns and pairs drawn side by side.", valueName: "file.html"))
  var out: String?
  @Option(help: "Determines which rows take part where there are too many to look at all.") var seed: UInt64 = 0
  @OptionGroup(title: "Tables") var table: SettingOptions<TableSettings>
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: JSONFlag

  func validate() throws {
    if target != nil && holdout == nil {
      throw ValidationError("--target is predicted for the rows of --holdout: give them.")
    }
  }

  func run() throws {
    let page = try OutputFile.ifGiven("--out", out, as: [.html])
    let files = [real, synthetic] + (holdout.map { [$0] } ?? [])
    try OutputFile.check([page], reading: files.map { InputFiles("the data", $0) })
    let options = try options(files)
    let tables = try files.map { file throws(VAEError) in try read(file, options) }
    Terminal.status("comparing")
    let comparison = try TableComparison(
      real: tables[0], synthetic: tables[1], heldOut: tables.count > 2 ? tables[2] : nil, target: target, seed: seed,
      execution: threads.execution)
    Terminal.clearStatus()
    if let page { try AtomicFile.write(ComparisonPage(comparison).html, to: page.path) }
    if output.json {
      try Terminal.printJSON(comparison)
    } else {
      print(ComparisonText(comparison, real: real, synthetic: synthetic).text)
      if let page { print("\nPage  \(page.path)") }
    }
  }

  /// How all tables are read: by one schema, which has what any of them has.
  private func options(_ files: [String]) throws -> TableOptions {
    var options = try table.applied()
    if let file = files.first(where: { $0.contains(",") }) {
      throw VAEError(
        .configuration, "\(file) has a comma in its name, which would stand between several: give another name.")
    }
    if options.missing == .refuse { options.missing = .nan }
    // The real rows' columns, wherever they are in the other tables.
    if options.columns == nil { options.columns = try DataFile.discoverSchema(real, options: options)?.names }
    options.schema = try DataFile.discoverSchema(files.joined(separator: ","), options: options)
    guard let schema = options.schema else {
      throw VAEError(.data, "\(files[0]) is no table of separated values (CSV, TSV), as are compared here.")
    }
    if !schema.identifiers.isEmpty {
      Terminal.note("Not compared, since they only name rows: \(CellPlace.list(schema.identifiers)).")
    }
    return options
  }

  private func read(_ file: String, _ options: TableOptions) throws(VAEError) -> ComparedTable {
    try ComparedTable(DataFile.open(file, options: options).data.source().inMemory())
  }
}

extension ComparedTable {
  /// The rows of data that were read by a schema.
  fileprivate init(_ data: Dataset) throws(VAEError) {
    guard let schema = data.columns?.schema else { preconditionFailure("\(data.name) was read without a schema") }
    let rows = data.rows(0..<data.count, as: Double.self)
    var columns: [Column] = []
    for (index, column) in schema.columns.enumerated() {
      let numbers = (0..<data.count).map { rows[$0, index] }
      let values: Values =
        column.kind.hasCategories
        ? .texts(
          try TextValues(levels: column.categories.map(\.text), indices: numbers.map { $0.isNaN ? -1 : Int32($0) }))
        : .numbers(numbers)
      columns.append(Column(schema.titles[index], values))
    }
    try self.init(columns)
  }
}
