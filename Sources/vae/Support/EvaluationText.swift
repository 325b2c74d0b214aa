import CommandSupport
import VAECore

/// An evaluation as tables: the losses, what the latent variable does, and each of its dimensions.
struct EvaluationText {
  private let evaluation: Evaluation
  private let model: ModelConfiguration
  private let ppca: ProbabilisticPCA.Evaluation?
  /// Whether the model saw binary data.
  private let isBinary: Bool

  init(
    _ evaluation: Evaluation, of model: ModelConfiguration, ppca: ProbabilisticPCA.Evaluation?,
    binarization: Binarization
  ) {
    self.evaluation = evaluation
    self.model = model
    self.ppca = ppca
    isBinary = binarization != .unchanged
  }

  var text: String { [losses, summary, dimensions].map(\.text).joined(separator: "\n\n") }

  private var losses: Table {
    var table = Table([
      "", model.likelihood.isNormalized ? "nats per datum" : "error and nats", "standard error",
    ])
    table.add([
      lossName(model), evaluation.loss.total.digits(3), evaluation.standardError?.digits(3) ?? "",
    ])
    table.add(["reconstruction", evaluation.loss.reconstruction.digits(3), ""])
    table.add(["KL", evaluation.loss.kl.digits(3), ""])
    if let importance = evaluation.importance {
      table.add([
        "\(likelihoodName(model)), \(importance.samples) samples", importance.negativeLogLikelihood.digits(3),
        importance.standardError?.digits(3) ?? "",
      ])
    }
    if let ppca {
      table.add(["−log p(x) of ppca", ppca.negativeLogLikelihood.digits(3), ppca.standardError?.digits(3) ?? ""])
    }
    return table
  }

  private var summary: Table {
    var table = Table(["measure", "value", ""])
    if let bits = evaluation.bitsPerDimension {
      table.add(["bits per dimension", bits.value.digits(4), meaning(of: bits, source)])
    }
    if let bits = ppca?.bitsPerDimension {
      table.add(["bits per dimension of ppca", bits.value.digits(4), meaning(of: bits, "−log p(x)")])
    }
    if let importance = evaluation.importance {
      table.add(["effective samples", importance.effectiveSamples.digits(1), "of \(importance.samples)"])
    }
    table.add([
      "active units", String(evaluation.activeUnits), "of \(model.latentSize): variance of μ over the data > 0.01",
    ])
    if let details = evaluation.details {
      table.add([
        "I(x; z)", details.mutualInformation.digits(3),
        "nats; from \(evaluation.count) data at most \(details.mutualInformationLimit.digits(3))",
      ])
      table.add(["KL(q(z) ‖ p(z))", details.aggregateKL.digits(3), "nats, what is left of KL"])
      table.add(["squared error", details.reconstructionError.digits(5), "per dimension, at z = μ(x)"])
    }
    return table
  }

  /// What bits are taken from.
  private var source: String { evaluation.importance == nil ? lossName(model) : likelihoodName(model) }

  private func meaning(of bits: BitsPerDimension, _ source: String) -> String {
    let text = "of \(source), \(bits.convention.formula)"
    return switch bits.convention {
    case .probability where isBinary: text
    case .probability: "\(text): of grey values no code length"
    case .density: "\(text): density times a level's width, no dequantisation"
    }
  }

  private var dimensions: Table {
    // A learned prior's density is of all dimensions together: it has no part of each.
    var table = Table(["latent dimension", model.prior.isLearned ? "KL from N(0, 1)" : "KL", "variance of μ", ""])
    for (index, (kl, variance)) in zip(evaluation.klPerDimension, evaluation.meanVariancePerDimension).enumerated() {
      table.add([
        String(index), kl.digits(3), variance.short,
        String(repeating: "█", count: Int((min(kl, 5) * 8).rounded())),
      ])
    }
    return table
  }
}
