/// What a model says of a datum's columns, each by all others, with importance weights. z is drawn from q(z|x'), x' being the datum
/// with a value r in place of x_j that comes from elsewhere, whatever x_j is:
///
///     p(x_j | x_−j) ≈ Σ_k w_k p(x_j|z_k) / Σ_k w_k,   w_k ∝ p(x_−j|z_k) p(z_k) / q(z_k|x_−j, r_k),   z_k ~ q(z|x_−j, r_k)
///
/// For every r the weights are those of p(z|x_−j), so that any r will do, and needs nothing that was missing in training; half of them are
/// drawn from p(x|z) at z ~ q(z|x), half from the prior.
struct LeaveOneOut<S: Scalar> {
  private let datum: ScreenedDatum<S>
  private let seed: UInt64
  private let isCategory: [Bool]
  private let candidates: [Candidate]
  /// The decoder's outputs of all rows, `[candidates · K, P·D]`.
  private let outputs: Matrix<S>

  /// A column, or several that are only of use together, with what the rows say of them.
  private struct Candidate {
    let part: LikelihoodPart
    /// The one that is named.
    let named: Int
    let rows: Range<Int>
    /// log w `[K]`, of which Σ w = 1.
    var logWeights: [Double] = []
    /// −log p(x_j | x_−j)
    var term = 0.0
    /// What the draws of q(z|x) say that it should be, at least.
    let usual: Double
  }

  private static var most: Int { 16 }
  /// How many more than are asked for are looked at to the end.
  private static var reserve: Int { 3 }
  /// r, and of each of them z.
  private static var replacements: Int { 2 * ScreenedDatum<S>.samples }
  private static var samples: Int { 16 }
  private static var rows: Int { replacements * samples }
  private static var rowsPerDraw: Int { 2 }
  /// Less is what anything differs by.
  private static var leastExcess: Double { 1 }

  /// Asks a model.
  init(_ datum: ScreenedDatum<S>, _ inference: Inference<S>, _ kernel: any LikelihoodKernel, seed: UInt64) {
    (self.datum, self.seed) = (datum, seed)
    let configuration = inference.model.configuration
    isCategory = configuration.likelihood.model.takesCategories(dataSize: configuration.dataSize)
    let order = datum.excess.indices.filter { !datum.x[0, $0].isNaN }
      .sorted { (datum.excess[$1], $0) < (datum.excess[$0], $1) }
    var candidates: [Candidate] = []
    for column in order where candidates.count < Self.most {
      if candidates.contains(where: { $0.part.tied.contains(column) }) { continue }
      let part = kernel.part(of: column, dataSize: configuration.dataSize)
      candidates.append(
        Candidate(
          part: part,
          // (Of a one-hot group the column with the 1.)
          named: part.tied.count == 1 ? column : part.tied.first { datum.x[0, $0] == 1 } ?? column,
          rows: candidates.count * Self.rows..<(candidates.count + 1) * Self.rows,
          usual: part.tied.reduce(0) { $0 + datum.usual[$1] }))
    }
    let prior = inference.priorDraws(
      count: Self.replacements - ScreenedDatum<S>.samples, condition: datum.condition, seed: seed)
    let others = (0..<ScreenedDatum<S>.samples).map { datum.draws[$0 * ScreenedDatum<S>.drawsPerSample] } + prior
    var x = Matrix<S>(repeating: datum.x.view, times: candidates.count * Self.replacements)
    for (index, candidate) in candidates.enumerated() {
      for (replacement, other) in others.enumerated() {
        for column in candidate.part.tied { x[index * Self.replacements + replacement, column] = S(other[column]) }
      }
    }
    outputs = inference.weigh(
      x, of: datum, samples: Self.samples, noise: Self.replacements, kernel, seed: seed
    ) { terms, ratios in
      for index in candidates.indices {
        var (all, shared) = (LogSumExp(), LogSumExp())
        for row in candidates[index].rows {
          var (term, others) = (0.0, 0.0)
          for column in 0..<terms.columns where !datum.x[0, column].isNaN {
            if candidates[index].part.tied.contains(column) {
              term += Double(terms[row, column])
            } else {
              others += Double(terms[row, column])
            }
          }
          let logWeight = -others - Double(ratios[0, row])
          candidates[index].logWeights.append(logWeight)
          all.add(logWeight)
          shared.add(logWeight - term)
        }
        candidates[index].term = all.value - shared.value
        candidates[index].logWeights = candidates[index].logWeights.map { $0 - all.value }
      }
    }
    self.candidates = candidates
  }

  /// The least expected columns, the worst first.
  func surprises(count: Int, unit: Standardization?) -> [Surprise] {
    candidates.sorted { $0.term - $0.usual > $1.term - $1.usual }.prefix(count + Self.reserve)
      .map { candidate in
        let draws = draws(of: candidate)
        let column = candidate.named
        return Surprise(
          column, Double(datum.x[0, column]), excess: candidate.term - draws.entropy, draws,
          areCategories: isCategory[column], unit)
      }
      .filter { $0.excess >= Self.leastExcess }
      .sorted { ($1.excess, $0.column) < ($0.excess, $1.column) }
      .prefix(count).map { $0 }
  }

  /// Values in place of a candidate's, from some of its rows, with weights that make them draws of p(x_j | x_−j). For they are drawn from a
  /// mixture g of those rows' p(x_j|z), and
  ///
  ///     p(x'_j | x_−j) / g(x'_j) = Σ_k w_k p(x'_j|z_k) / (1/N) Σ_n p(x'_j|z_n)
  ///
  /// Some of the rows are made for other values, and so there are draws where p(x'_j | x_−j) is small.
  private func draws(of candidate: Candidate) -> WeightedDraws {
    let part = candidate.part
    let view = outputs.view.rows(candidate.rows).columns(part.outputs)
    let (count, step) = (view.rows / Self.rowsPerDraw, Self.rowsPerDraw)
    let first = part.columns.lowerBound
    // Each draw by all rows, the other columns missing.
    var alone = Matrix<S>(
      rows: count, columns: part.columns.count, elements: Array(repeating: .nan, count: count * part.columns.count))
    var values: [Double] = []
    for draw in 0..<count {
      let noise = ObservationNoise(seed: seed, row: datum.place, draw: draw)
      let x = part.kernel.draw(part.columns.count, from: view, row: draw * step, noise)
      for column in part.tied { alone[draw, column - first] = S(x[column - first]) }
      values.append(x[candidate.named - first])
    }
    let all = Matrix(repeating: view, times: count)
    var losses = Buffer<S>(count: all.rows)
    let lossView = losses.mutableView
    defer { withExtendedLifetime((outputs, alone, all, losses)) {} }
    part.kernel.evaluate(
      LikelihoodRows(x: alone.view, outputs: all.view, scale: 1, delta: nil, losses: lossView), math: VectorMath())
    return WeightedDraws(
      values.enumerated().map { draw, value in
        var (target, proposal) = (LogSumExp(), LogSumExp())
        for row in 0..<view.rows {
          let loss = Double(lossView[0, draw * view.rows + row])
          target.add(candidate.logWeights[row] - loss)
          if row % step == 0 { proposal.add(-loss) }
        }
        return (value, -target.value, target.value - proposal.value)
      })
  }
}

extension Inference {
  /// Data from the model's p(x), or p(x|c) under a condition, as the model sees them; values that may be missing are there.
  fileprivate func priorDraws(count: Int, condition: Matrix<Element>?, seed: UInt64) -> [[Double]] {
    let kernel = model.configuration.kernelOfValues
    let z = model.samplePrior(count: count, seed: seed)
    let repeated = condition.map { Matrix(repeating: $0.view, times: count) }
    var draws: [[Double]] = []
    decode(z, condition: repeated) { _, rows, outputs in
      draws += rows.indices.map {
        kernel.draw(
          model.configuration.dataSize, from: outputs, row: $0 - rows.lowerBound, ObservationNoise(seed: seed, row: $0))
      }
    }
    return draws
  }

  /// Takes data x' `[M, D]`, as the model sees them, through the model with the noise of another, `noise` data of x' sharing none of it, and
  /// hands out what z says of that datum: its terms `[M·S, D]` and log q(z|x') − log p(z) `[M·S]`.
  ///
  /// - Returns: the outputs `[M·S, P·D]`.
  fileprivate func weigh(
    _ x: Matrix<Element>, of datum: ScreenedDatum<Element>, samples: Int, noise: Int, _ kernel: any LikelihoodKernel,
    seed: UInt64,
    _ body: (_ terms: MatrixView<Element>, _ ratios: MatrixView<Element>) -> Void
  ) -> Matrix<Element> {
    let engine = engine(for: .scoring, data: x.rows, samples: samples)
    var epsilon = Matrix<Element>(rows: x.rows * samples, columns: model.configuration.latentSize)
    var ratios = Buffer<Element>(count: epsilon.rows)
    var terms = Matrix<Element>(rows: epsilon.rows, columns: x.columns)
    let condition = datum.condition.map { Matrix(repeating: $0.view, times: x.rows) }
    let (noiseView, ratioView, termsView) = (epsilon.mutableView, ratios.mutableView, terms.mutableView)
    defer { withExtendedLifetime((self, epsilon, ratios, terms, condition, x, datum)) {} }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1) { place in
      place.initialize(repeating: datum.place)
      for row in 0..<x.rows {
        // (The first of the samples have screened the datum.)
        engine.math.normals(
          NoiseStream(seed: seed, purpose: .evaluation), positions: UnsafeBufferPointer(place),
          firstSample: ScreenedDatum<Element>.samples + row % noise * samples, samples: samples,
          into: noiseView.rows(row * samples..<(row + 1) * samples))
      }
    }
    let source = MatrixSource(
      x: x.view, condition: condition?.view, noise: noiseView.view, isStandardized: true)
    let size = BatchCounts(data: x.rows, samples: samples, samplesInPass: samples)
    return BLAS.withOneThread {
      engine.rowPhase(
        model.parameters.buffer.view,
        Engine<Element>.Pass(size: size, objective: EvidenceLowerBound(), firstSample: 0), source)
      let pass = EvaluationPass(
        positions: 0..<x.rows, firstSample: 0, samples: samples, isLast: true, noisePlaces: [], engine: engine)
      pass.logRatio(into: ratioView)
      kernel.writeTerms(of: datum.x.view, outputs: pass.outputs, into: termsView, math: engine.math)
      body(termsView.view, ratioView.view)
      return Matrix(repeating: pass.outputs)
    }
  }
}
