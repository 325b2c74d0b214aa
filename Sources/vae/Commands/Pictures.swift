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

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws images that the model makes up, as PNG.",
    discussion: """
      Latent variables are drawn from the prior; with --from aggregate, from a Gaussian of the mean and the covariance \
      that the encoder's posteriors have over the data; with --latent-grid, for a model of two latent dimensions, they \
      walk over the plane on the quantiles of the normal distribution.

        vae sample runs/fashion --out samples.png --from aggregate --data fashion-mnist

      A model of labels draws --label, or a row of images for each label, with the same latent variables in each row.
      """)

  enum Source: String, CaseIterable, ExpressibleByArgument { case prior, aggregate }

  @OptionGroup var model: ModelArgument
  @Option(help: ArgumentHelp("The picture to write.", valueName: "file.png")) var out: String
  @Option(help: "How many images. (default: 64)") var count: Int?
  @Option(help: "Images per row.") var columns = 8
  @Option(help: "Determines the images.") var seed: UInt64 = 0
  @Option(help: "Where latent variables come from.") var from = Source.prior
  @Option(help: "For --from aggregate: \(dataHelp.abstract) Of a model of labels, with these beside them.")
  var data: String?
  @Option(help: "Which part of the data. (default: train)") var split: DataOptions.Split?
  @Option(help: ArgumentHelp("Walk over a 2-D latent space, with so many images a side.", valueName: "side"))
  var latentGrid: Int?
  @OptionGroup var condition: SampleCondition
  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    try validateGrid(count: count ?? 1, columns: columns)
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
    let out = try OutputFile("--out", out, as: [.png])
    try OutputFile.check(
      [out],
      reading: [.model(model.model), InputFiles("the condition", condition.condition)] + InputFiles.data(data))
    let checkpoint = try openModel(model.model)
    let model = checkpoint.model
    let shape = try model.requireImages()
    try Machine.checkKernels()
    let plan = try condition.plan(
      for: model, at: self.model.model, count: latentGrid.map { $0 * $0 } ?? count, columns: columns,
      canRepeat: latentGrid == nil)
    let z = try latentVariables(plan.latentCount, checkpoint)
    let inference = Inference(model, execution: threads.execution)
    let images =
      switch plan.condition {
      case .none: inference.decode(z)
      case .each(let condition): inference.decode(z, condition: condition)
      case .everyLabel: try inference.decodeUnderEveryLabel(z)
      }
    try GreyImage(grid: images, shape: shape, columns: latentGrid ?? columns).writePNG(to: out.path)
    print("\(images.rows) images: \(out.path)")
  }

  private func latentVariables(_ count: Int, _ checkpoint: Checkpoint<Float>) throws -> Matrix<Float> {
    let model = checkpoint.model
    let size = model.configuration.latentSize
    if let side = latentGrid {
      guard size == 2 else {
        throw VAEError(
          .configuration,
          "--latent-grid walks over two latent dimensions, the model has \(size): train one with --latent 2.")
      }
      return .latentGrid(side: side)
    }
    guard let data else { return .standardNormal(rows: count, columns: size, seed: seed) }
    let request = try DataRequest(data, for: model, at: self.model.model)
    let source = try DataLocation.open(request).part(split ?? .train, of: data)
    let posterior = try model.aggregatePosterior(of: source, seed: seed, execution: threads.execution.shown)
    Terminal.clearStatus()
    return posterior.sample(count: count, seed: seed)
  }
}

func validateGrid(count: Int, columns: Int) throws {
  if !(1...10_000).contains(count) { throw ValidationError("--count must be from 1 to 10000; it is \(count).") }
  if !(1...1_000).contains(columns) { throw ValidationError("--columns must be from 1 to 1000; it is \(columns).") }
}
