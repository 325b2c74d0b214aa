/// A standardisation as (x − shift) ⊙ factor, there and back: computed in double precision, whatever a model's is, since a
/// column may lie further from 0 than its values from each other by more than a `Float` can tell.
struct Scaling {
  private let forward, backward: (shift: [Double], factor: [Double])
  /// What each row's reconstruction term lies above that of y.
  private let logVolume: Double

  init(means: [Double], deviations: [Double], logVolume: Double) {
    forward = (means, deviations.map { 1 / $0 })
    backward = (zip(means, deviations).map { -$0 / $1 }, deviations)
    self.logVolume = logVolume
  }

  /// x `[rows, D]` becomes y.
  func standardize<S>(_ x: MutableMatrixView<S>, math: VectorMath<S>) {
    math.shiftAndScale(x, shift: forward.shift, factor: forward.factor)
  }

  /// y `[1, D]` of one datum x `[D]` in double precision.
  func standardize<S>(_ x: UnsafeBufferPointer<Double>, into y: MutableMatrixView<S>, math: VectorMath<S>) {
    math.shiftAndScale(x, shift: forward.shift, factor: forward.factor, into: y)
  }

  /// y of one value x of a column.
  func standardized(_ x: Double, column: Int) -> Double { (x - forward.shift[column]) * forward.factor[column] }

  /// From the reconstruction terms `[rows]` of y, those of x.
  func addVolume<S>(to losses: MutableMatrixView<S>) {
    for row in 0..<losses.columns { losses[0, row] += S(logVolume) }
  }

  /// y `[rows, D]` becomes x.
  func restore<S>(_ y: MutableMatrixView<S>, math: VectorMath<S>) {
    math.shiftAndScale(y, shift: backward.shift, factor: backward.factor)
  }
}
