import CommandSupport
import VAECore

/// An evaluation as tables: the losses, what the latent variable does, and each of its dimensions.
struct EvaluationText {
  private let evaluation: Evaluation
  private let model: ModelConfiguration
  private let ppca: ProbabilisticPCA.Evaluation?

  init(_ evaluation: Evaluation, of model: ModelConfiguration, ppca: ProbabilisticPCA.Evaluation?) {
    self.evaluation = evaluation
    self.model = model
    self.ppca = ppca
  }

  var text: String { [losses, summary, dimensions].map(\.text).joined(separator: "\n\n") }

  private var losses: Table {
    var table = Table([
      "", model.likelihood.isNormalized ? "nats per datum" : "squared error and nats", "standard error",
    ])
    table.add([
      lossName(model, Objective()), evaluation.loss.total.digits(3), evaluation.standardError?.digits(3) ?? "",
    ])
    table.add(["reconstruction", evaluation.loss.reconstruction.digits(3), ""])
    table.add(["KL", evaluation.loss.kl.digits(3), ""])
    if let importance = evaluation.importance {
      table.add([
        "−log p(x), \(importance.samples) samples", importance.negativeLogLikelihood.digits(3),
        importance.standardError?.digits(3) ?? "",
      ])
    }
    if let ppca {
      table.add(["−log p(x) of ppca", ppca.negativeLogLikelihood.digits(3), ppca.standardError?.digits(3) ?? ""])
    }
    return table
  }

  private var summary: Table {
    var table = Table(["", "", ""])
    if let bits = evaluation.bitsPerDimension {
      table.add(["bits per dimension", bits.digits(4), bitsConvention])
    }
    if let bits = ppca?.bitsPerDimension { table.add(["bits per dimension of ppca", bits.digits(4), ""]) }
    if let importance = evaluation.importance {
      table.add(["effective samples", importance.effectiveSamples.digits(1), "of \(importance.samples)"])
    }
    table.add(["active units", String(evaluation.activeUnits), "of \(model.latentSize): variance of the mean > 0.01"])
    if let details = evaluation.details {
      table.add(["I(x; z)", details.mutualInformation.digits(3), "nats, over these data"])
      table.add(["KL(q(z) ‖ p(z))", details.aggregateKL.digits(3), "nats: what is left of KL"])
      table.add(["squared error", details.reconstructionError.digits(5), "per dimension, at z = μ(x)"])
    }
    return table
  }

  /// What a number of bits means.
  private var bitsConvention: String {
    let source = evaluation.importance == nil ? lossName(model, Objective()) : "−log p(x)"
    if case .bernoulli = model.likelihood { return "\(source) / (D ln 2)" }
    return "\(source) / (D ln 2) + log₂ 255: density times a level's width, no dequantisation"
  }

  private var dimensions: Table {
    var table = Table(["latent dimension", "KL", "variance of the mean", ""])
    for (index, (kl, variance)) in zip(evaluation.klPerDimension, evaluation.meanVariancePerDimension).enumerated() {
      table.add([
        String(index), kl.digits(3), variance.short,
        String(repeating: "█", count: Int((min(kl, 6) * 10).rounded())),
      ])
    }
    return table
  }
}
