import VAECore

/// How the gradient of one parameter comes about for one datum: the chain rule, path by path, and the same number found
/// in three other ways.
///
///     ∂E/∂w = (1/n) Σ_l ∂E_l/∂w + β·∂KL/∂w,    ∂E_l/∂w = Σ_paths Π factors
///
/// Each factor is the derivative of a unit by the one before: ∂OA1/∂O1, ∂O1/∂HA4, and so on back to the parameter.
public struct Explanation: Sendable, Encodable {
  /// A local derivative, ∂`of`/∂`by`.
  public struct Factor: Sendable, Encodable {
    /// The unit that is differentiated.
    public let of: String
    /// With respect to what it is differentiated.
    public let by: String
    /// The derivative's value.
    public let value: Double
  }

  /// A way from the parameter to the error.
  public struct Path: Sendable, Encodable {
    /// The units it goes through, from the parameter on.
    public let through: [String]
    /// Its local derivatives, from the error back to the parameter.
    public let factors: [Factor]
    /// Their product.
    public let product: Double
  }

  /// A sum over paths.
  public struct PathSum: Sendable, Encodable {
    /// The sum over all paths.
    public let total: Double
    /// How many paths there are.
    public let count: Double
    /// All of them, in the order of their units, or the largest ones by magnitude.
    public let paths: [Path]
    /// The sum over the paths that are not listed.
    public let rest: Double
  }

  /// One of the n samples.
  public struct Sample: Sendable, Encodable {
    /// ε `[Z]`
    public let noise: [Double]
    /// z `[Z]`
    public let z: [Double]
    /// E_l, the sample's error without the KL divergence.
    public let error: Double
    /// ∂E_l/∂w
    public let paths: PathSum
    /// All units with their values, stage by stage from the data on.
    public let stages: [Stage]
  }

  /// Units of one kind, with their values.
  public struct Stage: Sendable, Encodable {
    /// The units' names.
    public let names: [String]
    /// Their values.
    public let values: [Double]
    /// Which units of the next stage a unit leads to: "each" the one at its place, "all" all of them,
    /// "pairs" the one at its place, where both halves lead to the same, as μ_k and σ_k to z_k.
    public let link: String
  }

  /// The paths grouped by the unit of one layer that they go through, averaged over the samples.
  public struct Layer: Sendable, Encodable {
    /// What the layer is: the hidden layer's number, the moments, the latent variable or the outputs.
    public let name: String
    /// How many units it has.
    public let count: Int
    /// The units whose paths add up to most, as far as they are not zero.
    public let units: [Unit]
    /// The sum over all other units.
    public let rest: Double
    /// The sum over all units: (1/n) Σ_l ∂E_l/∂w, in every layer.
    public let total: Double

    /// A unit of a layer.
    public struct Unit: Sendable, Encodable {
      /// The unit's name.
      public let name: String
      /// The sum over the paths through it.
      public let sum: Double
    }
  }

  /// The parameter's name, its tensor and its index in that.
  public let parameter, tensor: String
  /// See `tensor`.
  public let index: [Int]
  /// The unit that the parameter is multiplied by (`1` for a bias) and the one it adds to.
  public let from, to: String
  /// The parameter's value.
  public let value: Double
  /// The datum as the model sees it: of a model that standardises, y = (x − m) / s.
  public let x: [Double]
  /// The loss of the datum over its samples; of a model that standardises, −log p(y|z) takes the place of −log p(x|z),
  /// which lies Σ log s above it.
  public let loss: Loss
  /// β, the weight of the KL divergence.
  public let beta: Double
  /// The n samples.
  public let samples: [Sample]
  /// ∂KL/∂w, without its weight; nil where the parameter is the decoder's or β is 0.
  public let kl: PathSum?
  /// The paths grouped by layer, from the parameter on.
  public let layers: [Layer]
  /// Four ways to the gradient.
  public let gradient: GradientComparison

  enum CodingKeys: String, CodingKey {
    case parameter, tensor, index, from, to, value, x, loss
    case beta = "kl_weight"
    case samples, kl, layers, gradient
  }
}

/// One derivative, found in four ways that share little: they must agree.
public struct GradientComparison: Sendable, Codable, Hashable {
  /// The sum over all paths, in plain arithmetic.
  public let sumOverPaths: Double
  /// Back-propagation through one batch of all samples, one matrix product per layer (option 1).
  public let backPropagation: Double
  /// The mean of the samples' own gradients, each back-propagated by itself (option 2).
  public let meanOverSamples: Double
  /// A central difference of the loss, of fourth order.
  public let centralDifference: Double
  /// The largest derivative with respect to any element of the parameter's tensor, which says what is small.
  public let scale: Double
  /// What the losses' rounding may put into the central difference.
  public let rounding: Double
  /// Whether the central difference settles as its step becomes smaller. Across a kink of an activation it does not, and
  /// says nothing.
  public let settles: Bool

  enum CodingKeys: String, CodingKey {
    case sumOverPaths = "sum_over_paths"
    case backPropagation = "back_propagation"
    case meanOverSamples = "mean_over_samples"
    case centralDifference = "central_difference"
    case scale, rounding, settles
  }

  /// Whether all agree, to the tolerances of a ``Verification`` and relative to the tensor's largest derivative; the
  /// central difference may be off by its rounding, too, and counts only where it settles.
  public var isConsistent: Bool {
    [sumOverPaths, meanOverSamples].allSatisfy {
      abs($0 - backPropagation) <= Verification.tolerance * scale
    }
      && (!settles
        || abs(centralDifference - backPropagation) <= Verification.quotientTolerance * scale + rounding)
  }

  /// How far another derivative is from the back-propagated one, relative to the larger.
  public func difference(_ other: Double) -> Double {
    let scale = max(abs(other), abs(backPropagation))
    return scale == 0 ? 0 : abs(other - backPropagation) / scale
  }
}
