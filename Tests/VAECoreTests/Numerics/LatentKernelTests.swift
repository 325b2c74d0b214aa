import Foundation
import TestSupport
import Testing
import VAECore

/// z = mean + e^(s/2) noise, the KL divergence and their derivatives, against the formulas in double precision.
struct LatentKernelTests {
  static let bounds = -6.0...5.0
  static let shapes = (1...67).map { (data: $0 % 3 + 1, samples: $0 % 4 + 1, latent: $0) }

  private func bounded(_ s: Double) -> Double { min(max(s, Self.bounds.lowerBound), Self.bounds.upperBound) }

  /// e^s - 1 - s, by its series near 0, where the formula cancels.
  private func excess(_ s: Double) -> Double {
    if abs(s) > 0.5 { return expm1(s) - s }
    var (sum, term) = (0.0, 1.0)
    for n in 1...20 {
      term *= s / Double(n)
      if n > 1 { sum += term }
    }
    return sum
  }

  /// Means, and log-variances some of which lie beyond the bounds or on them.
  private func posteriors<S: Scalar>(_ data: Int, _ latent: Int, _ random: inout TestRandom) -> Matrix<S> {
    Matrix(
      rows: data, columns: 2 * latent,
      elements: (0..<data * 2 * latent).map { index in
        switch index % 13 {
        case 0: 100
        case 1: -100
        case 2: S(Self.bounds.lowerBound)
        case 3: S(Self.bounds.upperBound)
        case 4: 0
        default: S(2 * random.normal())
        }
      })
  }

  @Test(arguments: supportedLevels) func forward(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(1)
      var worst = Worst()
      let math = VectorMath<S>(level: level)
      for (data, samples, latent) in Self.shapes {
        let posteriors: Matrix<S> = posteriors(data, latent, &random)
        let noise: Matrix<S> = random.matrix(data * samples, latent)
        var z = Matrix<S>(rows: data * samples, columns: latent)
        var kl = Buffer<S>(count: data)
        withExtendedLifetime((posteriors, noise)) {
          math.latentForward(
            posteriors: posteriors.view, noise: noise.view, z: z.mutableView, kl: kl.mutableView, bounds: Self.bounds)
        }
        for row in 0..<data * samples {
          for k in 0..<latent {
            let mean = Double(posteriors[row / samples, k])
            let moved = exp(0.5 * bounded(Double(posteriors[row / samples, latent + k]))) * Double(noise[row, k])
            let error = abs(Double(z[row, k]) - (mean + moved))
            worst.add(error, bound: 4 * S.epsilon * (abs(mean) + abs(moved)), "z of \(latent) in \(type)")
          }
        }
        for i in 0..<data {
          let expected = (0..<latent).reduce(0.0) {
            $0 + 0.5 * (pow(Double(posteriors[i, $1]), 2) + excess(bounded(Double(posteriors[i, latent + $1]))))
          }
          let error = abs(Double(kl[i]) - expected)
          worst.add(error, bound: (16 + Double(latent) / 2) * S.epsilon * expected, "KL of \(latent) in \(type)")
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }

  /// With mean 0, the divergence is about s²/4: it must not drown in the rounding of e^s − 1 − s.
  @Test(arguments: supportedLevels) func divergenceNearThePrior(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      let math = VectorMath<S>(level: level)
      var worst = Worst()
      func divergence(mean: S, logVariance: S) -> Double {
        let posteriors = Matrix<S>(rows: 1, columns: 2, elements: [mean, logVariance])
        var (z, kl) = (Matrix<S>(rows: 1, columns: 1), Buffer<S>(count: 1))
        withExtendedLifetime(posteriors) {
          math.latentForward(
            posteriors: posteriors.view, noise: posteriors.view.columns(0..<1), z: z.mutableView, kl: kl.mutableView,
            bounds: Self.bounds)
        }
        return Double(kl[0])
      }
      #expect(divergence(mean: 0, logVariance: 0) == 0)
      for size in [1e-12, 1e-8, 1e-5, 1e-3, 0.02, 0.1, 0.3, 0.34, 0.35, 0.4, 0.7, 1, 2, 4.9, 5, 5.9] {
        for s in [S(size), S(-size)] {
          let expected = 0.5 * excess(bounded(Double(s)))
          let error = abs(divergence(mean: 0, logVariance: s) - expected)
          worst.add(error, bound: 16 * S.epsilon * expected, "s = \(s) in \(type)")
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
      // Beyond the bounds it is what it is on them.
      #expect(divergence(mean: 0, logVariance: 1e4) == divergence(mean: 0, logVariance: S(Self.bounds.upperBound)))
      #expect(divergence(mean: 0, logVariance: -1e4) == divergence(mean: 0, logVariance: S(Self.bounds.lowerBound)))
      #expect(divergence(mean: .nan, logVariance: 0).isNaN && divergence(mean: 0, logVariance: .nan).isNaN)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func backward(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(2)
      var worst = Worst()
      let math = VectorMath<S>(level: level)
      let scale = 0.3
      for (data, samples, latent) in Self.shapes {
        let posteriors: Matrix<S> = posteriors(data, latent, &random)
        let noise: Matrix<S> = random.matrix(data * samples, latent)
        let zDelta: Matrix<S> = random.matrix(data * samples, latent)
        // What was there must not matter.
        var delta = Matrix<S>(
          rows: data, columns: 2 * latent, elements: Array(repeating: .nan, count: data * 2 * latent))
        withExtendedLifetime((posteriors, noise, zDelta)) {
          math.latentBackward(
            posteriors: posteriors.view, noise: noise.view, zDelta: zDelta.view, klScale: scale,
            posteriorDelta: delta.mutableView,
            bounds: Self.bounds)
        }
        for i in 0..<data {
          for k in 0..<latent {
            let (mean, s) = (Double(posteriors[i, k]), Double(posteriors[i, latent + k]))
            var (byMean, meanMagnitude) = (scale * mean, abs(scale * mean))
            let kl = 0.5 * scale * expm1(bounded(s))
            var (byS, sMagnitude) = (kl, abs(kl))
            for row in i * samples..<(i + 1) * samples {
              let d = Double(zDelta[row, k])
              let part = 0.5 * exp(0.5 * bounded(s)) * d * Double(noise[row, k])
              byMean += d
              meanMagnitude += abs(d)
              byS += part
              sMagnitude += abs(part)
            }
            if !Self.bounds.contains(s) { (byS, sMagnitude) = (0, 0) }
            worst.add(abs(Double(delta[i, k]) - byMean), bound: 6 * S.epsilon * meanMagnitude, "by mean in \(type)")
            worst.add(
              abs(Double(delta[i, latent + k]) - byS), bound: 8 * S.epsilon * sMagnitude, "by s = \(s) in \(type)")
          }
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }

  /// Near the prior too, where z² and ε² all but cancel.
  @Test(arguments: supportedLevels, [1, 1e-4]) func logRatio(level: VectorLevel, closeness: Double) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(3)
      var worst = Worst()
      let math = VectorMath<S>(level: level)
      for (data, samples, latent) in Self.shapes {
        var posteriors: Matrix<S> = posteriors(data, latent, &random)
        for i in 0..<data { for column in 0..<2 * latent { posteriors[i, column] *= S(closeness) } }
        let noise: Matrix<S> = random.matrix(data * samples, latent)
        var z = Matrix<S>(rows: data * samples, columns: latent)
        var kl = Buffer<S>(count: data)
        // What was there must not matter.
        var ratios = Buffer<S>(Array(repeating: .nan, count: data * samples))
        withExtendedLifetime((posteriors, noise)) {
          let z = z.mutableView
          math.latentForward(
            posteriors: posteriors.view, noise: noise.view, z: z, kl: kl.mutableView, bounds: Self.bounds)
          math.latentLogRatio(
            posteriors: posteriors.view, noise: noise.view, z: z.view, ratios: ratios.mutableView, bounds: Self.bounds)
        }
        for row in 0..<data * samples {
          var (expected, magnitude) = (0.0, 0.0)
          for k in 0..<latent {
            let (mean, s) = (
              Double(posteriors[row / samples, k]), bounded(Double(posteriors[row / samples, latent + k]))
            )
            let e = Double(noise[row, k])
            let moved = expm1(0.5 * s) * e
            let sum = mean + moved + 2 * e
            expected += 0.5 * ((mean + moved) * sum - s)
            magnitude += 0.5 * ((abs(mean) + abs(moved)) * (abs(mean) + abs(moved) + 2 * abs(e)) + abs(s))
          }
          worst.add(
            abs(Double(ratios[row]) - expected), bound: (8 + Double(latent) / 4) * S.epsilon * magnitude,
            "ratio of \(latent) in \(type)")
        }
      }
      #expect(worst.isWithinBounds, "\(worst)")
    }
    check(Float.self)
    check(Double.self)
  }

  /// The mean over the noise is the divergence, by Gauss and Hermite's rule of three points exactly.
  @Test(arguments: supportedLevels) func meanLogRatioIsTheDivergence(level: VectorLevel) {
    let math = VectorMath<Double>(level: level)
    for (mean, s) in [(0.0, 0.0), (0.7, -1.3), (-2, 4.5), (1e-6, 1e-6), (3, -100), (0, 100)] {
      let posteriors = Matrix<Double>(rows: 1, columns: 2, elements: [mean, s])
      let noise = Matrix<Double>(rows: 3, columns: 1, elements: [-3.0.squareRoot(), 0, 3.0.squareRoot()])
      var z = Matrix<Double>(rows: 3, columns: 1)
      var (kl, ratios) = (Buffer<Double>(count: 1), Buffer<Double>(count: 3))
      withExtendedLifetime((posteriors, noise)) {
        let z = z.mutableView
        math.latentForward(
          posteriors: posteriors.view, noise: noise.view, z: z, kl: kl.mutableView, bounds: Self.bounds)
        math.latentLogRatio(
          posteriors: posteriors.view, noise: noise.view, z: z.view, ratios: ratios.mutableView, bounds: Self.bounds)
      }
      let average = (ratios[0] + 4 * ratios[1] + ratios[2]) / 6
      #expect(abs(average - kl[0]) <= 1e-14 * (abs(ratios[0]) + abs(ratios[1]) + abs(ratios[2])), "\(mean), \(s)")
    }
  }
}
