import Foundation

/// The normal distributions that a learned prior is a mixture of, in double precision:
///
///     p(z) = Σ_k π_k Π_j N(z_j; m_kj, s²_kj)
public struct PriorComponents: Sendable {
  /// π `[K]`, whose sum is 1.
  public let weights: [Double]
  /// m `[K, Z]`
  public let means: Matrix<Double>
  /// s² `[K, Z]`
  public let variances: Matrix<Double>

  /// Components by their logits `[K]`, and by their means beside their log-variances `[K, 2Z]`, which are held to bounds.
  init<S>(logits: MatrixView<S>, head: MatrixView<S>, bounds: ClosedRange<Double>) {
    let (count, size) = (head.rows, head.columns / 2)
    var total = LogSumExp()
    for component in 0..<count { total.add(Double(logits[0, component])) }
    weights = (0..<count).map { total.share(of: Double(logits[0, $0])) }
    func matrix(_ value: (_ row: Int, _ column: Int) -> Double) -> Matrix<Double> {
      Matrix(
        rows: count, columns: size, elements: (0..<count * size).map { value($0 / max(size, 1), $0 % max(size, 1)) })
    }
    means = matrix { Double(head[$0, $1]) }
    variances = matrix { exp(min(max(Double(head[$0, size + $1]), bounds.lowerBound), bounds.upperBound)) }
  }

  /// log p(z) of a point `[Z]`, in nats.
  public func logDensity(at z: [Double]) -> Double {
    precondition(z.count == means.columns, "\(z.count) values for \(means.columns) latent dimensions")
    var sum = LogSumExp()
    for component in weights.indices {
      var term = log(weights[component])
      for (column, value) in z.enumerated() {
        let (difference, variance) = (value - means[component, column], variances[component, column])
        term -= 0.5 * (difference * difference / variance + log(2 * .pi * variance))
      }
      sum.add(term)
    }
    return sum.value
  }

  /// Some rows `[R, Z]` of the draws that a seed determines and that go on without end.
  func sample<Element: Scalar>(rows: Range<Int>, seed: UInt64) -> Matrix<Element> {
    var z = Matrix<Element>.standardNormal(rows: rows, columns: means.columns, seed: seed)
    let stream = NoiseStream(seed: seed, purpose: .prior, step: 1)
    for (index, row) in rows.enumerated() {
      var generator = PhiloxGenerator(stream, position: UInt64(row))
      let component = component(at: generator.nextUniform())
      for column in 0..<means.columns {
        let deviation = variances[component, column].squareRoot()
        z[index, column] = Element(means[component, column] + deviation * Double(z[index, column]))
      }
    }
    return z
  }

  /// The component in whose part of [0, 1) a number lies.
  private func component(at number: Double) -> Int {
    var end = 0.0
    for (component, weight) in weights.enumerated() {
      end += weight
      if number < end { return component }
    }
    // The weights' sum is 1 but for rounding.
    return weights.lastIndex { $0 > 0 }!
  }

  /// The z_j below which the probability is `probability`, of one dimension j.
  package func quantile(_ probability: Double, dimension: Int) -> Double {
    func below(_ z: Double) -> Double {
      weights.indices.reduce(0) {
        let standard = (z - means[$1, dimension]) / variances[$1, dimension].squareRoot()
        return $0 + weights[$1] * 0.5 * erfc(-standard / 2.0.squareRoot())
      }
    }
    // Each component's own quantile lies on one side of the mixture's or the other.
    let own = weights.indices.map {
      means[$0, dimension] + variances[$0, dimension].squareRoot() * normalQuantile(probability)
    }
    var (low, high) = (own.min()!, own.max()!)
    while high - low > 1e-12 * max(1, abs(low), abs(high)) {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if below(middle) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
