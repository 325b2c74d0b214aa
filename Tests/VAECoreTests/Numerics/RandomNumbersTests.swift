import Foundation
import TestSupport
import Testing
import VAECore

@Suite struct RandomNumbersTests {
  private func numbers(_ seed: UInt64) -> RandomNumbers { ObservationNoise(seed: seed, row: 3).numbers(column: 1) }

  /// Mean and variance of many draws, in standard errors of each from what they should be.
  private func check(
    mean: Double, variance: Double, _ draw: (inout RandomNumbers) -> Double, location: SourceLocation = #_sourceLocation
  ) {
    let count = 200_000
    var numbers = numbers(7)
    let draws = (0..<count).map { _ in draw(&numbers) }
    let found = draws.reduce(0, +) / Double(count)
    #expect(abs(found - mean) < 4 * (variance / Double(count)).squareRoot(), sourceLocation: location)
    let squares = draws.map { ($0 - mean) * ($0 - mean) }
    let spread = squares.reduce(0, +) / Double(count)
    let fourth = squares.reduce(0) { $0 + ($1 - variance) * ($1 - variance) } / Double(count)
    #expect(abs(spread - variance) < 4 * (fourth / Double(count)).squareRoot(), sourceLocation: location)
  }

  @Test func uniformAndNormal() {
    check(mean: 0.5, variance: 1.0 / 12) { $0.uniform() }
    check(mean: 0, variance: 1) { $0.normal() }
  }

  @Test(arguments: [0.05, 0.5, 1, 3.7, 800]) func gamma(_ shape: Double) {
    check(mean: shape, variance: shape) { $0.gamma(shape: shape) }
  }

  @Test(arguments: [0.01, 1, 9.9, 10, 50, 1e6]) func poisson(_ mean: Double) {
    check(mean: mean, variance: mean) { $0.poisson(mean: mean) }
  }

  @Test func poissonWithoutMean() {
    var numbers = numbers(0)
    #expect(numbers.poisson(mean: 0) == 0)
  }

  /// PTRS and the counting of steps meet at the mean 10: both must be the Poisson distribution, number by number.
  @Test(arguments: [9.999, 10.001, 30]) func poissonProbabilities(_ mean: Double) {
    let count = 400_000
    var (numbers, counts) = (numbers(1), [Int: Int]())
    for _ in 0..<count { counts[Int(numbers.poisson(mean: mean)), default: 0] += 1 }
    for k in 0..<80 {
      let expected = Double(count) * exp(Double(k) * log(mean) - mean - lgamma(Double(k) + 1))
      #expect(abs(Double(counts[k] ?? 0) - expected) < 4.5 * expected.squareRoot() + 2)
    }
  }

  @Test func indices() {
    let weights = [0, 2, 1, 0, 7.0]
    var (numbers, counts) = (numbers(2), [Int](repeating: 0, count: 5))
    for _ in 0..<100_000 { counts[numbers.index(count: 5) { log(weights[$0]) }] += 1 }
    for (count, weight) in zip(counts, weights) {
      #expect(abs(Double(count) - 10_000 * weight) < 4 * (10_000 * weight).squareRoot() + 0.5)
    }
    let logits = [-1000, 0, 2_000, 2_000 + log(3.0)]
    counts = Array(repeating: 0, count: 4)
    for _ in 0..<40_000 { counts[numbers.index(count: 4) { logits[$0] }] += 1 }
    #expect(counts[0] == 0 && counts[1] == 0)
    #expect(abs(counts[3] - 30_000) < 400)
  }

  /// Each place has a sequence of its own.
  @Test func places() {
    func first(_ seed: UInt64, _ row: Int, _ column: Int) -> UInt64 {
      var numbers = ObservationNoise(seed: seed, row: row).numbers(column: column)
      return numbers.next()
    }
    let firsts = (0..<4).flatMap { seed in
      (0..<50).flatMap { row in (0..<50).map { first(seed, row, $0) } }
    }
    #expect(Set(firsts).count == firsts.count)
    #expect(first(1, 2, 3) == first(1, 2, 3))
  }
}
