/// Values that the training of a model with patterned ``Gaps`` hides from its encoder, and from nothing else: for half of the data each column
/// that may lack its value does so with a probability that is drawn from U(0, 1) for the datum.
///
///     −log p(x|z),   z ~ q(z|x'),   x' being x with some values hidden
///
/// is still a bound of −log p(x). The encoder sees −1 beside what is hidden, where it sees 1 beside what is missing: of data that lack a value
/// the decoder never learns it, and what it says of them there, nobody has taught it. Where a value that is missing is asked for, it is
/// hidden (Ma et al. 2019, "EDDI", hide values likewise).
struct Hiding {
  /// Columns that are hidden together: one, or a one-hot group.
  private let units: [[Int]]
  /// Those of all units, in order.
  private let columns: [Int]

  static var share: Double { 0.5 }

  init(_ configuration: ModelConfiguration) {
    let kernel = configuration.likelihood.model.kernel
    columns = configuration.gaps.arePatterned ? configuration.gaps.columns : []
    units = Dictionary(grouping: columns) { column in
      kernel.part(of: column, dataSize: configuration.dataSize).tied.lowerBound
    }
    .sorted { $0.key < $1.key }.map(\.value)
  }

  var isNeeded: Bool { !columns.isEmpty }

  /// features ← those of x with some values hidden, those of data at their positions by the noise of the step.
  func writeFeatures<S>(
    of x: MutableMatrixView<S>, positions: UnsafeBufferPointer<UInt64>, _ noise: NoiseStream,
    _ likelihood: any LikelihoodKernel, into features: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    withUnsafeTemporaryAllocation(of: S.self, capacity: x.rows * columns.count) { saved in
      for row in 0..<x.rows {
        for (index, column) in columns.enumerated() {
          saved.initializeElement(at: row * columns.count + index, to: x[row, column])
        }
        var numbers = PhiloxGenerator(noise, position: positions[row])
        guard numbers.nextUniform() < Self.share else { continue }
        let probability = numbers.nextUniform()
        for unit in units where numbers.nextUniform() < probability { for column in unit { x[row, column] = .nan } }
      }
      likelihood.writeFeatures(of: x.view, into: features, math: math)
      let marks = features.columns - columns.count
      for row in 0..<x.rows {
        for (index, column) in columns.enumerated() {
          let value = saved[row * columns.count + index]
          if x[row, column].isNaN && !value.isNaN {
            features[row, marks + index] = S(GappedLikelihood.hiddenMark)
            x[row, column] = value
          }
        }
      }
    }
  }
}
