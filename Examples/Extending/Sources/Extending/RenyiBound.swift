import Foundation
import VAECore

/// The variational Rényi bound (Li and Turner 2016), between the evidence lower bound, α → 1, and the importance-weighted
/// bound, α = 0:
///
///     E = −1/(1 − α) · log (1/L) Σ_l w_l^(1−α)
struct RenyiBound: ObjectiveModel {
  static let name = "renyi"
  static let usual = RenyiBound()
  static let settings = [Setting("alpha", \RenyiBound.alpha, "α of renyi, at least 0 and below 1.", .belowOne)]

  var alpha = 0.5

  var description: String { "Rényi bound, α = \(alpha)" }
  var couplesSamples: Bool { true }
  var usesImportanceWeights: Bool { true }
  var boundName: String? { "−Rényi" }

  func loss(_ datum: DatumTerms, derivatives: inout LossDerivatives) -> Double {
    let powers = datum.logWeights.map { (1 - alpha) * $0 }
    let largest = powers.max() ?? 0
    let sum = powers.reduce(0) { $0 + exp($1 - largest) }
    for (l, power) in powers.enumerated() {
      let weight = exp(power - largest) / sum
      (derivatives.reconstruction[l], derivatives.logRatios[l]) = (weight, weight)
    }
    return (log(Double(datum.samples)) - largest - log(sum)) / (1 - alpha)
  }
}
