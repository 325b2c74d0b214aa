/// Pearson's correlation of two columns of numbers.
enum Correlation {
  /// ρ = Σ(x − x̄)(y − ȳ) / (‖x − x̄‖·‖y − ȳ‖) of the rows that have both numbers; nil where they are fewer than two, or one of
  /// the columns is the same in all of them.
  static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "\(x.count) and \(y.count) numbers")
    var count = 0.0
    var (meanX, meanY) = (0.0, 0.0)
    var first: (x: Double, y: Double)?
    var (variesX, variesY) = (false, false)
    forEachPair(x, y) { a, b in
      (count, meanX, meanY) = (count + 1, meanX + a, meanY + b)
      if let first { (variesX, variesY) = (variesX || a != first.x, variesY || b != first.y) } else { first = (a, b) }
    }
    // Asked of the numbers themselves: rounding leaves equal ones a spread.
    guard variesX && variesY else { return nil }
    (meanX, meanY) = (meanX / count, meanY / count)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    forEachPair(x, y) { a, b in
      let (dx, dy) = (a - meanX, b - meanY)
      (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy)
    }
    // Two roots, where the product could overflow.
    let correlation = xy / xx.squareRoot() / yy.squareRoot()
    return correlation.isFinite ? max(-1, min(1, correlation)) : nil
  }

  /// Whether some numbers are there, and all the same.
  static func isConstant(_ numbers: [Double]) -> Bool {
    guard let first = numbers.first(where: { !$0.isNaN }) else { return false }
    return numbers.allSatisfy { $0.isNaN || $0 == first }
  }

  @inline(__always)
  private static func forEachPair(_ x: [Double], _ y: [Double], _ body: (Double, Double) -> Void) {
    for index in x.indices where !x[index].isNaN && !y[index].isNaN { body(x[index], y[index]) }
  }
}
