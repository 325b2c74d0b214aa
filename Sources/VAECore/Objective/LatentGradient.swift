extension Objective {
  /// How the gradient reaches the encoder's parameters φ through z = μ + σ ⊙ ε and through the density q(z|x): which
  /// gradient estimator is used.
  public enum LatentGradient: String, Codable, CaseIterable, Sendable, SettingRepresentable {
    /// The derivative of the loss as it stands. Of the evidence lower bound the KL divergence is differentiated in closed
    /// form.
    case total
    /// "Sticking the landing", Roeder et al. (2017): the derivative of log q(z|x) through z alone. What it leaves out
    /// has expectation 0 for the evidence lower bound, and the variance vanishes as q approaches the true posterior. For
    /// the importance-weighted bound it is biased.
    case stickingTheLanding = "stl"
    /// Doubly reparameterized, Tucker et al. (2018): through z alone, with squared weights; without bias for
    /// the importance-weighted bound, and the same as sticking the landing for the evidence lower bound. The decoder's
    /// gradient is the usual one.
    case doublyReparameterized = "dreg"

    /// Whether the derivative is taken along z alone, q's μ and σ held fixed.
    var followsPath: Bool { self != .total }

    /// Whether importance weights count with their squares.
    var squaresWeights: Bool { self == .doublyReparameterized }

    /// Behind the name of an objective.
    var text: String { followsPath ? ", \(rawValue) gradient" : "" }
  }
}

/// β as a setting; iwae has it to refuse other values than 1.
func betaSetting<Model: ObjectiveModel>(
  _ path: WritableKeyPath<Model, Double> & Sendable, _ demand: SettingDemand? = nil
) -> Setting<Model> {
  Setting("beta", path, "Weight of the KL divergence.", demand)
}

/// How the gradient reaches the encoder, as a setting.
func latentGradientSetting<Model: ObjectiveModel>(
  _ path: WritableKeyPath<Model, Objective.LatentGradient> & Sendable
) -> Setting<Model> {
  Setting(
    "latent_gradient", path,
    """
    How the gradient reaches the encoder: total (of the loss as it stands), stl (sticking the landing: through z alone) or \
    dreg (doubly reparameterized, for iwae).
    """, isBrief: true)
}
