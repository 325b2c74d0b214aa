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
  fileprivate let engine: Engine<S>

  private var block: EngineMemory<S>.Block { engine.memory.block(data: 0..<positions.count, samples: samples) }

  /// The data as the model sees them `[M, D]`.
  var x: MatrixView<S> { block.x.view }
  /// Their condition `[M, C]`; nil where the model takes none.
  var condition: MatrixView<S>? { block.encoderCondition.columns == 0 ? nil : block.encoderCondition.view }
  /// μ beside log σ², not yet held to its bounds `[M, 2Z]`.
  var posteriors: MatrixView<S> { block.output(engine.network.encoderCount - 1).view }
  /// `[M·S, Z]`
  var z: MatrixView<S> { block.z.view }
  /// The reconstruction term of each row `[M·S]`.
  var losses: MatrixView<S> { block.losses.view }
  /// The KL divergence of each datum `[M]`.
  var kl: MatrixView<S> { block.kl.view }

  /// ratios `[M·S]` ← log q(z|x) − log p(z) of each row.
  func logRatio(into ratios: MutableMatrixView<S>) {
    GaussianLatent.logRatio(posteriors: posteriors, noise: block.noise.view, z: z, ratios: ratios, math: engine.math)
  }
}

extension Inference {
  /// Takes a data set through the model, `samples` latent samples of each datum: some hundred data after the other, and
  /// of each of those all samples, a few at a time. The encoder runs once per datum.
  ///
  /// The passes' shapes depend on the numbers of data and samples alone, and so the results on nothing else.
  func forEachPass(
    over data: some DataSource, samples: Int, binarization: Binarization, seed: UInt64, work: Execution.Work,
    _ body: (EvaluationPass<Element>) throws -> Void
  ) throws {
    let data = try model.matching(data)
    guard samples > 0 && samples <= 1 << 24 else {
      throw VAEError(.configuration, "The samples per datum must be from 1 to 16777216; they are \(samples).")
    }
    let batchSize = min(data.count, TaskShape.dataPerInference)
    let width = max(1, min(samples, TaskShape.rowsPerInference / batchSize))
    let engine = engine(for: .evaluation, data: batchSize, samples: width)
    defer { withExtendedLifetime(self) {} }
    try BLAS.withOneThread {
      for first in stride(from: 0, to: data.count, by: batchSize) {
        let range = first..<min(first + batchSize, data.count)
        let chunk = try data.read(range)
        if !(data is Dataset) || binarization.makesBinary {
          try model.configuration.likelihood.check(chunk, binarization: binarization)
        }
        let indices = (0..<UInt64(range.count)).map { $0 } + range.map { UInt64($0) }
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
                positions: range, firstSample: sample, samples: count, isLast: end == samples, engine: engine))
            let done = Double(range.lowerBound) + Double(range.count) * Double(end) / Double(samples)
            try execution.report(work, done / Double(data.count))
          }
        }
      }
    }
  }
}
