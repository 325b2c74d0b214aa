/// The largest of many errors by its bound: one expectation for all of them, so that a failure is one line.
struct Worst: CustomStringConvertible {
  private(set) var ratio = 0.0
  private var place = ""

  mutating func add(_ error: Double, bound: Double, _ place: @autoclosure () -> String) {
    let ratio: Double
    if !error.isFinite || !bound.isFinite {
      ratio = .infinity
    } else if error <= bound {
      ratio = bound > 0 ? error / bound : 0
    } else {
      ratio = max(error / bound, 1.0.nextUp)
    }
    if ratio > self.ratio { (self.ratio, self.place) = (ratio, place()) }
  }

  /// Whether every error kept within its bound.
  var isWithinBounds: Bool { ratio <= 1 }

  var description: String { "\(ratio) times the bound: \(place)" }
}
