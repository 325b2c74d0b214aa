import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes up data: rows as CSV or NPY, or images as PNG.",
    discussion: """
      Latent variables are drawn from the prior, and each row from p(x|z). A table's rows have its header, its texts, its \
      decimals and its dates. The seed determines them, so that a longer file begins with the shorter one.

        vae sample runs/adult --out rows.csv --count 10000
        vae sample runs/adult --out rich.csv --where 'income=>50K' --where age=30..40

      --where asks for rows of which something holds, a value or a range. Of columns that the model takes as its condition \
      (vae train --condition income,sex) these are given to it, and those that are not named are drawn as often as the \
      training data have them; of others rows are drawn until they hold, and it is said how many did.

      Images are the means of p(x|z), --draw draws them; a model of labels makes --label, or a row of images for each \
      label, with the same latent variables in each row.

        vae sample runs/fashion --out samples.png --from aggregate --data fashion-mnist

      With --from aggregate, latent variables come from a Gaussian of the mean and the covariance that the encoder's \
      posteriors have over the data; with --latent-grid, for a model of two latent dimensions, they walk over the plane on \
      the quantiles of the normal distribution.
      """)

  enum Source: String, CaseIterable, ExpressibleByArgument { case prior, aggregate }

  @OptionGroup var model: ModelArgument
  @Option(help: ArgumentHelp("The file to write, .csv, .npy or .png.", valueName: "file")) var out: String
  @Option(help: "How many. (default: of a table as many as it had, else 64)") var count: Int?
  @OptionGroup var observation: ObservationOption
  @Option(help: "Determines what is made up.") var seed: UInt64 = 0
  @Option(help: "Where latent variables come from.") var from = Source.prior
  @Option(help: "For --from aggregate: \(dataHelp.abstract) Of a model of labels, with these beside them.")
  var data: String?
  @Option(help: "Which part of the data. (default: train)") var split: DataOptions.Split?
  @OptionGroup var rows: RowConditionOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup var condition: SampleCondition
  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count must be at least 1; it is \(count).") }
    if from == .aggregate && data == nil { throw ValidationError("--from aggregate needs --data to encode.") }
    if from == .prior && (data != nil || split != nil) {
      throw ValidationError("--data and --split belong to --from aggregate.")
    }
    if from == .aggregate && images.latentGrid != nil {
      throw ValidationError("--latent-grid walks over the prior: leave --from out.")
    }
  }

  func run() throws {
    let out = try OutputFile("--out", out, as: [.csv, .npy, .png])
    try OutputFile.check(
      [out],
      reading: [.model(model.model), InputFiles("the condition", condition.condition)] + InputFiles.data(data))
    let model = try openModel(model.model).model
    try Machine.checkKernels()
    if out.format == .png {
      try rows.refuse("a picture")
      try draw(model, to: out)
    } else {
      try images.refuse(out)
      try write(model, to: out)
    }
  }

  // MARK: Rows

  private func write(_ model: VariationalAutoencoder<Float>, to out: OutputFile) throws {
    let filters = try rows.filters(for: model)
    // An error is no distribution, and its outputs are what it makes.
    let usual: Observation = model.configuration.likelihood.isNormalized ? .draw : .mean
    let conditions = try condition.conditions(
      for: model, at: self.model.model, count: count, filters: filters, seed: seed)
    let count = count ?? conditions.count ?? model.schema?.wholeTable?.rowCount ?? 64
    let request = SyntheticRowsRequest(
      count: count, observation: observation.observation ?? usual, seed: seed, source: try source(model),
      conditions: conditions, filters: filters, limit: rows.maxDraws ?? (count < Int.max / 1000 ? 1000 * count : .max))
    if model.restoresDoubles {
      try write(request, model.converted(to: Double.self), to: out)
    } else {
      try write(request, model, to: out)
    }
  }

  private func write<Element: Scalar>(
    _ request: SyntheticRowsRequest, _ model: VariationalAutoencoder<Element>, to out: OutputFile
  ) throws(VAEError) {
    var rows = SyntheticRows(model, request, execution: threads.execution)
    try out.write(&rows)
    Terminal.clearStatus()
    print(rows.summary(out))
  }

  private func source(_ model: VariationalAutoencoder<Float>) throws -> LatentSource {
    guard let data else { return .prior }
    let request = try DataRequest(data, for: model, at: self.model.model)
    let source = try DataLocation.open(request).part(split ?? .train, of: data)
    let posterior = try model.aggregatePosterior(of: source, seed: seed, execution: threads.execution.shown)
    Terminal.clearStatus()
    return .aggregate(posterior)
  }

  // MARK: Pictures

  private func draw(_ model: VariationalAutoencoder<Float>, to out: OutputFile) throws {
    let shape = try model.requireImages()
    try validateGrid(count: count ?? 1, columns: images.columns)
    let grid = images.latentGrid
    let plan = try condition.plan(
      for: model, at: self.model.model, count: grid.map { $0 * $0 } ?? count, columns: images.columns,
      canRepeat: grid == nil)
    let z = try latentVariables(plan.latentCount, model)
    let inference = Inference(model, execution: threads.execution)
    func make(_ z: Matrix<Float>, _ condition: Matrix<Float>?) throws -> Matrix<Float> {
      switch observation.observation ?? .mean {
      case .draw: try inference.draw(z, condition: condition, seed: seed)
      case .mean: inference.decode(z, condition: condition)
      }
    }
    let made: Matrix<Float>
    switch plan.condition {
    case .none: made = try make(z, nil)
    case .each(let condition): made = try make(z, condition)
    case .everyLabel:
      let (repeated, labels) = try inference.underEveryLabel(z)
      made = try make(repeated, labels)
    }
    try GreyImage(grid: made, shape: shape, columns: grid ?? images.columns).writePNG(to: out.path)
    print("\(made.rows) images: \(out.path)")
  }

  private func latentVariables(_ count: Int, _ model: VariationalAutoencoder<Float>) throws -> Matrix<Float> {
    let size = model.configuration.latentSize
    if let side = images.latentGrid {
      guard size == 2 else {
        throw VAEError(
          .configuration,
          "--latent-grid walks over two latent dimensions, the model has \(size): train one with --latent 2.")
      }
      return model.latentGrid(side: side)
    }
    return try source(model).sample(rows: 0..<count, for: model, seed: seed)
  }
}

/// How images lie in a picture.
struct ImageOptions: ParsableArguments {
  @Option(help: "Images per row.") var columns = 8
  @Option(help: ArgumentHelp("Walk over a 2-D latent space, with so many images a side.", valueName: "side"))
  var latentGrid: Int?

  func validate() throws {
    if !(1...1_000).contains(columns) { throw ValidationError("--columns must be from 1 to 1000; it is \(columns).") }
    if let latentGrid, !(1...100).contains(latentGrid) {
      throw ValidationError("--latent-grid must be from 1 to 100; it is \(latentGrid).")
    }
  }

  /// Throws where something is said of a picture that is none.
  fileprivate func refuse(_ out: OutputFile) throws(VAEError) {
    if latentGrid != nil {
      throw VAEError(.configuration, "--latent-grid belongs to pictures, and \(out.path) is none: end --out in .png.")
    }
  }
}
