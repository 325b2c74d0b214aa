/// The matrices of an engine's passes: activations and deltas of every layer, the data and the noise.
final class EngineMemory<S: Scalar> {
  let trains: Bool
  /// The first datum of a minibatch that rows are here for: those of other processes are theirs.
  var origin = 0
  private let data: Int
  private let samples: Int
  private let encoderCount: Int
  private var buffers: [Buffer<S>] = []
  private let hasFeatures: Bool
  private let x, features, encoderCondition, decoderCondition, noise, z, zDelta, losses, logRatios, weights, kl,
    datumLosses: MutableMatrixView<S>
  /// Of each latent dimension's KL divergence.
  let klWeights: MutableMatrixView<S>
  /// What is made ready of a learned prior, once for each pass, and of each row its density and what that counts in the loss.
  let priorPrepared: MutableMatrixView<S>
  private let priorDensities, priorWeights: MutableMatrixView<S>
  private let prior: Int?
  private let latent: GaussianLatent
  private let outputs, deltas, scratches: [MutableMatrixView<S>]
  private let scratchSlots: Int
  private let slopes: [MutableMatrixView<S>?]
  private let localOutputs, localDeltas: Range<Int>
  private let blockRows: Int

  /// For passes of at most `data` data of their `whole` and `samples` samples each.
  init(_ plan: EnginePlan, data: Int, of whole: Int, samples: Int, threads: Int) {
    guard let layout = EngineLayout(plan, data: data, of: whole, samples: samples, threads: threads) else {
      preconditionFailure("\(data) data of \(samples) samples are beyond counting")
    }
    var owned: [Buffer<S>] = []
    func reserve(_ shape: EngineLayout.Shape) -> MutableMatrixView<S> {
      var buffer = Buffer<S>(count: shape.rows * shape.columns)
      let view = buffer.mutableView.matrix(rows: shape.rows, columns: shape.columns)
      owned.append(buffer)
      return view
    }
    trains = plan.purpose == .training
    self.data = data
    self.samples = samples
    encoderCount = plan.network.encoderCount
    hasFeatures = plan.network.hasFeatures
    x = reserve(layout.x)
    features = reserve(layout.features)
    encoderCondition = reserve(layout.encoderCondition)
    decoderCondition = reserve(layout.decoderCondition)
    noise = reserve(layout.noise)
    z = reserve(layout.z)
    zDelta = reserve(layout.zDelta)
    losses = reserve(layout.losses)
    logRatios = reserve(layout.logRatios)
    weights = reserve(layout.weights)
    kl = reserve(layout.kl)
    datumLosses = reserve(layout.datumLosses)
    klWeights = reserve(layout.klWeights)
    priorPrepared = reserve(layout.priorPrepared)
    priorDensities = reserve(layout.priorDensities)
    priorWeights = reserve(layout.priorWeights)
    (prior, latent) = (plan.network.prior, plan.network.latent)
    let outputs = layout.outputs.map(reserve)
    self.outputs = outputs
    slopes = layout.slopes.map { $0.map(reserve) }
    deltas = layout.deltas.enumerated().map { index, shape in shape.map(reserve) ?? outputs[index] }
    scratchSlots = layout.scratchSlots
    scratches = trains ? (0..<threads * scratchSlots).map { _ in reserve(layout.scratch) } : []
    buffers = owned
    (localOutputs, localDeltas, blockRows) = (layout.localOutputs, layout.localDeltas, layout.blockRows)
  }

  /// Memory of its own for each worker, as often as it sums up a gradient's leaves.
  func scratch(_ worker: Int, slot: Int) -> MutableMatrixView<S> { scratches[worker * scratchSlots + slot] }

  /// The matrices of some of the data and all their rows.
  struct Block {
    fileprivate let memory: EngineMemory
    /// Counted in the minibatch.
    let data: Range<Int>
    let samples: Int
    /// Of the whole block, its first datum and the thread whose it is.
    fileprivate let first: Int
    fileprivate let worker: Int

    /// The data `[M, D]`.
    var x: MutableMatrixView<S> { memory.x.rows(dataPlace) }
    /// What the encoder takes of the data `[M, F]`: features, where the likelihood has them, or the data themselves.
    var encoderInput: MutableMatrixView<S> { memory.hasFeatures ? memory.features.rows(dataPlace) : x }
    /// c of each datum `[M, C]`.
    var encoderCondition: MutableMatrixView<S> { memory.encoderCondition.rows(dataPlace) }
    /// c of each datum, once for each of its samples `[R, C]`.
    var decoderCondition: MutableMatrixView<S> { memory.decoderCondition.rows(rows) }
    var kl: MutableMatrixView<S> { memory.kl.columns(data) }
    var noise: MutableMatrixView<S> { memory.noise.rows(rows) }
    var z: MutableMatrixView<S> { memory.z.rows(rows) }
    var zDelta: MutableMatrixView<S> { memory.zDelta.rows(rows) }
    /// (The terms of the loss are those of the whole minibatch.)
    var losses: MutableMatrixView<S> {
      memory.losses.columns(data.lowerBound * samples..<data.upperBound * samples)
    }
    var datumLosses: MutableMatrixView<S> { memory.datumLosses.columns(data) }
    /// The block as an objective sees it, with the derivatives with respect to the outputs while they are there.
    func objectiveRows(outputs: Bool) -> ObjectiveRows<S> {
      ObjectiveRows(
        latent: memory.latent,
        posteriors: output(memory.encoderCount - 1).view, noise: noise.view, z: z.view,
        zDelta: memory.trains ? zDelta : nil,
        outputDelta: memory.trains && outputs ? delta(memory.deltas.count - 1) : nil, losses: losses.view,
        kl: kl.view, logRatios: memory.logRatios.columns(rows), weights: memory.weights.columns(rows),
        datumLosses: datumLosses, prior: prior)
    }
    /// Its latent variables under a learned prior.
    var prior: PriorRows<S>? {
      memory.prior.map {
        PriorRows(
          z: z.view, prepared: memory.priorPrepared.view, shares: output($0),
          densities: memory.priorDensities.columns(rows), weights: memory.priorWeights.columns(rows))
      }
    }
    func output(_ layer: Int) -> MutableMatrixView<S> {
      memory.outputs[layer].rows(place(of: layer, memory.localOutputs))
    }
    func slopes(_ layer: Int) -> MutableMatrixView<S>? { memory.slopes[layer]?.rows(rows(of: layer)) }
    func delta(_ layer: Int) -> MutableMatrixView<S> { memory.deltas[layer].rows(place(of: layer, memory.localDeltas)) }

    /// The condition as a layer's rows have it.
    func condition(_ layer: Int) -> MatrixView<S> {
      (layer < memory.encoderCount ? encoderCondition : decoderCondition).view
    }

    /// decoderCondition ← encoderCondition, each datum's as often as it has samples.
    func repeatCondition() {
      let (condition, repeated) = (encoderCondition.view, decoderCondition)
      if condition.columns == 0 { return }
      for row in 0..<repeated.rows {
        let datum = row / samples
        repeated.rows(row..<row + 1).copy(from: condition.rows(datum..<datum + 1))
      }
    }

    /// Some of this block's data, counted from its first.
    func part(_ range: Range<Int>) -> Block {
      let first = data.lowerBound
      return Block(
        memory: memory, data: first + range.lowerBound..<first + range.upperBound, samples: samples, first: self.first,
        worker: worker)
    }

    /// Where its data are in memory, and their samples.
    private var dataPlace: Range<Int> { data.lowerBound - memory.origin..<data.upperBound - memory.origin }
    private var rows: Range<Int> { dataPlace.lowerBound * samples..<dataPlace.upperBound * samples }
    /// The rows of a layer's matrices that are the block's.
    func rows(of layer: Int) -> Range<Int> { layer < memory.encoderCount ? dataPlace : rows }

    /// Where they are in memory, of a layer that may be among those that each thread has for itself.
    private func place(of layer: Int, _ local: Range<Int>) -> Range<Int> {
      let rows = rows(of: layer)
      if !local.contains(layer) { return rows }
      let place = first - memory.origin
      let origin = (layer < memory.encoderCount ? place : place * samples) - worker * memory.blockRows
      return rows.lowerBound - origin..<rows.upperBound - origin
    }
  }

  /// The terms of a minibatch's losses: of each row, and of each datum.
  struct Terms {
    let losses, kl, datumLosses: MutableMatrixView<S>
  }

  /// The terms of so many data, of other processes too.
  func terms(data: Int, samples: Int) -> Terms {
    Terms(
      losses: losses.columns(0..<data * samples), kl: kl.columns(0..<data), datumLosses: datumLosses.columns(0..<data))
  }

  /// Whether there is room for so many data with so many samples each.
  func holds(data: Int, samples: Int) -> Bool { data <= self.data && data * samples <= self.data * self.samples }

  /// Some data with so many samples each, as a block of a thread's, or of all.
  func block(data: Range<Int>, samples: Int, worker: Int = 0) -> Block {
    precondition(
      data.lowerBound >= origin && holds(data: data.upperBound - origin, samples: samples),
      "data \(data), from \(origin) on, of \(samples) samples in an engine for \(self.data) data of \(self.samples) samples"
    )
    return Block(memory: self, data: data, samples: samples, first: data.lowerBound, worker: worker)
  }
}
