/// A datum, what of it is likely to be no surprise, and what the model draws instead.
struct ScreenedDatum<S: Scalar> {
  /// The datum as the model sees it `[1, D]`, and its condition `[1, C]`.
  let x: Matrix<S>
  let condition: Matrix<S>?
  /// What determines its noise.
  let place: UInt64
  /// x' ~ p(x|z), z ~ q(z|x), one behind the other for each of the samples z.
  let draws: [[Double]]
  /// The mean over the draws of −log p(x'_j|z): of each column `[D]`, less than −log p(x'_j | x_−j) has.
  let usual: [Double]
  /// How far the datum's own term lies above.
  let excess: [Double]

  /// Of q(z|x).
  static var samples: Int { 4 }
  static var drawsPerSample: Int { 8 }

  /// Of the data of a pass the one with an index.
  init(_ pass: EvaluationPass<S>, _ index: Int, _ kernel: any LikelihoodKernel, seed: UInt64) {
    precondition(pass.samples == Self.samples, "\(pass.samples) samples in a pass")
    x = Matrix(repeating: pass.x.rows(index..<index + 1))
    condition = pass.condition.map { Matrix(repeating: $0.rows(index..<index + 1)) }
    place = pass.noisePlaces[index]
    let outputs = pass.outputs.rows(index * pass.samples..<(index + 1) * pass.samples)
    let size = x.columns
    var drawn: [[Double]] = []
    var terms = Matrix<S>(rows: Self.samples * Self.drawsPerSample, columns: size)
    var own = Matrix<S>(rows: Self.samples, columns: size)
    let (termsView, ownView) = (terms.mutableView, own.mutableView)
    for sample in 0..<Self.samples {
      let rows = sample * Self.drawsPerSample..<(sample + 1) * Self.drawsPerSample
      let some = rows.map {
        kernel.draw(
          size, from: outputs, row: sample, ObservationNoise(seed: seed, row: pass.noisePlaces[index], draw: $0))
      }
      let (values, repeated) = (
        Matrix<S>(rows: some.count, columns: size, elements: some.joined().map { S($0) }),
        Matrix<S>(repeating: outputs.rows(sample..<sample + 1), times: rows.count)
      )
      withExtendedLifetime((values, repeated)) {
        kernel.writeTerms(of: values.view, outputs: repeated.view, into: termsView.rows(rows), math: VectorMath())
      }
      drawn += some
    }
    kernel.writeTerms(of: pass.x.rows(index..<index + 1), outputs: outputs, into: ownView, math: VectorMath())
    withExtendedLifetime((terms, own)) {}
    func mean(_ matrix: Matrix<S>, _ column: Int) -> Double {
      (0..<matrix.rows).reduce(0) { $0 + Double(matrix[$1, column]) } / Double(matrix.rows)
    }
    draws = drawn
    usual = (0..<size).map { mean(terms, $0) }
    excess = zip(usual, 0...).map { mean(own, $1) - $0 }
  }
}

extension LikelihoodKernel {
  /// A datum `[D]` drawn from a row of outputs.
  func draw<S>(
    _ dataSize: Int, from outputs: MatrixView<S>, row: Int, _ noise: ObservationNoise
  ) -> [Double] {
    let values = (0..<outputs.columns).map { Double(outputs[row, $0]) }
    var x = [Double](repeating: 0, count: dataSize)
    var span = x.mutableSpan
    draw(from: values.span, noise: noise, into: &span)
    return x
  }
}
