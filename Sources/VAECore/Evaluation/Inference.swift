/// q(z|x), or q(z|x, c), of some data: a diagonal Gaussian for each.
public struct Posterior<Element: Scalar>: Sendable {
  /// μ `[M, Z]`
  public internal(set) var mean: Matrix<Element>
  /// log σ² `[M, Z]`, held to the model's bounds, as everywhere in the library: where the encoder's output lies outside,
  /// the bound takes its place in z and in the KL divergence.
  public internal(set) var logVariance: Matrix<Element>

  /// Those of all data, of which each process has its own.
  fileprivate mutating func gather(_ shares: DataShares) throws(VAEError) {
    try shares.gather(mean.mutableView)
    try shares.gather(logVariance.mutableView)
  }
}

/// A model that is asked again and again: its threads and its memory stay from one question to the next.
///
/// ```swift
/// let inference = Inference(trainer.model)
/// for measurement in measurements {
///   let x = Matrix<Float>(rows: 1, columns: measurement.count, elements: measurement)
///   print(inference.encode(x).mean.row(0))
/// }
/// ```
///
/// The answers are those of the model's own functions of the same names, bit for bit, for every number of threads; each of
/// those makes an `Inference` for one question. A few rows are computed on the calling thread alone, because waking others
/// would take longer; those start with the first question that is large enough.
///
/// One question at a time: a class, so that nobody copies the memory, and not `Sendable`. Hand it to the task or the
/// actor that asks, or give each task one of its own on one thread; they share the model's parameters.
public final class Inference<Element: Scalar> {
  /// The model that answers, a copy: a trainer that goes on does not change it.
  public let model: VariationalAutoencoder<Element>
  /// How it answers. Scores tell of their progress; codes and data are answered at once, and can be asked for in pieces.
  public let execution: Execution
  /// In which precision its matrices are multiplied.
  public let precision: Precision
  private let team: ThreadTeam
  private var engines: [EnginePurpose: Engine<Element>] = [:]

  /// The number of threads that compute, at most.
  public var threads: Int { team.threads }

  /// Makes ready for questions to a model; with `Execution(threads: 1)`, no thread is started at all.
  public convenience init(_ model: VariationalAutoencoder<Element>, execution: Execution = Execution()) {
    self.init(model, .full, execution)
  }

  /// Makes ready for questions to a model whose matrices are to be multiplied in some precision: the answers are those of
  /// ``Precision/full`` but for its rounding, whatever the model was trained in.
  ///
  /// - Throws: where models of this type are not multiplied so.
  public convenience init(
    _ model: VariationalAutoencoder<Element>, precision: Precision, execution: Execution = Execution()
  ) throws(VAEError) {
    try precision.check(Element.self)
    self.init(model, precision, execution)
  }

  private init(_ model: VariationalAutoencoder<Element>, _ precision: Precision, _ execution: Execution) {
    (self.model, self.precision, self.execution) = (model, precision, execution)
    team = ThreadTeam(threads: execution.threadCount())
  }

  /// The engine for a purpose, with room for so many data with so many samples each.
  func engine(for purpose: EnginePurpose, data: Int, samples: Int = 1) -> Engine<Element> {
    if let engine = engines[purpose], engine.memory.holds(data: data, samples: samples) { return engine }
    let engine = Engine(model, data: data, samples: samples, team: team, purpose: purpose, precision: precision)
    engines[purpose] = engine
    return engine
  }
}

extension Inference {
  /// The posterior q(z|x) of data x `[M, D]`; in a model that takes a condition c `[M, C]`, q(z|x, c).
  public func encode(_ x: Matrix<Element>, condition: Matrix<Element>? = nil) -> Posterior<Element> {
    precondition(
      x.columns == model.configuration.dataSize,
      "data [\(x.rows), \(x.columns)] for a model of \(model.configuration.dataSize) data dimensions")
    model.requireFit(condition, rows: x.rows)
    defer { withExtendedLifetime((x, condition)) {} }
    return encode(count: x.rows) { rows in
      MatrixSource(x: x.view.rows(rows), condition: condition?.view.rows(rows), noise: x.view.rows(rows))
    }
  }

  /// The posterior of each datum of a set; in a model that takes a condition, with the set's. Numbers stay in the set's
  /// precision until they are standardised, which a matrix of the model's may not have.
  ///
  /// - Throws: where the data are not the model's.
  public func encode(_ data: Dataset) throws(VAEError) -> Posterior<Element> {
    let data = try model.matching(data).inMemory()
    let noise = NoiseStream(seed: 0, purpose: .evaluation)
    let shares = DataShares(count: data.count, execution.communicator)
    var posterior = (0..<UInt64(data.count)).map { $0 }.withUnsafeBufferPointer { indices in
      encode(count: data.count, part: shares.own) { rows in
        DatasetSource<Element>(
          data, rows: indices[rows], positions: indices[rows], binarization: .unchanged, latentNoise: noise,
          binarizationNoise: noise)
      }
    }
    try posterior.gather(shares)
    return posterior
  }

  /// The posteriors of `count` data, or of a part of them, which `source` gives in batches.
  private func encode<Source: BatchSource<Element>>(
    count: Int, part: Range<Int>? = nil, _ source: (_ rows: Range<Int>) -> Source
  ) -> Posterior<Element> {
    let size = model.configuration.latentSize
    var mean = Matrix<Element>(rows: count, columns: size)
    var logVariance = Matrix<Element>(rows: count, columns: size)
    let (means, logVariances) = (mean.mutableView, logVariance.mutableView)
    run(.encoding, count: count, part: part, source) { engine, rows, head in
      means.rows(rows).copy(from: head.columns(0..<size))
      for (index, row) in rows.enumerated() {
        for column in 0..<size {
          logVariances[row, column] = Element(model.network.latent.bounded(Double(head[index, size + column])))
        }
      }
    }
    return Posterior(mean: mean, logVariance: logVariance)
  }

  /// E[x|z] `[R, D]` for latent variables z `[R, Z]`; in a model that takes a condition c `[R, C]`, E[x|z, c].
  public func decode(_ z: Matrix<Element>, condition: Matrix<Element>? = nil) -> Matrix<Element> {
    var mean = Matrix<Element>(rows: z.rows, columns: model.configuration.dataSize)
    let means = mean.mutableView
    decode(z, condition: condition) { engine, rows, outputs in
      engine.likelihood.mean(of: outputs, into: means.rows(rows), math: engine.math)
      engine.scaling?.restore(means.rows(rows), math: engine.math)
    }
    return mean
  }

  /// Takes latent variables z `[R, Z]`, with their condition where the model takes one, through the decoder, and hands the
  /// outputs on.
  func decode(
    _ z: Matrix<Element>, condition: Matrix<Element>?,
    _ take: (Engine<Element>, Range<Int>, MatrixView<Element>) -> Void
  ) {
    precondition(
      z.columns == model.configuration.latentSize,
      "latent variables [\(z.rows), \(z.columns)] for a model of \(model.configuration.latentSize) latent dimensions")
    model.requireFit(condition, rows: z.rows)
    defer { withExtendedLifetime((z, condition)) {} }
    func source(_ rows: Range<Int>) -> MatrixSource<Element> {
      MatrixSource(x: z.view.rows(rows), condition: condition?.view.rows(rows), noise: z.view.rows(rows))
    }
    run(.decoding, count: z.rows, source, take)
  }

  /// E[x|z] at the posterior's mean, z = μ(x): the reconstructions `[M, D]` of data x `[M, D]`, with their condition c
  /// `[M, C]` where the model takes one.
  public func reconstruct(_ x: Matrix<Element>, condition: Matrix<Element>? = nil) -> Matrix<Element> {
    decode(encode(x, condition: condition).mean, condition: condition)
  }

  /// E[x|z] `[count, D]` for z drawn from the prior p(z), which is the same under every condition c `[count, C]`; the
  /// seed determines the draws.
  public func sample(count: Int, condition: Matrix<Element>? = nil, seed: UInt64 = 0) -> Matrix<Element> {
    decode(model.samplePrior(count: count, seed: seed), condition: condition)
  }

  /// E[x|z] `[count, D]` for z drawn from the Gaussian of an aggregate posterior, with a condition c `[count, C]` where the
  /// model takes one; the seed determines the draws.
  public func sample(
    count: Int, from posterior: AggregatePosterior, condition: Matrix<Element>? = nil, seed: UInt64 = 0
  ) -> Matrix<Element> {
    decode(posterior.sample(count: count, seed: seed), condition: condition)
  }

  /// E[x|z, c] `[C·R, D]` for latent variables z `[R, Z]` under each label c from 0 on, the R of a label one behind the
  /// other: what changes from label to label is what z leaves to it.
  ///
  /// - Throws: where the model takes no labels.
  public func decodeUnderEveryLabel(_ z: Matrix<Element>) throws(VAEError) -> Matrix<Element> {
    let (repeated, labels) = try underEveryLabel(z)
    return decode(repeated, condition: labels)
  }

  /// Latent variables z `[R, Z]` once for each label from 0 on, `[C·R, Z]`, and the labels `[C·R, C]`.
  ///
  /// - Throws: where the model takes no labels.
  package func underEveryLabel(
    _ z: Matrix<Element>
  ) throws(VAEError) -> (z: Matrix<Element>, labels: Matrix<Element>) {
    let classes = model.configuration.conditionSize
    guard classes > 0, model.schema == nil || model.conditionClasses != nil else {
      throw VAEError(
        .configuration,
        "The model takes \(classes == 0 ? "no condition" : "numbers for its condition"), so there are no labels to decode under: "
          + "train one with labels.")
    }
    return (
      Matrix(rows: classes * z.rows, columns: z.columns, elements: (0..<classes).flatMap { _ in z.elements }),
      .oneHot((0..<classes).flatMap { Array(repeating: $0, count: z.rows) }, classes: classes)
    )
  }

  /// Takes rows through the encoder or the decoder, a batch at a time in bounded memory, and hands the last layer's outputs
  /// on.
  private func run<Source: BatchSource<Element>>(
    _ purpose: EnginePurpose, count: Int, part: Range<Int>? = nil, _ source: (_ rows: Range<Int>) -> Source,
    _ take: (Engine<Element>, Range<Int>, MatrixView<Element>) -> Void
  ) {
    let batchSize = min(count, TaskShape.dataPerInference)
    let engine = engine(for: purpose, data: batchSize)
    defer { withExtendedLifetime(self) {} }
    BLAS.withOneThread {
      let part = part ?? 0..<count
      for first in stride(from: part.lowerBound, to: part.upperBound, by: max(batchSize, 1)) {
        let rows = first..<min(first + batchSize, part.upperBound)
        take(engine, rows, engine.outputs(of: rows.count, source(rows), purpose, model.parameters.buffer.view))
      }
    }
  }
}

extension VariationalAutoencoder {
  /// The posterior q(z|x) of data x `[M, D]`; in a model that takes a condition c `[M, C]`, q(z|x, c). Who asks often
  /// keeps an ``Inference``.
  public func encode(_ x: Matrix<Element>, condition: Matrix<Element>? = nil) -> Posterior<Element> {
    Inference(self).encode(x, condition: condition)
  }

  /// E[x|z] `[R, D]` for latent variables z `[R, Z]`; in a model that takes a condition c `[R, C]`, E[x|z, c].
  public func decode(_ z: Matrix<Element>, condition: Matrix<Element>? = nil) -> Matrix<Element> {
    Inference(self).decode(z, condition: condition)
  }

  /// E[x|z] at the posterior's mean, z = μ(x): the reconstructions `[M, D]` of data x `[M, D]`, with their condition c
  /// `[M, C]` where the model takes one.
  public func reconstruct(_ x: Matrix<Element>, condition: Matrix<Element>? = nil)
    -> Matrix<Element>
  {
    Inference(self).reconstruct(x, condition: condition)
  }

  /// E[x|z] `[count, D]` for z drawn from the prior; see ``Inference/sample(count:condition:seed:)``.
  public func sample(count: Int, condition: Matrix<Element>? = nil, seed: UInt64 = 0) -> Matrix<Element> {
    Inference(self).sample(count: count, condition: condition, seed: seed)
  }
}

extension Engine {
  /// The outputs of the encoder's or the decoder's last layer for so many rows of a source, valid until the engine runs
  /// again. A decoder's latent variables are the source's noise.
  fileprivate func outputs(
    of count: Int, _ source: some BatchSource<S>, _ purpose: EnginePurpose, _ parameters: MatrixView<S>
  ) -> MatrixView<S> {
    let block = memory.block(data: 0..<count, samples: 1)
    let decodes = purpose == .decoding
    let size = BatchCounts(data: count, samples: 1, samplesInPass: 1)
    rowPhase(parameters, Pass(size: size, objective: EvidenceLowerBound(), firstSample: 0), source)
    return block.output((decodes ? network.decoder : network.encoder).last!).view
  }
}
