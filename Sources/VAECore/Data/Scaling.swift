import Foundation

/// A standardisation as (x − shift) ⊙ factor, there and back: computed in double precision, whatever a model's is, since a
/// column may lie further from 0 than its values from each other by more than a `Float` can tell.
struct Scaling {
  private let forward, backward: (shift: [Double], factor: [Double])
  /// What each column's reconstruction term lies above that of y, and all of a row's.
  private let logVolumes: [Double]
  private let logVolume: Double
  private let takesGaps: Bool

  init(means: [Double], deviations: [Double], isDensity: Bool, takesGaps: Bool) {
    forward = (means, deviations.map { 1 / $0 })
    backward = (zip(means, deviations).map { -$0 / $1 }, deviations)
    logVolumes = deviations.map { isDensity ? log($0) : 0 }
    logVolume = logVolumes.reduce(0, +)
    self.takesGaps = takesGaps
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

  /// From the reconstruction terms `[rows]` of y, so many for each datum, those of x: over what is there of it.
  func addVolume<S>(to losses: MutableMatrixView<S>, of y: MatrixView<S>, samples: Int) {
    for datum in 0..<y.rows {
      let missing = takesGaps ? (0..<y.columns).reduce(0) { y[datum, $1].isNaN ? $0 + logVolumes[$1] : $0 } : 0
      for row in datum * samples..<(datum + 1) * samples { losses[0, row] += S(logVolume - missing) }
    }
  }

  /// y `[rows, D]` becomes x.
  func restore<S>(_ y: MutableMatrixView<S>, math: VectorMath<S>) {
    math.shiftAndScale(y, shift: backward.shift, factor: backward.factor)
  }
}
