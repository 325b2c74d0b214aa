import VAECore

/// Units of one kind on the way from the data to the error, and the local derivatives of the next stage's units by them.
///
/// The stages of a network with one hidden layer on each side, D data and Z latent dimensions:
///
///     x → H → HA → (μ, s) → (μ, σ) → z → H → HA → O → OA → E       s = log σ²
///
/// In a gated layer, HA = f(H)·σ(G): its pre-activations are the units' H and then their gates' G.
struct ChainStage {
  enum Units {
    case data
    /// What the encoder takes of the data, where that is not the data themselves.
    case features
    /// Pre-activations of a hidden layer, whose first unit has the number `first`, and their activations.
    case hidden(first: Int)
    /// Pre-activations of a gated layer: H of each unit, then G.
    case gated(first: Int)
    case hiddenActivation(first: Int)
    /// μ, then s = log σ²
    case head
    /// μ, then σ
    case moments
    case latent
    case output, outputActivation
    case error
  }

  /// The non-zero derivatives ∂(unit of the next stage)/∂(unit of this one).
  enum Link {
    /// Of a unit by the unit at the same place.
    case each([Double])
    /// Of every unit by every unit: W `[outputs, inputs]`, row by row.
    case all([Double], inputs: Int)
    /// Of a unit by the two at its place in either half, such as z_k = μ_k + σ_k·ε_k by μ_k and by σ_k.
    case pairs([Double])
  }

  let units: Units
  let values: [Double]
  let link: Link

  /// How many units of the next stage a unit of this one reaches.
  var reach: Int {
    switch link {
    case .each, .pairs: 1
    case .all(let weights, let inputs): weights.count / inputs
    }
  }

  /// The unit of the next stage that is the `index`-th one that `unit` reaches.
  func target(of unit: Int, _ index: Int) -> Int {
    switch link {
    case .each: unit
    case .pairs(let slopes): unit % (slopes.count / 2)
    case .all: index
    }
  }

  /// ∂(unit `target` of the next stage)/∂(`unit` of this one), where it reaches that.
  func derivative(of target: Int, by unit: Int) -> Double {
    switch link {
    case .each(let slopes), .pairs(let slopes): slopes[unit]
    case .all(let weights, let inputs): weights[target * inputs + unit]
    }
  }

  /// From the derivatives of something by the next stage's units, those by this one's: the chain rule backwards.
  func pulledBack(_ derivatives: [Double]) -> [Double] {
    values.indices.map { unit in
      (0..<reach).reduce(0) {
        let target = target(of: unit, $1)
        return $0 + derivatives[target] * derivative(of: target, by: unit)
      }
    }
  }

  /// From the derivatives of this stage's units by something, those of the next one's: the chain rule forwards.
  func pushedForward(_ derivatives: [Double], count: Int) -> [Double] {
    var next = [Double](repeating: 0, count: count)
    for unit in values.indices where derivatives[unit] != 0 {
      for index in 0..<reach {
        let target = target(of: unit, index)
        next[target] += derivative(of: target, by: unit) * derivatives[unit]
      }
    }
    return next
  }

  /// What a unit is called: f are features of the data; H, G and O are pre-activations, HA and OA activations; hidden units are numbered through
  /// both networks. "E" is the error of sample `sample`, or the KL divergence.
  func name(of unit: Int, error: String) -> String {
    /// Without a number where there is only one.
    func indexed(_ symbol: String, _ index: Int, of count: Int) -> String {
      count == 1 ? symbol : "\(symbol)\(index + 1)"
    }
    switch units {
    case .data: return "x\(unit + 1)"
    case .features: return "f\(unit + 1)"
    case .hidden(let first): return "H\(first + unit)"
    case .gated(let first):
      let size = values.count / 2
      return unit < size ? "H\(first + unit)" : "G\(first + unit - size)"
    case .hiddenActivation(let first): return "HA\(first + unit)"
    case .head, .moments:
      let size = values.count / 2
      let second = if case .head = units { "s" } else { "σ" }
      return unit < size ? indexed("μ", unit, of: size) : indexed(second, unit - size, of: size)
    case .latent: return indexed("z", unit, of: values.count)
    case .output: return "O\(unit + 1)"
    case .outputActivation: return "OA\(unit + 1)"
    case .error: return error
    }
  }
}
