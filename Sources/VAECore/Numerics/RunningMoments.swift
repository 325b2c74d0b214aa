/// The mean and the variance of numbers that come one by one (Welford 1962), in double precision: where the mean is far
/// from 0, nothing is lost.
struct RunningMoments: Sendable {
  /// n
  private(set) var count = 0
  /// The mean; 0 of no numbers.
  private(set) var mean = 0.0
  /// Σ (x − mean)²
  private var squares = 0.0

  /// Σ (x − mean)² / n; 0 of no numbers.
  var variance: Double { count == 0 ? 0 : squares / Double(count) }

  /// Adds a number.
  mutating func add(_ value: Double) {
    count += 1
    let difference = value - mean
    mean += difference / Double(count)
    squares += difference * (value - mean)
  }

  /// Adds the numbers of another (Chan, Golub and LeVeque 1979).
  mutating func add(_ other: RunningMoments) {
    guard other.count > 0 else { return }
    let total = Double(count + other.count)
    let difference = other.mean - mean
    squares += other.squares + difference * difference * Double(count) * Double(other.count) / total
    mean += difference * Double(other.count) / total
    count += other.count
  }
}
