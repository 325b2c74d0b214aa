import ArgumentParser
import VAECore

/// The settings that say what is minimised.
struct ObjectiveOptions: ParsableArguments {
  @Option(
    help: """
      What is maximised: elbo, the evidence lower bound, or iwae, the importance-weighted bound with K = L samples. \
      (default: elbo)
      """)
  var bound: Objective.Bound?

  @Option(parsing: .unconditional, help: "Weight of the KL divergence. (default: 1)") var beta: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Let that weight grow from 0 in so many epochs.", valueName: "epochs"))
  var klWarmup: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Let it grow anew in cycles of so many epochs, in the first half of each.", valueName: "epochs"))
  var klCycle: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What each latent dimension's KL divergence counts at least. (default: 0)", valueName: "nats"))
  var freeBits: Double?

  @Option(
    help: """
      How the gradient reaches the encoder: total (of the loss as it stands), stl (sticking the landing: through z \
      alone) or dreg (doubly reparameterized, for iwae). (default: total)
      """)
  var latentGradient: Objective.LatentGradient?

  func override(_ settings: inout Settings) {
    // What belongs to a choice goes with it.
    if bound != nil { settings.remove(.training(.latentGradient)) }
    if klWarmup != nil { settings.remove(.training(.klCycle)) }
    if klCycle != nil && klWarmup == nil { settings.remove(.training(.klWarmUp)) }
    settings.override(.training(.bound), with: bound.map { .text($0.rawValue) })
    settings.override(.training(.klWeight), with: beta.map { .number($0) })
    settings.override(.training(.klWarmUp), with: klWarmup.map { .number($0) })
    settings.override(.training(.klCycle), with: klCycle.map { .number($0) })
    settings.override(.training(.freeBits), with: freeBits.map { .number($0) })
    settings.override(.training(.latentGradient), with: latentGradient.map { .text($0.rawValue) })
  }
}

extension Objective.Bound: ExpressibleByArgument {}
extension Objective.LatentGradient: ExpressibleByArgument {}
