import Foundation
import TestSupport
import Testing
import VAECore

/// Quantiles of the normal distribution, and the grid of latent points on them.
struct LatentGridTests {
  @Test(arguments: [
    (0.5, 0), (0.975, 1.959963984540054), (0.025, -1.959963984540054), (0.841344746068543, 1),
    (1e-10, -6.361340902404056), (1e-3, -3.090232306167813), (1e-100, -21.273453560965324),
    (1e-300, -37.04709629936119),
  ])
  func knownQuantiles(probability: Double, quantile: Double) {
    #expect(abs(normalQuantile(probability) - quantile) <= 1e-14 * max(1, abs(quantile)))
  }

  @Test func quantilesInvertTheDistribution() {
    for exponent in stride(from: -300.0, through: -0.31, by: 0.37) {
      let probability = pow(10, exponent)
      let quantile = normalQuantile(probability)
      // Φ changes by |z| of itself where z does by 1.
      let error = abs(0.5 * erfc(-quantile / 2.0.squareRoot()) / probability - 1)
      #expect(error <= 4e-15 * max(1, quantile * quantile), "quantile of \(probability)")
    }
  }

  @Test func quantilesAreSymmetricAndRise() {
    let quantiles = (1..<1024).map { normalQuantile(Double($0) / 1024) }
    #expect(zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 < $1 })
    for (low, high) in zip(quantiles, quantiles.reversed()) { #expect(abs(low + high) <= 1e-14) }
    #expect(normalQuantile(0.5) == 0)
  }

  @Test(arguments: [0, 1, -0.5]) func impossibleProbabilitiesTrap(probability: Double) async {
    await #expect(processExitsWith: .failure) { [probability] in _ = normalQuantile(probability) }
  }

  @Test func notANumberTraps() async {
    await #expect(processExitsWith: .failure) { _ = normalQuantile(.nan) }
  }

  /// From the top left by rows: the first coordinate rises to the right, the second falls to the bottom.
  @Test func order() throws {
    let grid = try model(.standard).latentGrid(side: 4)
    let quantiles = [0.125, 0.375, 0.625, 0.875].map(normalQuantile)
    #expect(grid.rows == 16 && grid.columns == 2)
    for vertical in 0..<4 {
      for horizontal in 0..<4 {
        #expect(grid.row(vertical * 4 + horizontal) == [quantiles[horizontal], quantiles[3 - vertical]])
      }
    }
  }

  @Test func onePointIsTheCentre() throws { #expect(try model(.standard).latentGrid(side: 1).elements == [0, 0]) }

  /// Of a prior that is learned, each dimension has quantiles of its own.
  @Test func learnedPrior() throws {
    var learned = try model(.mixture(components: 1))
    learned.parameters["prior.weight"] = [2, -1, 0, log(4)]
    let grid = learned.latentGrid(side: 3)
    let quantile = normalQuantile(1.0 / 6)
    #expect(relativeDifference(grid.row(0), [2 + quantile, -1 - 2 * quantile]) < 1e-10)
    #expect(relativeDifference(grid.row(4), [2, -1]) < 1e-10)
  }

  private func model(_ prior: Prior) throws -> VariationalAutoencoder<Double> {
    try VariationalAutoencoder(ModelConfiguration(dataSize: 3, encoderHidden: [], latentSize: 2, prior: prior))
  }
}
