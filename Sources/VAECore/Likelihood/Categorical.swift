import Foundation

/// Categorical over groups of columns that are each one-hot, from logits o:
///
///     −log p(x|z) = Σ_g log Σ_k e^o_gk − Σ_k x_gk·o_gk,   derivative softmax_g(o)_k − x_gk
struct CategoricalLikelihood: LikelihoodModel {
  /// The sizes of the groups, in order.
  let groups: [Int]

  var formula: String { "−log p(x|z) = Σ_g [log Σ_k e^OA_gk − Σ_k x_gk·OA_gk]" }

  var domain: ValueDomain { .unit }
  var term: ReconstructionTerm { .probability }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }
  var outputBias: ((_ means: [Double]) -> [Double])? { nil }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    [DenseLayer.Part(name: OutputName.mean, outputs: dataSize, activation: .identity)]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) { math.categorical(rows, groups: groups) }

  /// The probabilities: the softmax of each group.
  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    derivativeAtZero(outputs, into: means, math: math)
  }

  /// OA is O, the logits: a softmax would tie each to all of its group.
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    var (loss, derivatives): (Double, [Double]) = (0, [])
    forEachGroup { group in
      let highest = o[group].max()!
      let sum = o[group].reduce(0) { $0 + exp($1 - highest) }
      loss += group.reduce(highest + log(sum)) { $0 - x[$1] * o[$1] }
      derivatives += group.map { exp(o[$0] - highest) / sum - x[$0] }
    }
    return OutputTerms(loss: loss, activations: o, slopes: o.map { _ in 1 }, derivatives: derivatives)
  }

  func objection(to datum: ArraySlice<Float>) -> DataObjection? {
    var objection: DataObjection?
    forEachGroup { group in
      if objection != nil { return }
      let values = datum.dropFirst(group.lowerBound).prefix(group.count)
      let ones = values.indices.filter { values[$0] == 1 }
      // What is neither 0 nor 1, or the second 1, or, where all are 0, the first.
      let wrong = values.firstIndex { $0 != 0 && $0 != 1 } ?? ones.dropFirst().first
      if let place = wrong ?? (ones.isEmpty ? values.startIndex : nil) {
        objection = DataObjection(
          column: place - datum.startIndex,
          demand: "takes one 1 among zeros in each one-hot group; this group has \(group.count) values")
      }
    }
    return objection
  }

  func takesAll(in range: ClosedRange<Float>) -> Bool { false }

  func example(_ draws: ArraySlice<Double>) -> [Double] {
    var example: [Double] = []
    forEachGroup { group in
      let choice = Int(draws[draws.startIndex + group.lowerBound] * Double(group.count))
      example += group.indices.map { $0 - group.lowerBound == choice ? 1 : 0 }
    }
    return example
  }

  private func forEachGroup(_ body: (Range<Int>) -> Void) {
    var first = 0
    for size in groups {
      body(first..<first + size)
      first += size
    }
  }
}
