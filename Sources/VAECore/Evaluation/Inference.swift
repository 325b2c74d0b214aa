/// q(z|x) of some data: a diagonal Gaussian for each.
public struct Posterior<Element: Scalar>: Sendable {
  /// μ `[M, Z]`
  public let mean: Matrix<Element>
  /// log σ² `[M, Z]`, held between −30 and 20, as everywhere in the library: where the encoder's output lies outside,
  /// the bound takes its place in z and in the KL divergence.
  public let logVariance: Matrix<Element>
}

extension VariationalAutoencoder {
  /// The posterior q(z|x) of data x `[M, D]`.
  public func encode(_ x: Matrix<Element>, threads: Int? = nil) -> Posterior<Element> {
    precondition(
      x.columns == configuration.dataSize,
      "data [\(x.rows), \(x.columns)] for a model of \(configuration.dataSize) data dimensions")
    let size = configuration.latentSize
    var mean = Matrix<Element>(rows: x.rows, columns: size)
    var logVariance = Matrix<Element>(rows: x.rows, columns: size)
    let (means, logVariances) = (mean.mutableView, logVariance.mutableView)
    defer { withExtendedLifetime(x) {} }
    run(.encoding, on: x.view, threads: threads) { rows, head in
      means.rows(rows).copy(from: head.columns(0..<size))
      for (index, row) in rows.enumerated() {
        for column in 0..<size {
          logVariances[row, column] = Element(GaussianLatent.bounded(Double(head[index, size + column])))
        }
      }
    }
    return Posterior(mean: mean, logVariance: logVariance)
  }

  /// E[x|z] `[R, D]` for latent variables z `[R, Z]`.
  public func decode(_ z: Matrix<Element>, threads: Int? = nil) -> Matrix<Element> {
    precondition(
      z.columns == configuration.latentSize,
      "latent variables [\(z.rows), \(z.columns)] for a model of \(configuration.latentSize) latent dimensions")
    var mean = Matrix<Element>(rows: z.rows, columns: configuration.dataSize)
    let means = mean.mutableView
    let likelihood = configuration.likelihood.model
    defer { withExtendedLifetime(z) {} }
    run(.decoding, on: z.view, threads: threads) { rows, outputs in
      likelihood.mean(of: outputs, into: means.rows(rows), math: VectorMath())
    }
    return mean
  }

  /// E[x|z] at the posterior's mean, z = μ(x): the reconstructions `[M, D]` of data x `[M, D]`.
  public func reconstruct(_ x: Matrix<Element>, threads: Int? = nil) -> Matrix<Element> {
    decode(encode(x, threads: threads).mean, threads: threads)
  }

  /// E[x|z] `[count, D]` for z drawn from the prior N(0, I); the seed determines the draws.
  public func sample(count: Int, seed: UInt64 = 0, threads: Int? = nil) -> Matrix<Element> {
    decode(.standardNormal(rows: count, columns: configuration.latentSize, seed: seed), threads: threads)
  }

  /// Takes the rows of a matrix through the encoder or the decoder, a batch at a time in bounded memory, and hands the
  /// last layer's outputs on.
  private func run(
    _ purpose: EnginePurpose, on input: MatrixView<Element>, threads: Int?,
    _ take: (Range<Int>, MatrixView<Element>) -> Void
  ) {
    let batchSize = min(input.rows, 512)
    let engine = Engine<Element>(
      configuration, data: batchSize, samples: 1, threads: threads ?? availableCores, purpose: purpose)
    defer { withExtendedLifetime(self) {} }
    BLAS.withOneThread {
      for first in stride(from: 0, to: input.rows, by: max(batchSize, 1)) {
        let rows = first..<min(first + batchSize, input.rows)
        take(rows, engine.outputs(for: input.rows(rows), purpose, parameters.buffer.view))
      }
    }
  }
}

extension Engine {
  /// The outputs of the encoder's or the decoder's last layer, valid until the engine runs again.
  fileprivate func outputs(
    for input: MatrixView<S>, _ purpose: EnginePurpose, _ parameters: MatrixView<S>
  ) -> MatrixView<S> {
    let block = memory.block(data: 0..<input.rows, samples: 1)
    let decodes = purpose == .decoding
    if decodes { block.z.copy(from: input) }
    let size = BatchSize(data: input.rows, samples: 1, samplesInPass: 1)
    let pass = Pass(size: size, objective: Objective().model, firstSample: 0)
    rowPhase(parameters, pass, MatrixSource(x: input, noise: input))
    return block.output((decodes ? network.decoder : network.encoder).last!)
  }
}
