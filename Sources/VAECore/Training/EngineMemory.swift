/// The matrices of an engine's passes: activations and deltas of every layer, the data and the noise.
final class EngineMemory<S: Scalar> {
  let trains: Bool
  private let data: Int
  private let samples: Int
  private let encoderCount: Int
  private var buffers: [Buffer<S>] = []
  private let x, noise, z, zDelta, losses, kl: MatrixView<S>
  private let outputs, deltas, scratches: [MatrixView<S>]

  init(
    _ network: Network, _ configuration: ModelConfiguration, data: Int, samples: Int, threads: Int, training: Bool
  ) {
    var owned: [Buffer<S>] = []
    func reserve(_ rows: Int, _ columns: Int) -> MatrixView<S> {
      var buffer = Buffer<S>(count: rows * columns)
      let view = buffer.mutableView.matrix(rows: rows, columns: columns)
      owned.append(buffer)
      return view
    }
    let rows = data * samples
    trains = training
    self.data = data
    self.samples = samples
    encoderCount = network.encoderCount
    x = reserve(data, configuration.dataSize)
    noise = reserve(rows, configuration.latentSize)
    z = reserve(rows, configuration.latentSize)
    losses = reserve(1, rows)
    kl = reserve(1, data)
    zDelta = reserve(training ? rows : 0, configuration.latentSize)
    let layers = network.layers
    let outputs = layers.indices.map { reserve(network.encoder.contains($0) ? data : rows, layers[$0].outputs) }
    self.outputs = outputs
    // The likelihood may write its deltas over its outputs unless an activation's derivative still needs those.
    deltas =
      !training
      ? []
      : layers.indices.map {
        $0 == layers.count - 1 && layers[$0].isLinear ? outputs[$0] : reserve(outputs[$0].rows, layers[$0].outputs)
      }
    let largestTile = Tile.tiles(of: network).first?.count(in: network) ?? 0
    scratches = training ? (0..<threads).map { _ in reserve(1, largestTile) } : []
    buffers = owned
  }

  /// Memory of its own for each worker.
  func scratch(_ worker: Int) -> MatrixView<S> { scratches[worker] }

  /// The matrices of some of the data and all their rows.
  struct Block {
    fileprivate let memory: EngineMemory
    let data: Range<Int>
    let samples: Int

    var x: MatrixView<S> { memory.x.rows(data) }
    var kl: MatrixView<S> { memory.kl.columns(data) }
    var noise: MatrixView<S> { memory.noise.rows(rows) }
    var z: MatrixView<S> { memory.z.rows(rows) }
    var zDelta: MatrixView<S> { memory.zDelta.rows(rows) }
    var losses: MatrixView<S> { memory.losses.columns(rows) }
    func output(_ layer: Int) -> MatrixView<S> { memory.outputs[layer].rows(range(layer)) }
    func delta(_ layer: Int) -> MatrixView<S> { memory.deltas[layer].rows(range(layer)) }

    /// Some of this block's data, counted from its first.
    func part(_ range: Range<Int>) -> Block {
      let first = data.lowerBound
      return Block(memory: memory, data: first + range.lowerBound..<first + range.upperBound, samples: samples)
    }

    private var rows: Range<Int> { data.lowerBound * samples..<data.upperBound * samples }
    private func range(_ layer: Int) -> Range<Int> { layer < memory.encoderCount ? data : rows }
  }

  func block(data: Range<Int>, samples: Int) -> Block {
    precondition(
      data.upperBound <= self.data && data.upperBound * samples <= self.data * self.samples,
      "data \(data) of \(samples) samples in an engine for \(self.data) data of \(self.samples) samples")
    return Block(memory: self, data: data, samples: samples)
  }
}

enum EngineMemorySize {
  /// The elements that an engine's matrices have, or nil where they are beyond counting.
  static func elements(_ configuration: ModelConfiguration, data: Int, samples: Int, training: Bool) -> Int? {
    let hidden = configuration.encoderHidden.reduce(0, +) + 2 * configuration.latentSize
    let decoded = configuration.decoderHidden.reduce(0, +) + 2 * configuration.dataSize
    let copies = training ? 2 : 1
    let perDatum = configuration.dataSize + copies * hidden
    let perRow = 3 * configuration.latentSize + copies * decoded + 1
    let (rows, overflow1) = data.multipliedReportingOverflow(by: samples)
    let (rowElements, overflow2) = rows.multipliedReportingOverflow(by: perRow)
    let (dataElements, overflow3) = data.multipliedReportingOverflow(by: perDatum)
    let (elements, overflow4) = rowElements.addingReportingOverflow(dataElements)
    return overflow1 || overflow2 || overflow3 || overflow4 ? nil : elements
  }
}
