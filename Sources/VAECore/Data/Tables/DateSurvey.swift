/// Which formats the dates of a column may be in.
struct DateSurvey {
  /// The formats in which all dates so far may be; nil before the first.
  private(set) var candidates: [DateFormat]?
  /// The texts that are dates in any format.
  private(set) var count = 0
  /// The first date in another format than those before it, and the first that is there.
  private(set) var other: (place: CellPlace, text: String)?
  private(set) var firstText = ""
  /// Of each candidate, in order, what its numbers are.
  private var numbers: [NumberSurvey] = []
  /// The format that somebody says.
  private let isAsked: DateFormat?
  private let capacity: Int

  /// A survey of dates in whatever format, or in the one that somebody says.
  init(_ format: DateFormat?, capacity: Int) { (isAsked, self.capacity) = (format, capacity) }

  /// Takes note of a text; false where it is no date at all.
  mutating func add(_ text: [UInt8], _ place: () -> CellPlace) -> Bool {
    guard let parts = DateParts(text, isPattern: false) else { return false }
    if candidates == nil {
      let formats = isAsked.map { [$0] } ?? parts.formats
      candidates = formats.filter { $0.number(parts) != nil }
      guard !candidates!.isEmpty else {
        candidates = nil
        return false
      }
      firstText = String(decoding: text, as: UTF8.self)
      numbers = candidates!.map { _ in NumberSurvey(capacity: capacity) }
    }
    let found = candidates!.map { $0.number(parts) }
    if found.allSatisfy({ $0 == nil }) {
      guard parts.formats.contains(where: { $0.number(parts) != nil }) else { return false }
      count += 1
      if other == nil { other = (place(), String(decoding: text, as: UTF8.self)) }
      return true
    }
    count += 1
    if found.contains(nil) {
      let left = candidates!.indices.filter { found[$0] != nil }
      candidates = left.map { candidates![$0] }
      numbers = left.map { numbers[$0] }
    }
    for (index, number) in found.compactMap(\.self).enumerated() { numbers[index].add(number) }
    return true
  }

  /// The format, and what the dates are in it; nil where they may be two dates each.
  var choice: (format: DateFormat, numbers: NumberSurvey)? {
    guard let candidates, !candidates.isEmpty else { return nil }
    // Two digits everywhere are meant.
    let best = candidates.indices.filter { candidates[$0].isPadded == candidates[0].isPadded }
    return best.count == 1 ? (candidates[best[0]], numbers[best[0]]) : nil
  }

  /// The formats between which nobody can choose.
  var choices: [DateFormat] { (candidates ?? []).filter { $0.isPadded == candidates![0].isPadded } }
}

/// What the numbers of a column are: how many, where they lie, which are frequent.
struct NumberSurvey {
  private var moments = RunningMoments()
  private(set) var range: ClosedRange<Double>?
  private var frequent: FrequentValues<Double>
  /// The greatest number of which all are multiples; nil where they are not whole.
  private var divisor: Int? = 0

  /// - Parameter capacity: the different numbers that are remembered, some thousand where none is to be forgotten that a thousandth of
  ///   all rows have.
  init(capacity: Int) { frequent = FrequentValues(capacity: capacity) }

  mutating func add(_ number: Double) {
    guard number.isFinite else { return }
    moments.add(number)
    range = range.map { min($0.lowerBound, number)...max($0.upperBound, number) } ?? number...number
    frequent.add(number)
    divisor = divisor.flatMap { divisor in
      Int(exactly: number).map { NumberSurvey.greatestDivisor(divisor, abs($0)) }
    }
  }

  private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }

  /// The same, where it is more than 1 and there are several numbers.
  var spacing: Double? {
    guard let divisor, divisor > 1, let range, range.lowerBound < range.upperBound else { return nil }
    return Double(divisor)
  }

  /// Writes what was seen into a column.
  func write(into column: inout TableColumn, rowCount: Int) {
    column.range = range
    // The mean of very large numbers may be none.
    if moments.count > 0, moments.mean.isFinite { column.mean = moments.mean }
    if moments.count > 0, moments.variance.isFinite { column.standardDeviation = moments.variance.squareRoot() }
    column.distinctCount = frequent.isExact ? frequent.distinctCount : nil
    let least = max(20, (rowCount + 999) / 1000)
    let points = frequent.counts.filter { $0.count >= least }
      .sorted { ($1.count, $0.value) < ($0.count, $1.value) }
    column.points = points.prefix(TableColumn.pointLimit).sorted { $0.value < $1.value }
      .map { ColumnPoint($0.value, count: $0.count) }
  }
}
