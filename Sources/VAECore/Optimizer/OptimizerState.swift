/// What an optimizer remembers of each parameter, in vectors laid out like the parameters.
struct OptimizerState<S: Scalar>: Sendable, Equatable {
  var first: Buffer<S>?
  var second: Buffer<S>?

  init(_ optimizer: Optimizer, parameterCount: Int) {
    first = optimizer.stateCount > 0 ? Buffer(count: parameterCount) : nil
    second = optimizer.stateCount > 1 ? Buffer(count: parameterCount) : nil
  }

  /// Of what is remembered of all parameters, that of some.
  func slices(_ ranges: [Range<Int>]) -> Self {
    var slices = self
    func some(_ whole: Buffer<S>?) -> Buffer<S>? {
      whole.map { whole in
        var some = Buffer<S>(count: ranges.reduce(0) { $0 + $1.count })
        var start = 0
        for range in ranges {
          some.mutableView.columns(start..<start + range.count).copy(from: whole.view.columns(range))
          start += range.count
        }
        return some
      }
    }
    (slices.first, slices.second) = (some(first), some(second))
    return slices
  }

  /// The vectors that there are, and what stands before the tensors' names in files.
  var vectors: [(prefix: String, buffer: Buffer<S>)] {
    [(firstPrefix, first), (secondPrefix, second)].compactMap { prefix, buffer in buffer.map { (prefix, $0) } }
  }

  /// Sets a tensor's part of a vector.
  mutating func set(_ prefix: String, _ tensor: TensorLayout, to values: [S]) {
    if prefix == firstPrefix {
      first!.replace(tensor.range, by: values)
    } else {
      second!.replace(tensor.range, by: values)
    }
  }
}

private let firstPrefix = "optimizer.first."
private let secondPrefix = "optimizer.second."

extension Optimizer {
  /// What stands before the names of the tensors that hold sums or means of squares, which are never negative; nil where
  /// none do.
  var squaresPrefix: String? { zip(model.state, [firstPrefix, secondPrefix]).first { $0.0 == .squares }?.1 }
}

/// One optimizer step, ready to be applied piece by piece: each parameter's new value depends on its own gradient
/// and state alone.
struct ParameterUpdate<S: Scalar> {
  let constants: OptimizerStep
  let parameters: MutableMatrixView<S>
  let first: MutableMatrixView<S>?
  let second: MutableMatrixView<S>?
  /// Which step it is, from 1, for messages.
  let step: Int
  /// The greatest Euclidean norm of the whole gradient that is followed as it is; a longer one is scaled down to it.
  var clipNorm: Double?

  /// Updates the parameters from `offset` on by their gradient; tells where that left something that is not finite.
  ///
  /// - Parameter remembered: where what the optimizer remembers of them begins, if it is not of all parameters.
  func apply(
    at offset: Int, remembered: Int? = nil, gradient: MatrixView<S>, math: VectorMath<S>
  ) -> UpdateFault? {
    let count = gradient.count
    func piece(_ vector: MutableMatrixView<S>) -> MutableMatrixView<S> {
      vector.matrix(at: remembered ?? offset, rows: 1, columns: count)
    }
    let gradient = gradient.matrix(rows: 1, columns: count)
    let updated = parameters.matrix(at: offset, rows: 1, columns: count)
    let isFinite = math.optimize(
      constants, parameters: updated, gradient: gradient, first: first.map(piece), second: second.map(piece))
    if isFinite { return nil }
    if let index = gradient.firstNotFinite { return UpdateFault(offset: offset + index, isGradient: true) }
    let index = [updated, first.map(piece), second.map(piece)].compactMap { $0?.view.firstNotFinite }.min() ?? 0
    return UpdateFault(offset: offset + index, isGradient: false)
  }
}

/// Where an update left something that is not finite.
struct UpdateFault: Equatable {
  /// Of the parameter among all.
  let offset: Int
  /// Whether its gradient was not finite; else the step was too large.
  let isGradient: Bool
}

extension MatrixView {
  /// The first element of a vector that is infinite or NaN.
  var firstNotFinite: Int? { (0..<count).first { !self[0, $0].isFinite } }
}
