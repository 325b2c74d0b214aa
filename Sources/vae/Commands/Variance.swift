import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEExplanation

struct Variance: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how many samples are enough: the gradient's variance over M and L, and its cost.",
    discussion: """
      The gradient of a minibatch of M data with L samples each has the variance V_x/M + V_ε/(M·L): one part from \
      drawing the data, one from the latent noise. More samples divide the second part only.

        vae variance
        vae variance --model runs/fashion --plot variance.svg
        vae variance train --data fashion-mnist --plot time.svg
      """,
    subcommands: [VarianceMeasure.self, VarianceTrain.self], defaultSubcommand: VarianceMeasure.self)
}

struct VarianceMeasure: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Splits the variance of a network's gradient, and measures it for each M and L. (default)",
    discussion: """
      The variance is the trace of the gradient's covariance; its unit is that of the squared gradient. ± is a \
      standard error. Without --model or --config it is about the question's network, with --error elbo.

      The gradient is that of the objective that the model is trained for. One that couples a datum's samples or a \
      minibatch's data (iwae, free bits) has no such split, and another gradient for each M or L: its variance is \
      measured only.
      """)

  @OptionGroup var network: NetworkOptions
  @Option(help: "Batch sizes M to measure at.") var batchSizes = PositiveSizes([10, 100, 1000])
  @Option(help: "Numbers of samples L to measure at.") var sampleCounts = PositiveSizes([1, 10])
  @Option(help: "Draws for the split, each of two data with two samples.") var draws = 400
  @Option(help: "Pairs of minibatches to measure each variance with.") var pairs = 32
  @Option(help: "The time budget to find the best M and L for, in seconds.") var budget = 1.0
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: JSONFlag
  @Option(help: ArgumentHelp("Draw the variance over the time of a step.", valueName: "file.svg")) var plot: String?

  func validate() throws {
    for (name, value) in [("--draws", draws), ("--pairs", pairs)] where value < 2 || value > 1_000_000 {
      throw ValidationError("\(name) must be from 2 to 1000000; it is \(value).")
    }
    if !(budget > 0 && budget.isFinite) { throw ValidationError("--budget must be positive; it is \(budget).") }
  }

  func run() throws {
    let picture = try OutputFile.ifGiven("--plot", plot, as: [.svg])
    try OutputFile.check([picture], reading: network.files)
    var network = network
    if network.isQuestion && network.error == nil { network.error = .elbo }
    let choice = try network.open()
    let data = network.isQuestion ? Dataset.question : try choice.requireData()
    let plan = try choice.model.samplingPlan(
      on: data, batchSizes: batchSizes.sizes, samples: sampleCounts.sizes, objective: choice.objective,
      binarization: choice.binarization, draws: draws, pairs: pairs, seed: network.seed,
      execution: threads.execution.shown)
    Terminal.clearStatus()
    try picture.map { try drawing(plan, choice.title).writeSVG(to: $0.path) }
    if output.json { return try Terminal.printJSON(Result(plan: plan, objective: choice.objective, budget: budget)) }
    print("\(choice.title) on \(data.name), \(choice.objective)\n")
    if let split = plan.split { print("\(splitTable(split))\n") }
    print(pointTable(plan))
    if let plot { print("Drawn in \(plot)") }
    guard let squaredNorm = plan.squaredNorm else {
      return print(
        """

        The objective couples a datum's samples or a minibatch's data: its variance has no parts V_x/M and V_ε/(M·L), and \
        the gradients of different M or L are not of the same loss.
        """)
    }
    print("\n‖E g‖² = \(squaredNorm.text), from the largest minibatches.")
    if let best = plan.best(within: budget) {
      print(
        """
        Best for \(budget.short) s: M = \(best.batchSize), L = \(best.samples), with \(Int(budget / best.secondsPerStep)) \
        steps; the mean of their gradients has the variance \(best.variance(within: budget)!.short).
        """)
    } else {
      print("None of them takes a step within \(budget.short) s.")
    }
  }

  private func splitTable(_ split: GradientVariance) -> String {
    var table = Table(["tensor", "V_x from the data", "V_ε from the noise", "V_ε/V_x"])
    for (name, part) in split.tensors.map({ ($0.name, $0.split) }) + [("all", split.total)] {
      table.add([
        name, part.data.text, part.noise.text, (part.noise.value / part.data.value).short,
      ])
    }
    return table.text
  }

  private func pointTable(_ plan: SamplingPlan) -> String {
    var table = Table([
      "M", "L", "variance measured", "V_x/M + V_ε/(M·L)", "signal/noise", "ms per step", "variance × s",
    ])
    for point in plan.points {
      table.add([
        String(point.batchSize), String(point.samples), point.measured.total.text, point.predicted?.text ?? "–",
        plan.signalToNoise(of: point)?.short ?? "?", (point.secondsPerStep * 1e3).short,
        point.varianceTimesSeconds.short,
      ])
    }
    return table.text
  }

  private func drawing(_ plan: SamplingPlan, _ title: String) -> LinePlot {
    LinePlot(
      title: "Variance of the gradient of \(title)", x: .init("ms per step", isLogarithmic: true),
      y: .init("variance", isLogarithmic: true),
      series: sampleCounts.sizes.map { samples in
        .init(
          name: "L = \(samples), M = \(batchSizes.sizes.map(String.init).joined(separator: ", "))",
          points: plan.points.filter { $0.samples == samples }.map {
            ($0.secondsPerStep * 1e3, $0.measured.total.value)
          })
      })
  }

  /// What `--json` prints.
  private struct Result: Encodable {
    let plan: SamplingPlan
    let objective: Objective
    let budget: Double

    enum CodingKeys: String, CodingKey {
      case objective, budget, best
      case squaredNorm = "squared_norm"
    }

    func encode(to encoder: any Encoder) throws {
      try plan.encode(to: encoder)
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(budget, forKey: .budget)
      try values.encodeIfPresent(plan.squaredNorm, forKey: .squaredNorm)
      try values.encode(objective.description, forKey: .objective)
      try values.encodeIfPresent(plan.best(within: budget), forKey: .best)
    }
  }
}

extension Estimate {
  fileprivate var text: String { "\(value.short) ± \(standardError.short)" }
}

/// Positive numbers separated by commas.
struct PositiveSizes: ExpressibleByArgument {
  let sizes: [Int]

  init(_ sizes: [Int]) { self.sizes = sizes }

  init?(argument: String) {
    guard let list = LayerSizes(argument: argument), !list.sizes.isEmpty,
      list.sizes.allSatisfy({ $0 > 0 && $0 <= 1 << 20 })
    else { return nil }
    sizes = list.sizes
  }

  var defaultValueDescription: String { sizes.map(String.init).joined(separator: ",") }
}
