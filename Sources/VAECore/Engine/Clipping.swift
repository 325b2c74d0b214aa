extension Engine {
  /// Takes the optimizer's step with g·min(1, c/‖g‖), ‖g‖ being the Euclidean norm of the whole gradient, with respect to all
  /// parameters, and c = `limit`: Pascanu et al. (2013), "On the difficulty of training recurrent neural networks".
  ///
  /// The norm is summed up in double precision, by pieces of the vector in their order, so that it is the same for every
  /// number of threads and processes. Where it is below c, every bit is that of an update without clipping.
  ///
  /// - Returns: whether the gradient was scaled, or what is wrong where the norm is not finite, nothing having been updated
  ///   then.
  func clippedUpdate(
    _ gradient: MutableMatrixView<S>, _ update: ParameterUpdate<S>, to limit: Double
  ) -> Result<Bool, ClippingProblem> {
    team.run(vectorPieces.count, NormRound(engine: self, gradient: gradient.view, squares: squares))
    let norm = (0..<vectorPieces.count).reduce(0) { $0 + squares[$1] }.squareRoot()
    guard norm.isFinite else {
      return .failure(ClippingProblem(gradient.view.firstNotFinite, norm: norm, step: update.step, network))
    }
    let isClipped = norm > limit
    team.run(
      plan.tiles.count,
      UpdateRound(
        engine: self, gradient: gradient, scale: isClipped ? limit / norm : nil, update: update,
        faults: faults))
    return .success(isClipped)
  }
}

/// What is wrong with a gradient that is to be clipped.
struct ClippingProblem: Error {
  let text: String

  /// Of a gradient whose first element that is not finite is given, if any is.
  init(_ offset: Int?, norm: Double, step: Int, _ network: Network) {
    let tensor = offset.map { " of \(network.tensor(at: $0))" } ?? ""
    text = "The gradient\(tensor) is not finite in step \(step) (norm \(norm))"
  }
}

/// The sum of squares of each piece of the gradient.
private struct NormRound<S: Scalar>: TeamTask {
  let engine: Engine<S>
  let gradient: MatrixView<S>
  let squares: TaskResults<Double>

  func run(worker: Int, index: Int) {
    squares[index] = engine.math.sumOfSquares(gradient.columns(engine.vectorPieces[index]))
  }
}

/// The update of each tile's parameters by the gradient, scaled where there is a scale.
private struct UpdateRound<S: Scalar>: TeamTask {
  let engine: Engine<S>
  let gradient: MutableMatrixView<S>
  let scale: Double?
  let update: ParameterUpdate<S>
  let faults: TaskResults<UpdateFault?>

  func run(worker: Int, index: Int) {
    let tile = engine.plan.tiles[index]
    var timer = StepTimer(engine.profile, worker: worker)
    let place = tile.place(in: engine.network)
    let weight = gradient.matrix(at: place.weight, rows: place.rows, columns: place.columns)
    let bias = gradient.matrix(at: place.bias, rows: 1, columns: tile.outputs.count)
    if let scale { for piece in [weight, bias] { engine.math.scale(piece, by: scale) } }
    faults[index] = engine.update(tile, weight: weight.view, bias: bias.view, by: update, &timer)
  }
}
