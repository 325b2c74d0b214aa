import Foundation

/// The mass of the standard normal distribution between c − h and c + h, in plain arithmetic: its logarithm, and where in
/// that interval a number of the distribution lies on average.
struct IntervalMass {
  let logarithm: Double
  /// E[t | |t − c| ≤ h]: by how much the logarithm rises with the mean of a distribution of deviation 1.
  let mean: Double
  /// E[t² | |t − c| ≤ h] − 1: by how much it rises with the logarithm of the deviation.
  let squareLessOne: Double

  init(centre: Double, halfWidth h: Double) {
    let c = abs(centre)
    let mean: Double
    if h < 0.5 && c * h < 1 {
      // Gauss and Legendre's ten points, which lose nothing where the ends' distribution functions are nearly equal.
      var (sum, first, second) = (0.0, 0.0, 0.0)
      for (node, weight) in Self.nodes {
        for t in [c - h * node, c + h * node] {
          let density = weight * exp(0.5 * (c * c - t * t))
          sum += density
          first += density * t
          second += density * t * t
        }
      }
      logarithm = log(h * sum) - 0.5 * (c * c + log(2 * .pi))
      mean = first / sum
      squareLessOne = second / sum - 1
    } else {
      let (u, v) = (c - h, c + h)
      let kept = exp(-2 * c * h)
      let factor = 1 / (2 * Double.pi).squareRoot()
      // The density at the nearer end, by the mass.
      let density: Double
      if u >= 0 {
        let tails = Self.ratio(u) - Self.ratio(v) * kept
        logarithm = log(tails) - 0.5 * u * u
        density = factor / tails
      } else {
        let outside = 0.5 * (erfc(-u / 2.0.squareRoot()) + erfc(v / 2.0.squareRoot()))
        logarithm = log1p(-outside)
        density = factor * exp(-0.5 * u * u) / (1 - outside)
      }
      mean = density * (1 - kept)
      squareLessOne = density * (u - v * kept)
    }
    self.mean = centre < 0 ? -mean : mean
  }

  /// e^(a²/2) Φ(−a) for a ≥ 0.
  private static func ratio(_ a: Double) -> Double {
    if a < 25 { return 0.5 * exp(0.5 * a * a) * erfc(a / 2.0.squareRoot()) }
    let y = 1 / (a * a)
    return (1 - y * (1 - y * (3 - y * (15 - 105 * y)))) / (a * (2 * Double.pi).squareRoot())
  }

  private static let nodes = [
    (0.14887433898163122, 0.29552422471475287), (0.43339539412924719, 0.26926671930999636),
    (0.67940956829902441, 0.21908636251598204), (0.86506336668898451, 0.14945134915058059),
    (0.97390652851717172, 0.06667134430868814),
  ]
}
