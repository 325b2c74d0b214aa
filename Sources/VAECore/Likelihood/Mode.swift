import Foundation

/// Where in its mode a number is, α (``ModeEncoding``): Gaussian with the mean m = tanh o and a deviation σ_j = 0.1 + r_j for each
/// dimension, the same for all z, held to 0.01…1, where it is flat:
///
///     −log p(α|z) = Σ_j [½ log 2π + log σ_j + (α_j − m_j)²/2σ_j²]
///     derivatives   (m_j − α_j)/σ_j²   and   1/σ_j − (α_j − m_j)²/σ_j³
///
/// So TVAE has it (Xu et al. 2019), whose σ begins at 0.1: here the parameter r_j begins at 0.
struct ModeLikelihood: LikelihoodKernel {
  static let name = "mode"
  static let usual = Self()
  static let settings: [Setting<Self>] = []
  static let refusals = [outputActivationSetting: "its mean is tanh o"]

  static let deviationBounds = 0.01...1.0
  private static let firstDeviation = 0.1

  var formula: String {
    "−log p(x|z) = Σ_j [½ log 2π + log σ_j + (x_j − OA_j)²/2σ_j²], σ_j = 0.1 + OA_(D+j), the same for all z"
  }

  var domain: ValueDomain? { .finite }
  var term: ReconstructionTerm { .density }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [
      LayerOutput(name: OutputName.mean, size: dataSize, activation: .tanh),
      LayerOutput(name: OutputName.deviation, size: dataSize, isConstant: true),
    ]
  }

  /// σ and its slope ∂σ/∂r.
  private static func deviation(_ r: Double) -> (value: Double, slope: Double) {
    let value = firstDeviation + r
    let held = min(max(value, deviationBounds.lowerBound), deviationBounds.upperBound)
    return (held, held == value ? 1 : 0)
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) {
    let columns = rows.x.columns
    for row in 0..<rows.outputs.rows {
      var loss = 0.0
      for column in 0..<columns {
        let x = Double(rows.x[row / rows.samples, column])
        guard !x.isNaN else {
          if let delta = rows.delta { (delta[row, column], delta[row, columns + column]) = (0, 0) }
          continue
        }
        let (deviation, slope) = Self.deviation(Double(rows.outputs[row, columns + column]))
        let error = (Double(rows.outputs[row, column]) - x) / deviation
        loss += 0.5 * log(2 * .pi) + log(deviation) + 0.5 * error * error
        if let delta = rows.delta {
          delta[row, column] = S(rows.scale * error / deviation)
          delta[row, columns + column] = S(rows.scale * slope * (1 - error * error) / deviation)
        }
      }
      rows.losses[0, row] = S(loss) + (rows.adds ? rows.losses[0, row] : 0)
    }
  }

  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    firstOutputs(outputs, into: means)
  }

  /// Held to −1…1, as all that tanh reaches.
  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    for j in x.indices {
      var numbers = noise.numbers(column: j)
      let deviation = Self.deviation(outputs[x.count + j]).value
      x[j] = min(max(outputs[j] + deviation * numbers.normal(), -1), 1)
    }
  }

  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    let m = o[..<x.count].map { tanh($0) }
    let deviations = o[x.count...].map(Self.deviation)
    let errors = x.indices.map { (m[$0] - x[$0]) / deviations[$0].value }
    return OutputTerms(
      loss: x.indices.reduce(0.5 * Double(x.count) * log(2 * .pi)) {
        $0 + log(deviations[$1].value) + 0.5 * errors[$1] * errors[$1]
      }, activations: m + Array(o[x.count...]), slopes: m.map { 1 - $0 * $0 } + deviations.map(\.slope),
      derivatives: zip(errors, deviations).map { $0 / $1.value }
        + zip(errors, deviations).map { (1 - $0 * $0) / $1.value })
  }
}

extension Likelihood {
  /// −log p(α|z) = Σ_j [½ log 2π + log σ_j + (α_j − m_j)²/2σ_j²], m = tanh o, for the places of numbers in their modes
  /// (``ModeEncoding``); the σ_j are parameters, held to 0.01…1.
  public static let mode = Likelihood(ModeLikelihood())
}
