import CommandSupport
import VAECore

/// What a loss is: a bound, or something that only trains like it. Of an objective that couples samples, their number is
/// part of the name.
func lossName(_ model: ModelConfiguration, _ objective: Objective = .evidenceLowerBound(), samples: Int = 1) -> String {
  guard model.likelihood.isNormalized, let name = objective.boundName else { return "loss" }
  return objective.couplesSamples ? "\(name) (K = \(samples))" : name
}

/// The terms that a loss is the sum of, or what stands beside it.
func lossTerms(_ loss: Loss, _ objective: Objective) -> String {
  guard let beta = objective.beta else { return "−ELBO \((loss.reconstruction + loss.kl).digits(2))" }
  let weight = beta == 1 ? "" : "\(beta) × "
  let sum = "\(loss.reconstruction.digits(2)) + \(weight)\(loss.kl.digits(2)) KL"
  if !objective.couplesData { return sum }
  let free = loss.total - loss.reconstruction - beta * loss.kl
  // Not −0.00.
  return "\(sum) + \(max(free, 0).digits(2)) free"
}

/// What a column of scores is called in a table: in ASCII, and without what programs would have to quote.
func scoreColumn(_ model: ModelConfiguration, isLikelihood: Bool) -> String {
  if isLikelihood { return "neg_log_likelihood" }
  return model.likelihood.isNormalized
    ? "neg_elbo" : model.likelihood.name.replacing("-", with: "_") + "_and_kl"
}

/// What importance sampling estimates.
func likelihoodName(_ configuration: ModelConfiguration) -> String {
  configuration.conditionSize == 0 ? "−log p(x)" : "−log p(x|c)"
}
