import ArgumentParser
import CommandSupport
import VAECore
import VAEExplanation

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Proves that a model's gradients are right.",
    discussion: """
      In double precision, for each tensor and each objective: the largest difference between option 1 (joint, one \
      batch of M·L rows) and option 2 (accumulated), between that batch and a loop over data and samples, and between \
      back-propagation and central differences of the loss; relative to the tensor's largest derivative. Where that \
      is small beside the loss, whose rounding then limits what quotients show, the limit stands beside it; parameters \
      at a kink of an activation, where quotients show nothing, are counted. The exit status is 1 where a difference \
      is too large, or a tensor has nothing to compare with.

        vae verify
        vae verify --model runs/fashion
        vae verify --config config.json --data synthetic

      Of a model that is trained in mixed precision this proves the formulas. Quotients of a loss whose products are of \
      numbers of 8 bits would show their rounding and nothing else; so for such a model, and with --precision mixed, it is \
      said besides how far its gradients in single and in mixed precision lie from those in double precision.

      Without --model or --config it is about the question's network; see vae explain.
      """)

  @OptionGroup var network: NetworkOptions
  @Option(help: "Data in the minibatch, M.") var batchSize = 3
  @Option(help: "Latent samples per datum, L.") var samples = 4
  @Option(help: "Compare so many elements of each tensor with difference quotients; all, where it has no more.")
  var quotients = 50
  @Option(help: "Say what the rounding of mixed makes of the gradients. (default: as the model is trained)")
  var precision: Precision?
  @OptionGroup var output: JSONFlag

  func validate() throws {
    for (name, value) in [("--batch-size", batchSize), ("--samples", samples), ("--quotients", quotients)]
    where value < 1 || value > 10_000 {
      throw ValidationError("\(name) must be from 1 to 10000; it is \(value).")
    }
  }

  func run() throws {
    let choice = try network.open(needsData: false)
    let model = choice.model.converted(to: Double.self)
    let size = model.configuration.dataSize
    // Any data do that the likelihood takes; the numbers of a set are more like what the model knows.
    let x =
      choice.data.map { $0.rows(0..<min(batchSize, $0.count), as: Double.self) }
      ?? model.configuration.likelihood.exampleData(rows: batchSize, columns: size, seed: network.seed)
    let conditionSize = model.configuration.conditionSize
    let condition =
      try choice.data.map { try model.condition(of: $0, 0..<x.rows) }
      ?? (conditionSize == 0 ? nil : .uniform(rows: x.rows, columns: conditionSize, seed: network.seed))
    var objectives = Objective.examples(under: model.configuration.prior)
    if !objectives.contains(choice.objective) { objectives.insert(choice.objective, at: 0) }
    let noise = Matrix<Double>.standardNormal(
      rows: x.rows * samples, columns: model.configuration.latentSize, seed: network.seed)
    let verification = try model.verify(
      x: x, noise: noise, condition: condition, objectives: objectives, quotientsPerTensor: quotients,
      seed: network.seed)
    let rounding =
      switch precision ?? choice.precision {
      case .full: [GradientRounding]()
      case .mixed:
        try choice.model.gradientRounding(x: x, noise: noise, condition: condition, objective: choice.objective)
      }
    if output.json {
      try Terminal.printJSON(Result(isRight: verification.isRight, verification: verification, rounding: rounding))
    } else {
      let data = choice.data.map { "data of \($0.name)" } ?? "random data"
      show(verification, "\(choice.title) at \(data), M = \(x.rows), L = \(samples), in double precision")
      if !rounding.isEmpty { show(rounding, choice.objective) }
    }
    if !verification.isRight { throw ExitCode(1) }
  }

  private func show(_ verification: Verification, _ title: String) {
    print(title)
    for result in verification.results {
      print("\nError: \(result.objective)")
      var table = Table(["tensor", "parameters", "option 2", "loop", "difference quotients", "of", ""])
      for tensor in result.tensors {
        table.add([
          tensor.name, String(tensor.count), tensor.accumulated?.exponent ?? "–", tensor.loop.exponent,
          tensor.centralDifference?.exponent ?? "–", String(tensor.quotients), remark(tensor),
        ])
      }
      print(table.text)
    }
    let tolerances =
      "differences up to \(Verification.tolerance.exponent), difference quotients up to \(Verification.quotientTolerance.exponent) and rounding"
    let tensors = verification.results.flatMap(\.tensors)
    let verdict =
      if tensors.contains(where: \.isWrong) { "Some gradients are WRONG" } else if !verification.isRight {
        "Some gradients could not be compared"
      } else if tensors.allSatisfy({ $0.isResolved && $0.kinks == 0 }) { "All gradients are right" } else {
        "No gradient is wrong as far as quotients show"
      }
    print("\n\(verdict) (\(tolerances)).")
  }

  private func show(_ rounding: [GradientRounding], _ objective: Objective) {
    print("\nRounding: \(objective), how far gradients lie from those in double precision, ‖difference‖ / ‖gradient‖")
    var table = Table(["tensor", "single", "mixed"])
    for tensor in rounding { table.add([tensor.name, tensor.single.exponent, tensor.mixed.exponent]) }
    print(table.text)
    print(
      "\nProved are the formulas; mixed precision computes them of numbers of 8 bits, each rounded by up to 2⁻⁹ of itself."
    )
  }

  /// What else there is to say about a tensor.
  private func remark(_ tensor: Verification.Tensor) -> String {
    if tensor.isWrong { return "WRONG" }
    if !tensor.isRight { return "no quotient settles" }
    return [
      tensor.isResolved ? nil : "rounding up to \(tensor.rounding.exponent)",
      tensor.kinks == 0 ? nil : "\(tensor.kinks) at kinks",
    ].compactMap(\.self).joined(separator: ", ")
  }

  private struct Result: Encodable {
    let isRight: Bool
    let verification: Verification
    let rounding: [GradientRounding]

    enum CodingKeys: String, CodingKey {
      case isRight = "is_right"
      case rounding
    }

    func encode(to encoder: any Encoder) throws {
      try verification.encode(to: encoder)
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(isRight, forKey: .isRight)
      if !rounding.isEmpty { try values.encode(rounding, forKey: .rounding) }
    }
  }
}
