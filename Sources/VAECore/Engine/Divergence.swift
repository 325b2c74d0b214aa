import Foundation

extension Engine {
  /// What is wrong where an update left something that is not finite, naming the first tensor; else nil.
  ///
  /// The tiles note it while they update, in the same pass over memory, so the parameters are no longer what they were.
  func updateProblem(step: Int) -> String? {
    guard let first = firstFault else { return nil }
    // Another step may have fewer tiles.
    for index in 0..<faults.count { faults[index] = nil }
    let tensor = network.tensor(at: first.offset)
    return first.isGradient
      ? "The gradient of \(tensor) is not finite in step \(step)"
      : "The parameters \(tensor), or what the optimizer keeps of them, are no longer finite after step \(step)"
  }

  /// The first place where an update left something that is not finite.
  var firstFault: UpdateFault? { (0..<faults.count).compactMap { faults[$0] }.min { $0.offset < $1.offset } }

  /// The error of a step that `count` data made diverge: its advice is the usual one, unless the model sees columns of real
  /// numbers as they are and their unit does not suit it. Then a smaller rate would be of no help.
  func divergence(
    _ problem: String, _ advice: String, _ source: some BatchSource<S>, count: Int
  ) -> VAEError {
    guard let (column, scale) = unsuitedColumn(source, count: count) else {
      return VAEError(.numerics, "\(problem): \(advice).")
    }
    return VAEError(
      .numerics,
      "\(problem): the model sees the data as they are, and column \(column + 1) has values of about "
        + "\(String(format: "%.1g", scale)). Standardise the data.", remedy: .standardize)
  }

  /// The column with the largest numbers among those that could be standardised, and their root mean square, where that is
  /// far from 1, about which weights are made to begin.
  private func unsuitedColumn(_ source: some BatchSource<S>, count: Int) -> (column: Int, scale: Double)? {
    guard couldStandardize.contains(true) else { return nil }
    var x = Matrix<S>(rows: count, columns: couldStandardize.count)
    let view = x.mutableView
    source.load(0..<count, into: view, scaling: nil)
    var largest = (column: 0, scale: 0.0)
    for column in couldStandardize.indices where couldStandardize[column] {
      let squares = (0..<count).reduce(0) { $0 + Double(x[$1, column]) * Double(x[$1, column]) }
      let scale = (squares / Double(count)).squareRoot()
      if scale > largest.scale { largest = (column, scale) }
    }
    return (0.1...10).contains(largest.scale) ? nil : largest
  }
}

extension Network {
  /// The name of the tensor that an element of the parameter vector belongs to.
  func tensor(at offset: Int) -> String { tensors.first { $0.range.contains(offset) }?.name ?? "the parameters" }
}
