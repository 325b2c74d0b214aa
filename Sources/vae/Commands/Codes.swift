import ArgumentParser
import VAECore
import VAEFiles

/// Rows that go through the model at once.
private let chunkSize = 4096

struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the latent means μ of data, a row per datum, as NPY (NumPy reads it with numpy.load).")

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @Option(help: ArgumentHelp("The file of μ to write.", valueName: "codes.npy")) var out: String
  @Option(help: ArgumentHelp("A second file, of log σ².", valueName: "file.npy")) var variance: String?
  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    if variance == out { throw ValidationError("--out and --variance name the same file.") }
  }

  func run() throws {
    let model = try openModel(model.model).model
    let dataset = try data.open(for: model, at: self.model.model)
    try write(dataset, model)
    print("μ of \(dataset.count) data: \(out)")
    if let variance { print("log σ² of \(dataset.count) data: \(variance)") }
  }

  private func write(_ dataset: any DataSource, _ model: VariationalAutoencoder<Float>) throws(VAEError) {
    typealias Append = (Matrix<Float>) throws(VAEError) -> Void
    func encode(_ appendMean: Append, _ appendLogVariance: Append) throws(VAEError) {
      let inference = Inference(model, threads: threads.threads)
      for first in stride(from: 0, to: dataset.count, by: chunkSize) {
        let chunk = try dataset.read(first..<min(first + chunkSize, dataset.count))
        try model.check(chunk)
        let all = 0..<chunk.count
        let posterior = inference.encode(chunk.rows(all), condition: model.condition(of: chunk, all))
        try appendMean(posterior.mean)
        try appendLogVariance(posterior.logVariance)
      }
    }
    let size = model.configuration.latentSize
    try NPY.write(rows: dataset.count, columns: size, of: Float.self, to: out) { appendMean throws(VAEError) in
      guard let variance else { return try encode(appendMean) { _ throws(VAEError) in } }
      try NPY.write(rows: dataset.count, columns: size, of: Float.self, to: variance) { append throws(VAEError) in
        try encode(appendMean, append)
      }
    }
  }
}

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes what the model makes of latent variables, a row of data for each, as NPY.")

  @OptionGroup var model: ModelArgument
  @Option(help: ArgumentHelp("Latent variables, a row each, as NPY.", valueName: "codes.npy")) var codes: String
  @Option(
    help: ArgumentHelp(
      "The condition of each row, in a conditional model: an IDX file of labels (plain or .gz), or an NPY matrix.",
      valueName: "file"))
  var condition: String?
  @Option(help: ArgumentHelp("The file of data to write.", valueName: "x.npy")) var out: String
  @OptionGroup var threads: ThreadsOption

  func run() throws {
    let model = try openModel(model.model).model
    try Machine.checkKernels()
    let z = try NPY.read(codes, as: Float.self)
    let size = model.configuration.latentSize
    guard z.columns == size else {
      throw VAEError(.data, "\(codes) has \(z.columns) columns, the model has \(size) latent dimensions.")
    }
    if let index = z.elements.firstIndex(where: { !$0.isFinite }) {
      throw VAEError(
        .data, "\(codes): column \(index % size) of row \(index / size) is \(z.elements[index]), not a finite number.")
    }
    let condition = try condition(of: z.rows, model)
    try NPY.write(rows: z.rows, columns: model.configuration.dataSize, of: Float.self, to: out) {
      append throws(VAEError) in
      let inference = Inference(model, threads: threads.threads)
      for first in stride(from: 0, to: z.rows, by: chunkSize) {
        let rows = first..<min(first + chunkSize, z.rows)
        try append(
          inference.decode(
            z.rows(rows), condition: condition?.rows(rows, size: model.configuration.conditionSize)))
      }
    }
    print("\(z.rows) data of \(model.configuration.dataSize) values: \(out)")
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
    let read = try ConditionLocation.openFile(condition)
    try read.check(count: rows, of: codes)
    try read.check(size: size)
    return read
  }
}
