/// Groups of columns with a likelihood each: −log p(x|z) is the sum of theirs. The outputs lie group after group, in the
/// parts that each likelihood has, whose tensors bear the group's number: `output.0`, `output_logvar.0`, `output.1`, …
struct MixedLikelihood: LikelihoodModel {
  private struct Slice {
    let name: String
    let columns: Range<Int>
    let outputs: Range<Int>
    let model: any LikelihoodModel

    /// "gaussian, values 0 to 4"
    var description: String {
      columns.count == 1
        ? "\(name), column \(columns.upperBound)"
        : "\(name), columns \(columns.lowerBound + 1) to \(columns.upperBound)"
    }
  }

  private let slices: [Slice]

  init(_ groups: [Likelihood.Columns]) {
    var (column, output) = (0, 0)
    slices = groups.map { group in
      let model = group.likelihood.model
      let width = model.outputParts(dataSize: group.count).reduce(0) { $0 + $1.outputs }
      defer { (column, output) = (column + group.count, output + width) }
      return Slice(
        name: group.likelihood.name, columns: column..<column + group.count, outputs: output..<output + width,
        model: model)
    }
  }

  var formula: String {
    "−log p(x|z) = the sum of: " + slices.map { "\($0.model.formula) (\($0.description))" }.joined(separator: "; ")
  }

  var domain: ValueDomain { .finite }

  var term: ReconstructionTerm {
    let terms = slices.map(\.model.term)
    return terms.dropFirst().reduce(terms.first ?? .probability, +)
  }

  var hasMinimum: Bool { slices.allSatisfy(\.model.hasMinimum) }
  var takesBinarized: Bool { slices.allSatisfy(\.model.takesBinarized) }

  func isReal(dataSize: Int) -> [Bool] { slices.flatMap { $0.model.isReal(dataSize: $0.columns.count) } }

  /// The outputs of each group have a name of their own.
  var outputBias: ((_ means: [Double]) -> [Double])? { nil }

  func outputParts(dataSize: Int) -> [DenseLayer.Part] {
    slices.enumerated().flatMap { index, slice in
      slice.model.outputParts(dataSize: slice.columns.count).map {
        DenseLayer.Part(
          name: "\($0.name).\(index)", outputs: $0.outputs, activation: $0.activation, isConstant: $0.isConstant)
      }
    }
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    for (index, slice) in slices.enumerated() {
      slice.model.evaluate(
        rows.columns(slice.columns, outputs: slice.outputs, adds: rows.adds || index > 0), math: math)
    }
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    for slice in slices {
      slice.model.mean(of: outputs.columns(slice.outputs), into: means.columns(slice.columns), math: math)
    }
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let terms = slices.map {
      $0.model.terms(x: Array(x[$0.columns]), preActivations: Array(o[$0.outputs]))
    }
    return OutputTerms(
      loss: terms.reduce(0) { $0 + $1.loss }, activations: terms.flatMap(\.activations),
      slopes: terms.flatMap(\.slopes), derivatives: terms.flatMap(\.derivatives))
  }

  func objection(to datum: ArraySlice<Float>) -> DataObjection? {
    for slice in slices {
      let part = datum.dropFirst(slice.columns.lowerBound).prefix(slice.columns.count)
      if let objection = slice.model.objection(to: part) {
        return DataObjection(
          column: slice.columns.lowerBound + objection.column, demand: "\(objection.demand) (\(slice.description))")
      }
    }
    return nil
  }

  func takesAll(in range: ClosedRange<Float>) -> Bool { slices.allSatisfy { $0.model.takesAll(in: range) } }

  func example(_ draws: ArraySlice<Double>) -> [Double] {
    slices.flatMap { $0.model.example(draws.dropFirst($0.columns.lowerBound).prefix($0.columns.count)) }
  }
}
