import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct Reconstruct: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes what becomes of data: rows as CSV or NPY, or images above their reconstructions as PNG.",
    discussion: """
      Each datum is encoded, and decoded at the mean of its posterior: the mean of p(x|z), or with --draw a draw from it.

        vae reconstruct runs/fashion --data fashion-mnist --out reconstructions.png
      """)

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @Option(help: ArgumentHelp("The file to write, .csv, .npy or .png.", valueName: "file")) var out: String
  @OptionGroup var observation: ObservationOption
  @Option(help: "Determines what is drawn.") var seed: UInt64 = 0
  @Option(help: "How many images a picture has.") var count = 32
  @Option(help: "Images per row.") var columns = 8
  @OptionGroup var threads: ThreadsOption

  func validate() throws { try validateGrid(count: count, columns: columns) }

  func run() throws {
    let out = try OutputFile("--out", out, as: [.csv, .npy, .png])
    try OutputFile.check([out], reading: [.model(model.model)] + data.files)
    let model = try openModel(model.model).model
    guard out.format != .png else { return try draw(model, to: out) }
    let dataset = try data.open(for: model, at: self.model.model)
    if model.restoresDoubles {
      try write(dataset, model.converted(to: Double.self), to: out)
    } else {
      try write(dataset, model, to: out)
    }
    print("\(dataset.count) reconstructions: \(out.path)")
  }

  private func write<Element: Scalar>(
    _ data: any DataSource, _ model: VariationalAutoencoder<Element>, to out: OutputFile
  ) throws(VAEError) {
    var rows = try DecodedRows(
      model, .encoded(data), observation.observation ?? .mean, seed: seed, precision: .full,
      execution: threads.execution)
    try out.write(&rows)
  }

  private func draw(_ model: VariationalAutoencoder<Float>, to out: OutputFile) throws {
    guard observation.observation != .draw else {
      throw VAEError(.configuration, "Pictures show means: leave --draw out, or end --out in .csv or .npy.")
    }
    let shape = try model.requireImages()
    let dataset = try data.open(for: model, at: self.model.model).prefix(count)
    try comparison(of: dataset, by: Inference(model, execution: threads.execution), shape: shape, columns: columns)
      .writePNG(to: out.path)
    print("\(dataset.count) images and their reconstructions: \(out.path)")
  }
}

func validateGrid(count: Int, columns: Int) throws {
  if !(1...10_000).contains(count) { throw ValidationError("--count must be from 1 to 10000; it is \(count).") }
  if !(1...1_000).contains(columns) { throw ValidationError("--columns must be from 1 to 1000; it is \(columns).") }
}
