/// q(z|x), or q(z|x, c), of some data: a diagonal Gaussian for each.
public struct Posterior<Element: Scalar>: Sendable {
  /// μ `[M, Z]`
  public let mean: Matrix<Element>
  /// log σ² `[M, Z]`, held between −30 and 20, as everywhere in the library: where the encoder's output lies outside,
  /// the bound takes its place in z and in the KL divergence.
  public let logVariance: Matrix<Element>
}

extension VariationalAutoencoder {
  /// The posterior q(z|x) of data x `[M, D]`; in a model that takes a condition c `[M, C]`, q(z|x, c).
  public func encode(_ x: Matrix<Element>, condition: Matrix<Element>? = nil, threads: Int? = nil) -> Posterior<Element>
  {
    precondition(
      x.columns == configuration.dataSize,
      "data [\(x.rows), \(x.columns)] for a model of \(configuration.dataSize) data dimensions")
    requireFit(condition, rows: x.rows)
    let size = configuration.latentSize
    var mean = Matrix<Element>(rows: x.rows, columns: size)
    var logVariance = Matrix<Element>(rows: x.rows, columns: size)
    let (means, logVariances) = (mean.mutableView, logVariance.mutableView)
    defer { withExtendedLifetime((x, condition)) {} }
    run(.encoding, on: x.view, condition: condition?.view, threads: threads) { rows, head in
      means.rows(rows).copy(from: head.columns(0..<size))
      for (index, row) in rows.enumerated() {
        for column in 0..<size {
          logVariances[row, column] = Element(GaussianLatent.bounded(Double(head[index, size + column])))
        }
      }
    }
    return Posterior(mean: mean, logVariance: logVariance)
  }

  /// E[x|z] `[R, D]` for latent variables z `[R, Z]`; in a model that takes a condition c `[R, C]`, E[x|z, c].
  public func decode(_ z: Matrix<Element>, condition: Matrix<Element>? = nil, threads: Int? = nil) -> Matrix<Element> {
    precondition(
      z.columns == configuration.latentSize,
      "latent variables [\(z.rows), \(z.columns)] for a model of \(configuration.latentSize) latent dimensions")
    requireFit(condition, rows: z.rows)
    var mean = Matrix<Element>(rows: z.rows, columns: configuration.dataSize)
    let means = mean.mutableView
    let likelihood = configuration.likelihood.model
    let scaling = scaling
    defer { withExtendedLifetime((z, condition)) {} }
    run(.decoding, on: z.view, condition: condition?.view, threads: threads) { rows, outputs in
      likelihood.mean(of: outputs, into: means.rows(rows), math: VectorMath())
      scaling?.restore(means.rows(rows), math: VectorMath())
    }
    return mean
  }

  /// E[x|z] at the posterior's mean, z = μ(x): the reconstructions `[M, D]` of data x `[M, D]`, with their condition c
  /// `[M, C]` where the model takes one.
  public func reconstruct(_ x: Matrix<Element>, condition: Matrix<Element>? = nil, threads: Int? = nil)
    -> Matrix<Element>
  {
    decode(encode(x, condition: condition, threads: threads).mean, condition: condition, threads: threads)
  }

  /// E[x|z] `[count, D]` for z drawn from the prior N(0, I), which is the same under every condition c `[count, C]`; the
  /// seed determines the draws.
  public func sample(count: Int, condition: Matrix<Element>? = nil, seed: UInt64 = 0, threads: Int? = nil)
    -> Matrix<Element>
  {
    decode(
      .standardNormal(rows: count, columns: configuration.latentSize, seed: seed), condition: condition,
      threads: threads)
  }

  /// Takes the rows of a matrix through the encoder or the decoder, a batch at a time in bounded memory, and hands the
  /// last layer's outputs on.
  private func run(
    _ purpose: EnginePurpose, on input: MatrixView<Element>, condition: MatrixView<Element>?, threads: Int?,
    _ take: (Range<Int>, MatrixView<Element>) -> Void
  ) {
    let batchSize = min(input.rows, 512)
    let engine = Engine<Element>(
      self, data: batchSize, samples: 1, threads: threads ?? availableCores, purpose: purpose)
    defer { withExtendedLifetime(self) {} }
    BLAS.withOneThread {
      for first in stride(from: 0, to: input.rows, by: max(batchSize, 1)) {
        let rows = first..<min(first + batchSize, input.rows)
        take(
          rows, engine.outputs(for: input.rows(rows), condition?.rows(rows), purpose, parameters.buffer.view))
      }
    }
  }
}

extension Engine {
  /// The outputs of the encoder's or the decoder's last layer, valid until the engine runs again.
  fileprivate func outputs(
    for input: MatrixView<S>, _ condition: MatrixView<S>?, _ purpose: EnginePurpose, _ parameters: MatrixView<S>
  ) -> MatrixView<S> {
    let block = memory.block(data: 0..<input.rows, samples: 1)
    let decodes = purpose == .decoding
    if decodes {
      block.z.copy(from: input)
      if let condition { block.decoderCondition.copy(from: condition) }
    }
    let size = BatchSize(data: input.rows, samples: 1, samplesInPass: 1)
    let pass = Pass(size: size, objective: Objective().model, firstSample: 0)
    rowPhase(parameters, pass, MatrixSource(x: input, condition: condition, noise: input))
    return block.output((decodes ? network.decoder : network.encoder).last!).view
  }
}
