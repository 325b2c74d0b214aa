import Foundation
import VAECore

extension ModelConfiguration {
  /// The small network of the question that this library answers: how does the gradient of a VAE's error come about,
  /// weight by weight?
  ///
  ///     x1…x4 → H1…H3 → μ, log σ² → z → H4…H6 → O1…O4
  ///
  /// 45 parameters, numbered tensor by tensor (``/VAECore/ParameterAddress``): w16 is the weight from HA1 to μ.
  ///
  /// - Parameters:
  ///   - likelihood: the error: the plain difference x − x̄, its square, or, for the bound, a likelihood.
  ///   - activation: of the hidden units.
  public static func question(
    likelihood: Likelihood = .difference(output: .sigmoid), activation: Activation = .tanh
  ) -> ModelConfiguration {
    ModelConfiguration(
      dataSize: 4, encoderHidden: [3], latentSize: 1, decoderHidden: [3], activation: activation,
      likelihood: likelihood)
  }
}

extension Dataset {
  /// Data for the question's network: 100 points on a circle, x_j = ½ + ½ cos(φ + jπ/2) rounded to hundredths, so that
  /// one latent dimension has something to find.
  public static let question: Dataset = {
    let values = (0..<400).map { index in
      let angle = 2 * Double.pi * Double(index / 4) / 100 + Double(index % 4) * Double.pi / 2
      return Float((50 + 50 * cos(angle)).rounded() / 100)
    }
    return Dataset(name: "the question's data", floats: values, dataSize: 4)
  }()
}
