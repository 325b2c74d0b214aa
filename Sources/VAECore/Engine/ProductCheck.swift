/// A product of a layer over so many rows for each datum, to be made in different pieces.
///
/// OpenBLAS orders a product's sums by kernels that it chooses by the product's shape, such as those for small matrices.
/// Larger pieces mostly have the same bits as the whole, and where one processor's kernels change is written nowhere. So
/// before it is cut in another way, a product is made in both, of random numbers, and compared.
package struct ProductCheck<S: Scalar> {
  private let product: LayerProduct
  private let layer: DenseLayer
  private let rowsPerDatum: Int

  package init(_ product: LayerProduct, _ network: Network, rowsPerDatum: Int, type: S.Type) {
    (self.product, self.rowsPerDatum) = (product, rowsPerDatum)
    layer = network.layers[product.layer].atOrigin
  }

  /// The first of some ways to cut the product that has the same bits as the reference, if any; the threads take the pieces.
  package func first(of candidates: [ProductGrid], like reference: ProductGrid, team: ThreadTeam) -> ProductGrid? {
    // What nobody can tell apart needs no trial.
    if candidates.first == reference { return reference }
    let question = ProductQuestion(
      product: product, layer: layer.shape, type: S.elementType, rowsPerDatum: rowsPerDatum, reference: reference,
      candidates: candidates)
    if let answer = ProductQuestion.answers.withLock({ $0[question] }) { return answer.map { candidates[$0] } }
    let operands = Operands(layer, rows: reference.data.total * rowsPerDatum)
    let trials = trials(rows: operands.rows)
    let answer = candidates.firstIndex { candidate in
      candidate == reference
        || (0..<trials).allSatisfy {
          make(candidate, operands, trial: $0, team) == make(reference, operands, trial: $0, team)
        }
    }
    ProductQuestion.answers.withLock { $0[question] = .some(answer) }
    return answer.map { candidates[$0] }
  }

  /// How often a product is made. Two orders of a sum of numbers at random have the same bits in a quarter of all cases, more where there
  /// are few terms; and at the edge of a small product a single element may be summed in another order. Large ones have
  /// more such elements.
  private func trials(rows: Int) -> Int { rows * layer.weightColumns * layer.outputs < 4_000_000 ? 64 : 16 }

  private func make(_ pieces: ProductGrid, _ operands: Operands, trial: Int, _ team: ThreadTeam) -> Buffer<S> {
    let rows = operands.rows
    // Passes that are accumulated add a gradient to what is there, which other kernels may do.
    let (resultRows, columns, passes) =
      switch product {
      case .forward: (rows, layer.outputs, 1)
      case .backward: (rows, layer.inputs, 1)
      case .gradient: (layer.weightRows, layer.weightColumns, 2)
      }
    var result = Buffer<S>(count: resultRows * columns)
    var round = ProductRound(
      product: product, layer: layer, pieces: pieces, rowsPerDatum: rowsPerDatum, accumulate: false,
      input: operands.input.view.matrix(at: trial, rows: rows, columns: layer.inputs),
      condition: operands.condition.view.matrix(at: trial, rows: rows, columns: layer.conditionInputs),
      delta: operands.delta.view.matrix(at: trial, rows: rows, columns: layer.outputs),
      parameters: operands.parameters.view.columns(3 * trial..<3 * trial + layer.end),
      result: result.mutableView.matrix(rows: resultRows, columns: columns))
    withExtendedLifetime(operands) {
      for pass in 0..<passes {
        round.accumulate = pass > 0
        team.run(pieces.count, round)
      }
    }
    return result
  }

  /// Numbers from −½ to ½ for what a layer's products take in. Each trial begins further on in them, in the weights by another step than in
  /// the rest, so that other numbers meet.
  private struct Operands {
    let rows: Int
    let input, condition, delta, parameters: Buffer<S>

    init(_ layer: DenseLayer, rows: Int) {
      self.rows = rows
      var position: UInt64 = 0
      func random(_ count: Int) -> Buffer<S> {
        var generator = PhiloxGenerator(NoiseStream(seed: 0, purpose: .synthesis), position: position)
        position += 1
        // As far as the last trial begins.
        var buffer = Buffer<S>(count: count + 3 * 64)
        let view = buffer.mutableView
        for index in 0..<buffer.count { view[0, index] = S(generator.nextUniform() - 0.5) }
        return buffer
      }
      input = random(rows * layer.inputs)
      condition = random(rows * layer.conditionInputs)
      delta = random(rows * layer.outputs)
      parameters = random(layer.end)
    }
  }
}

/// What a program asks of all its engines, and once.
private struct ProductQuestion: Hashable {
  let product: LayerProduct
  let layer: DenseLayer.Shape
  let type: ElementType
  let rowsPerDatum: Int
  let reference: ProductGrid
  let candidates: [ProductGrid]

  /// Which of the candidates it was, if any.
  static let answers = Locked<[ProductQuestion: Int?]>([:])
}

/// A product, a piece each task.
private struct ProductRound<S: Scalar>: TeamTask {
  let product: LayerProduct
  let layer: DenseLayer
  let pieces: ProductGrid
  let rowsPerDatum: Int
  var accumulate: Bool
  let input, condition, delta, parameters: MatrixView<S>
  let result: MutableMatrixView<S>

  func run(worker: Int, index: Int) {
    let piece = pieces[index]
    let rows = piece.data.lowerBound * rowsPerDatum..<piece.data.upperBound * rowsPerDatum
    switch product {
    case .forward:
      layer.forwardProduct(
        piece.columns, parameters: parameters, input: .dense(input.rows(rows)), condition: condition.rows(rows),
        linear: result.rows(rows))
    case .backward:
      layer.backwardProduct(
        piece.columns, parameters: parameters, inputDelta: result.rows(rows), delta: delta.rows(rows))
    case .gradient:
      layer.gradientProduct(
        piece.columns, input: .dense(input), condition: condition, delta: delta,
        weight: result.rows(layer.weightRows(of: piece.columns)), accumulate: accumulate)
    }
  }
}
