import CommandSupport
import VAECore

/// What a loss is: the bound, or something that only trains like it.
func lossName(_ model: ModelConfiguration, _ objective: Objective) -> String {
  model.likelihood.isNormalized && objective.klWeight == 1 ? "−ELBO" : "loss"
}

/// The KL divergence with its weight, so that the terms add up to the loss.
func klTerm(_ loss: Loss, _ objective: Objective) -> String {
  let weight = objective.klWeight == 1 ? "" : "\(objective.klWeight) × "
  return "\(weight)\(loss.kl.digits(2)) KL"
}
