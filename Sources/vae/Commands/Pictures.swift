import ArgumentParser
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
    let model = try openModel(model.model).model
    let shape = try model.requireImages()
    let dataset = try data.open(for: model).prefix(count)
    try model.check(dataset)
    try comparison(of: dataset, by: model, shape: shape, columns: columns, threads: threads.threads).writePNG(to: out)
    print("\(dataset.count) images and their reconstructions: \(out)")
  }
}

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws images that the model makes up, as PNG.",
    discussion: """
      Latent variables are drawn from the prior; with --from aggregate, from a Gaussian of the mean and the covariance \
      that the encoder's posteriors have over the data; with --latent-grid, for a model of two latent dimensions, they \
      walk over the plane on the quantiles of the normal distribution.

        vae sample runs/fashion --out samples.png --from aggregate --data fashion-mnist
      """)

  enum Source: String, CaseIterable, ExpressibleByArgument { case prior, aggregate }

  @OptionGroup var model: ModelArgument
  @Option(help: ArgumentHelp("The picture to write.", valueName: "file.png")) var out: String
  @Option(help: "How many images.") var count = 64
  @Option(help: "Images per row.") var columns = 8
  @Option(help: "Determines the images.") var seed: UInt64 = 0
  @Option(help: "Where latent variables come from.") var from = Source.prior
  @Option(help: "For --from aggregate: \(dataHelp.abstract)") var data: String?
  @Option(help: "Which part of the data. (default: train)") var split: DataOptions.Split?
  @Option(help: ArgumentHelp("Walk over a 2-D latent space, with so many images a side.", valueName: "side"))
  var latentGrid: Int?
  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    try validateGrid(count: count, columns: columns)
    if let latentGrid, !(1...100).contains(latentGrid) {
      throw ValidationError("--latent-grid must be from 1 to 100; it is \(latentGrid).")
    }
    if from == .aggregate && data == nil { throw ValidationError("--from aggregate needs --data to encode.") }
    if from == .prior && (data != nil || split != nil) {
      throw ValidationError("--data and --split belong to --from aggregate.")
    }
    if from == .aggregate && latentGrid != nil {
      throw ValidationError("--latent-grid walks over the prior: leave --from out.")
    }
  }

  func run() throws {
    let checkpoint = try openModel(model.model)
    let model = checkpoint.model
    let shape = try model.requireImages()
    var images: Matrix<Float>
    if let side = latentGrid {
      guard model.configuration.latentSize == 2 else {
        throw VAEError(
          .configuration,
          "--latent-grid walks over two latent dimensions, the model has \(model.configuration.latentSize): "
            + "train one with --latent 2.")
      }
      images = model.decode(.latentGrid(side: side), threads: threads.threads)
    } else if let data {
      let posterior = try model.aggregatePosterior(
        of: DataLocation.open(data).part(split ?? .train, of: data),
        binarization: checkpoint.training?.binarization ?? .none, seed: seed, threads: threads.threads)
      images = model.sample(count: count, from: posterior, seed: seed, threads: threads.threads)
    } else {
      images = model.sample(count: count, seed: seed, threads: threads.threads)
    }
    try GreyImage(grid: images, shape: shape, columns: latentGrid ?? columns).writePNG(to: out)
    print("\(images.rows) images: \(out)")
  }
}

func validateGrid(count: Int, columns: Int) throws {
  if !(1...10_000).contains(count) { throw ValidationError("--count must be from 1 to 10000; it is \(count).") }
  if !(1...1_000).contains(columns) { throw ValidationError("--columns must be from 1 to 1000; it is \(columns).") }
}
