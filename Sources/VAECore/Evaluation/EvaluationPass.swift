/// What determines the noise of a datum in an evaluation, beside the seed.
enum NoisePlace {
  /// Where it is in its set: data of other models, or of another epoch of one, meet the same noise.
  case byPosition
  /// What its values are: they come to the same whatever is beside them, and in whatever order.
  case byContent
}

/// Some data of a set with some of their samples, gone through a model: what one pass leaves in memory.
///
/// Letters: M data, S samples of each, rows r = i·S + l.
struct EvaluationPass<S: Scalar> {
  /// The data's positions in the set.
  let positions: Range<Int>
  /// The index of the first of the pass's samples among a datum's.
  let firstSample: Int
  /// S
  let samples: Int
  /// Whether these are the data's last samples.
  let isLast: Bool
  /// What determines the noise of each of the data.
  let noisePlaces: [UInt64]
  let engine: Engine<S>

  private var block: EngineMemory<S>.Block { engine.memory.block(data: 0..<positions.count, samples: samples) }

  /// The data as the model sees them `[M, D]`.
  var x: MatrixView<S> { block.x.view }
  /// Their condition `[M, C]`; nil where the model takes none.
  var condition: MatrixView<S>? { block.encoderCondition.columns == 0 ? nil : block.encoderCondition.view }
  /// μ beside log σ², not yet held to its bounds `[M, 2Z]`.
  var posteriors: MatrixView<S> { block.output(engine.network.encoderCount - 1).view }
  /// `[M·S, Z]`
  var z: MatrixView<S> { block.z.view }
  /// The decoder's outputs, after their activation `[M·S, P·D]`.
  var outputs: MatrixView<S> { block.output(engine.network.outputs).view }
  /// The reconstruction term of each row `[M·S]`.
  var losses: MatrixView<S> { block.losses.view }
  /// The KL divergence of each datum `[M]`.
  var kl: MatrixView<S> { block.kl.view }

  /// ratios `[M·S]` ← log q(z|x) − log p(z) of each row.
  func logRatio(into ratios: MutableMatrixView<S>) {
    engine.network.latent.logRatio(
      posteriors: posteriors, noise: block.noise.view, z: z, ratios: ratios, math: engine.math)
    block.prior?.complete(ratios: ratios)
  }

  /// A datum's KL divergence after this pass, of `all` samples, from what it was before. In closed form it is whole at once.
  func kl(of index: Int, after before: Double, of all: Int) -> Double {
    let own = Double(kl[0, index])
    return engine.network.prior == nil ? own : before + own * Double(samples) / Double(all)
  }
}

extension Inference {
  /// Throws where there cannot be so many samples of a datum.
  static func check(samples: Int) throws(VAEError) {
    guard samples > 0 && samples <= 1 << 24 else {
      throw VAEError(.configuration, "The samples per datum must be from 1 to 16777216; they are \(samples).")
    }
  }

  /// Takes a data set through the model, `samples` latent samples of each datum: some hundred data after the other, and
  /// of each of those all samples, a few at a time. The encoder runs once per datum.
  ///
  /// The passes' shapes depend on the numbers of data and samples alone, and so the results on nothing else.
  ///
  /// - Parameter part: the data to go through, of whole blocks; all of them where nil.
  func forEachPass(
    over data: some DataSource, part: Range<Int>? = nil, samples: Int, binarization: Binarization, seed: UInt64,
    noise: NoisePlace = .byPosition,
    work: Execution.Work,
    _ body: (EvaluationPass<Element>) throws -> Void
  ) throws {
    let data = try model.matching(data)
    try Self.check(samples: samples)
    let batchSize = min(data.count, TaskShape.dataPerInference)
    let width = max(1, min(samples, TaskShape.rowsPerInference / batchSize))
    let engine = engine(for: noise.purpose, data: batchSize, samples: width)
    defer { withExtendedLifetime(self) {} }
    try BLAS.withOneThread {
      let part = part ?? 0..<data.count
      for first in stride(from: part.lowerBound, to: part.upperBound, by: batchSize) {
        let range = first..<min(first + batchSize, part.upperBound)
        let chunk = try data.read(range)
        if !(data is Dataset) || binarization.makesBinary {
          try model.configuration.check(chunk, binarization: binarization)
        }
        let places = noise.places(of: chunk, at: range)
        let indices = (0..<UInt64(range.count)).map { $0 } + places
        try indices.withUnsafeBufferPointer { indices in
          let source = DatasetSource<Element>(
            chunk, rows: indices.prefix(range.count), positions: indices.suffix(range.count),
            binarization: binarization,
            latentNoise: NoiseStream(seed: seed, purpose: .evaluation),
            binarizationNoise: NoiseStream(seed: seed, purpose: .evaluationBinarization))
          for sample in stride(from: 0, to: samples, by: width) {
            let count = min(width, samples - sample)
            // The objective is asked for derivatives alone, which nobody wants here.
            let size = BatchCounts(data: range.count, samples: samples, samplesInPass: count)
            let pass = Engine<Element>.Pass(size: size, objective: EvidenceLowerBound(), firstSample: sample)
            engine.rowPhase(model.parameters.buffer.view, pass, source)
            let end = sample + count
            try body(
              EvaluationPass(
                positions: range, firstSample: sample, samples: count, isLast: end == samples, noisePlaces: places,
                engine: engine))
            let done = Double(first - part.lowerBound) + Double(range.count) * Double(end) / Double(samples)
            try execution.report(work, done / Double(part.count))
          }
        }
      }
    }
  }
}

extension NoisePlace {
  /// What the engine is for: where noise is a datum's own, all else is.
  fileprivate var purpose: EnginePurpose {
    switch self {
    case .byPosition: .evaluation
    case .byContent: .scoring
    }
  }

  /// The places of some data of a set among the 2⁴⁰ of a noise stream.
  func places(of data: Dataset, at positions: Range<Int>) -> [UInt64] {
    switch self {
    case .byPosition: positions.map { UInt64($0) }
    case .byContent: data.contentPlaces
    }
  }
}

extension Dataset {
  /// A number below 2⁴⁰ from each datum's values, as a model of `Float` sees them, and its condition.
  package var contentPlaces: [UInt64] {
    var places: [UInt64] = []
    places.reserveCapacity(count)
    var condition = Matrix<Float>(rows: 1, columns: condition?.size ?? 0)
    let view = condition.mutableView
    defer { withExtendedLifetime(condition) {} }
    forEachDatum(as: Float.self) { index, values in
      // (FNV-1a's way to mix, a word at a time, with the end of SplitMix64.)
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      func add(_ value: Float) {
        let bits = value.isNaN ? Float.nan.bitPattern : value == 0 ? 0 : value.bitPattern
        hash = (hash ^ UInt64(bits)) &* 0x0000_0100_0000_01b3
        hash ^= hash >> 29
      }
      for value in values { add(value) }
      if view.columns > 0 {
        loadCondition(index, into: view)
        for column in 0..<view.columns { add(view[0, column]) }
      }
      hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
      hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
      places.append((hash ^ hash >> 31) >> 24)
    }
    return places
  }
}
