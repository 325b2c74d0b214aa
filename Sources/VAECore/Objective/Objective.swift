/// What training minimises: the negative evidence lower bound, with a weight on the KL divergence.
///
///     E = (1/M) Σ_i [ (1/L) Σ_l −log p(x_i | z_il) + β·KL(q(z|x_i) ‖ p(z)) ]      nats per datum
///
/// β = 1 is the bound of Kingma and Welling (2013); other weights, Higgins et al. (2017), "β-VAE".
public struct Objective: Hashable, Sendable {
  /// β, the weight of the KL divergence.
  public var klWeight: Double

  /// The negative evidence lower bound with a KL weight β ≥ 0.
  public init(klWeight: Double = 1) {
    precondition(klWeight >= 0 && klWeight.isFinite, "a KL weight of \(klWeight)")
    self.klWeight = klWeight
  }
}

extension Objective: CustomStringConvertible {
  /// Every kind of objective there is, to be verified: the bound, other KL weights, and the reconstruction alone.
  public static let all = [Objective(), Objective(klWeight: 4), Objective(klWeight: 0)]

  /// "reconstruction + 4.0·KL"
  public var description: String {
    switch klWeight {
    case 0: "reconstruction alone"
    case 1: "reconstruction + KL"
    default: "reconstruction + \(klWeight)·KL"
    }
  }
}

/// A loss and the two terms it is made of, in nats per datum: summed over dimensions, averaged over data and samples.
/// (With ``Likelihood/squaredError(output:)`` the reconstruction is the mean squared error instead.)
public struct Loss: Hashable, Sendable, Codable {
  /// reconstruction + β·kl
  public var total: Double
  /// E_q[−log p(x|z)], estimated from the samples.
  public var reconstruction: Double
  /// KL(q(z|x) ‖ p(z)), analytic, without its weight; log σ² is held between −30 and 20.
  public var kl: Double

  /// A loss from its terms.
  public init(reconstruction: Double, kl: Double, objective: Objective = Objective()) {
    self.reconstruction = reconstruction
    self.kl = kl
    total = reconstruction + objective.klWeight * kl
  }

  enum CodingKeys: String, CodingKey {
    case total = "loss"
    case reconstruction, kl
  }
}
