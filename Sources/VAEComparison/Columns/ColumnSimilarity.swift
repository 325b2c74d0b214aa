/// How like each other the values of a column are in two tables, from 0 to 1.
public enum ColumnSimilarity {
  /// SDMetrics' KSComplement, 1 − sup|F_real − F_synthetic|, with the empirical distributions F of the numbers that are there
  /// (the statistic of Smirnov 1939); nil where one of the tables has none.
  ///
  /// Numbers are rounded to 14 decimals first, as there, so that a last bit makes no difference.
  public static func kolmogorovSmirnov(real: [Double], synthetic: [Double]) -> Double? {
    let (a, b) = (sorted(real), sorted(synthetic))
    if a.isEmpty || b.isEmpty { return nil }
    var (i, j) = (0, 0)
    var largest = 0.0
    while i < a.count && j < b.count {
      let value = min(a[i], b[j])
      while i < a.count && a[i] == value { i += 1 }
      while j < b.count && b[j] == value { j += 1 }
      largest = max(largest, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
    }
    return 1 - largest
  }

  /// SDMetrics' TVComplement, 1 − ½ Σ|p − q|, with the shares p and q of each text among those that are there; nil where
  /// one of the tables has none.
  ///
  /// As there, a text that no real row has counts for 10⁻⁶ of one: SDMetrics shares these frequencies with a test that
  /// divides by them. Both columns hold places among the same `levels` texts, −1 where missing.
  static func totalVariation(real: [Int32], synthetic: [Int32], levels: Int) -> Double? {
    let (a, b) = (counts(real, levels), counts(synthetic, levels))
    let unseen = 1e-6 * Double((0..<levels).count { a[$0] == 0 && b[$0] > 0 })
    let (all, allSynthetic) = (Double(a.reduce(0, +)), Double(b.reduce(0, +)))
    if all == 0 || allSynthetic == 0 { return nil }
    let sum = (0..<levels).reduce(0.0) { sum, level in
      let weight = a[level] == 0 && b[level] > 0 ? 1e-6 : Double(a[level])
      return sum + abs(weight / (all + unseen) - Double(b[level]) / allSynthetic)
    }
    return 1 - sum / 2
  }

  /// The same of texts, nil where one is missing.
  public static func totalVariation(real: [String?], synthetic: [String?]) -> Double? {
    var levels: [String] = []
    var places: [String: Int32] = [:]
    let a = TextValues(real).indices(addingTo: &places, &levels)
    let b = TextValues(synthetic).indices(addingTo: &places, &levels)
    return totalVariation(real: a, synthetic: b, levels: levels.count)
  }

  /// How many rows have each of the texts.
  static func counts(_ indices: [Int32], _ levels: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: levels)
    for index in indices where index >= 0 { counts[Int(index)] += 1 }
    return counts
  }

  private static func sorted(_ numbers: [Double]) -> [Double] {
    numbers.filter { !$0.isNaN }.map { number in
      let scaled = number * 1e14
      return scaled.isFinite ? scaled.rounded(.toNearestOrEven) / 1e14 : number
    }.sorted()
  }
}
