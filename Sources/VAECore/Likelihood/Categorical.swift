import Foundation

/// Categorical over groups of columns that are each one-hot, from logits o:
///
///     −log p(x|z) = Σ_g log Σ_k e^o_gk − Σ_k x_gk·o_gk,   derivative softmax_g(o)_k − x_gk
struct CategoricalLikelihood: LikelihoodKernel {
  static let name = "categorical"
  static let usual = Self()
  static let settings = [
    Setting(
      "groups", \Self.groups, "Sizes of the categorical likelihood's one-hot groups, as 3,4,2.", placeholder: "sizes",
      usual: "")
  ]
  static let refusals = [outputActivationSetting: "it takes logits and applies the softmax itself"]

  /// The sizes of the groups, in order.
  var groups: [Int] = []

  var formula: String { "−log p(x|z) = Σ_g [log Σ_k e^OA_gk − Σ_k x_gk·OA_gk]" }

  var domain: ValueDomain? { nil }
  var term: ReconstructionTerm { .probability }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [LayerOutput(name: OutputName.mean, size: dataSize)]
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) { math.categorical(rows, groups: groups) }

  /// The probabilities: the softmax of each group.
  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    derivativeAtZero(outputs, into: means, math: math)
  }

  /// A group's term is that of the column with its 1.
  func writeTerms<S>(
    of x: MatrixView<S>, outputs: MatrixView<S>, into terms: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    forEachGroup { group in
      writeTerm(
        of: group, x, outputs: outputs, into: terms,
        at: { datum in group.first { x[datum, $0] == 1 } ?? group.lowerBound },
        math: math)
    }
  }

  func part(of column: Int, dataSize: Int) -> LikelihoodPart {
    var tied = column..<column + 1
    forEachGroup { if $0.contains(column) { tied = $0 } }
    return LikelihoodPart(
      kernel: CategoricalLikelihood(groups: [tied.count]), columns: tied, outputs: tied, tied: tied)
  }

  /// The most probable column of each group.
  func estimate(from expectations: [Double]) -> [Double] {
    var estimate = expectations
    forEachGroup { group in
      let best = group.reduce(group.lowerBound) { expectations[$1] > expectations[$0] ? $1 : $0 }
      for j in group { estimate[j] = j == best ? 1 : 0 }
    }
    return estimate
  }

  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    forEachGroup { group in
      var numbers = noise.numbers(column: group.lowerBound)
      let choice = group.lowerBound + numbers.index(count: group.count) { outputs[group.lowerBound + $0] }
      for j in group { x[j] = j == choice ? 1 : 0 }
    }
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

  func validate(dataSize: Int) throws(VAEError) {
    guard !groups.isEmpty else {
      throw VAEError(
        .configuration, "The categorical likelihood needs its groups, the sizes of the one-hot groups, as 3,4,2.")
    }
    try Likelihood.checkSizes(groups, addUpTo: dataSize, least: 2, "A one-hot group")
  }

  /// One group of all columns, where there is none yet.
  func spanning(_ columns: Int) -> CategoricalLikelihood { groups.isEmpty ? Self(groups: [columns]) : self }

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

extension Likelihood {
  /// −log p(x|z) = Σ_g [log Σ_k e^o_gk − Σ_k x_gk·o_gk] with logits o, for groups g of columns that are each one-hot, in
  /// order: `groups` are their sizes.
  public static func categorical(groups: [Int]) -> Likelihood { Likelihood(CategoricalLikelihood(groups: groups)) }
}
