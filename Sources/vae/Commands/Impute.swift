import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct Impute: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fills in the missing values of data.",
    discussion: """
      The model is one that was trained on data with their missing values:

        vae train --data survey.csv --missing model --out runs/survey
        vae impute runs/survey --data survey.csv --out full.csv

      A table is copied as it is, with texts in place of what is missing: of numbers the mean of p(missing | there), of \
      categories the most probable one. These are the best guesses, and vary less than the truth does. For an analysis that is \
      to know how much it does not know, --draws 5 writes five tables, full.1.csv to full.5.csv, each with draws in those \
      places: do the analysis five times, and pool the results by Rubin's rules.
      """)

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @Option(help: ArgumentHelp("The file to write, .csv or .npy.", valueName: "full.csv")) var out: String
  @Option(help: "Write so many files, each with a draw in place of what is missing.") var draws: Int?
  @Option(help: "Samples per datum from the encoder, which importance weights tell apart.") var samples = 1000
  @Option(help: "Determines the samples.") var seed: UInt64 = 0
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: JSONFlag

  func validate() throws {
    if !(1...1 << 24).contains(samples) {
      throw ValidationError("--samples must be from 1 to 16777216; it is \(samples).")
    }
    if let draws, !(1...1000).contains(draws) {
      throw ValidationError("--draws must be from 1 to 1000; it is \(draws).")
    }
  }

  func run() throws {
    let outputs =
      try draws.map { count in try (1...count).map { try OutputFile("--out", numbered($0), as: [.csv, .npy]) } }
      ?? [try OutputFile("--out", out, as: [.csv, .npy])]
    try OutputFile.check(outputs, reading: [.model(model.model)] + data.files)
    let model = try openModel(model.model).model
    try Machine.checkKernels()
    if model.restoresDoubles {
      try impute(model, model.converted(to: Double.self), outputs)
    } else {
      try impute(model, model, outputs)
    }
  }

  /// The path of a draw: full.1.csv.
  private func numbered(_ draw: Int) -> String {
    guard let dot = out.lastIndex(of: "."), out[dot...].contains("/") == false else { return "\(out).\(draw)" }
    return "\(out[..<dot]).\(draw)\(out[dot...])"
  }

  private func impute<Element: Scalar>(
    _ model: VariationalAutoencoder<Float>, _ exact: VariationalAutoencoder<Element>, _ outputs: [OutputFile]
  ) throws {
    let source = try data.open(for: model, at: self.model.model)
    let imputation = try exact.impute(
      source, samples: samples, draws: draws ?? 0, seed: seed, execution: threads.execution.shown)
    Terminal.clearStatus()
    let all = draws == nil ? [imputation.values] : imputation.draws
    for (output, values) in zip(outputs, all) {
      if let copy = try TableCopy(data, model, at: self.model.model, to: output) {
        try copy.write(imputation.cells, values)
      } else {
        var rows = FilledRows(model: exact, data: source, imputation: imputation, values: values)
        try output.write(&rows)
      }
    }
    if output.json {
      try Terminal.printJSON(
        Result(
          files: outputs.map(\.path), data: source.count, filledIn: imputation.cells.count,
          effectiveSamples: imputation.effectiveSamples))
    } else {
      let effective = imputation.effectiveSamples.map {
        ", by \($0.digits(1)) effective of \(samples) samples each"
      }
      print(
        "\(counted(imputation.cells.count, "missing value")) of \(source.count) data filled in\(effective ?? ""): "
          + (outputs.count > 1 ? "\(outputs[0].path) … \(outputs.last!.path)" : outputs[0].path))
    }
  }

  /// What `--json` prints.
  private struct Result: Encodable {
    let files: [String]
    let data, filledIn: Int
    let effectiveSamples: Double?

    enum CodingKeys: String, CodingKey {
      case files, data
      case filledIn = "filled_in"
      case effectiveSamples = "effective_samples"
    }
  }
}

/// A table's file that is copied with values in place of what is missing.
private struct TableCopy {
  private let request: DataRequest
  private let writer: RowWriter
  /// Of each of the model's data columns, where it is in the whole table.
  private let places: [Int]
  private let output: OutputFile

  /// Nil where there is no one file of a table to copy all of: then rows are written as the model's schema has them.
  init?(
    _ options: DataOptions, _ model: VariationalAutoencoder<Float>, at path: String, to output: OutputFile
  ) throws {
    guard output.format == .csv, options.isWhole, let table = model.schema?.wholeTable,
      model.schema?.table?.encoding == nil
    else { return nil }
    request = try DataRequest(options.data, for: model, at: path, condition: options.condition, table: options.table)
    guard case .stream(let stream) = try DataFile.open(request.location, options: request.table).data,
      stream is TableStream
    else { return nil }
    writer = RowWriter(table)
    let conditions = model.schema?.conditions?.columns.places ?? []
    places = table.columns.indices.filter { !conditions.contains($0) }
    self.output = output
  }

  func write(_ cells: [Imputation.Cell], _ values: [Double]) throws(VAEError) {
    var texts: [Imputation.Cell: [UInt8]] = [:]
    for (cell, value) in zip(cells, values) {
      let column = places[cell.column]
      texts[Imputation.Cell(datum: cell.datum, column: column)] = writer.field(value, column: column)
    }
    guard case .stream(let stream) = try DataFile.open(request.location, options: request.table).data,
      var table = stream as? TableStream
    else { return }
    try AtomicFile.write(to: output.path) { file throws(VAEError) in
      try table.copy {
        texts[Imputation.Cell(datum: $0, column: $1)]
      } to: { text throws(VAEError) in
        try file.write(text)
      }
    }
  }
}

/// Data with values in place of what is missing.
private struct FilledRows<Element: Scalar>: RowSource {
  let model: VariationalAutoencoder<Element>
  let data: any DataSource
  let imputation: Imputation
  let values: [Double]

  var count: Int { data.count }

  mutating func forEachPiece<Number: Scalar>(_ body: (Matrix<Number>) throws(VAEError) -> Void) throws(VAEError) {
    let filled = try imputation.filling(data, with: values)
    let x = Matrix<Element>(
      rows: filled.rows, columns: filled.columns, elements: filled.elements.map { Element($0) })
    let rows = model.tableRows(x, data.condition)
    try body(Matrix(rows: rows.rows, columns: rows.columns, elements: rows.elements.map { Number($0) }))
  }
}
