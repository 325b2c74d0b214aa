import CommandSupport
import Foundation

/// The median of some measurements and their quartiles.
struct Spread: Codable, Equatable {
  let median: Double
  let lower: Double
  let upper: Double

  init(_ values: [Double]) {
    precondition(!values.isEmpty, "no measurements")
    let sorted = values.sorted()
    func quantile(_ q: Double) -> Double {
      let position = q * Double(sorted.count - 1)
      let index = Int(position)
      let next = min(index + 1, sorted.count - 1)
      return sorted[index] + (position - Double(index)) * (sorted[next] - sorted[index])
    }
    median = quantile(0.5)
    lower = quantile(0.25)
    upper = quantile(0.75)
  }

  /// The median and the quartiles, in units of `unit`.
  func text(in unit: Double, digits: Int) -> String {
    "\((median / unit).digits(digits)) (\((lower / unit).digits(digits))–\((upper / unit).digits(digits)))"
  }
}

/// The seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start).inSeconds
}

/// Measures several things in turn, A B C A B C …, so that a change of the machine's speed meets all of them.
func interleaved(_ rounds: Int, _ measurements: [() throws -> Double]) throws -> [Spread] {
  var times = measurements.map { _ in [Double]() }
  for _ in 0..<rounds {
    for (index, measurement) in measurements.enumerated() {
      waitForIdleCores()
      times[index].append(try measurement())
    }
  }
  return times.map(Spread.init)
}

/// Waits until no thread of OpenBLAS occupies a core: after their last call they spin for 2²⁶ cycles before they sleep,
/// and the system keeps threads that share a core there for a while: what is measured meanwhile can take twice as long.
func waitForIdleCores() { Thread.sleep(forTimeInterval: 0.2) }
