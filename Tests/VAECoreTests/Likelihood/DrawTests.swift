import Foundation
import TestSupport
import Testing
import VAECore

/// A million draws of each likelihood beside the density that it states.
@Suite struct DrawTests {
  static let count = 1_000_000

  /// Draws at fixed outputs.
  static func draws(_ likelihood: Likelihood, _ outputs: [Double], columns: Int = 1, count: Int = count) -> [[Double]] {
    (0..<count).map { row in
      var x = [Double](repeating: .nan, count: columns)
      var span = x.mutableSpan
      likelihood.model.draw(from: outputs.span, noise: ObservationNoise(seed: 5, row: row), into: &span)
      return x
    }
  }

  /// p(x) at fixed outputs.
  static func densities(_ likelihood: Likelihood, _ outputs: [Double], _ points: [Double]) -> [Double] {
    let rows = Matrix<Double>(rows: points.count, columns: 1, elements: points)
    let all = Matrix<Double>(
      rows: points.count, columns: outputs.count, elements: points.flatMap { _ in outputs })
    return likelihood.evaluate(x: rows, outputs: all).losses.map { exp(-$0) }
  }

  /// Chi-square of the counts in bins, and Kolmogorov–Smirnov's distance at their edges, beside what they may be.
  static func check(counts: [Int], probabilities: [Double], location: SourceLocation = #_sourceLocation) {
    let total = Double(counts.reduce(0, +))
    var (statistic, freedom, distance, cumulative) = (0.0, 0.0, 0.0, 0.0)
    for (count, probability) in zip(counts, probabilities) {
      let expected = total * probability
      if expected >= 10 {
        statistic += (Double(count) - expected) * (Double(count) - expected) / expected
        freedom += 1
      }
      cumulative += Double(count) / total - probability
      distance = max(distance, abs(cumulative))
    }
    #expect(freedom > 1, sourceLocation: location)
    // Four deviations beyond its mean; and a distance that one of 10,000 samples has.
    #expect(statistic < freedom + 4 * (2 * freedom).squareRoot(), "of \(freedom)", sourceLocation: location)
    #expect(distance < 2.2 / total.squareRoot(), sourceLocation: location)
  }

  @Test(arguments: [
    (Likelihood.gaussian(variance: .fixed(2.5)), [0.7]), (.gaussian(variance: .learned), [-3, 1.2]),
    (.gaussian(variance: .learned), [0, -40]), (.laplace(scale: .fixed(0.3)), [1]),
    (.laplace(scale: .learned), [-1, 0.5]), (.continuousBernoulli, [2.5]), (.continuousBernoulli, [-30]),
    (.continuousBernoulli, [1e-8]),
  ])
  func densities(_ likelihood: Likelihood, _ outputs: [Double]) {
    let draws = Self.draws(likelihood, outputs).map { $0[0] }.sorted()
    // Bins between quantiles of the draws, the density integrated by Simpson's rule over each.
    let edges = (0...200).map { draws[min($0 * Self.count / 200, Self.count - 1)] }
    let steps = 20
    var (counts, probabilities): ([Int], [Double]) = ([], [])
    for (low, high) in zip(edges, edges.dropFirst()) where high > low {
      let points = (0...steps).map { low + (high - low) * Double($0) / Double(steps) }
      let density = Self.densities(likelihood, outputs, points)
      let sum = density.enumerated().reduce(0) { sum, term in
        sum + term.element * (term.offset == 0 || term.offset == steps ? 1 : term.offset % 2 == 1 ? 4 : 2)
      }
      probabilities.append(sum * (high - low) / Double(3 * steps))
    }
    // The bins' edges are draws themselves, so that each holds its share of them.
    counts = probabilities.map { _ in Self.count / 200 }
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-3)
    var (cumulative, distance) = (0.0, 0.0)
    for (count, probability) in zip(counts, probabilities) {
      cumulative += Double(count) / Double(Self.count) - probability
      distance = max(distance, abs(cumulative))
    }
    #expect(distance < 2.2 / Double(Self.count).squareRoot())
  }

  @Test(arguments: [
    (Likelihood.bernoulli, [0.4]), (.bernoulli, [-6]), (.poisson, [log(3.2)]), (.poisson, [log(40.0)]),
    (.negativeBinomial, [log(3.0), 0.3]), (.negativeBinomial, [log(25.0), -2]),
    (.negativeBinomial, [log(4.0), -15]),
  ])
  func probabilities(_ likelihood: Likelihood, _ outputs: [Double]) {
    let draws = Self.draws(likelihood, outputs).map { $0[0] }
    let values = likelihood == .bernoulli ? 0...1 : 0...400
    var counts = [Int](repeating: 0, count: values.count)
    for draw in draws { counts[Int(draw)] += 1 }
    let probabilities = Self.densities(likelihood, outputs, values.map(Double.init))
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
    Self.check(counts: counts, probabilities: probabilities)
  }

  /// Whole numbers of a mixture, one of which is a point besides; the components are moved, scaled and weighed by the outputs.
  @Test(arguments: [0.3, 1, 40]) func mixturesOfWholeNumbers(_ deviation: Double) {
    var column = MixtureColumn(mean: 50, deviation: deviation, interval: 1, points: [48, 60], components: 2)
    column.weights = [0.2, 0.1, 0.4, 0.3]
    (column.means, column.deviations) = ([50, 52], [deviation, 2 * deviation])
    let outputs = [0.3, -0.2, 0.5, 0.1, 0.2, -0.4, 0.1, -0.3]
    let draws = Self.draws(.mixture(column), outputs).map { $0[0] }
    let values = -400...500
    var counts = [Int](repeating: 0, count: values.count)
    for draw in draws { counts[Int(draw) + 400] += 1 }
    let probabilities = Self.densities(.mixture(column), outputs, values.map(Double.init))
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
    Self.check(counts: counts, probabilities: probabilities)
  }

  /// Any numbers, and a point; between the bounds of a range each component keeps its share.
  @Test(arguments: [nil, -1.0...3.5]) func mixtures(_ range: ClosedRange<Double>?) {
    var column = MixtureColumn(mean: 1, deviation: 2, points: [0], components: 3)
    column.range = range
    let outputs = [1.5, 0.3, -0.2, 0.5, 0.1, 0.2, -0.4, 0.1, -0.3, 0.2]
    let draws = Self.draws(.mixture(column), outputs).map { $0[0] }
    // Whole bins within the range, none of whose points is 0.
    let edges =
      range.map { range in
        (0...50).map { range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / 50 }
      } ?? stride(from: -12.0, through: 14, by: 0.13).map { $0 + 0.001 }
    var (counts, probabilities): ([Int], [Double]) = ([], [])
    let others = draws.filter { $0 != 0 }.sorted()
    let atPoint = Self.densities(.mixture(column), outputs, [0])[0]
    let inside = { (x: Double) in range?.contains(x) ?? true }
    let shares = outputs[..<4].map { exp($0) / outputs[..<4].reduce(0) { $0 + exp($1) } }
    #expect(abs(shares[0] - atPoint) < 1e-12)
    /// The outputs of one component alone.
    func alone(_ component: Int) -> [Double] { (0..<4).map { $0 == component + 1 ? 0 : -80 } + outputs[4...] }
    let all = stride(from: -30.0, through: 30, by: 0.0005).filter { $0 != 0 }
    let within = (0..<3).map { component in
      zip(all, Self.densities(.mixture(column), alone(component), all)).reduce(0) {
        $0 + (inside($1.0) ? $1.1 : 0) * 0.0005
      }
    }
    var next = others.startIndex
    for (low, high) in zip(edges, edges.dropFirst()) {
      let first = next
      while next < others.endIndex, others[next] <= high { next += 1 }
      counts.append(next - first)
      let points = (0...20).map { low + (high - low) * Double($0) / 20 }
      let ofComponents = (0..<3).map { Self.densities(.mixture(column), alone($0), points) }
      let densities = points.indices.map { index in
        (0..<3).reduce(0) { $0 + shares[$1 + 1] * ofComponents[$1][index] / within[$1] }
      }
      let sum = densities.enumerated().reduce(0) { $0 + $1.element * ($1.offset % 20 == 0 ? 0.5 : 1) }
      probabilities.append(sum * (high - low) / 20)
    }
    #expect(abs(probabilities.reduce(0, +) + atPoint - 1) < 5e-4)
    counts.append(draws.count - others.count)
    probabilities.append(atPoint)
    var (cumulative, distance) = (0.0, 0.0)
    for (count, probability) in zip(counts, probabilities) {
      cumulative += Double(count) / Double(Self.count) - probability
      distance = max(distance, abs(cumulative))
    }
    #expect(distance < 2.4 / Double(Self.count).squareRoot(), "\(distance)")
    #expect(draws.allSatisfy { inside($0) })
  }

  @Test func categories() {
    let likelihood = Likelihood.category(sizes: [3, 1, 4], counts: [10, 20, 30, 5, 1, 0, 0, 7])
    let outputs = [0.5, 0, -0.5, 2, 0, 1, -1, 0.3]
    let draws = Self.draws(likelihood, outputs, columns: 3)
    for (column, size) in [(0, 3), (1, 1), (2, 4)] {
      var counts = [Int](repeating: 0, count: size)
      for draw in draws { counts[Int(draw[column])] += 1 }
      let probabilities = (0..<size).map { value in
        var x = [0.0, 0, 0]
        x[column] = Double(value)
        let alone = likelihood.evaluate(
          x: Matrix<Double>(rows: 1, columns: 3, elements: x), outputs: Matrix(rows: 1, columns: 8, elements: outputs))
        return exp(-alone.losses[0])
      }
      let total = probabilities.reduce(0, +)
      if size > 1 { Self.check(counts: counts, probabilities: probabilities.map { $0 / total }) }
      #expect(counts.reduce(0, +) == Self.count)
    }
  }

  @Test func oneHotGroups() {
    let logits = [0, 1, -1, 3, 3, -20, 2.5]
    let likelihood = Likelihood.categorical(groups: [3, 4])
    let draws = Self.draws(likelihood, logits, columns: 7)
    for group in [0..<3, 3..<7] {
      let total = logits[group].reduce(0) { $0 + exp($1) }
      let counts = group.map { column in draws.count { $0[column] == 1 } }
      #expect(counts.reduce(0, +) == Self.count)
      Self.check(counts: counts, probabilities: group.map { exp(logits[$0]) / total })
    }
  }

  /// Columns of a mix draw what they draw alone, from random numbers of their own.
  @Test func columnsOfAMix() {
    let mix = Likelihood.mixed([
      .init(2, .gaussian(variance: .learned)), .init(1, .poisson), .init(3, .categorical(groups: [3])),
    ])
    let outputs = [1, -1, 0.2, 0.4, 2, 0, 1, 2]
    let draws = Self.draws(mix, outputs, columns: 6, count: 100_000)
    let means = (0..<6).map { column in draws.reduce(0) { $0 + $1[column] } / 1e5 }
    #expect(abs(means[0] - 1) < 0.02 && abs(means[1] + 1) < 0.02 && abs(means[2] - exp(2)) < 0.05)
    let correlation = draws.reduce(0) { $0 + ($1[0] - 1) * ($1[1] + 1) } / 1e5
    #expect(abs(correlation) < 0.02)
    for (column, logit) in zip(3..<6, [0, 1, 2.0]) {
      #expect(abs(means[column] - exp(logit) / (1 + exp(1) + exp(2))) < 0.01)
    }
  }
}
