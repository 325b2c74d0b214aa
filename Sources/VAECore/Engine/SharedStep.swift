/// What of a step is made with other processes, where there are others.
extension Engine {
  /// The row phase of this process's data, after which all terms of the loss are there.
  func sharedRowPhase(
    _ parameters: MatrixView<S>, _ pass: Pass, _ source: some BatchSource<S>
  ) throws(StepFailure) -> (countedKL: Double?, boundedLogVariances: Int) {
    let countedKL = rowPhase(parameters, pass, source)
    var outside = 0
    if pass.firstSample == 0 {
      let posteriors = memory.block(data: pass.data, samples: pass.samples).output(network.encoderCount - 1)
      outside = network.latent.countOutsideBounds(posteriors: posteriors.view, math: math)
    }
    if let exchange {
      let terms = memory.terms(data: pass.count, samples: pass.samples)
      do throws(VAEError) {
        outside = try exchange.gatherTerms(terms, pass.leaves, samples: pass.samples, number: outside)
      } catch { throw StepFailure(error: error, hasUpdated: false) }
    }
    return (countedKL, outside)
  }

  /// Where a pass's sums go: with others, the sum of each subtree must be there to be sent.
  func vectors(
    for pass: Pass, keepsLeaves: Bool, _ gradient: MutableMatrixView<S>?
  ) -> [MutableMatrixView<S>] {
    let count = keepsLeaves ? pass.own.count : exchange != nil ? passPlan(for: pass).subtrees.count : 1
    return gradient == nil && exchange == nil ? [] : gradientVectors.views(count, first: gradient)
  }

  /// The weight phase of a step's last pass and the optimizer's step with the gradient of all processes; whether that was clipped.
  func sharedUpdate(
    _ exchange: Exchange<S>, _ pass: Pass, _ source: some BatchSource<S>, _ sums: GradientSums<S>,
    _ update: ParameterUpdate<S>
  ) throws(StepFailure) -> Bool {
    let plan = passPlan(for: pass)
    let tiles = exchange.shares.tiles(plan.tiles, network)
    // Of leaves, a subtree's sum takes the first one's place.
    let vectors = plan.subtrees.indices.map {
      sums.vectors[sums.keepsLeaves ? plan.subtrees[$0].lowerBound - pass.own.lowerBound : $0]
    }
    let result: Result<Bool, ClippingProblem>
    do throws(VAEError) {
      result = try exchange.update(vectors, pass.leaves, by: update, self) { chunks in
        weightPhase(
          pass, source, sums, update: nil, tiles: chunks.count == tiles.count ? nil : chunks.flatMap { tiles[$0] })
      }
    } catch { throw StepFailure(error: error, hasUpdated: true) }
    return try succeed(result, source, count: pass.count)
  }
}
