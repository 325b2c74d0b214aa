extension Engine {
  /// A minibatch: M data, L samples of each, and what to make of them.
  struct Batch {
    let count: Int
    let samples: Int
    let objective: Objective
    let accumulation: GradientAccumulation
  }

  /// The loss of a minibatch and, where the engine trains, its gradient.
  ///
  /// The samples go through in one pass (`joint`) or several (`accumulated`), and the passes' gradients add up.
  ///
  /// - Parameters:
  ///   - gradient: receives the gradient. It may be nil where there is one pass and the update is all that is wanted.
  ///   - update: the optimizer's step to take once the gradient is complete, tile by tile.
  /// - Throws: where the loss, or a gradient to be clipped, is not finite, before anything is updated; and where the
  ///   update leaves something that is not finite, `hasUpdated` being true then.
  func run(
    _ batch: Batch, _ parameters: MatrixView<S>, _ source: some BatchSource<S>, gradient: MutableMatrixView<S>? = nil,
    update: ParameterUpdate<S>? = nil
  ) throws(VAEError) -> Loss {
    try BLAS.checkMemory(threads: team.threads)
    return try BLAS.withOneThread { () throws(VAEError) in
      let width = batch.accumulation.samplesPerPass(of: batch.samples)
      precondition(!memory.trains || gradient != nil || width == batch.samples, "several passes need a gradient")
      let objective = batch.objective.kernel
      precondition(width == batch.samples || !objective.couplesSamples, "\(batch.objective) in several passes")
      hasUpdated = false
      var reconstruction = 0.0
      var kl = 0.0
      var countedKL: Double?
      var datumLoss = 0.0
      var loss = Loss(total: 0, reconstruction: 0, kl: 0)
      for first in stride(from: 0, to: batch.samples, by: width) {
        let samples = min(width, batch.samples - first)
        let pass = Pass(
          size: BatchCounts(data: batch.count, samples: batch.samples, samplesInPass: samples), objective: objective,
          firstSample: first)
        let counted = rowPhase(parameters, pass, source)
        let terms = memory.block(data: 0..<batch.count, samples: samples)
        reconstruction += sum(terms.losses.view, source, data: batch.count) / pass.size.rows
        if first == 0 {
          (kl, countedKL) = (sum(terms.kl.view, source, data: batch.count) / Double(batch.count), counted)
          boundedLogVariances = GaussianLatent.countOutsideBounds(
            posteriors: terms.output(network.encoderCount - 1).view, math: math)
        }
        let isLast = first + samples == batch.samples
        datumLoss += sum(terms.datumLosses.view, source, data: batch.count) / Double(batch.count)
        loss = objective.loss(
          LossTerms(reconstruction: reconstruction, kl: kl, countedKL: countedKL, datumLoss: datumLoss))
        if isLast && !loss.total.isFinite {
          let terms = "(reconstruction \(reconstruction), KL \(kl))"
          guard let update else {
            throw VAEError(.numerics, "The loss is not finite \(terms): the parameters or the data are too large.")
          }
          throw divergence(
            "The loss is not finite in step \(update.step) \(terms)", "lower the learning rate, or start smaller",
            source, count: batch.count)
        }
        if memory.trains {
          let clips = update?.clipNorm != nil
          weightPhase(
            pass, gradient: gradient, accumulate: first > 0, update: isLast && !clips ? update : nil)
        }
      }
      if let update, let clipNorm = update.clipNorm {
        guard let gradient else { preconditionFailure("clipping needs the whole gradient") }
        if let problem = clippedUpdate(gradient, update, to: clipNorm) {
          throw divergence(problem, "lower the learning rate, or start smaller", source, count: batch.count)
        }
      }
      if let update {
        hasUpdated = true
        if let problem = updateProblem(step: update.step) {
          throw divergence(problem, "lower the learning rate, or clip the gradient", source, count: batch.count)
        }
      }
      return loss
    }
  }

  /// The sum over M data of a vector's elements, as many of each datum, by the data's weights; in order, in double
  /// precision.
  private func sum(_ terms: MatrixView<S>, _ source: some BatchSource<S>, data: Int) -> Double {
    let each = terms.columns / data
    var sum = 0.0
    for index in 0..<terms.columns {
      let term = Double(terms[0, index])
      sum += source.isWeighted ? source.weight(index / each) * term : term
    }
    return sum
  }
}
