import Foundation
import TestSupport
import Testing
import VAECore

/// Importance weights, weighted rows and the derivative of log q(z|x) − log p(z), against the formulas in double
/// precision.
struct ImportanceKernelTests {
  @Test(arguments: supportedLevels) func weights(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(2)
      var worst = Worst()
      let math = VectorMath<S>(level: level)
      for (samples, size) in (1...40).flatMap({ samples in [1, 30, 3000].map { (samples, Double($0)) } }) {
        let data = 3
        // Log-weights far apart and far from 0: none may overflow, not all vanish.
        let losses: Matrix<S> = Matrix(
          rows: 1, columns: data * samples, elements: (0..<data * samples).map { _ in S(size * (3 + random.normal())) })
        let ratios: Matrix<S> = random.matrix(1, data * samples)
        var weights = Matrix<S>(rows: 1, columns: data * samples)
        var datumLosses = Buffer<S>(count: data)
        withExtendedLifetime((losses, ratios)) {
          math.importanceWeights(
            losses: losses.view, ratios: ratios.view, weights: weights.mutableView, datumLosses: datumLosses.mutableView
          )
        }
        for datum in 0..<data {
          let range = datum * samples..<(datum + 1) * samples
          let logWeights = range.map { -Double(losses[0, $0] + ratios[0, $0]) }
          let largest = logWeights.max()!
          let sum = logWeights.reduce(0) { $0 + exp($1 - largest) }
          worst.add(
            abs(Double(datumLosses[datum]) + largest + log(sum / Double(samples))),
            bound: 8 * S.epsilon * (1 + abs(largest)), "bound of \(samples) at \(size) in \(type)")
          for (row, logWeight) in zip(range, logWeights) {
            let weight = exp(logWeight - largest) / sum
            worst.add(
              abs(Double(weights[0, row]) - weight),
              bound: 2 * S.epsilon * (4 + largest - logWeight) * weight + 2 * Double(S.leastNormalMagnitude),
              "weight of \(samples) at \(size) in \(type)")
          }
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func scaledRows(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(3)
      for columns in 1...67 {
        let x: Matrix<S> = random.matrix(4, columns)
        let factors: Matrix<S> = random.matrix(1, 4)
        var window = Window(rows: 4, columns: columns, elements: x.elements)
        withExtendedLifetime(factors) {
          VectorMath<S>(level: level).scaleRows(window.mutableView, by: factors.view)
        }
        let expected = (0..<4).flatMap { row in x.row(row).map { $0 * factors[0, row] } }
        #expect(window.elements == expected && window.isIntactOutside)
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func ratioBackward(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(4)
      var worst = Worst()
      let bounds = -2.0...1.5
      for (latent, mode) in (1...35).flatMap({ latent in (0..<6).map { (latent, $0) } }) {
        let (data, samples) = (2, 3)
        let (path, squared, weighted) = (mode % 2 == 1, mode >= 2, mode < 4)
        let posteriors: Matrix<S> = random.matrix(data, 2 * latent)
        let noise: Matrix<S> = random.matrix(data * samples, latent)
        let z: Matrix<S> = random.matrix(data * samples, latent)
        let weights: Matrix<S> = random.unitMatrix(1, data * samples)
        let before: Matrix<S> = random.matrix(data * samples, latent)
        var delta = before
        withExtendedLifetime((posteriors, noise, z, weights)) {
          VectorMath<S>(level: level).latentRatioBackward(
            posteriors: posteriors.view, noise: noise.view, z: z.view, weights: weighted ? weights.view : nil,
            scale: 0.3,
            path: path, squared: squared, zDelta: delta.mutableView, bounds: bounds)
        }
        for row in 0..<data * samples {
          let weight = weighted ? Double(weights[0, row]) : 1
          let factor = squared ? weight : 1
          for k in 0..<latent {
            let s = min(max(Double(posteriors[row / samples, latent + k]), bounds.lowerBound), bounds.upperBound)
            let score = path ? Double(noise[row, k]) * exp(-0.5 * s) : 0
            let expected =
              factor * Double(before[row, k]) + 0.3 * weight * factor * (Double(z[row, k]) - score)
            worst.add(
              abs(Double(delta[row, k]) - expected),
              bound: 8 * S.epsilon * (abs(Double(before[row, k])) + abs(Double(z[row, k])) + abs(score)),
              "\(latent) dimensions, mode \(mode), \(type)")
          }
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }
}
