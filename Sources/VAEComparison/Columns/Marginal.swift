import Foundation

/// The distribution of a column's values in both tables: a histogram of numbers, or the most frequent texts.
public struct Marginal: Sendable, Encodable {
  /// What the rows of a bar have in common.
  public enum Kind: String, Sendable, Encodable {
    /// Numbers between two bounds.
    case interval
    /// One text.
    case text
    /// Texts that are not among the most frequent ones.
    case others
    /// No value.
    case missing
  }

  /// Some of the rows.
  public struct Bar: Sendable, Encodable {
    /// Which rows, in words.
    public let label: String
    /// What they have in common.
    public let kind: Kind
    /// Their share of the real rows.
    public let real: Double
    /// Their share of the synthetic rows.
    public let synthetic: Double
  }

  /// In rising order of numbers, or in falling order of the texts' mean frequency; what is missing last. The shares sum to 1.
  public let bars: [Bar]

  /// How many texts have a bar of their own.
  static let mostTexts = 20
  /// How many bars a histogram has at most, with those of the tails.
  static let mostIntervals = 24

  init(levels: [String], real: [Int32], synthetic: [Int32]) {
    let counts = [real, synthetic].map { ColumnSimilarity.counts($0, levels.count) }
    let shares = [Double(real.count), Double(synthetic.count)]
    func bar(_ label: String, _ kind: Kind, _ a: Int, _ b: Int) -> Bar {
      Bar(label: label, kind: kind, real: Double(a) / shares[0], synthetic: Double(b) / shares[1])
    }
    var all = levels.indices.filter { counts[0][$0] + counts[1][$0] > 0 }
      .map { bar(levels[$0], .text, counts[0][$0], counts[1][$0]) }
    all.sort { ($1.real + $1.synthetic, $0.label) < ($0.real + $0.synthetic, $1.label) }
    let others = all.dropFirst(Self.mostTexts)
    var bars = Array(all.prefix(Self.mostTexts))
    if !others.isEmpty {
      bars.append(
        Bar(
          label: "\(others.count) others", kind: .others, real: others.reduce(0) { $0 + $1.real },
          synthetic: others.reduce(0) { $0 + $1.synthetic }))
    }
    let missing = [real, synthetic].map { $0.count { $0 < 0 } }
    if missing != [0, 0] { bars.append(bar("missing", .missing, missing[0], missing[1])) }
    self.bars = bars
  }

  /// Bars of equal width between the real numbers' quantiles of 0.5 % and 99.5 %, between which most of what can be seen
  /// happens, and one for each tail. Those of whole numbers are whole numbers wide, so that none holds more of them.
  init(real: [Double], synthetic: [Double]) {
    let numbers = [real, synthetic].map { $0.filter { !$0.isNaN } }
    let (intervals, labels) = Self.intervals((numbers[0].isEmpty ? numbers[1] : numbers[0]).sorted())
    var counts = [[Int]](repeating: [0, 0], count: labels.count)
    for (table, numbers) in numbers.enumerated() {
      for number in numbers { counts[Self.place(of: number, in: intervals)][table] += 1 }
    }
    func bar(_ label: String, _ kind: Kind, _ counts: [Int]) -> Bar {
      Bar(
        label: label, kind: kind, real: Double(counts[0]) / Double(real.count),
        synthetic: Double(counts[1]) / Double(synthetic.count))
    }
    var bars = zip(labels, counts).map { bar($0, .interval, $1) }
    // A tail that nobody has.
    if counts.last == [0, 0] { bars.removeLast() }
    if counts.first == [0, 0] && !bars.isEmpty { bars.removeFirst() }
    let missing = [real.count - numbers[0].count, synthetic.count - numbers[1].count]
    if missing != [0, 0] { bars.append(bar("missing", .missing, missing)) }
    self.bars = bars
  }

  /// The bounds between intervals, of which the first and the last have but one; and what the intervals are called.
  private static func intervals(_ sorted: [Double]) -> (bounds: [Double], labels: [String]) {
    guard let least = sorted.first, let most = sorted.last else { return ([], ["any"]) }
    var start = sorted[Int(0.005 * Double(sorted.count - 1))]
    var end = sorted[Int((0.995 * Double(sorted.count - 1)).rounded(.up))]
    if start == end { (start, end) = (least, most) }
    let bars = Double(mostIntervals - 2)
    if sorted.allSatisfy({ $0 == $0.rounded() && abs($0) < 1e15 }) {
      let width = max(1, ((end - start + 1) / bars).rounded(.up))
      let count = Int(((end - start + 1) / width).rounded(.up))
      let bounds = (0...count).map { start + Double($0) * width }
      let names = bounds.dropLast().map { bound in
        width == 1 ? label(bound, 0) : "\(label(bound, 0)) to \(label(bound + width - 1, 0))"
      }
      return (bounds, ["below \(label(bounds[0], 0))"] + names + ["\(label(bounds[count], 0)) and above"])
    }
    let width = start == end ? 1 : (end - start) / bars
    let count = start == end ? 1 : Int(bars)
    let bounds = (0...count).map { start + Double($0) * width }
    // As many decimals as tell two bounds apart.
    let decimals = max(0, 1 - Int(log10(width).rounded(.down)))
    let names = bounds.map { label($0, decimals) }
    let between = (0..<count).map { "\(names[$0]) to \(names[$0 + 1])" }
    return (bounds, ["below \(names[0])"] + between + ["\(names[count]) and above"])
  }

  private static func label(_ value: Double, _ decimals: Int) -> String {
    // A whole number is what it is; others may be too long to be read.
    String(format: decimals > 0 && (decimals > 9 || abs(value) >= 1e9) ? "%.6g" : "%.\(decimals)f", value)
  }

  /// The interval of a number: how many bounds are not above it.
  private static func place(of number: Double, in bounds: [Double]) -> Int {
    var (low, high) = (0, bounds.count)
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle] <= number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
