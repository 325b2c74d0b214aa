import ArgumentParser
import VAECore
import VAEFiles

/// Rows that go through the model at once.
private let chunkSize = 4096
/// What the columns of codes are called in a table, before their numbers.
private let codeName = "mu"

struct Encode: SharedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the latent means μ of data, a row per datum, as NPY or CSV.",
    discussion: """
      NumPy reads the one with numpy.load. The other is a table of datum, mu_1, mu_2, …; datum is where the datum stands in \
      its file, from 0 on.

        vae encode runs/fashion --data fashion-mnist --out codes.npy
      """)

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @Option(help: ArgumentHelp("The file of μ to write, .npy or .csv.", valueName: "codes.npy")) var out: String
  @Option(help: ArgumentHelp("A second file, of log σ², .npy or .csv.", valueName: "file.npy")) var variance: String?
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var threads: ThreadsOption

  func run(with ranks: Ranks) throws {
    try ranks.checkIsForAll(data.data)
    let (path, secondPath) = (ranks.path(out), variance.map(ranks.path))
    defer { ranks.discard([path, secondPath]) }
    let (out, second) = try ranks.together {
      let out = try OutputFile("--out", path, as: [.npy, .csv])
      let second = try OutputFile.ifGiven("--variance", secondPath, as: [.npy, .csv])
      try OutputFile.check([out, second], reading: [.model(self.model.model)] + data.files)
      return (out, second)
    }
    let (model, dataset) = try ranks.together {
      let model = try openModel(self.model.model).model
      return (model, try data.open(for: model, at: self.model.model))
    }
    try ranks.checkAgreement(on: model, dataset)
    try write(dataset, model, ranks.execution(threads.threads), to: out, second)
    print("μ of \(dataset.count) data: \(out.path)")
    if let variance { print("log σ² of \(dataset.count) data: \(variance)") }
  }

  private func write(
    _ dataset: any DataSource, _ model: VariationalAutoencoder<Float>, _ execution: Execution, to out: OutputFile,
    _ variance: OutputFile?
  ) throws(VAEError) {
    typealias Append = (Matrix<Float>) throws(VAEError) -> Void
    func encode(_ appendMean: Append, _ appendLogVariance: Append) throws(VAEError) {
      let inference = try Inference(model, precision: precision.precision, execution: execution)
      for first in stride(from: 0, to: dataset.count, by: chunkSize) {
        let chunk = try dataset.read(first..<min(first + chunkSize, dataset.count))
        let posterior = try inference.encode(chunk)
        try appendMean(posterior.mean)
        try appendLogVariance(posterior.logVariance)
      }
    }
    func names(_ name: String) -> [String] { (1...model.configuration.latentSize).map { "\(name)_\($0)" } }
    try out.write(columns: names(codeName), of: dataset) { appendMean throws(VAEError) in
      guard let variance else { return try encode(appendMean) { _ throws(VAEError) in } }
      try variance.write(columns: names("log_variance"), of: dataset) { append throws(VAEError) in
        try encode(appendMean, append)
      }
    }
  }
}

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes what the model makes of latent variables, a row of data for each, as NPY or CSV.",
    discussion: """
      Of a model that centres and scales numbers which single precision would round, as those of a table, the values are \
      in double precision; of any other in single precision.
      """)

  @OptionGroup var model: ModelArgument
  @Option(help: ArgumentHelp("Latent variables, a row each, as vae encode writes them.", valueName: "codes.npy"))
  var codes: String
  @Option(
    help: ArgumentHelp(
      "The condition of each row, in a conditional model: an IDX file of labels (plain or .gz), an NPY matrix, or the table that it has its columns in.",
      valueName: "file"))
  var condition: String?
  @Option(help: ArgumentHelp("The file of data to write, .npy or .csv.", valueName: "x.npy")) var out: String
  @OptionGroup var observation: ObservationOption
  @Option(help: "Determines what is drawn.") var seed: UInt64 = 0
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var threads: ThreadsOption

  func run() throws {
    let out = try OutputFile("--out", out, as: [.npy, .csv])
    try OutputFile.check(
      [out], reading: [.model(model.model), InputFiles("the codes", codes), InputFiles("the condition", condition)])
    let model = try openModel(model.model).model
    try Machine.checkKernels()
    let z = try latentVariables(model.configuration.latentSize)
    let condition = try condition(of: z.rows, model)
    if model.restoresDoubles {
      try write(z, condition, model.converted(to: Double.self), to: out)
    } else {
      try write(z, condition, model, to: out)
    }
    print("\(z.rows) data of \(model.configuration.dataSize) values: \(out.path)")
  }

  private func write<Element: Scalar>(
    _ z: Matrix<Float>, _ condition: Condition?, _ model: VariationalAutoencoder<Element>, to out: OutputFile
  ) throws(VAEError) {
    var rows = try DecodedRows(
      model, .given(z, condition), observation.observation ?? .mean, seed: seed, precision: precision.precision,
      execution: threads.execution)
    try out.write(&rows)
  }

  /// The codes, of a table the columns that are called so, or all where they have no names.
  private func latentVariables(_ size: Int) throws(VAEError) -> Matrix<Float> {
    let names = (1...size).map { "\(codeName)_\($0)" }
    var options = TableOptions.numbers
    (options.matching, options.isOptional) = (names, true)
    let read = try DataFile.open(codes, options: options).data.source().inMemory().with(.none)
    let z = read.rows(0..<read.count, as: Float.self)
    guard z.columns == size else {
      throw VAEError(.data, "\(codes) has \(z.columns) columns, the model has \(size) latent dimensions.")
    }
    if let index = z.elements.firstIndex(where: { !$0.isFinite }) {
      let place = CellPlace(file: codes, datum: index / size, column: index % size, columnName: names[index % size])
      throw VAEError(.data, "\(place): \(z.elements[index]) is no finite number.")
    }
    return z
  }

  /// The condition of the rows, where the model takes one.
  private func condition(of rows: Int, _ model: VariationalAutoencoder<Float>) throws -> Condition? {
    let size = model.configuration.conditionSize
    guard size > 0 else {
      // Refuses one that is given.
      _ = try model.configuration.condition(given: condition, at: self.model.model)
      return nil
    }
    guard let condition else {
      throw VAEError(
        .data, "The model takes a condition of size \(size) beside each row of \(codes): give --condition.")
    }
    if model.schema?.conditions != nil {
      // Its columns stand in a table like the model's.
      let data = try DataLocation.open(DataRequest(condition, for: model, at: self.model.model)).train
      guard let read = data.condition else { preconditionFailure("a table of \(condition) without its condition") }
      try read.check(count: rows, of: codes)
      return read
    }
    let read = try ConditionLocation.open(condition)
    try read.check(count: rows, of: codes)
    return try model.matching(read)
  }
}
