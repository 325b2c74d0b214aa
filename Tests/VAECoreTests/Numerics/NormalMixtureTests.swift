import Foundation
import TestSupport
import Testing
import VAECore

/// Mixtures of normal distributions, fitted by expectation maximisation.
struct NormalMixtureTests {
  private func meanLogDensity(_ mixture: NormalMixture, _ values: [Double]) -> Double {
    values.reduce(0) { $0 + mixture.logDensity($1) } / Double(values.count)
  }

  @Test func densityIntegratesToOne() {
    let mixture = NormalMixture(weights: [2, 1, 1], means: [-3, 0, 2], deviations: [0.5, 1, 0.1])
    #expect(mixture.weights == [0.5, 0.25, 0.25])
    let sum = (-10_000...10_000).reduce(0) { $0 + exp(mixture.logDensity(Double($1) * 1e-3)) * 1e-3 }
    #expect(abs(sum - 1) < 1e-12)
    // One component is the normal distribution.
    let one = NormalMixture(weights: [1], means: [2], deviations: [3])
    #expect(abs(one.logDensity(-1) + 0.5 * log(2 * .pi * 9) + 0.5) < 1e-15)
    #expect(one.logDensity(1e10).isFinite)
  }

  /// One component is the values' mean and variance.
  @Test func oneComponent() {
    let mixture = NormalMixture(fitting: [1e9, 1e9 + 1, 1e9 + 5], components: 1)
    #expect(abs(mixture.means[0] - 1e9 - 2) < 1e-6 && abs(mixture.deviations[0] - (14.0 / 3).squareRoot()) < 1e-6)
  }

  /// What was drawn from a mixture is fitted at least as well as by that mixture.
  @Test(arguments: [UInt64](1...6)) func findsWhatWasDrawn(seed: UInt64) {
    var random = TestRandom(seed)
    let truth = NormalMixture(
      weights: [0.6, 0.3, 0.1], means: [0, 5 + random.normal(), 300], deviations: [1, 0.3, 40])
    let values = (0..<6000).map { _ in
      let draw = random.uniform()
      let k = draw < 0.6 ? 0 : draw < 0.9 ? 1 : 2
      return truth.means[k] + truth.deviations[k] * random.normal()
    }
    let fit = NormalMixture(fitting: values, components: 3, seed: seed)
    #expect(meanLogDensity(fit, values) > meanLogDensity(truth, values))
    #expect(fit == NormalMixture(fitting: values, components: 3, seed: seed))
    // The order of the values is of no matter.
    #expect(fit == NormalMixture(fitting: values.reversed(), components: 3, seed: seed))
  }

  /// Values together in cells cost next to nothing.
  @Test func manyValues() {
    var random = TestRandom(4)
    let values = (0..<50_000).map { _ in exp(random.normal()) }
    let (all, some) = (
      NormalMixture(fitting: values, components: 5), NormalMixture(fitting: Array(values.prefix(4000)), components: 5)
    )
    #expect(meanLogDensity(all, values) > meanLogDensity(some, values))
  }

  @Test func deviationsHaveALeast() {
    let values = Array(repeating: 0.0, count: 500) + (0..<500).map { Double($0) }
    let usual = NormalMixture(fitting: values, components: 4)
    #expect(usual.deviations.min()! >= 0.15 && usual.deviations.min()! < 0.25)
    #expect(NormalMixture(fitting: values, components: 4, leastDeviation: 3).deviations.min()! >= 3)
    let one = NormalMixture(fitting: [5, 5], components: 3)
    #expect(one.means == [5, 5, 5] && one.logDensity(5).isFinite)
  }

  /// scikit-learn's fit of the same values has no higher likelihood.
  @Test func againstScikitLearn() throws {
    guard let python = Python(with: "sklearn") else { return }
    let program = """
      import sys, numpy as np
      from sklearn.mixture import GaussianMixture
      x = np.loadtxt("values.txt").reshape(-1, 1)
      print(GaussianMixture(int(sys.argv[1]), random_state=0, tol=1e-6, max_iter=500).fit(x).score(x))
      """
    var random = TestRandom(7)
    let samples: [[Double]] = [
      (0..<5000).map { $0 % 3 == 0 ? random.normal() : 6 + 0.5 * random.normal() },
      (0..<5000).map { _ in exp(random.normal()) }, (0..<5000).map { _ in random.uniform() },
    ]
    for values in samples {
      for components in [2, 6] {
        try withTemporaryFolder { folder in
          try folder.write(Array(values.map { "\($0)" }.joined(separator: "\n").utf8), "values.txt")
          let (status, output) = try python.run(["-c", program, "\(components)"], in: folder)
          let theirs = Double(output.split(separator: "\n").first ?? "")
          let ours = meanLogDensity(NormalMixture(fitting: values, components: components), values)
          #expect(status == 0 && ours > (theirs ?? .infinity) - 0.01, "\(components): \(ours), theirs \(output)")
        }
      }
    }
  }

  /// Components that nothing speaks for are left out, and those that are left are near the truth.
  @Test func dirichletProcess() {
    var random = TestRandom(9)
    let values = (0..<3000).map { _ in random.integer(0...2) == 0 ? 40 + 2 * random.normal() : random.normal() }
    let mixture = NormalMixture(dirichletProcessOf: values)
    #expect((2...6).contains(mixture.means.count))
    #expect(abs(mixture.weights.reduce(0, +) - 1) < 1e-12)
    let upper = zip(mixture.weights, mixture.means).filter { $1 > 20 }
    #expect(abs(upper.reduce(0) { $0 + $1.0 } - 1 / 3.0) < 0.03)
    for value in [[3.0], [3, 3, 3], [1, 1e9], (0..<2000).map { $0 % 10 == 0 ? Double($0) : 0 }] {
      let fit = NormalMixture(dirichletProcessOf: value)
      #expect(fit.means.allSatisfy(\.isFinite) && fit.deviations.allSatisfy { $0 > 0 && $0.isFinite })
    }
  }

  /// scikit-learn's variational mixture of the same values, with the same priors, has about the same likelihood.
  @Test func dirichletProcessAgainstScikitLearn() throws {
    guard let python = Python(with: "sklearn") else { return }
    let program = """
      import numpy as np, warnings
      warnings.filterwarnings("ignore")
      from sklearn.mixture import BayesianGaussianMixture as B
      x = np.loadtxt("values.txt").reshape(-1, 1)
      m = B(n_components=10, weight_concentration_prior_type="dirichlet_process", weight_concentration_prior=0.001, random_state=0).fit(x)
      k = m.weights_ > 0.005
      w, mu, s = m.weights_[k] / m.weights_[k].sum(), m.means_[k, 0], np.sqrt(m.covariances_[k, 0, 0])
      print(np.log((w * np.exp(-(x - mu) ** 2 / 2 / s**2) / s / np.sqrt(2 * np.pi)).sum(1)).mean())
      """
    var random = TestRandom(7)
    let samples: [[Double]] = [
      (0..<4000).map { $0 % 3 == 0 ? random.normal() : 6 + 0.5 * random.normal() },
      (0..<4000).map { _ in exp(random.normal()) }, (0..<4000).map { _ in (60 * random.uniform()).rounded() },
    ]
    for values in samples {
      try withTemporaryFolder { folder in
        try folder.write(Array(values.map { "\($0)" }.joined(separator: "\n").utf8), "values.txt")
        let (status, output) = try python.run(["-c", program], in: folder)
        let theirs = Double(output.split(separator: "\n").first ?? "") ?? .infinity
        let ours = meanLogDensity(NormalMixture(dirichletProcessOf: values), values)
        #expect(status == 0 && abs(ours - theirs) < 0.05, "\(ours), theirs \(output)")
      }
    }
  }
}
