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
    let bounds = GaussianLatent.logVarianceBounds
    defer { withExtendedLifetime(x) {} }
    run(network.encoder, on: x.view, threads: threads) { rows, head in
      means.rows(rows).copy(from: head.columns(0..<size))
      for (index, row) in rows.enumerated() {
        for column in 0..<size {
          let value = Double(head[index, size + column])
          logVariances[row, column] = Element(min(max(value, bounds.lowerBound), bounds.upperBound))
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
    run(network.decoder, on: z.view, threads: threads) { rows, outputs in
      let part = outputs.columns(0..<means.columns)
      likelihood.activateMean(part, math: VectorMath())
      means.rows(rows).copy(from: part)
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

  /// Takes the rows of a matrix through some layers, a chunk at a time in bounded memory, and hands the outputs on.
  private func run(
    _ layers: Range<Int>, on input: MatrixView<Element>, threads: Int?,
    _ take: @escaping (Range<Int>, MatrixView<Element>) -> Void
  ) {
    let chunks = Cut(input.rows, intoPiecesOf: InferenceRound<Element>.chunkSize)
    let team = ThreadTeam(threads: min(threads ?? availableCores, chunks.count))
    var memory = (0..<team.threads).map { _ in
      layers.map { Buffer<Element>(count: InferenceRound<Element>.chunkSize * network.layers[$0].outputs) }
    }
    let outputs = memory.indices.map { worker in memory[worker].indices.map { memory[worker][$0].mutableView } }
    withExtendedLifetime((self, memory)) {
      BLAS.withOneThread {
        team.run(
          chunks.count,
          InferenceRound(
            layers: network.layers[layers], parameters: parameters.buffer.view, input: input, chunks: chunks,
            outputs: outputs, take: take))
      }
    }
  }
}

/// Chunks of rows on their way through some layers.
private struct InferenceRound<S: Scalar>: TeamTask {
  static var chunkSize: Int { 128 }

  let layers: ArraySlice<DenseLayer>
  let parameters: MatrixView<S>
  let input: MatrixView<S>
  let chunks: Cut
  /// Memory for each worker's layers' outputs.
  let outputs: [[MatrixView<S>]]
  let take: (Range<Int>, MatrixView<S>) -> Void

  func run(worker: Int, index: Int) {
    let rows = chunks[index]
    var current = input.rows(rows)
    for (layer, memory) in zip(layers, outputs[worker]) {
      let output = memory.matrix(rows: rows.count, columns: layer.outputs)
      let all = 0..<layer.outputs
      layer.forwardProduct(all, parameters: parameters, input: current, output: output)
      layer.activation(all, parameters: parameters, output: output, math: VectorMath())
      current = output
    }
    take(rows, current)
  }
}
