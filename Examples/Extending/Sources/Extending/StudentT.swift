import Foundation
import VAECore

/// Student's t with ν degrees of freedom: a Gaussian whose tails forgive outliers. The location m and the log-scale t are
/// outputs of the decoder.
///
///     −log p(x|z) = Σ_j c + t_j + ½ (ν + 1) log(1 + r_j²/ν),   r = (x − m) e^−t,   c = log Γ(ν/2) − log Γ((ν+1)/2) + ½ log νπ
struct StudentT: LikelihoodModel {
  static let name = "student-t"
  static let usual = StudentT()
  static let settings = [Setting("freedom", \StudentT.freedom, "Degrees of freedom of student-t, ν.", .positive)]

  var freedom = 4.0

  var formula: String {
    "−log p(x|z) = Σ_j [c + OA_(D+j) + ½ (ν + 1) log(1 + (x_j − OA_j)² e^(−2 OA_(D+j))/ν)], ν = \(freedom)"
  }
  var domain: ValueDomain? { .finite }
  var term: ReconstructionTerm { .density }
  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: true, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    [LayerOutput(name: "output", size: dataSize), LayerOutput(name: "output_logscale", size: dataSize)]
  }

  func evaluate(x: Span<Double>, outputs: Span<Double>, derivatives: inout MutableSpan<Double>) -> Double {
    let half: Double = 0.5 * log(freedom * Double.pi)
    let constant = lgamma(freedom / 2) - lgamma((freedom + 1) / 2) + half
    var loss = 0.0
    for j in x.indices {
      let (location, logScale) = (outputs[j], outputs[x.count + j])
      let precision = exp(-logScale)
      let residual = (x[j] - location) * precision
      let pull = (freedom + 1) * residual / (freedom + residual * residual)
      loss += constant + logScale + 0.5 * (freedom + 1) * log1p(residual * residual / freedom)
      derivatives[j] = -pull * precision
      derivatives[x.count + j] = 1 - pull * residual
    }
    return loss
  }

  func mean(of outputs: Span<Double>, into mean: inout MutableSpan<Double>) {
    for j in mean.indices { mean[j] = outputs[j] }
  }

  /// A normal number over the root of a χ² one over its degrees of freedom.
  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    for j in x.indices {
      var numbers = noise.numbers(column: j)
      let normal = numbers.normal()
      let chiSquare = 2 * numbers.gamma(shape: freedom / 2)
      x[j] = outputs[j] + exp(outputs[x.count + j]) * normal / (chiSquare / freedom).squareRoot()
    }
  }
}
