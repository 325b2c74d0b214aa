/// Groups of columns with a likelihood each: −log p(x|z) is the sum of theirs. The outputs lie group after group, in the
/// parts that each likelihood has, whose tensors bear the group's number: `output.0`, `output_logvar.0`, `output.1`, …
struct MixedLikelihood: LikelihoodKernel {
  static let name = "mixed"
  static let usual = Self([])
  static let settings = [
    Setting<Self>(
      [
        SettingEntry(
          name: "columns",
          help: """
            The mixed likelihood's groups of columns, in order, as gaussian:5,categorical:3,poisson:2; with settings as \
            gaussian(learned,sigmoid):5 or category(sizes=3;4):2.
            """, placeholder: "list", form: .text)
      ],
      write: { (mixed, values) throws(VAEError) in
        guard let value = values["columns"] else { return }
        guard case .text(let list) = value else { throw .impossible("columns", value, .text) }
        mixed = Self(try Likelihood.Columns.list(list))
      }, read: { ["columns": .text($0.groups.map(\.text).joined(separator: ","))] })
  ]
  static let refusals = Dictionary(
    uniqueKeysWithValues: (["variance", "scale", "groups", outputActivationSetting] + CategoryLikelihood.settingNames
      + MixtureLikelihood.settingNames).map {
        ($0, "give it with the columns, as gaussian(learned,sigmoid):5")
      })

  /// A group of columns, and where its data and its outputs are.
  private struct Group {
    let name: String
    let columns: Range<Int>
    let outputs: Range<Int>
    /// Of what the encoder takes.
    let features: Range<Int>
    /// Of what has a mean over z.
    let expectations: Range<Int>
    let model: any LikelihoodKernel

    /// "gaussian, values 0 to 4"
    var description: String {
      columns.count == 1
        ? "\(name), column \(columns.upperBound)"
        : "\(name), columns \(columns.lowerBound + 1) to \(columns.upperBound)"
    }
  }

  /// The groups of columns, in order.
  let groups: [Likelihood.Columns]
  private let slices: [Group]

  init(_ groups: [Likelihood.Columns]) {
    self.groups = groups
    // Groups that cannot be, as validating will say, are in no place.
    let sizes = groups.map { Int32(exactly: $0.count).map(Int.init) ?? 0 }
    let isPossible = sizes.allSatisfy { $0 > 0 } && sizes.reduce(0, +) <= Int32.max
    var (column, output, feature, expectation) = (0, 0, 0, 0)
    slices = (isPossible ? groups : []).map { group in
      let model = group.likelihood.model.kernel
      let width = model.outputs(dataSize: group.count).reduce(0) { $0 + $1.size }
      let features = model.featureCount(dataSize: group.count)
      let expectations = model.expectationCount(dataSize: group.count)
      defer {
        (column, output, feature) = (column + group.count, output + width, feature + features)
        expectation += expectations
      }
      return Group(
        name: group.likelihood.name, columns: column..<column + group.count, outputs: output..<output + width,
        features: feature..<feature + features, expectations: expectation..<expectation + expectations, model: model)
    }
  }

  static func == (a: Self, b: Self) -> Bool { a.groups == b.groups }
  func hash(into hasher: inout Hasher) { groups.hash(into: &hasher) }

  func validate(dataSize: Int) throws(VAEError) {
    guard !groups.isEmpty else {
      throw VAEError(.configuration, "The mixed likelihood needs its columns, as gaussian:5,categorical:3,poisson:2.")
    }
    try Likelihood.checkSizes(groups.map(\.count), addUpTo: dataSize, least: 1, "A group of columns")
    for group in groups {
      guard !(group.likelihood.model is MixedLikelihood), group.likelihood.isNormalized else {
        throw VAEError(
          .configuration,
          "The mixed likelihood cannot hold \(group.likelihood.name): it adds up log densities of columns.")
      }
      try group.likelihood.validate(dataSize: group.count)
    }
  }

  /// "mixed: category of 9 columns, mixture of 6"
  var title: String {
    let names = groups.map(\.likelihood.name)
    let counts = Dictionary(zip(names, groups.map(\.count)), uniquingKeysWith: +)
    let parts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) of \($0.value)" }
    return "\(Self.name), columns: " + parts.joined(separator: ", ")
  }

  var formula: String {
    "−log p(x|z) = the sum of: " + slices.map { "\($0.model.formula) (\($0.description))" }.joined(separator: "; ")
  }

  var domain: ValueDomain? { nil }

  var term: ReconstructionTerm {
    let terms = slices.map(\.model.term)
    return terms.dropFirst().reduce(terms.first ?? .probability, +)
  }

  var hasMinimum: Bool { slices.allSatisfy(\.model.hasMinimum) }
  var takesBinarized: Bool { slices.allSatisfy(\.model.takesBinarized) }

  func isReal(dataSize: Int) -> [Bool] { slices.flatMap { $0.model.isReal(dataSize: $0.columns.count) } }

  func takesCategories(dataSize: Int) -> [Bool] {
    slices.flatMap { $0.model.takesCategories(dataSize: $0.columns.count) }
  }

  func outputs(dataSize: Int) -> [LayerOutput] {
    slices.enumerated().flatMap { index, slice in
      slice.model.outputs(dataSize: slice.columns.count).map {
        LayerOutput(name: "\($0.name).\(index)", size: $0.size, activation: $0.activation, isConstant: $0.isConstant)
      }
    }
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    for (index, slice) in slices.enumerated() {
      slice.model.evaluate(
        rows.columns(slice.columns, outputs: slice.outputs, adds: rows.adds || index > 0), math: math)
    }
  }

  var hasFeatures: Bool { slices.contains { $0.model.hasFeatures } }
  func featureCount(dataSize: Int) -> Int { slices.last?.features.upperBound ?? dataSize }

  func writeFeatures<S>(of x: MatrixView<S>, into features: MutableMatrixView<S>, math: VectorMath<S>) {
    for slice in slices {
      slice.model.writeFeatures(of: x.columns(slice.columns), into: features.columns(slice.features), math: math)
    }
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    for slice in slices {
      slice.model.mean(of: outputs.columns(slice.outputs), into: means.columns(slice.columns), math: math)
    }
  }

  var takesGaps: Bool { slices.allSatisfy(\.model.takesGaps) }

  func writeTerms<S>(
    of x: MatrixView<S>, outputs: MatrixView<S>, into terms: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    for slice in slices {
      slice.model.writeTerms(
        of: x.columns(slice.columns), outputs: outputs.columns(slice.outputs), into: terms.columns(slice.columns),
        math: math)
    }
  }

  func part(of column: Int, dataSize: Int) -> LikelihoodPart {
    let slice = slices.first { $0.columns.contains(column) }!
    let part = slice.model.part(of: column - slice.columns.lowerBound, dataSize: slice.columns.count)
    return LikelihoodPart(
      kernel: part.kernel, columns: part.columns.shifted(by: slice.columns.lowerBound),
      outputs: part.outputs.shifted(by: slice.outputs.lowerBound),
      tied: part.tied.shifted(by: slice.columns.lowerBound))
  }

  func within(_ deviations: Double) -> (any LikelihoodKernel)? {
    func likelihood(_ model: some LikelihoodModel) -> Likelihood { Likelihood(model) }
    let parts = slices.compactMap { slice in
      slice.model.within(deviations).map { Likelihood.Columns(slice.columns.count, likelihood($0)) }
    }
    return parts.count == slices.count ? MixedLikelihood(parts) : nil
  }

  func expectationCount(dataSize: Int) -> Int { slices.last?.expectations.upperBound ?? dataSize }

  func writeExpectations<S>(
    of outputs: MatrixView<S>, into expectations: MutableMatrixView<S>, math: VectorMath<S>
  ) {
    for slice in slices {
      slice.model.writeExpectations(
        of: outputs.columns(slice.outputs), into: expectations.columns(slice.expectations), math: math)
    }
  }

  func estimate(from expectations: [Double]) -> [Double] {
    slices.flatMap { $0.model.estimate(from: Array(expectations[$0.expectations])) }
  }

  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    for slice in slices {
      var part = x._mutatingExtracting(slice.columns)
      slice.model.draw(
        from: outputs.extracting(slice.outputs), noise: noise.dropFirst(slice.columns.lowerBound), into: &part)
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

extension Range<Int> {
  fileprivate func shifted(by offset: Int) -> Self { lowerBound + offset..<upperBound + offset }
}

extension Likelihood {
  /// The sum of the −log p(x|z) of groups of columns, in order, each with a likelihood of its own: for tables.
  public static func mixed(_ columns: [Columns]) -> Likelihood { Likelihood(MixedLikelihood(columns)) }
}
