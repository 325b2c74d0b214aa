import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEExplanation

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the chain rule of one parameter, factor by factor, with numbers.",
    discussion: """
      Without --model or --config it is about the question's network: 4 inputs, 3 hidden units (H1–H3), one latent \
      variable with μ and σ, 3 hidden units (H4–H6) and 4 outputs. H and O are pre-activations, HA and OA activations, \
      s = log σ². In a model with gates, HA = f(H)·σ(G). w16 is the weight from HA1 to μ.

        vae explain --weight w16
        vae explain --weight w1 --error elbo --html w1.html
        vae explain --model runs/fashion --tensor encoder.0.weight --index 3,17 --datum 5

      The loss is reconstruction + β·KL: that of the question's network, that which a model is trained for, or, with --beta, \
      another. For other objectives there are no such paths.

      At the end the sum over all paths stands beside the same derivative from back-propagation, from the samples one \
      by one, and from a difference quotient; the exit status is 1 where they disagree.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(help: "The parameter by its number, as w16. (default: w16 of the question's network)") var weight: String?
  @Option(help: "The parameter by its tensor, as mean.weight, with --index.") var tensor: String?
  @Option(help: "Its place in the tensor, output first and counted from 0, as 3,17.") var index: LayerSizes?
  @Option(help: "The datum, counted from 0. (default: 0)") var datum: Int?
  @Option(help: "The datum itself: numbers separated by commas. (default: 0.9,0.1,0.4,0.7 of the question's network)")
  var x: NumberList?
  @Option(help: "Samples of the latent variable, n.") var samples = 2
  @Option(
    help: """
      List so many paths of each sample, the largest, where there are more. (default: 24 of the question's network, \
      otherwise 4)
      """)
  var top: Int?
  @OptionGroup var output: JSONFlag
  @Option(help: ArgumentHelp("Draw all of it on a page that needs no network.", valueName: "file.html")) var html:
    String?

  func validate() throws {
    if samples < 1 || samples > 10_000 { throw ValidationError("--samples must be from 1 to 10000; it is \(samples).") }
    if let top, top < 1 || top > 10_000 { throw ValidationError("--top must be from 1 to 10000; it is \(top).") }
    if weight != nil && (tensor != nil || index != nil) {
      throw ValidationError("Give --weight, or --tensor and --index.")
    }
    if (tensor == nil) != (index == nil) { throw ValidationError("--tensor and --index belong together.") }
    if weight == nil && tensor == nil && !network.isQuestion {
      throw ValidationError("Say which parameter: --weight w16, or --tensor encoder.0.weight --index 3,17.")
    }
    if x != nil && datum != nil { throw ValidationError("Give --x or --datum, not both.") }
    if datum != nil && network.isQuestion {
      throw ValidationError("The question's network has no data set: give --x, four numbers.")
    }
  }

  func run() throws {
    let page = try OutputFile.ifGiven("--html", html, as: [.html])
    try OutputFile.check([page], reading: network.files)
    let choice = try network.open(needsData: x == nil)
    guard choice.objective.isSumOverPaths else {
      throw VAEError(
        .configuration,
        "\(choice.title) is trained for the objective \(choice.objective), whose gradient is no sum over the paths through "
          + "single samples: give --beta 1, to look into reconstruction + KL.")
    }
    let model = choice.model.converted(to: Double.self)
    let address =
      try tensor.map { try model.parameters.address(tensor: $0, index: index!.sizes) }
      ?? model.parameters.address(named: weight ?? "w16")
    let (x, condition) = try values(choice)
    let explanation = try model.explain(
      address, x: x,
      noise: .standardNormal(rows: samples, columns: model.configuration.latentSize, seed: network.seed),
      condition: condition, objective: choice.objective, largest: top ?? (network.isQuestion ? 24 : 4))
    if let page { try AtomicFile.write(ExplanationPage(explanation, of: choice).html, to: page.path) }
    if output.json {
      try Terminal.printJSON(explanation)
    } else {
      print(ExplanationText(explanation, of: choice).text)
      if let html { print("\nDrawn in \(html)") }
    }
    if !explanation.gradient.isConsistent { throw ExitCode(1) }
  }

  /// The datum and its condition.
  private func values(_ choice: NetworkOptions.Choice) throws -> (x: [Double], condition: [Double]) {
    let configuration = choice.model.configuration
    if let x {
      guard x.numbers.count == configuration.dataSize else {
        throw VAEError(
          .data, "--x has \(x.numbers.count) numbers, \(choice.title) takes \(configuration.dataSize).")
      }
      guard configuration.conditionSize == 0 else {
        throw VAEError(.data, "--x has no condition, which \(choice.title) takes: give --datum.")
      }
      try choice.model.check(
        Dataset(name: "--x", floats: x.numbers.map { Float($0) }, dataSize: x.numbers.count))
      return (x.numbers, [])
    }
    if network.isQuestion { return ([0.9, 0.1, 0.4, 0.7], []) }
    let data = try choice.requireData()
    let datum = datum ?? 0
    guard datum >= 0 && datum < data.count else {
      throw VAEError(.data, "There is no datum \(datum): \(data.name) has \(data.count), counted from 0.")
    }
    let condition = try choice.model.converted(to: Double.self).condition(of: data, datum..<datum + 1)
    return (data.rows(datum..<datum + 1, as: Double.self).elements, condition?.elements ?? [])
  }
}
