/// A likelihood as the engine runs it, on many rows in either precision, and as the explanation spells it out. R = M·S rows,
/// row r = i·S + l, of S samples in a pass; the P outputs per data dimension lie side by side.
package protocol LikelihoodKernel: LikelihoodModel {
  /// The losses `[R]` ← the reconstruction term of each row (or + it, where `adds`); delta `[R, P·D]`, unless nil, ← its derivatives with respect to
  /// the outputs, times the scale.
  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>)

  /// means `[R, D]` ← E[x|z] from the outputs `[R, P·D]`.
  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>)

  /// terms `[R, D]` ← the reconstruction term of each column by itself; their sum is that of the row. Of a likelihood that takes gaps.
  func writeTerms<S>(
    of x: MatrixView<S>, outputs: MatrixView<S>, into terms: MutableMatrixView<S>, math: VectorMath<S>)

  /// The least that knows all of a column of D: by default the likelihood itself, for that column alone.
  func part(of column: Int, dataSize: Int) -> LikelihoodPart

  /// The same with the probability of all within so many deviations of a column's numbers in the place of their own: of probabilities itself, and
  /// nil where the likelihood knows of no such thing.
  func within(_ deviations: Double) -> (any LikelihoodKernel)?

  /// How many numbers have a mean over z, from which values follow: by default the D values themselves.
  func expectationCount(dataSize: Int) -> Int

  /// expectations `[R, E]` ← those of each row of outputs `[R, P·D]`: by default E[x|z].
  func writeExpectations<S>(of outputs: MatrixView<S>, into expectations: MutableMatrixView<S>, math: VectorMath<S>)

  /// The values `[D]` that a mean over z of these says: by default itself, of categories the most probable one.
  func estimate(from expectations: [Double]) -> [Double]

  /// Whether the encoder takes features of a datum in its place.
  var hasFeatures: Bool { get }

  /// How many numbers the encoder takes of a datum of D columns: F, or D where it takes the datum itself.
  func featureCount(dataSize: Int) -> Int

  /// features `[M, F]` ← those of x `[M, D]`.
  func writeFeatures<S>(of x: MatrixView<S>, into features: MutableMatrixView<S>, math: VectorMath<S>)

  /// The reconstruction term of one datum and sample, x `[D]` from the pre-activations o `[P·D]`, with its local
  /// derivatives: in plain arithmetic, to be read and compared with.
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms
}

extension LikelihoodModel {
  /// The likelihood as the engine runs it.
  package var kernel: any LikelihoodKernel { self as? any LikelihoodKernel ?? PlainLikelihood(self) }
}

/// A likelihood of some of the columns, which needs some of the outputs.
package struct LikelihoodPart {
  package let kernel: any LikelihoodKernel
  package let columns: Range<Int>
  package let outputs: Range<Int>
  /// Of the columns those that are of use only together: one, or a one-hot group.
  package let tied: Range<Int>
}

/// A reconstruction term E_l of one datum and sample, and the last links of the chain rule.
package struct OutputTerms {
  /// E_l
  package let loss: Double
  /// OA `[P·D]`
  package let activations: [Double]
  /// ∂OA/∂O `[P·D]`
  package let slopes: [Double]
  /// ∂E_l/∂OA `[P·D]`
  package let derivatives: [Double]
}

extension LikelihoodKernel {
  package var takesGaps: Bool { true }

  /// Each column in turn with all others missing.
  package func writeTerms<S>(
    of x: MatrixView<S>, outputs: MatrixView<S>, into terms: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    for column in 0..<x.columns {
      writeTerm(of: column..<column + 1, x, outputs: outputs, into: terms, at: { _ in column }, math: math)
    }
  }

  /// The term of some columns together, into one of them for each datum, 0 into the others.
  func writeTerm<S>(
    of columns: Range<Int>, _ x: MatrixView<S>, outputs: MatrixView<S>, into terms: MutableMatrixView<S>,
    at place: (_ datum: Int) -> Int, math: VectorMath<S>
  ) {
    var alone = Matrix<S>(
      rows: x.rows, columns: x.columns, elements: Array(repeating: .nan, count: x.rows * x.columns))
    var losses = Buffer<S>(count: outputs.rows)
    let (some, sums) = (alone.mutableView, losses.mutableView)
    defer { withExtendedLifetime((alone, losses)) {} }
    some.columns(columns).copy(from: x.columns(columns))
    let rows = LikelihoodRows(x: some.view, outputs: outputs, scale: 1, delta: nil, losses: sums)
    evaluate(rows, math: math)
    for row in 0..<outputs.rows {
      for column in columns { terms[row, column] = 0 }
      terms[row, place(row / rows.samples)] = sums[0, row]
    }
  }

  package func part(of column: Int, dataSize: Int) -> LikelihoodPart {
    let outputs = outputs(dataSize: dataSize).reduce(0) { $0 + $1.size }
    return LikelihoodPart(
      kernel: self, columns: 0..<dataSize, outputs: 0..<outputs, tied: column..<column + 1)
  }

  package func within(_ deviations: Double) -> (any LikelihoodKernel)? { term == .probability ? self : nil }

  package func expectationCount(dataSize: Int) -> Int { dataSize }

  package func writeExpectations<S>(
    of outputs: MatrixView<S>, into expectations: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    mean(of: outputs, into: expectations, math: math)
  }

  package func estimate(from expectations: [Double]) -> [Double] { expectations }

  package var hasFeatures: Bool { false }

  package func featureCount(dataSize: Int) -> Int { dataSize }

  package func writeFeatures<S>(of x: MatrixView<S>, into features: MutableMatrixView<S>, math: VectorMath<S>) {
    features.copy(from: x)
  }

  /// What the encoder takes of one datum `[F]`.
  package func features(of x: [Double]) -> [Double] {
    let size = featureCount(dataSize: x.count)
    let datum = Matrix(rows: 1, columns: x.count, elements: x)
    var features = Matrix<Double>(rows: 1, columns: size)
    let view = features.mutableView
    withExtendedLifetime(datum) { writeFeatures(of: datum.view, into: view, math: VectorMath()) }
    return features.elements
  }

  /// One row through the kernel.
  package func evaluate(x: Span<Double>, outputs: Span<Double>, derivatives: inout MutableSpan<Double>) -> Double {
    let (x, outputs) = (Matrix(row: x), Matrix(row: outputs))
    var (losses, delta) = (Buffer<Double>(count: 1), Matrix<Double>(rows: 1, columns: outputs.columns))
    let views = (losses.mutableView, delta.mutableView)
    withExtendedLifetime((x, outputs)) {
      evaluate(
        LikelihoodRows(x: x.view, outputs: outputs.view, scale: 1, delta: views.1, losses: views.0), math: VectorMath())
    }
    for index in derivatives.indices { derivatives[index] = delta[0, index] }
    return losses[0]
  }

  /// One row through the kernel.
  package func mean(of outputs: Span<Double>, into mean: inout MutableSpan<Double>) {
    let outputs = Matrix(row: outputs)
    var means = Matrix<Double>(rows: 1, columns: mean.count)
    let view = means.mutableView
    withExtendedLifetime(outputs) { self.mean(of: outputs.view, into: view, math: VectorMath()) }
    for index in mean.indices { mean[index] = means[0, index] }
  }

  /// Takes each row of outputs `[R, P·D]` to a row of means `[R, D]` in double precision.
  func forEachRow<S>(
    _ outputs: MatrixView<S>, into means: MutableMatrixView<S>,
    _ body: (UnsafeMutableBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: outputs.columns + means.columns) { memory in
      memory.initialize(repeating: 0)
      let row = UnsafeMutableBufferPointer(rebasing: memory[..<outputs.columns])
      let mean = UnsafeMutableBufferPointer(rebasing: memory[outputs.columns...])
      for index in 0..<outputs.rows {
        outputs.copyRow(index, to: row)
        body(row, mean)
        means.setRow(index, to: UnsafeBufferPointer(mean), times: 1)
      }
    }
  }

  /// E[x|z] where the first D outputs are that.
  func firstOutputs<S>(_ outputs: MatrixView<S>, into means: MutableMatrixView<S>) {
    means.copy(from: outputs.columns(0..<means.columns))
  }

  /// E[x|z] of an exponential family in its natural parameters o, −log p(x|z) = A(o) − x·o − log h(x): it is ∂A/∂o, the
  /// derivative at x = 0.
  func derivativeAtZero<S>(_ outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    let zero = Matrix<S>(rows: outputs.rows, columns: means.columns)
    var losses = Buffer<S>(count: outputs.rows)
    let view = losses.mutableView
    withExtendedLifetime((zero, losses)) {
      evaluate(LikelihoodRows(x: zero.view, outputs: outputs, scale: 1, delta: means, losses: view), math: math)
    }
  }
}

/// A likelihood of another program as the engine runs it: row by row.
private struct PlainLikelihood<Model: LikelihoodModel>: LikelihoodKernel {
  let model: Model

  init(_ model: Model) { self.model = model }

  static var name: String { Model.name }
  static var usual: Self { Self(Model.usual) }
  static var settings: [Setting<Self>] { [] }

  var formula: String { model.formula }
  var domain: ValueDomain? { model.domain }
  var term: ReconstructionTerm { model.term }
  var hasMinimum: Bool { model.hasMinimum }
  var takesBinarized: Bool { model.takesBinarized }
  var takesGaps: Bool { model.takesGaps }
  func isReal(dataSize: Int) -> [Bool] { model.isReal(dataSize: dataSize) }
  func outputs(dataSize: Int) -> [LayerOutput] { model.outputs(dataSize: dataSize) }
  func objection(to datum: ArraySlice<Float>) -> DataObjection? { model.objection(to: datum) }
  func takesAll(in range: ClosedRange<Float>) -> Bool { model.takesAll(in: range) }
  func example(_ draws: ArraySlice<Double>) -> [Double] { model.example(draws) }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    let (size, width) = (rows.x.columns, rows.outputs.columns)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: size + 2 * width) { memory in
      memory.initialize(repeating: 0)
      let x = UnsafeMutableBufferPointer(rebasing: memory[..<size])
      let outputs = UnsafeMutableBufferPointer(rebasing: memory[size..<size + width])
      let derivatives = UnsafeMutableBufferPointer(rebasing: memory[(size + width)...])
      for row in 0..<rows.outputs.rows {
        rows.x.copyRow(row / rows.samples, to: x)
        rows.outputs.copyRow(row, to: outputs)
        var span = derivatives.mutableSpan
        let loss = model.evaluate(x: x.span, outputs: outputs.span, derivatives: &span)
        rows.losses[0, row] = S(loss) + (rows.adds ? rows.losses[0, row] : 0)
        rows.delta?.setRow(row, to: UnsafeBufferPointer(derivatives), times: rows.scale)
      }
    }
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    forEachRow(outputs, into: means) { row, mean in
      var span = mean.mutableSpan
      model.mean(of: row.span, into: &span)
    }
  }

  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    model.draw(from: outputs, noise: noise, into: &x)
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let activations = model.outputs(dataSize: x.count).flatMap { Array(repeating: $0.activation, count: $0.size) }
    let values = zip(activations, o).map { $0.value($1) }
    var derivatives = [Double](repeating: 0, count: o.count)
    var span = derivatives.mutableSpan
    let loss = model.evaluate(x: x.span, outputs: values.span, derivatives: &span)
    return OutputTerms(
      loss: loss, activations: values, slopes: zip(activations, o).map { $0.slope($1) }, derivatives: derivatives)
  }
}

extension Matrix<Double> {
  fileprivate init(row: Span<Double>) {
    self.init(rows: 1, columns: row.count, elements: row.indices.map { row[$0] })
  }
}
