import Foundation
import Testing
import VAECore

/// 2²⁰ numbers of the noise against the standard normal distribution. The seeds are fixed, so that the outcome is, too.
struct NoiseDistributionTests {
  static let count = 1 << 20

  /// 1024 data of 4 samples of 256 dimensions.
  private func numbers<S: Scalar>(_ type: S.Type, _ level: VectorLevel) -> [Double] {
    VectorMath<S>(level: level).normals(
      NoiseStream(seed: 2024, purpose: .latent), positions: Array(0..<1024), samples: 4, columns: 256
    ).doubles
  }

  private func check(_ numbers: [Double]) {
    let n = Double(Self.count)
    #expect(numbers.count == Self.count)
    func moment(_ power: Int) -> Double {
      numbers.reduce(0) { sum, x in sum + (1...power).reduce(1) { product, _ in product * x } } / n
    }
    // Five standard errors each; the moments are about 0, and their distributions those of the exact 0, 1, 0, 3.
    #expect(abs(moment(1)) <= 5 * (1 / n).squareRoot())
    #expect(abs(moment(2) - 1) <= 5 * (2 / n).squareRoot())
    #expect(abs(moment(3)) <= 5 * (15 / n).squareRoot())
    #expect(abs(moment(4) - 3) <= 5 * (96 / n).squareRoot())

    // Kolmogorov and Smirnov: sup |F_n - Φ| √n exceeds 1.628 with probability 0.01.
    var supremum = 0.0
    for (rank, x) in numbers.sorted().enumerated() {
      let probability = 0.5 * erfc(-x / 2.0.squareRoot())
      supremum = max(supremum, probability - Double(rank) / n, Double(rank + 1) / n - probability)
    }
    #expect(supremum * n.squareRoot() < 1.628)

    // Neighbours are uncorrelated, and so are their squares: dimensions (of a pair and of two), samples and data.
    for distance in [1, 2, 4, 256, 1024] {
      let pairs = zip(numbers, numbers.dropFirst(distance))
      let m = Double(Self.count - distance)
      #expect(abs(pairs.reduce(0) { $0 + $1.0 * $1.1 } / m) <= 5 / m.squareRoot(), "at distance \(distance)")
      let squares = pairs.reduce(0) { $0 + ($1.0 * $1.0 - 1) * ($1.1 * $1.1 - 1) } / m
      #expect(abs(squares) <= 5 * 2 / m.squareRoot(), "squares at distance \(distance)")
    }
  }

  @Test(arguments: supportedLevels) func singlePrecision(level: VectorLevel) { check(numbers(Float.self, level)) }

  @Test(arguments: supportedLevels) func doublePrecision(level: VectorLevel) { check(numbers(Double.self, level)) }
}
