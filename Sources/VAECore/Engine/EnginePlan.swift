/// What an engine is for: what it runs and has memory for.
enum EnginePurpose {
  /// Losses and their gradients.
  case training
  /// Losses.
  case evaluation
  /// The encoder's outputs.
  case encoding
  /// The decoder's outputs for given latent variables.
  case decoding

  /// Losses of data each by itself.
  case scoring
  /// Losses as training has them.
  case trainingLoss

  /// Whether there are gradients.
  var trains: Bool {
    switch self {
    case .training: true
    case .evaluation, .encoding, .decoding, .scoring, .trainingLoss: false
    }
  }

  /// Whether losses count which values are missing.
  var countsPatterns: Bool {
    switch self {
    case .training, .trainingLoss: true
    case .evaluation, .encoding, .decoding, .scoring: false
    }
  }

  /// Whether each row's result is its own, to the last bit, whatever is beside it; else products are as fast as they can be.
  var rowsAreAlike: Bool {
    switch self {
    case .training, .evaluation, .trainingLoss: false
    case .encoding, .decoding, .scoring: true
    }
  }
}

/// A product of a layer.
package enum LayerProduct: Hashable {
  case forward(layer: Int)
  case backward(layer: Int)
  case gradient(layer: Int)

  var layer: Int {
    switch self {
    case .forward(let layer), .backward(let layer), .gradient(let layer): layer
    }
  }

  /// How many columns it has that may be cut: units, inputs, or outputs whose weights' gradient it is.
  func columns(in network: Network) -> Int {
    switch self {
    case .forward(let layer): network.layers[layer].units
    case .backward(let layer): network.layers[layer].inputs
    case .gradient(let layer): network.layers[layer].outputs
    }
  }

  /// How many terms its sums have, over so many rows.
  func depth(in network: Network, rows: Int) -> Int {
    switch self {
    case .forward(let layer): network.layers[layer].inputs
    case .backward(let layer): network.layers[layer].outputs
    case .gradient: rows
    }
  }
}

/// One stage of the row phase, for some rows.
enum Stage {
  /// Reads the data and their condition.
  case load
  /// Reads latent variables, which are the source's noise, and their condition.
  case loadLatent
  /// A layer's outputs from its inputs.
  case forward(layer: Int)
  /// Draws the noise; z and the KL divergence from the posteriors; the condition once for each sample.
  case latentForward
  /// The reconstruction terms, what the objective makes of a datum's samples, and, in training, the derivative with respect
  /// to the last layer's pre-activations.
  case likelihood
  /// The derivative with respect to a layer's inputs, and on through the activation of the layer before.
  case backward(layer: Int)
  /// The derivative with respect to the posteriors.
  case latentBackward
  /// Of weighted data, the deltas of some layers, and what the prior's densities count, times the weights: from here on only their
  /// sums over data are wanted.
  case scaleByWeights(layers: Range<Int>, withPrior: Bool)

  /// The product that it begins with, if any.
  var product: LayerProduct? {
    switch self {
    case .forward(let layer): .forward(layer: layer)
    case .backward(let layer): .backward(layer: layer)
    case .load, .loadLatent, .latentForward, .likelihood, .latentBackward, .scaleByWeights: nil
    }
  }

  /// Whether it is there for weighted data alone.
  var isForWeights: Bool {
    switch self {
    case .scaleByWeights: true
    case .load, .loadLatent, .forward, .latentForward, .likelihood, .backward, .latentBackward: false
    }
  }
}

/// Stages that blocks of rows go through one after the other.
///
/// The encoder's rows are data, the decoder's are samples; the encoder forward, the decoder forward and back, and the encoder
/// back are a group each, so that each gets blocks of a good size.
struct StageGroup {
  let stages: ArraySlice<Stage>
  /// Whether the rows are samples rather than data.
  let ofSamples: Bool
  /// Whether the group needs to run for the first of a batch's passes only.
  let onlyFirst: Bool
  /// Whether the objective's `prepare` runs before it.
  var needsPreparation = false
}

/// Some rows of a layer's weight matrix, with their biases.
struct Tile {
  let layer: Int
  let outputs: Range<Int>

  /// A layer's, by their outputs.
  static func all(_ outputs: Partition, layer: Int) -> [Tile] {
    (0..<outputs.count).map { Tile(layer: layer, outputs: outputs[$0]) }
  }

  /// The number of its parameters.
  func count(in network: Network) -> Int {
    let place = place(in: network)
    return place.rows * place.columns + outputs.count
  }

  /// Where its weights begin in the parameter vector, a matrix of so many rows and columns, and where its biases do.
  func place(in network: Network) -> (weight: Int, rows: Int, columns: Int, bias: Int) {
    let layer = network.layers[layer]
    let rows = layer.weightRows(of: outputs)
    return (
      layer.weightOffset + rows.lowerBound * layer.weightColumns, rows.count, layer.weightColumns,
      layer.biasOffset + outputs.lowerBound
    )
  }
}

/// What an engine runs: which stages for which rows, and how both are cut into tasks.
struct EnginePlan {
  let network: Network
  let purpose: EnginePurpose
  let shape: TaskShape
  /// What all other shapes must have the bits of.
  let reference: TaskShape
  /// The row phase.
  let groups: [StageGroup]
  /// The same as one group, for a pass that has one sample of each datum and takes nothing from all data together: then a
  /// block of data goes through everything.
  let joinedGroups: [StageGroup]
  /// The weight phase as the shape cuts it, and as the reference does; empty but in training.
  let tiles, referenceTiles: [Tile]

  init(_ network: Network, for purpose: EnginePurpose, precision: Precision, threads: Int) {
    (self.network, self.purpose) = (network, purpose)
    shape = TaskShape(precision, threads: threads, rowsAreAlike: purpose.rowsAreAlike)
    reference = TaskShape(precision, threads: 1, rowsAreAlike: purpose.rowsAreAlike)
    groups = EnginePlan.groups(of: network, for: purpose)
    joinedGroups = [StageGroup(stages: groups.flatMap(\.stages)[...], ofSamples: false, onlyFirst: false)]
    tiles = purpose.trains ? EnginePlan.tiles(of: network, shape) : []
    referenceTiles = purpose.trains ? EnginePlan.tiles(of: network, reference) : []
  }

  /// The pieces of a stage of a block that goes through all of them.
  func blockPieces(of stage: Stage, data: Int, samples: Int) -> ProductGrid {
    stage.product.map { shape.blockPieces(columns: $0.columns(in: network), data: data) }
      ?? ProductGrid(data: shape.elementwisePieces(data: data, samples: samples, threads: 1), columns: .whole(0))
  }

  /// A network's weights in a shape's tiles.
  private static func tiles(of network: Network, _ shape: TaskShape) -> [Tile] {
    shape.tiles(of: network).enumerated().flatMap { Tile.all($1, layer: $0) }.inOrder(network)
  }

  private static func groups(of network: Network, for purpose: EnginePurpose) -> [StageGroup] {
    let forward = network.layers.indices.map { Stage.forward(layer: $0) }
    let backward = network.layers.indices.map { Stage.backward(layer: $0) }
    let encode = StageGroup(stages: [.load] + forward[network.encoder], ofSamples: false, onlyFirst: true)
    let decode = forward[network.decoder]
    let terms: ArraySlice<Stage> = [.latentForward] + decode + [.likelihood]
    func ofSamples(_ stages: ArraySlice<Stage>) -> StageGroup {
      StageGroup(stages: stages, ofSamples: true, onlyFirst: false, needsPreparation: true)
    }
    switch purpose {
    case .encoding: return [encode]
    case .decoding: return [StageGroup(stages: [.loadLatent] + decode, ofSamples: true, onlyFirst: false)]
    case .evaluation, .scoring, .trainingLoss: return [encode, ofSamples(terms)]
    case .training:
      return [
        encode,
        ofSamples(
          terms + backward[network.decoder].reversed() + [.scaleByWeights(layers: network.decoder, withPrior: false)]),
        // Nobody asks for the derivative with respect to the data.
        StageGroup(
          stages: [.latentBackward] + backward[network.encoder].dropFirst().reversed()
            + [.scaleByWeights(layers: network.encoder, withPrior: true)],
          ofSamples: false, onlyFirst: false),
      ]
    }
  }
}

extension [Tile] {
  /// The largest first, so that the threads end together.
  func inOrder(_ network: Network) -> [Tile] { sorted { $0.count(in: network) > $1.count(in: network) } }
}
