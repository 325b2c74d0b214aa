import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

struct VarianceTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains with different M and L from the same start, and compares after equal steps and equal time.",
    discussion: """
      Kingma and Welling (2013, section 2.3) found that L = 1 is enough as long as M is large enough, for example 100. \
      Each run goes on until it has taken both --steps steps and --seconds seconds; evaluation does not count. Runs that \
      are trained for the importance-weighted bound of their L are compared by the same bound: that of the largest L, K.
      """)

  @OptionGroup var options: TrainOptions
  @Option(help: "The runs' M and L, as 100x1,10x10.") var runs = MinibatchSizes("100x1,100x10,10x10,1000x1")!
  @Option(help: "Steps to compare after.") var steps = 2000
  @Option(help: "Seconds of training to compare after.") var seconds = 60.0
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: JSONFlag
  @Option(help: ArgumentHelp("Draw the test loss over time.", valueName: "file.svg")) var plot: String?
  @Option(help: ArgumentHelp("Draw the test loss over steps.", valueName: "file.svg")) var plotSteps: String?

  func validate() throws {
    if steps < 1 { throw ValidationError("--steps must be at least 1; it is \(steps).") }
    if !(seconds > 0 && seconds < 1e6) { throw ValidationError("--seconds must be positive; it is \(seconds).") }
    for path in [\TrainingConfiguration.batchSize, \.samplesPerDatum] {
      let name = TrainingConfiguration.names(of: path)[0]
      if options.training.values[name] == nil { continue }
      throw ValidationError(
        "--\(name.replacing("_", with: "-")) is what the runs differ in: give --runs, as 100x1,10x10.")
    }
  }

  func run() throws {
    let overTime = try OutputFile.ifGiven("--plot", plot, as: [.svg])
    let overSteps = try OutputFile.ifGiven("--plot-steps", plotSteps, as: [.svg])
    try OutputFile.check([overTime, overSteps], reading: options.files)
    var settings = try options.settings()
    var data = try DataLocation.open(settings.requireDataRequest())
    if let size = runs.sizes.first(where: { $0.batchSize > data.train.count }) {
      throw VAEError(
        .configuration,
        "--runs has minibatches of \(size.batchSize) data; \(data.train.name) has \(data.train.count) to train on.")
    }
    try settings.set(from: data.train)
    let training = try settings.decode(TrainingConfiguration.self)
    let model = try VariationalAutoencoder<Float>(
      settings.decode(ModelConfiguration.self), training: training, data: data.train)
    data = try data.mapParts { _, part throws(VAEError) in try model.matching(part) }
    // Of an objective that couples samples, what is compared must be of as many for all.
    let samples = training.objective.couplesSamples ? runs.sizes.map(\.samples).max()! : 1
    let loss =
      "\(data.test == nil ? "training" : "test") "
      + lossName(model.configuration, training.objective, samples: samples)
    var curves: [Curve] = []
    for size in runs.sizes {
      var configuration = training
      (configuration.batchSize, configuration.samplesPerDatum) = (size.batchSize, size.samples)
      curves.append(try train(model, configuration, on: data, judgedBy: loss, samples: samples))
    }
    try overTime.map { try drawing(curves, loss, "seconds of training") { $0.seconds }.writeSVG(to: $0.path) }
    try overSteps.map { try drawing(curves, loss, "steps") { Double($0.step) }.writeSVG(to: $0.path) }
    if output.json { return try Terminal.printJSON(curves) }
    var table = Table([
      "M", "L", "\(loss) after \(steps) step\(steps == 1 ? "" : "s")", "s", "after \(seconds.short) s", "steps",
      "ms per step",
    ])
    for curve in curves {
      table.add([
        String(curve.batchSize), String(curve.samples), curve.afterSteps.loss.digits(2),
        curve.afterSteps.seconds.digits(1), curve.afterSeconds.loss.digits(2), String(curve.afterSeconds.step),
        (curve.points.last!.seconds / Double(curve.points.last!.step) * 1e3).short,
      ])
    }
    print(table.text)
  }

  /// The loss after some training.
  struct Point: Encodable {
    let step: Int
    let seconds: Double
    let loss: Double
  }

  /// The losses of one run.
  struct Curve: Encodable {
    let batchSize: Int
    let samples: Int
    /// What the losses are, the same for all runs.
    let lossName: String
    var points: [Point] = []
    var afterSteps = Point(step: 0, seconds: 0, loss: .nan)
    var afterSeconds = Point(step: 0, seconds: 0, loss: .nan)

    enum CodingKeys: String, CodingKey {
      case batchSize = "batch_size"
      case lossName = "loss_name"
      case samples, points
      case afterSteps = "after_steps"
      case afterSeconds = "after_seconds"
    }
  }

  private func train(
    _ model: VariationalAutoencoder<Float>, _ configuration: TrainingConfiguration, on data: DataSplit,
    judgedBy lossName: String, samples: Int
  ) throws -> Curve {
    var curve = Curve(batchSize: configuration.batchSize, samples: configuration.samplesPerDatum, lossName: lossName)
    var trainer = try Trainer(model, configuration: configuration, execution: threads.execution)
    let test = try data.test ?? data.train.prefix(10_000)
    var elapsed = 0.0
    // Points lie ever further apart, but at the number of steps and at the time that are asked for.
    var (nextStep, nextTime) = (min(16, steps), seconds / 256)
    while true {
      while trainer.step < nextStep && elapsed < nextTime {
        let count = min(nextStep - trainer.step, 64)
        let start = ContinuousClock.now
        try trainer.train(steps: stepsUntil(nextTime - elapsed, trainer.step, elapsed, count), on: data.train)
        elapsed += (ContinuousClock.now - start).inSeconds
      }
      let loss = try trainer.model.evaluate(
        on: test, samples: samples, objective: configuration.objective,
        binarization: configuration.binarization, execution: threads.execution
      ).loss.total
      let point = Point(step: trainer.step, seconds: elapsed, loss: loss)
      curve.points.append(point)
      if trainer.step == steps { curve.afterSteps = point }
      if elapsed >= seconds && curve.afterSeconds.step == 0 { curve.afterSeconds = point }
      Terminal.status(
        "M = \(curve.batchSize), L = \(curve.samples): step \(point.step), \(clockTime(elapsed)), loss \(loss.digits(2))"
      )
      if trainer.step >= steps && elapsed >= seconds { break }
      if trainer.step >= nextStep { nextStep = next(trainer.step, over: steps) }
      // A step may have taken longer than several such times.
      while elapsed >= nextTime { nextTime = nextTime < seconds ? min(2 * nextTime, seconds) : .infinity }
    }
    Terminal.clearStatus()
    return curve
  }

  /// As many steps as fit into a time, judging by those so far, at least one and at most `limit`.
  private func stepsUntil(_ time: Double, _ step: Int, _ elapsed: Double, _ limit: Int) -> Int {
    step == 0 ? 1 : max(1, Int(min(Double(limit), time / elapsed * Double(step))))
  }

  /// Twice as many steps, but not past a number that is asked for.
  private func next(_ step: Int, over wanted: Int) -> Int {
    step < wanted ? min(2 * step, wanted) : 2 * step
  }

  private func drawing(_ curves: [Curve], _ loss: String, _ axis: String, _ x: (Point) -> Double) -> LinePlot {
    LinePlot(
      title: "The same model, trained with different minibatches", x: .init(axis, isLogarithmic: true),
      y: .init(loss, showsZero: false),
      series: curves.map { curve in
        .init(name: "M = \(curve.batchSize), L = \(curve.samples)", points: curve.points.map { (x($0), $0.loss) })
      })
  }
}

/// Pairs of a batch size and a number of samples, as 100x1,10x10.
struct MinibatchSizes: ExpressibleByArgument {
  let sizes: [(batchSize: Int, samples: Int)]
  private let text: String

  init?(_ text: String) { self.init(argument: text) }

  init?(argument: String) {
    let pairs = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
    }
    guard pairs.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 > 0 } }) else { return nil }
    sizes = pairs.map { ($0[0], $0[1]) }
    text = argument
  }

  var defaultValueDescription: String { text }
}
