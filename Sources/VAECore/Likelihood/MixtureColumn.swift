import Foundation

/// A column of numbers whose density is a mixture of normal distributions, with points of a mass of their own: where a
/// ``Likelihood/mixture(_:)`` begins, and what it may become.
public struct MixtureColumn: Hashable, Sendable {
  /// The origin of the unit in which the encoder and the decoder count.
  public var mean = 0.0
  /// That unit; positive.
  public var deviation = 1.0
  /// What lies between neighbouring values, as 1 between whole numbers: the likelihood of a value is then the probability of all
  /// that is nearer to it than to others. 0 where values may be any numbers: it is a density.
  public var interval = 0.0
  /// Values that are there often, exactly, as 0; at most 64.
  public var points: [Double] = []
  /// Where numbers lie that are drawn; anywhere where nil. It is no part of the density.
  public var range: ClosedRange<Double>?
  /// K, how many components there are, from 1 to 32.
  public var components = 6
  /// The shares of the points and then of the components; none where all are equal.
  public var weights: [Double] = []
  /// The components' means; none where they lie evenly about the column's.
  public var means: [Double] = []
  /// The components' standard deviations, as many as there are means.
  public var deviations: [Double] = []

  /// A column of which nothing is known but its unit.
  public init(
    mean: Double = 0, deviation: Double = 1, interval: Double = 0, points: [Double] = [], components: Int = 6
  ) {
    (self.mean, self.deviation, self.interval) = (mean, deviation, interval)
    (self.points, self.components) = (points, components)
  }

  /// A column that begins at the mixture of the highest likelihood of some of its values, see ``NormalMixture``. A few that lie far
  /// from all others have no say in the unit, and where five and more of them are the same, that is a point, too.
  ///
  /// - Parameters:
  ///   - values: at least one, all finite; some 10⁵ of them are enough.
  ///   - components: how many.
  ///   - interval: what lies between neighbouring values; 0 where they may be any numbers.
  ///   - points: the values that have masses of their own.
  ///   - seed: determines where the fit begins.
  public init(
    fitting values: [Double], components: Int = 6, interval: Double = 0, points: [Double] = [], seed: UInt64 = 0
  ) {
    // Of all values: those that are no points may be few, and mostly far.
    let bulk = MixtureColumn.bulk(of: values)
    let far = MixtureColumn.frequent(values.filter { !bulk.contains($0) && !points.contains($0) })
    let points = points + far.prefix(max(StandardMixture.mostPoints - points.count, 0))
    let others = values.filter { !points.contains($0) }
    let rest = others.isEmpty ? values : others
    let near = rest.filter(bulk.contains)
    var moments = RunningMoments()
    for value in near.isEmpty ? rest : near { moments.add(value) }
    let spread = moments.variance.squareRoot()
    let unit = spread > 0 ? spread : max(interval, 1e-3 * abs(moments.mean), 1e-30)
    self.init(
      mean: moments.mean.shortened, deviation: unit.shortened, interval: interval, points: points,
      components: components)
    // Not at the bounds, beyond which nothing would pull a deviation back.
    let least = 2 * exp(logScaleBounds.lowerBound) * deviation
    let fit = NormalMixture(
      fitting: rest, components: components, leastDeviation: max(least, 0.3 * interval), seed: seed)
    let share = Double(others.count) / Double(values.count)
    weights =
      (points.map { point in Double(values.count { $0 == point }) / Double(values.count) }
      + fit.weights.map { $0 * share }).map { max($0, 1e-6).shortened }
    means = fit.means.map(\.shortened)
    // Single precision tells numbers far from the unit's origin apart to so much.
    deviations = zip(fit.deviations, fit.means).map { max($0, 1e-5 * abs($1 - moments.mean)).shortened }
  }

  /// Where most values lie: all but a twentieth to either side, and ten times as far.
  private static func bulk(of values: [Double]) -> ClosedRange<Double> {
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double { sorted[Int((share * Double(sorted.count - 1)).rounded())] }
    // Where most are the same, what is to either side of them.
    let width = [0.05, 0.01, 0.001, 0].map { quantile(1 - $0) - quantile($0) }.first { $0 > 0 } ?? 0
    return quantile(0.05) - 10 * width...quantile(0.95) + 10 * width
  }

  /// Those of some values that are there five times and more, the most frequent first.
  private static func frequent(_ values: [Double]) -> [Double] {
    var counts: [Double: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    return counts.filter { $0.value >= 5 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// The bounds of a component's log s, in the column's unit: a thousandth of that or an eighth of the interval, and 10⁵ times as
  /// much, or twice what one begins with. Outside it is flat.
  var logScaleBounds: ClosedRange<Double> {
    let least = log(max(1e-3, interval / deviation / 8))
    let widest = deviations.allSatisfy { $0 > 0 && $0.isFinite } ? log(2 * (deviations.max() ?? 0) / deviation) : least
    return least...max(least + log(1e5), widest)
  }

  /// What is wrong with it, to follow "The mixture likelihood's column"; nil where nothing is.
  var objection: String? {
    let most = (points: StandardMixture.mostPoints, components: StandardMixture.mostComponents)
    if !(mean.isFinite && deviation > 0 && deviation.isFinite) {
      return "has the mean \(mean) and the deviation \(deviation); the deviation must be positive"
    }
    if !(interval >= 0 && interval / deviation < 1e30) { return "has the interval \(interval)" }
    if let range, !(range.lowerBound.isFinite && range.upperBound.isFinite) { return "has the range \(range)" }
    if points.count > most.points || !points.allSatisfy(\.isFinite) || Set(points).count < points.count {
      return "has \(points.count) points; possible are up to \(most.points) different ones"
    }
    if !(1...most.components).contains(components) {
      return "has \(components) components; possible are 1 to \(most.components)"
    }
    if means.count != deviations.count || !means.isEmpty && means.count != components {
      return "has \(means.count) means and \(deviations.count) deviations of \(components) components"
    }
    if !weights.isEmpty && weights.count != points.count + components {
      return "has \(weights.count) weights of \(points.count) points and \(components) components"
    }
    if !(means + weights).allSatisfy(\.isFinite) || !deviations.allSatisfy({ $0 > 0 && $0.isFinite }) {
      return "has means, weights or deviations that are none"
    }
    if weights.contains(where: { $0 < 0 }) || weights.isEmpty == false && !weights.contains(where: { $0 > 0 }) {
      return "has weights below 0, or none above"
    }
    return nil
  }

  /// As the kernel takes it; without components where it cannot be.
  var standard: StandardMixture {
    guard objection == nil else { return StandardMixture() }
    let bounds = logScaleBounds
    let shares = weights.isEmpty ? Array(repeating: 1, count: points.count + components) : weights
    let sum = shares.reduce(0, +)
    let even = (0..<components).map { components == 1 ? 0 : 3 * Double($0) / Double(components - 1) - 1.5 }
    let scales = deviations.isEmpty ? even.map { _ in components == 1 ? 1 : 0.5 } : deviations.map { $0 / deviation }
    return StandardMixture(
      mean: mean, deviation: deviation, interval: interval, points: points,
      logWeights: shares.map { log(max($0 / sum, 1e-6)) },
      means: means.isEmpty ? even : means.map { ($0 - mean) / deviation },
      logDeviations: scales.map { min(max(log($0), bounds.lowerBound), bounds.upperBound) }, bounds: bounds)
  }
}

extension MixtureColumn {
  /// p(x|z) of a column.
  package struct Distribution: Sendable {
    /// The probability of each point; of a column with an interval, beside what the components have there.
    package let points: [Double]
    /// The weight of all components together.
    package let share: Double
    /// The components, in the column's own unit; their weights add up to 1.
    package let components: NormalMixture
  }
}

extension Double {
  /// To six digits, which a description has room for.
  fileprivate var shortened: Double { Double(String(format: "%.6g", self)) ?? self }
}
