extension Engine {
  /// A minibatch: M data, L samples of each, and what to make of them.
  struct Batch {
    let count: Int
    let samples: Int
    let objective: Objective
    let accumulation: GradientAccumulation
    /// The part of the data that is left out, those with the largest losses.
    var trim = 0.0
  }

  /// The loss of a minibatch and, where the engine trains, its gradient.
  ///
  /// The samples go through in one pass (`joint`) or several (`accumulated`), and the passes' gradients add up.
  ///
  /// - Parameters:
  ///   - gradient: receives the gradient. It may be nil where the engine does not train, or there is one pass and nothing is
  ///     clipped.
  ///   - update: the optimizer's step to take once the gradient is complete, tile by tile.
  /// - Throws: where the loss, or a gradient to be clipped, is not finite, before anything is updated; and where the
  ///   update leaves something that is not finite, or OpenBLAS cannot have its memory.
  func run(
    _ batch: Batch, _ parameters: MatrixView<S>, _ source: some BatchSource<S>, gradient: MutableMatrixView<S>? = nil,
    update: ParameterUpdate<S>? = nil
  ) throws(StepFailure) -> StepResult {
    batch.trim == 0
      ? try runAll(batch, parameters, source, gradient: gradient, update: update)
      : try runAll(batch, parameters, trimmed(source, batch, parameters), gradient: gradient, update: update)
  }

  private func runAll(
    _ batch: Batch, _ parameters: MatrixView<S>, _ source: some BatchSource<S>, gradient: MutableMatrixView<S>?,
    update: ParameterUpdate<S>?
  ) throws(StepFailure) -> StepResult {
    do throws(VAEError) { try BLAS.checkMemory(threads: team.threads) } catch {
      throw StepFailure(error: error, hasUpdated: false)
    }
    return try BLAS.withOneThread { () throws(StepFailure) in
      let width = batch.accumulation.samplesPerPass(of: batch.samples)
      precondition(
        !memory.trains || gradient != nil || exchange != nil || width == batch.samples, "several passes need a gradient"
      )
      let objective = batch.objective.kernel
      let leaves = leaves(of: batch)
      memory.origin = leaves.data(of: own(leaves)).lowerBound
      precondition(width == batch.samples || !objective.couplesSamples, "\(batch.objective) in several passes")
      var terms = LossTerms(reconstruction: 0, kl: 0, countedKL: nil, datumLoss: 0)
      var result = StepResult(loss: objective.loss(terms))
      for first in stride(from: 0, to: batch.samples, by: width) {
        let samples = min(width, batch.samples - first)
        let pass = Pass(
          size: BatchCounts(data: batch.count, samples: batch.samples, samplesInPass: samples), objective: objective,
          firstSample: first, leaves: leaves, own: own(leaves))
        let phase = try sharedRowPhase(parameters, pass, source)
        let all = memory.terms(data: batch.count, samples: samples)
        terms.reconstruction += sum(all.losses.view, source, data: batch.count) / pass.size.rows
        terms.datumLoss += sum(all.datumLosses.view, source, data: batch.count) / Double(batch.count)
        // In closed form it is whole at once; where samples stand for a learned prior's expectation, each pass has some.
        if first == 0 || network.prior != nil {
          let share = network.prior == nil ? 1 : Double(samples) / Double(batch.samples)
          terms.kl += share * sum(all.kl.view, source, data: batch.count) / Double(batch.count)
        }
        if first == 0 {
          (terms.countedKL, result.boundedLogVariances) = (phase.countedKL, phase.boundedLogVariances)
        }
        let isLast = first + samples == batch.samples
        if isLast {
          result = StepResult(loss: objective.loss(terms), boundedLogVariances: result.boundedLogVariances)
          if !result.loss.total.isFinite { throw notFinite(terms, update, source, count: batch.count) }
        }
        if memory.trains {
          let clips = update?.clipNorm != nil
          let keepsLeaves = width < batch.samples
          let vectors = vectors(for: pass, keepsLeaves: keepsLeaves, gradient)
          let sums = GradientSums(vectors: vectors, keepsLeaves: keepsLeaves, accumulates: first > 0, isLast: isLast)
          if isLast, let exchange, let update {
            result.isClipped = try sharedUpdate(exchange, pass, source, sums, update)
          } else {
            weightPhase(pass, source, sums, update: isLast && !clips ? update : nil)
          }
        }
      }
      guard let update else { return result }
      if exchange == nil, let clipNorm = update.clipNorm {
        guard let gradient else { preconditionFailure("clipping needs the whole gradient") }
        result.isClipped = try succeed(clippedUpdate(gradient, update, to: clipNorm), source, count: batch.count)
      }
      if let problem = updateProblem(step: update.step) {
        let failure = divergence(problem, "lower the learning rate, or clip the gradient", source, count: batch.count)
        throw StepFailure(error: failure, hasUpdated: true)
      }
      return result
    }
  }

  /// The same, for callers that do not go on with what is updated: the loss alone.
  func loss(
    _ batch: Batch, _ parameters: MatrixView<S>, _ source: some BatchSource<S>, gradient: MutableMatrixView<S>? = nil,
    update: ParameterUpdate<S>? = nil
  ) throws(VAEError) -> Loss {
    do throws(StepFailure) {
      return try run(batch, parameters, source, gradient: gradient, update: update).loss
    } catch { throw error.error }
  }

  /// How a minibatch is cut, which no loss without a gradient needs to be.
  func leaves(of batch: Batch) -> Leaves {
    memory.trains
      ? Leaves(data: batch.count, samples: batch.accumulation.samplesPerPass(of: batch.samples))
      : Leaves(whole: batch.count)
  }

  /// The leaves of this process.
  func own(_ leaves: Leaves) -> Range<Int> {
    exchange.map { leaves.share(of: $0.rank, among: $0.count) } ?? 0..<leaves.count
  }

  /// Whether a gradient was clipped, unless that failed.
  func succeed(
    _ result: Result<Bool, ClippingProblem>, _ source: some BatchSource<S>, count: Int
  ) throws(StepFailure) -> Bool {
    do throws(ClippingProblem) { return try result.get() } catch {
      let failure = divergence(error.text, "lower the learning rate, or start smaller", source, count: count)
      throw StepFailure(error: failure, hasUpdated: false)
    }
  }

  private func notFinite(
    _ terms: LossTerms, _ update: ParameterUpdate<S>?, _ source: some BatchSource<S>, count: Int
  ) -> StepFailure {
    let text = "(reconstruction \(terms.reconstruction), KL \(terms.kl))"
    let error =
      update.map {
        divergence(
          "The loss is not finite in step \($0.step) \(text)", "lower the learning rate, or start smaller", source,
          count: count)
      } ?? VAEError(.numerics, "The loss is not finite \(text): the parameters or the data are too large.")
    return StepFailure(error: error, hasUpdated: false)
  }

  /// The sum of a vector with equally many elements for each of M data, times the data's weights; in order, in double
  /// precision.
  #if compiler(>=6.3)
    @specialized(where S == Float, Source == DatasetSource<Float>)
  #endif
  private func sum<Source: BatchSource<S>>(_ terms: MatrixView<S>, _ source: Source, data: Int) -> Double {
    let each = terms.columns / data
    var sum = 0.0
    for index in 0..<terms.columns {
      let term = Double(terms[0, index])
      sum += source.isWeighted ? source.weight(index / each) * term : term
    }
    return sum
  }
}
