extension Engine {
  /// A minibatch: M data, L samples of each, and what to make of them.
  struct Batch {
    let count: Int
    let samples: Int
    let objective: Objective
    let estimator: GradientEstimator
  }

  /// The loss of a minibatch and, where the engine trains, its gradient.
  ///
  /// The samples go through in one pass (`joint`) or several (`accumulated`), and the passes' gradients add up.
  ///
  /// - Parameters:
  ///   - gradient: receives the gradient. It may be nil where there is one pass and the update is all that is wanted.
  ///   - update: the optimizer's step to take once the gradient is complete, tile by tile.
  /// - Throws: where the loss is not finite, before anything is updated.
  func run(
    _ batch: Batch, _ parameters: MatrixView<S>, _ source: some BatchSource<S>, gradient: MatrixView<S>? = nil,
    update: ParameterUpdate<S>? = nil
  ) throws(VAEError) -> Loss {
    try BLAS.withOneThread { () throws(VAEError) in
      let width = batch.estimator.samplesPerPass(of: batch.samples)
      precondition(!memory.trains || gradient != nil || width == batch.samples, "several passes need a gradient")
      let rows = Double(batch.count) * Double(batch.samples)
      var reconstruction = 0.0
      var kl = 0.0
      for first in stride(from: 0, to: batch.samples, by: width) {
        let samples = min(width, batch.samples - first)
        let pass = Pass(
          count: batch.count, samples: samples, firstSample: first, reconstructionScale: 1 / rows,
          klScale: batch.objective.klWeight * Double(samples) / rows)
        rowPhase(parameters, pass, source)
        let terms = memory.block(data: 0..<batch.count, samples: samples)
        reconstruction += terms.losses.sum / rows
        if first == 0 { kl = terms.kl.sum / Double(batch.count) }
        let isLast = first + samples == batch.samples
        if isLast && !(reconstruction + batch.objective.klWeight * kl).isFinite {
          let advice =
            update == nil ? "the parameters or the data are too large" : "lower the learning rate, or start smaller"
          throw VAEError(
            .numerics, "The loss is not finite (reconstruction \(reconstruction), KL \(kl)): \(advice).")
        }
        if memory.trains {
          weightPhase(
            parameters, pass, gradient: gradient, accumulate: first > 0, update: isLast ? update : nil)
        }
      }
      return Loss(reconstruction: reconstruction, kl: kl, objective: batch.objective)
    }
  }
}

extension MatrixView {
  /// The sum of a vector's elements, in order, in double precision.
  fileprivate var sum: Double {
    var sum = 0.0
    for column in 0..<columns { sum += Double(self[0, column]) }
    return sum
  }
}
