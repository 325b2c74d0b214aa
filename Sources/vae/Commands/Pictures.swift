import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct Reconstruct: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws images above their reconstructions, as PNG.")

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @Option(help: ArgumentHelp("The picture to write.", valueName: "file.png")) var out: String
  @Option(help: "How many images.") var count = 32
  @Option(help: "Images per row.") var columns = 8
  @OptionGroup var threads: ThreadsOption

  func validate() throws { try validateGrid(count: count, columns: columns) }

  func run() throws {
    let out = try OutputFile("--out", out, as: [.png])
    try OutputFile.check([out], reading: [.model(model.model)] + data.files)
    let model = try openModel(model.model).model
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
